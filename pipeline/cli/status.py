"""`winnow status`: what a corpus holds."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.terminal import show, show_json

_DESCRIPTION = """\
Tell what a corpus holds: its runs, counts and sizes, the largest clusters of duplicates, the sites with the most
boilerplate, what was cut and what was put aside."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.status import render_text, status
    from pipeline.store.corpus import read_corpus

    told = status(read_corpus(args.clean))
    if args.json:
        show_json(told.to_dict())
    else:
        show(render_text(told))
    return 0


COMMAND = Command(
    name="status",
    usage="CLEAN [--json]",
    summary="tell what a corpus holds: runs, counts, sizes, clusters, sites",
    description=_DESCRIPTION,
    examples=("winnow status clean/", "winnow status clean/ --json"),
    arguments=_arguments,
    run=_run,
)
