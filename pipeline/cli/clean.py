"""`winnow clean`: files, folders or URIs into a corpus."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from pipeline.cli.arguments import Command, WrongUsage, number_of_workers, one_of
from pipeline.cli.interrupts import Deferral, Interrupted, heed
from pipeline.cli.profile import profile_json, profile_table
from pipeline.cli.progress import reporter
from pipeline.cli.quantities import duration, number, size
from pipeline.cli.terminal import show, show_json, tell, tell_json
from pipeline.errors import Busy
from pipeline.run.events import Event, StageBegun

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run.job import Outcome
    from pipeline.run.plan import Plan
    from pipeline.store.manifest import Manifest

_DESCRIPTION = """\
Clean files, folders, patterns or URIs into a corpus: strip boilerplate, collapse repeats and near-duplicates, and
write Parquet in which every record says where it came from and what was done to it. What the corpus has read before
is left alone, so the same command brings it up to date. HTML, text, Markdown, JSONL, CSV, Parquet, WARC and WET are
read, compressed or not."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("raw", metavar="RAW", nargs="+", help="file, folder, pattern or URI to read")
    parser.add_argument(
        "--out",
        metavar="CLEAN",
        default="clean",
        help="folder of the corpus, made if it is not there, or an address in a store: s3://… (default: clean/)",
    )
    parser.add_argument("--config", metavar="FILE", help="configuration; `winnow config` prints one to start from")
    parser.add_argument("--workers", metavar="N", type=number_of_workers, help="processes (default: one a processor)")
    parser.add_argument("--root", metavar="DIR", help="tell file paths relative to DIR (default: to each RAW folder)")
    parser.add_argument(
        "--keep-duplicates", action="store_true", help="label duplicates in documents instead of leaving them out"
    )
    parser.add_argument(
        "--guard",
        metavar="{flag,stop,ignore}",
        type=one_of("flag", "stop", "ignore"),
        help="what happens where a source loses nearly all or a cluster grows huge (default: guard.action)",
    )
    parser.add_argument("--reprocess", action="store_true", help="clean everything anew and replace what is there")
    parser.add_argument(
        "--forget-missing", action="store_true", help="with --reprocess: let go of documents whose files are gone"
    )
    parser.add_argument("--dry-run", action="store_true", help="list what would be read, and write nothing")
    parser.add_argument("--wait", action="store_true", help="wait for another run on this corpus instead of failing")
    parser.add_argument(
        "--profile", action="store_true", help="tell where the processor time went, by stage, and the most memory"
    )
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON; progress as JSON lines")
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    loudness.add_argument(
        "-v", "--verbose", action="store_true", help="tell the time of each stage, and where an error came from"
    )


def _run(args: argparse.Namespace) -> int:
    if args.forget_missing and not args.reprocess:
        raise WrongUsage("clean: --forget-missing goes with --reprocess: only what is cleaned anew can be let go of.")

    from pipeline.run.clean import clean_folder

    config = _configured(args)
    # What loading Winnow took is the user's time, too.
    before = process_time()

    held_back = False

    def clean(*, wait: bool) -> Outcome:
        nonlocal held_back
        # One for each try: of one that was refused at its commit, the next one's work is not held back.
        with Deferral() as deferral:

            def listen(event: Event) -> None:
                heed()
                if event == StageBegun("commit"):
                    deferral.begin()
                report(event)

            try:
                return clean_folder(
                    args.raw,
                    args.out,
                    config,
                    root=args.root,
                    reprocess=args.reprocess,
                    forget_missing=args.forget_missing,
                    dry_run=args.dry_run,
                    wait=wait,
                    listen=listen,
                )
            finally:
                held_back |= deferral.came

    try:
        with reporter(quiet=args.quiet, as_json=args.json) as report:
            try:
                outcome = clean(wait=False)
            except Busy as busy:
                if not args.wait or held_back:
                    raise
                _tell_waiting(args, busy)
                outcome = clean(wait=True)
    except KeyboardInterrupt as interrupt:
        raise Interrupted(_as_it_was(args.out)) from interrupt
    if outcome.profile is not None:
        outcome = replace(outcome, profile=outcome.profile.with_start(before))
    _show(outcome, args)
    if held_back:
        tell("winnow: the signal to stop came when the run was being committed, which was finished")
    return 0


def _configured(args: argparse.Namespace) -> Config:
    from pipeline.config import load_config, parse_config

    data = load_config(args.config).model_dump()
    if args.workers is not None:
        data["run"]["workers"] = args.workers
    if args.keep_duplicates:
        data["match"]["keep_duplicates"] = True
    if args.guard is not None:
        data["guard"]["action"] = args.guard
    return parse_config(data, where="command line")


def _tell_waiting(args: argparse.Namespace, busy: Busy) -> None:
    if args.json and not args.quiet:
        tell_json({"event": "waiting", "message": str(busy)})
    elif not args.quiet:
        tell(f"Waiting: another run is writing to {args.out}")


def _as_it_was(clean: str) -> str:
    staging = Path(clean) / ".staging"
    left = staging.is_dir() and any(staging.iterdir())
    staged = "what was staged stands aside, and the next run removes it" if left else "what was staged is removed"
    return f"interrupted. The corpus in {clean} is as it was; {staged}. Run again to do the job."


def _show(outcome: Outcome, args: argparse.Namespace) -> None:
    if args.json:
        show_json(_as_json(outcome, dry_run=args.dry_run, profile=args.profile))
    elif args.dry_run:
        _show_plan(outcome.plan, args.out)
    elif args.quiet:
        return
    elif outcome.manifest is None:
        show(f"Nothing new: {_unchanged(outcome.plan)}. The corpus in {args.out} is up to date.")
    else:
        _show_summary(outcome)
        if args.verbose:
            show(_timings(outcome.manifest))
        if args.profile and outcome.profile is not None:
            show(profile_table(outcome.profile))


def _show_summary(outcome: Outcome) -> None:
    from pipeline.cli.summary import print_summary, summary_text

    # Elsewhere than on a terminal it goes the way of all output, which bears a reader that has gone.
    if sys.stdout is not None and sys.stdout.isatty():
        print_summary(outcome)
    else:
        show(summary_text(outcome))


def _as_json(outcome: Outcome, *, dry_run: bool, profile: bool = False) -> dict[str, Any]:
    plan = outcome.plan
    if dry_run:
        return {
            "dry_run": True,
            "files": [{"file_path": file.file_path, "size": file.size} for file in plan.new],
            "bytes": plan.bytes,
            "files_unchanged": len(plan.unchanged),
        }
    if outcome.manifest is None:
        return {"nothing_new": True, "files_unchanged": len(plan.unchanged), "clean": str(outcome.clean)}
    told = outcome.manifest.model_dump(mode="json")
    return told | {"profile": profile_json(outcome.profile)} if profile and outcome.profile is not None else told


def _show_plan(plan: Plan, out: str) -> None:
    if not plan.new:
        show(f"Nothing would be read: {_unchanged(plan)}.")
        return
    for file in plan.new:
        show(f"{size(file.size):>9}  {file.file_path}")
    unchanged = f"; {_unchanged(plan)}" if plan.unchanged else ""
    show(f"{number(len(plan.new), 'file')}, {size(plan.bytes)}, would be read into {out}{unchanged}.")


def _unchanged(plan: Plan) -> str:
    count = len(plan.unchanged) or len(plan.new)
    return f"{number(count, 'file')} {'holds' if count == 1 else 'hold'} what was read before"


def _timings(manifest: Manifest) -> str:
    stages = {name: spent for name, spent in manifest.seconds.items() if "." not in name}
    within = {name: spent for name, spent in manifest.seconds.items() if "." in name}
    lines = ["", "Time by stage:", *(f"  {name:<10} {duration(spent):>10}" for name, spent in stages.items())]
    if within:
        lines.append(f"Processor time of cleaning, over {number(manifest.workers, 'worker')}:")
        lines += [f"  {name.split('.')[1]:<10} {duration(spent):>10}" for name, spent in within.items()]
    return "\n".join(lines)


COMMAND = Command(
    name="clean",
    usage="RAW... [--out CLEAN] [options]",
    summary="clean files, folders or URIs into a corpus; only what is new is worked on",
    description=_DESCRIPTION,
    examples=(
        "winnow clean raw/ --out clean/",
        "winnow clean 'crawl/*.warc.gz' feed.jsonl --out clean/ --workers 4",
        "winnow clean raw/ --out clean/ --dry-run",
    ),
    arguments=_arguments,
    run=_run,
)
