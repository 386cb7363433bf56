"""What Winnow's own extractor costs a page, stage by stage, beside trafilatura.

    python benchmarks/pages_speed.py PAGES.parquet [--every N] [--rounds N]

The file has columns url (str) and html (bytes). Both read the same pages in one process, by turns, metadata included;
what each costs is its best round. It is CPU time, and the ratio is what to compare: other work on a machine slows both.
Two rounds before the first are not counted. They load what a process loads once and, from some sixty pages on, have the
judge's trees compiled, as any longer run has. Stages are measured by themselves; `all` is one call for all of them.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.config import ExtractConfig
from pipeline.decode import decode_bytes
from pipeline.errors import Unreadable
from pipeline.extract.html import extract_html
from pipeline.extract.meta import read_metadata
from pipeline.extract.others import of_others
from pipeline.extract.page import read_pieces
from pipeline.extract.tree import check_size, load_tree
from pipeline.extract.walk import walk
from pipeline.judge.pages import page_judge

STAGES = ("size", "tree", "metadata", "walk", "judge", "pieces", "all")
CONFIG = ExtractConfig(extractor="winnow")

Pages = list[tuple[str | None, str]]


def by_stage(pages: Pages) -> dict[str, float]:
    """Give the CPU seconds of each stage over all pages."""
    seconds: dict[str, float] = defaultdict(float)
    judge = page_judge()
    for url, text in pages:
        began = time.process_time()

        def lap(stage: str) -> None:
            nonlocal began
            now = time.process_time()
            seconds[stage] += now - began
            began = now

        check_size(text, CONFIG.max_tags)
        lap("size")
        tree = load_tree(text)
        lap("tree")
        if tree is None:
            continue
        read_metadata(tree, url)
        lap("metadata")
        page = walk(tree)
        lap("walk")
        if page.texts:
            judged = judge.judge(page, CONFIG.mode)
            lap("judge")
            claims = of_others(page, judged, url)
            read_pieces(page, judge, judged, claims, CONFIG.structure, comments=CONFIG.comments, tables=CONFIG.tables)
            lap("pieces")
    return seconds


def timed(extract: Callable[[str | None, str], object], pages: Pages) -> float:
    began = time.process_time()
    for url, text in pages:
        extract(url, text)
    return time.process_time() - began


def by_winnow(url: str | None, text: str) -> None:
    extract_html(text, url, CONFIG)


def by_trafilatura(url: str | None, text: str) -> None:
    from trafilatura import bare_extraction

    bare_extraction(text, url=url, with_metadata=True)


def readable(pages: Pages) -> Pages:
    """Leave out the pages that Winnow refuses."""
    taken = []
    for url, text in pages:
        try:
            extract_html(text, url, CONFIG)
        except Unreadable:
            continue
        taken.append((url, text))
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--every", type=int, default=10, help="take one page of so many")
    parser.add_argument("--rounds", type=int, default=3, help="measure so often and take the best")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    table = pq.read_table(options.pages, columns=["url", "html"])
    rows = table.take(list(range(0, table.num_rows, max(1, options.every)))).to_pylist()
    pages = readable([(row["url"], decode_bytes(row["html"], None, "html")[0]) for row in rows])
    if not pages:
        raise SystemExit(f"{options.pages}: no page could be read")
    by_stage(pages)
    timed(by_trafilatura, pages)
    best: dict[str, float] = {}
    for _ in range(max(1, options.rounds)):
        took = by_stage(pages)
        took["all"] = timed(by_winnow, pages)
        took["trafilatura"] = timed(by_trafilatura, pages)
        best = {stage: min(seconds, best.get(stage, seconds)) for stage, seconds in took.items()}
    print(f"{len(pages):,} pages, ms of CPU a page")
    for stage in (*STAGES, "trafilatura"):
        print(f"{stage:12} {1000 * best.get(stage, 0.0) / len(pages):8.2f}")
    print(f"winnow costs 1/{best['trafilatura'] / best['all']:.2f} of what trafilatura costs")


if __name__ == "__main__":
    main()
