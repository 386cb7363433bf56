"""What Winnow's own extractor costs a page, stage by stage, beside trafilatura.

    python benchmarks/pages_speed.py PAGES.parquet [--every N] [--rounds N]

The file has columns url (str) and html (bytes). Both read the same pages in one process, by turns, metadata included;
what each costs is its best round. Pages are judged in batches, as in a run. It is CPU time, and the ratio is what to
compare: other work on a machine slows both. Two rounds before the first are not counted. They load what a process loads
once and, from some sixty pages on, have the judge's trees and the walk compiled, as any longer run has. Stages are
measured by themselves; `all` is one call for all of them.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.config import ExtractConfig, RunConfig
from pipeline.decode import decode_bytes
from pipeline.errors import Unreadable
from pipeline.extract.html import extract_html, judge_pages, open_page
from pipeline.extract.meta import read_metadata
from pipeline.extract.others import of_others
from pipeline.extract.page import Reading
from pipeline.extract.tree import check_size, load_tree
from pipeline.extract.walk import walk
from pipeline.judge.page import Page
from pipeline.judge.pages import page_judge

STAGES = ("size", "tree", "metadata", "walk", "judge", "pieces", "all")
CONFIG = ExtractConfig(extractor="winnow")

Pages = list[tuple[str | None, str]]


def batches(pages: Pages) -> Iterator[Pages]:
    """Cut pages into batches of the size that a run hands to a worker: their blocks are judged together."""
    batch: Pages = []
    size = 0
    for url, text in pages:
        batch.append((url, text))
        size += len(text)
        if size >= RunConfig().batch_bytes:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def by_stage(pages: Pages) -> dict[str, float]:
    """Give the CPU seconds of each stage over all pages."""
    seconds: dict[str, float] = defaultdict(float)
    for batch in batches(pages):
        _batch_by_stage(batch, seconds)
    return seconds


def _batch_by_stage(batch: Pages, seconds: dict[str, float]) -> None:
    judge = page_judge()
    walked: list[tuple[str | None, Page]] = []
    began = time.process_time()

    def lap(stage: str) -> None:
        nonlocal began
        now = time.process_time()
        seconds[stage] += now - began
        began = now

    for url, text in batch:
        check_size(text, CONFIG.max_tags)
        lap("size")
        tree = load_tree(text)
        lap("tree")
        if tree is None:
            continue
        read_metadata(tree, url)
        lap("metadata")
        page = walk(tree)
        if page.texts:
            walked.append((url, page))
        lap("walk")
    if not walked:
        return
    judgements = judge.judge_all([page for _, page in walked], CONFIG.mode)
    lap("judge")
    readings = [
        Reading(
            page,
            judged,
            of_others(page, judged, url),
            CONFIG.structure,
            comments=CONFIG.comments,
            tables=CONFIG.tables,
        )
        for (url, page), judged in zip(walked, judgements, strict=True)
    ]
    asked = [(judged, reading.asked) for judged, reading in zip(judgements, readings, strict=True)]
    reasons = iter(judge.reasons_of_all(asked))
    for reading in readings:
        reading.pieces(list(islice(reasons, len(reading.asked))))
    lap("pieces")


def timed(extract: Callable[[Pages], object], pages: Pages) -> float:
    began = time.process_time()
    for batch in batches(pages):
        extract(batch)
    return time.process_time() - began


def by_winnow(batch: Pages) -> None:
    judge_pages([open_page(text, url, CONFIG) for url, text in batch], CONFIG)


def by_trafilatura(batch: Pages) -> None:
    from trafilatura import bare_extraction

    for url, text in batch:
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
