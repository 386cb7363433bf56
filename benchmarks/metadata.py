"""How the metadata of pages compares with trafilatura's, field by field, and at what cost.

    python benchmarks/metadata.py PAGES.parquet [--every N] [--show FIELD] [--kind differ|lost|won] [--most N]

The file has columns url (str) and html (bytes). A title, name or site agrees where its letters and figures do, an
address but for scheme, `www.` and a last stroke. "lost" is what only trafilatura gives, "won" what only
`read_metadata` gives; which of two is right is for a reader to say, and `--show` prints both. Where the file has
gold_text, it is told how many titles stand within its first 600 characters: many gold texts begin with the headline.
CPU time is of one process and one run; each gets a tree of its own.
"""

from __future__ import annotations

import argparse
import logging
import re
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.decode import decode_bytes
from pipeline.extract.meta import read_metadata
from pipeline.extract.tree import load_tree
from pipeline.words.fold import fold

FIELDS = ("title", "authors", "date", "url", "site_name", "category")
# As `pipeline.extract.html` called it.
DATES = {"original_date": True, "extensive_search": True, "max_date": "2100-01-01"}


def key(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", fold(text or ""))


def address(url: str | None) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url or "").split("#")[0].rstrip("/")


def comparable(field: str, value: Any) -> Any:
    if field == "authors":
        return sorted(map(key, value))
    return value or "" if field == "date" else address(value) if field == "url" else key(value)


def by_trafilatura(text: str, url: str | None) -> tuple[dict[str, Any], float]:
    from trafilatura.metadata import extract_metadata

    tree = load_tree(text, for_trafilatura=True)
    began = time.process_time()
    found = extract_metadata(tree, default_url=url, date_config=dict(DATES))
    took = time.process_time() - began
    authors = [name for name in (found.author or "").split("; ") if name]
    category = found.categories[0] if found.categories else None
    return dict(zip(FIELDS, (found.title, authors, found.date, found.url, found.sitename, category), strict=True)), took


def by_winnow(text: str, url: str | None) -> tuple[dict[str, Any], float]:
    tree = load_tree(text)
    began = time.process_time()
    found = read_metadata(tree, url)
    took = time.process_time() - began
    return {field: getattr(found, field) for field in FIELDS}, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take one page of so many")
    parser.add_argument("--show", choices=FIELDS, help="print both values where they are not the same")
    parser.add_argument("--kind", choices=["differ", "lost", "won"], default="differ")
    parser.add_argument("--most", type=int, default=40, help="print so many")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    counts = {field: dict.fromkeys(("same", "differ", "lost", "won", "ours", "theirs"), 0) for field in FIELDS}
    seconds = {"ours": 0.0, "theirs": 0.0}
    gold = {"ours": 0, "theirs": 0}
    pages = shown = 0
    table = pq.ParquetFile(options.pages)
    names = [name for name in ("url", "html", "gold_text") if name in table.schema_arrow.names]
    number = -1
    for batch in table.iter_batches(batch_size=50, columns=names):
        for row in batch.to_pylist():
            number += 1
            if number % options.every:
                continue
            text, _ = decode_bytes(row["html"], None, "html")
            if load_tree(text) is None:
                continue
            pages += 1
            ours, took = by_winnow(text, row["url"])
            seconds["ours"] += took
            theirs, took = by_trafilatura(text, row["url"])
            seconds["theirs"] += took
            head = key((row.get("gold_text") or "")[:600])
            for side, values in (("ours", ours), ("theirs", theirs)):
                gold[side] += len(key(values["title"])) > 5 and key(values["title"]) in head
            for field, count in counts.items():
                mine, other = comparable(field, ours[field]), comparable(field, theirs[field])
                kind = "same" if mine == other else "lost" if not mine else "won" if not other else "differ"
                count[kind] += 1
                count["ours"] += bool(mine)
                count["theirs"] += bool(other)
                if field == options.show and kind == options.kind and shown < options.most:
                    shown += 1
                    print(f"{number}\t{row['url']}\n\ttrafilatura: {theirs[field]}\n\twinnow:      {ours[field]}")
    if not pages:
        raise SystemExit(f"{options.pages}: no page could be read")
    print(f"\n{pages:,} pages")
    print(f"{'field':10} {'same':>6} {'differ':>7} {'lost':>6} {'won':>6} {'winnow':>8} {'trafilatura':>12}")
    for field, count in counts.items():
        print(
            f"{field:10} {count['same']:6} {count['differ']:7} {count['lost']:6} {count['won']:6} "
            f"{count['ours'] / pages:8.3f} {count['theirs'] / pages:12.3f}"
        )
    print(f"title in the first 600 characters of the gold text: {gold['ours']}, trafilatura {gold['theirs']}")
    ours_ms, theirs_ms = (1000 * seconds[side] / pages for side in ("ours", "theirs"))
    print(f"CPU a page: {ours_ms:.2f} ms, trafilatura {theirs_ms:.2f} ms, 1/{theirs_ms / ours_ms:.1f}")


if __name__ == "__main__":
    main()
