"""`winnow export`: the corpus of today, in one place."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.arguments import Command, one_of
from pipeline.cli.quantities import number
from pipeline.cli.terminal import show

_DESCRIPTION = """\
Write the corpus of today: the documents without those that a later, fuller version supersedes and without labelled
duplicates. The corpus itself is left as it is."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument("--out", metavar="PATH", required=True, help="where to; must not be there yet")
    parser.add_argument(
        "--format",
        metavar="{parquet,jsonl}",
        type=one_of("parquet", "jsonl"),
        default="parquet",
        help="format of what is written (default: parquet)",
    )
    # It says what is always done, so it is taken and not advertised.
    parser.add_argument("--current", action="store_true", help=argparse.SUPPRESS)


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.export import export_current
    from pipeline.store.corpus import read_corpus

    rows = export_current(read_corpus(args.clean), Path(args.out), args.format)
    show(f"{args.out}: {number(rows, 'document')} written.")
    return 0


COMMAND = Command(
    name="export",
    usage="CLEAN --out PATH [--format parquet|jsonl]",
    summary="write the corpus of today as Parquet or JSONL",
    description=_DESCRIPTION,
    examples=("winnow export clean/ --out today.parquet", "winnow export clean/ --out today.jsonl --format jsonl"),
    arguments=_arguments,
    run=_run,
)
