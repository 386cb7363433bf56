"""How precise the site model is on labelled pages, and how much of the boilerplate that the rules leave it finds.

    python benchmarks/sites.py PAGES.parquet... [--by site|set] [--show content|boilerplate] [--json]

A file has columns page_id, dataset, url, netloc and either lines (list of str) with labels (list of int, 1 = content),
or html with gold_text; a line of a page is then content if most of its four-word shingles stand in the gold text. All
pages of a file are one corpus. `--by set` takes a data set for a site, as the folder is where no URL is known. Each
text goes through all stages first: what is judged is what the model cuts of the rest. Measures are weighted by tokens.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from pipeline.config import Config
from pipeline.record import clean_record, raw_record
from pipeline.sites.cut import template_cuts
from pipeline.sites.learn import learn
from pipeline.sites.pages import page_of
from pipeline.values import Document
from pipeline.words.fold import fold
from pipeline.words.tokens import tokens


@dataclass
class Judged:
    dataset: str
    document: Document
    is_content: Callable[[str], bool]


def labelled(row: dict[str, Any]) -> Callable[[str], bool]:
    """A line that stands twice, once as content, is content: no cut of it counts as right."""
    content = {fold(line) for line, label in zip(row["lines"], row["labels"], strict=True) if label}
    return lambda line: fold(line) in content


def golden(row: dict[str, Any]) -> Callable[[str], bool]:
    words = tokens(row["gold_text"] or "")
    gold = {tuple(words[at : at + 4]) for at in range(len(words))}
    whole = " ".join(words)

    def is_content(line: str) -> bool:
        mine = tokens(line)
        if len(mine) < 4:
            return " ".join(mine) in whole
        shingles = [tuple(mine[at : at + 4]) for at in range(len(mine) - 3)]
        return 2 * sum(one in gold for one in shingles) >= len(shingles)

    return is_content


def read(path: Path, config: Config, by: str) -> dict[str, list[Judged]]:
    """-> the pages of each site, cleaned."""
    sites: dict[str, list[Judged]] = defaultdict(list)
    seen: set[str] = set()
    for row in pq.read_table(path).to_pylist():
        page = row.get("html")
        content = page if page is not None else "\n".join(" ".join(line.split()) for line in row["lines"])
        if row["url"] and row["url"] in seen:
            continue
        seen.add(row["url"])
        document = clean_record(raw_record(content, "text" if page is None else "html", row["url"]), config)
        judge = golden(row) if page is not None else labelled(row)
        site = row["dataset"] if by == "set" or not row["netloc"] else row["netloc"]
        sites[site].append(Judged(row["dataset"], document, judge))
    return sites


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--by", choices=["site", "set"], default="site")
    parser.add_argument("--show", choices=["content", "boilerplate"], help="print the lines cut that are this")
    parser.add_argument("--json", action="store_true", help="print the counts of the last file as JSON, and no table")
    options = parser.parse_args()
    config = Config()
    for path in options.files:
        sites = read(path, config, options.by)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        took = 0.0
        for site, pages in sites.items():
            began = time.process_time()
            sketches = [one.document.sketch for one in pages if one.document.sketch]
            stories, found = learn([page_of(one.blocks, one.anchors) for one in sketches], config.sites)
            took += time.process_time() - began
            templates = {one.key: one for one in found}
            for judged in pages:
                document, count = judged.document, counts[judged.dataset]
                count["pages"] += 1
                if document.sketch is None:
                    continue
                cuts = template_cuts(document.sketch.blocks, document.sketch.spans, templates)
                gone = {cut.start: cut.rule for cut in cuts}
                bounds = np.frombuffer(document.sketch.spans, "<u4").reshape(-1, 2).tolist()
                for start, end in bounds:
                    line = document.before[start:end]
                    weight = len(tokens(line))
                    content = judged.is_content(line)
                    count["content" if content else "boilerplate"] += weight
                    if start in gone:
                        count["wrong" if content else "right"] += weight
                        if options.show == ("content" if content else "boilerplate"):
                            print(f"  {site}\t{stories}\t{gone[start]}\t{line[:120]}")
        counts["all"] = sum(counts.values(), Counter())
        if options.json:
            continue
        print(f"\n{path.stem}, by {options.by}: learned in {1000 * took:.0f} ms")
        print(f"{'set':14} {'pages':>6} {'left':>8} {'cut':>7} {'precision':>10} {'found':>7} {'content lost':>13}")
        for name, count in counts.items():
            cut = count["right"] + count["wrong"]
            print(
                f"{name:14} {count['pages']:6} {count['boilerplate']:8} {cut:7} "
                f"{count['right'] / max(1, cut):10.3f} {count['right'] / max(1, count['boilerplate']):7.3f} "
                f"{count['wrong'] / max(1, count['content']):13.5f}"
            )
    if options.json:
        print(json.dumps(counts))


if __name__ == "__main__":
    main()
