"""The main job: a raw folder becomes a clean corpus. Read `clean_folder` from top to bottom and you know the method."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.run.events import Listener, Planned, ignore
from pipeline.run.job import Outcome, run_on

Sources = str | Path | Sequence[str | Path]


def clean_folder(
    raw: Sources,
    clean: str | Path,
    config: Config | None = None,
    *,
    root: str | Path | None = None,
    reprocess: bool = False,
    forget_missing: bool = False,
    dry_run: bool = False,
    wait: bool = False,
    listen: Listener = ignore,
) -> Outcome:
    """Clean files, folders, patterns or URIs into a corpus; only what is new is worked on.

    Args:
        raw: what to read.
        clean: folder of the corpus, made where it is not there, or its address in a store (`s3://…`).
        config: the configuration; None for the defaults.
        root: folder that file paths are told relative to; None: each folder named in `raw`.
        reprocess: clean everything anew, as if the corpus were empty, and put the result in its place when done.
        forget_missing: with `reprocess`, let go of documents whose raw files are no longer there.
        dry_run: say what would be read, and write nothing.
        wait: wait for another run on the same corpus instead of refusing.
        listen: is told the progress.

    Raises:
        Refused: the call cannot be carried out as it is; nothing was begun.
        Aborted: the run stopped; the corpus is as it was.
        Transient: a store did not answer; the corpus is as it was.
    """
    config = config or Config()
    with run_on(clean, config, reprocess=reprocess, dry_run=dry_run, wait=wait, listen=listen) as run:
        plan = run.plan([raw] if isinstance(raw, str | Path) else raw, root, forget_missing=forget_missing)
        if dry_run or not plan.new:
            return run.nothing_done(plan)
        with run.workers(plan.bytes) as workers:
            listen(Planned(len(plan.new), plan.bytes, len(plan.unchanged), workers.count))
            shard = run.stage(plan.new, plan.seen_ids, 0, workers)
            shards = run.learn([shard], workers)
        settled = run.settle(shards)
        return run.commit(plan, shards, settled)
