"""How well extractors tell the text of labelled pages from what stands round it, all in one run on the same pages.

    python benchmarks/pages.py PAGES.parquet --score SCORE.py [--sites aside|all] [--only NAME ...] [--json]

The file has columns page_id, dataset, url, html (bytes), gold_text, with, without; SCORE.py a function
`score(pages, predictions)`. Of the sites that are aside nothing was trained on; of all sites, Winnow's figures are of
pages that its weights have seen, so they are left out there unless asked for by name. "winnow" and "both" are what the
extractor gives, "winnow, clean" what is left of it after all stages: repeats collapsed, headline and byline in columns.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq

import pipeline
from pipeline.config import Config, ExtractConfig
from pipeline.decode import decode_bytes
from pipeline.errors import Unreadable
from pipeline.extract.html import extract_html
from training.page_blocks import ASIDE, fold_of, site_of

Row = dict[str, Any]
Extractor = Callable[[Row], str]

OURS = ("winnow", "winnow, precision", "winnow, recall", "winnow, clean", "both")


def read_pages(path: Path, sites: str) -> list[Row]:
    """Read labelled pages, decoded; of the sites that are aside, or of all."""
    rows: list[Row] = pq.read_table(path).to_pylist()
    chosen = [row for row in rows if sites == "all" or fold_of(site_of(row["url"], row["page_id"])) == ASIDE]
    for row in chosen:
        row["page"] = decode_bytes(row["html"], None, "html")[0]
    return chosen


def load_score(path: Path) -> ModuleType:
    """Load the file that has the function `score`."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path}: no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_winnow(row: Row, extractor: str = "winnow", mode: str = "balanced") -> str:
    config = ExtractConfig.model_validate({"extractor": extractor, "mode": mode})
    return extract_html(row["page"], row["url"], config).text()[1]


def by_all_stages(row: Row) -> str:
    return pipeline.clean_html(row["page"], row["url"], Config()).text


def by_trafilatura(row: Row, **options: bool) -> str:
    from trafilatura import extract

    return extract(row["page"], url=row["url"], include_comments=False, **options) or ""


def by_resiliparse(row: Row) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(row["page"], main_content=True, alt_texts=False)
    return text


def extractors() -> dict[str, Extractor]:
    """Give the extractors that are installed, by name."""
    found: dict[str, Extractor] = {
        "winnow": by_winnow,
        "winnow, precision": partial(by_winnow, mode="precision"),
        "winnow, recall": partial(by_winnow, mode="recall"),
        "winnow, clean": by_all_stages,
        "both": partial(by_winnow, extractor="both"),
        "trafilatura": by_trafilatura,
        "trafilatura, precision": partial(by_trafilatura, favor_precision=True),
        "trafilatura, recall": partial(by_trafilatura, favor_recall=True),
        "trafilatura, fast": partial(by_trafilatura, fast=True),
    }
    if importlib.util.find_spec("resiliparse"):
        found["resiliparse"] = by_resiliparse
    return found


def predict(rows: Sequence[Row], extract: Extractor) -> tuple[dict[str, str], float]:
    """Extract the text of pages -> by page, and the milliseconds of CPU a page took; an unreadable page has none."""
    predictions = {}
    began = time.process_time()
    for row in rows:
        try:
            predictions[row["page_id"]] = extract(row)
        except Unreadable:
            predictions[row["page_id"]] = ""
    return predictions, (time.process_time() - began) * 1000 / max(len(rows), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="Parquet file of labelled pages")
    parser.add_argument("--score", type=Path, required=True, help="Python file with score(pages, predictions)")
    parser.add_argument("--sites", choices=("aside", "all"), default="aside", help="which sites' pages are scored")
    parser.add_argument("--only", nargs="+", help="names of extractors; all that are installed unless given")
    parser.add_argument("--json", action="store_true", help="print one object for programs")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    known = extractors()
    names = options.only or [name for name in known if options.sites == "aside" or name not in OURS]
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"no extractor {', '.join(unknown)}; there are {', '.join(known)}")
    rows = read_pages(options.pages, options.sites)
    score = load_score(options.score).score
    told = {}
    for name in names:
        predictions, milliseconds = predict(rows, known[name])
        told[name] = {"ms": milliseconds, "sets": score(rows, predictions)}
        if not options.json:
            sets = "  ".join(f"{group} {values['F1']:.3f}" for group, values in told[name]["sets"].items())
            print(f"{name:24} {milliseconds:6.1f} ms a page  {sets}", flush=True)
    if options.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
