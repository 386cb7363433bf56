"""What plain text costs from its split into blocks to the cut of its site's template, stage by stage.

    python benchmarks/plain_speed.py TEXTS.parquet [--column text] [--site netloc] [--limit N] [--rounds 3] [--json]

A row of the column is a text, or a list of lines. Prints milliseconds of processor time a megabyte of UTF-8, the best
of some rounds, and how many times that is of a fixed reference on the same texts in the same run (lower case, then all
words by a pattern of `re`), and of `ftfy.fix_text` on some of them: machines differ and are busy, ratios stay.
Decoding, language and signatures are no part of it.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import ftfy
import pyarrow.parquet as pq

from pipeline import compiling, record
from pipeline.config import Config
from pipeline.judge.lines import line_judge
from pipeline.recut import cut_beside, wanted_cuts
from pipeline.sites.cut import holds_any, template_cuts
from pipeline.sites.learn import learn
from pipeline.sites.pages import page_of
from pipeline.strip.blocks import split_blocks
from pipeline.values import Document

RULES = ("split", "rules and menus", "head", "repeats and cuts")
SITES = ("sketch", "learn", "cut template")
COUNTED = (*RULES, *SITES, "judge")
# Names of the laps of `record.strip_and_collapse` in the table; what is left out isn't counted.
_LAPS = {"strip": RULES[1], "extract": RULES[2], "collapse": RULES[3], "sketch": SITES[0], "judge": "judge"}
_FTFY_CHARS = 1_000_000

Texts = Sequence[tuple[str, str]]
"""Site and text of each."""


def read(path: Path, column: str, site: str, limit: int | None) -> list[tuple[str, str]]:
    table = pq.read_table(path)
    column = column if column in table.column_names else "lines"
    values = table[column].to_pylist()[:limit]
    names = next((name for name in (site, "netloc", "url") if name in table.column_names), None)
    sites = [one or "" for one in table[names].to_pylist()[:limit]] if names else ["" for _ in values]
    return [
        (urlsplit(one).hostname or one, "\n".join(value) if isinstance(value, list) else value)
        for one, value in zip(sites, values, strict=True)
    ]


def batches(texts: Texts, config: Config) -> Iterator[Texts]:
    """Cut texts into batches as a run does."""
    first = size = 0
    for at, (_, text) in enumerate(texts):
        size += len(text)
        if at + 1 - first >= config.run.batch_records or size >= config.run.batch_bytes:
            yield texts[first : at + 1]
            first, size = at + 1, 0
    if first < len(texts):
        yield texts[first:]


def once(texts: Texts, config: Config) -> dict[str, float]:
    """-> seconds of each stage."""
    laps: dict[str, float] = {}
    documents: list[Document] = []
    split = 0.0
    for batch in batches(texts, config):
        readied = record.ready(
            [record.read(record.raw_record(text, "text", None), config) for _, text in batch], config
        )
        # Asking for a process's time is dear where it has many threads, so it is asked once a batch. No garbage is
        # collected in a run's batches either.
        gc.disable()
        split += took(lambda readied=readied: [split_blocks(one.blocks.source, tidy=True) for one in readied])
        gc.enable()
        documents += record.strip_and_collapse(readied, config, laps)
    seconds = {"split": split} | {name: laps.get(lap, 0.0) for lap, name in _LAPS.items()}
    sites: dict[str, list[Document]] = {}
    for (site, _), document in zip(texts, documents, strict=True):
        if document.sketch is not None and document.sketch.blocks:
            sites.setdefault(site, []).append(document)
    known = {}
    began = time.process_time()
    for site, pages in sites.items():
        told = [page_of(page.sketch.blocks, page.sketch.anchors) for page in pages if page.sketch]
        known[site] = {one.key: one for one in learn(told, config.sites)[1]}
    seconds["learn"] = time.process_time() - began
    began = time.process_time()
    for site, pages in sites.items():
        for page in pages:
            if page.sketch and holds_any(page.sketch.blocks, known[site].keys()):
                cuts = wanted_cuts(template_cuts(page.sketch.blocks, page.sketch.spans, known[site]), config)
                if cuts:
                    cut_beside(page.before, page.removals, cuts)
    seconds["cut template"] = time.process_time() - began
    return seconds


def took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def words(texts: Texts) -> None:
    for _, text in texts:
        re.findall(r"\w+", text.lower())


def megabytes(texts: Texts) -> float:
    return sum(len(text.encode("utf-8", "replace")) for _, text in texts) / 1e6


def measured(texts: Texts, rounds: int) -> dict[str, float]:
    """-> milliseconds a megabyte of each stage, of all, and of both references."""
    config = Config()
    line_judge()
    # As in a process that has been at work for some megabytes: what pays to be loaded then is loaded.
    with suppress(ImportError):
        import numba  # noqa: F401
    compiling.WORTH_NS = 0
    some: list[tuple[str, str]] = []
    for one in texts:
        some.append(one)
        if sum(len(text) for _, text in some[-1:]) and sum(len(text) for _, text in some) > _FTFY_CHARS:
            break
    # What is compiled, loaded or looked up for the first time is no part of a rate.
    once(texts[: config.run.batch_records], config)
    seconds: list[dict[str, float]] = []
    references: list[tuple[float, float]] = []
    for _ in range(rounds):
        seconds.append(once(texts, config))
        references.append((took(lambda: words(texts)), took(lambda: [ftfy.fix_text(text) for _, text in some])))
    size = megabytes(texts)
    best = {name: 1000 * min(one[name] for one in seconds) / size for name in COUNTED}
    best["all"] = 1000 * min(sum(one.values()) for one in seconds) / size
    best["words"] = 1000 * min(one for one, _ in references) / size
    best["ftfy"] = 1000 * min(one for _, one in references) / megabytes(some)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--column", default="text")
    parser.add_argument("--site", default="netloc", help="the column that names the site; else netloc, or a url's host")
    parser.add_argument("--limit", type=int, help="take so many rows only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts = read(options.file, options.column, options.site, options.limit)
    best = measured(texts, options.rounds)
    if options.json:
        print(json.dumps(best))
        return
    print(f"{len(texts)} texts, {megabytes(texts):.1f} MB")
    print(f"{'stage':18} {'ms/MB':>7} {'of words':>9} {'of ftfy':>8}")
    sums = {"all rules": sum(best[name] for name in RULES), "site model": sum(best[name] for name in SITES)}
    for name, value in (*((name, best[name]) for name in COUNTED), *sums.items(), ("all", best["all"])):
        print(f"{name:18} {value:7.2f} {value / best['words']:9.2f} {value / best['ftfy']:8.3f}")
    print(f"words {best['words']:.1f} ms/MB, ftfy {best['ftfy']:.1f} ms/MB")


if __name__ == "__main__":
    main()
