"""`winnow check`: verify every promise on a corpus again."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.progress import on_terminal, reporter
from pipeline.cli.quantities import number
from pipeline.cli.terminal import show, show_json

_DESCRIPTION = """\
Verify every promise on a corpus again: that the counts balance, the files are as their manifests say, every text can be
restored from its removals, every duplicate is like the document that stands for it, and no two kept documents are
copies. What is found is listed, and the exit status is 1. With --deep any flipped bit, lost or extra file is found."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument("--deep", action="store_true", help="look at reports, card, cache and strange files too")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON; progress as JSON lines")


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.check import check
    from pipeline.store.corpus import read_corpus

    # Nobody watches a scheduled check, and it has no stages to time.
    with reporter(quiet=not (args.json or on_terminal()), as_json=args.json) as report:
        findings = check(args.clean, report, deep=args.deep)
    if args.json:
        show_json({"whole": not findings, "findings": [finding.to_dict() for finding in findings]})
    elif findings:
        for finding in findings:
            show(f"{finding.promise}: {finding.where}: {finding.what}\n  next: {finding.next}")
        show(f"{args.clean}: not whole; {number(len(findings), 'finding')}.")
    else:
        manifests = read_corpus(args.clean).manifests
        documents = sum(manifest.counts.documents for manifest in manifests)
        held = f"{number(len(manifests), 'run')}, {number(documents, 'document')}"
        show(f"{args.clean}: whole. {held}; every promise holds.")
    return 1 if findings else 0


COMMAND = Command(
    name="check",
    usage="CLEAN [--deep] [--json]",
    summary="verify every promise on a corpus again",
    description=_DESCRIPTION,
    examples=("winnow check clean/", "winnow check clean/ --deep --json"),
    arguments=_arguments,
    run=_run,
)
