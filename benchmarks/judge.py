"""What the learned judge of lines costs, beside the rules and repeats before it.

    python benchmarks/judge.py TEXTS.parquet [--column text] [--batch 512]

Prints milliseconds of processor time a megabyte of UTF-8, and the share of documents and lines that are looked at.
`WITHOUT_NUMBA=1` in the environment times it without numba.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

if os.environ.get("WITHOUT_NUMBA"):
    sys.modules["numba"] = None  # type: ignore[assignment]

import pyarrow.parquet as pq

from pipeline.collapse.repeats import find_repeats
from pipeline.config import StripConfig
from pipeline.judge.lines import line_judge
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate
from pipeline.strip.learned import judge_blocks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--column", default="text")
    parser.add_argument("--batch", type=int, default=512)
    options = parser.parse_args()
    values = pq.read_table(options.file, columns=[options.column])[options.column].to_pylist()
    texts = ["\n".join(value) if isinstance(value, list) else value for value in values]
    megabytes = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
    config = StripConfig(judge="balanced")
    line_judge()
    documents = []
    began = time.process_time()
    for text in texts:
        blocks = split_blocks(text)
        cuts = find_boilerplate(blocks, [], config)
        documents.append((blocks, cuts + find_repeats(blocks, cuts, None)))
    rules = time.process_time() - began
    # The first call compiles or loads what later ones use.
    judge_blocks(documents[: options.batch], config)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        cut = sum(
            len(cuts)
            for first in range(0, len(documents), options.batch)
            for cuts in judge_blocks(documents[first : first + options.batch], config)
        )
        seconds.append(time.process_time() - began)
    lines = sum(len(blocks) for blocks, _ in documents)
    print(f"{megabytes:.1f} MB, {len(texts)} documents, {lines} lines, {cut} cut by the judge")
    print(f"rules and repeats {1000 * rules / megabytes:.1f} ms/MB, judge {1000 * min(seconds) / megabytes:.1f} ms/MB")


if __name__ == "__main__":
    main()
