"""`winnow repair`: remove what no manifest names, and make again what follows from the tables."""

from __future__ import annotations

import argparse

from pipeline.cli.arguments import Command
from pipeline.cli.quantities import number
from pipeline.cli.terminal import show, show_json

_DESCRIPTION = """\
Remove from a corpus what no manifest names, if Winnow can have written it, and make again what follows from the tables
where it is lost or damaged: the index, reports, the card. Whatever else is wrong is listed with what to do about it,
and the exit status is 1. A deep check tells what is wrong and changes nothing."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument(
        "--forget-lost",
        action="store_true",
        help="also remove the tables of runs whose manifests are lost; their input is read again",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--wait", action="store_true", help="wait for a run on this corpus instead of failing")
    parser.add_argument("--json", action="store_true", help="print what was done and left as JSON")


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.repair import repair

    result = repair(args.clean, forget_lost=args.forget_lost, dry_run=args.dry_run, wait=args.wait)
    if args.json:
        left = [finding.to_dict() for finding in result.left]
        show_json({"dry_run": args.dry_run, "done": result.done, "left": left})
        return 1 if result.left else 0
    for told in result.done:
        show(f"would have {told}" if args.dry_run else told)
    for finding in result.left:
        show(f"left: {finding.where}: {finding.what}\n  next: {finding.next}")
    if not result.done and not result.left:
        show(f"{args.clean}: nothing to repair.")
    elif result.left:
        show(f"{args.clean}: {number(len(result.left), 'thing')} could not be repaired.")
    return 1 if result.left else 0


COMMAND = Command(
    name="repair",
    usage="CLEAN [--forget-lost] [--dry-run] [--wait] [--json]",
    summary="remove what no manifest names, and make again what follows from the tables",
    description=_DESCRIPTION,
    examples=("winnow repair clean/ --dry-run", "winnow repair clean/"),
    arguments=_arguments,
    run=_run,
)
