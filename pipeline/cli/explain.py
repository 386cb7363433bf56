"""`winnow explain`: why a text looks as it does, or why it is not there."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.terminal import show, show_json

_DESCRIPTION = """\
Tell what became of one record: where it came from, what was cut from its text by which rule, which document stands for
it and how alike the two are, or why it was rejected or put aside."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument(
        "id",
        metavar="ID",
        help="id or its beginning, the record's own id, its URL, or FILE:RECORD as `file_path` has it",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.explain import explain, render_text
    from pipeline.store.corpus import read_corpus

    explanation = explain(read_corpus(args.clean), args.id)
    if args.json:
        show_json(explanation.to_dict())
    else:
        show(render_text(explanation))
    return 0


COMMAND = Command(
    name="explain",
    usage="CLEAN ID [--json]",
    summary="tell why a text looks as it does, or why it is not there",
    description=_DESCRIPTION,
    examples=(
        "winnow explain clean/ 3f2a9c",
        "winnow explain clean/ news/feed.jsonl:17",
        "winnow explain clean/ 3f2a9c --json",
    ),
    arguments=_arguments,
    run=_run,
)
