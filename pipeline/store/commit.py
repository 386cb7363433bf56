"""Commit: what was staged becomes visible, whole, or not at all.

A run stages all its files, writes the list of renames that make them visible (`commit.json`), and only then renames.
Whoever finds that list later, after a crash, finishes it; staging without the list is thrown away.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import orjson

from pipeline.errors import Damaged
from pipeline.store.files import make_folder, sync
from pipeline.store.layout import JOURNAL, Layout
from pipeline.store.lock import write_lock

Move = tuple[str, str]
"""From and to, relative to the folder of the corpus."""


def new_staging(layout: Layout) -> Path:
    """Make the folder that a run writes into."""
    staging = layout.staging / f"run-{os.getpid()}"
    make_folder(layout.staging)
    staging.mkdir()
    return staging


def commit(layout: Layout, staging: Path, moves: list[Move]) -> None:
    """Make the staged files visible by renaming, in the order given; the last rename records the run.

    Raises:
        Damaged: something that no manifest names stands in the place of what was staged.
    """
    _check_places(layout, moves)
    for path in [*sorted(staging.rglob("*")), staging, layout.staging, layout.root]:
        sync(path)
    journal = staging / JOURNAL
    unfinished = journal.with_suffix(".tmp")
    unfinished.write_bytes(orjson.dumps(moves, option=orjson.OPT_INDENT_2))
    sync(unfinished)
    unfinished.rename(journal)
    sync(staging)
    _finish(layout, staging)


def recover(layout: Layout) -> list[str]:
    """Finish or roll back what earlier runs left; call it with the lock held. Gives what was done, for people."""
    told: list[str] = []
    if not layout.staging.is_dir():
        return told
    for staging in sorted(layout.staging.glob("run-*")):
        if (staging / JOURNAL).exists():
            _finish(layout, staging)
            told.append("finished the commit of a run that was stopped while its files were being made visible")
        else:
            shutil.rmtree(staging)
            told.append("removed what an unfinished run had staged; its input is read again")
    return told


def finish_commit(layout: Layout) -> None:
    """Wait for a commit that is under way, or finish one that was stopped: for readers, who would see a part of it."""
    if layout.is_committing():
        with write_lock(layout.lock, wait=True):
            recover(layout)


def discard(staging: Path) -> None:
    """Throw away what a failed run staged, unless its commit has begun."""
    if not (staging / JOURNAL).exists():
        shutil.rmtree(staging, ignore_errors=True)


def _check_places(layout: Layout, moves: list[Move]) -> None:
    cleared = {source for source, _ in moves}
    for _, target in moves:
        place = layout.root / target
        if place.exists() and not cleared & {target, *(parent.as_posix() for parent in Path(target).parents)}:
            raise Damaged(f"{place}: is there, and no manifest in runs/ names it. Move it away or see `winnow repair`.")


def _finish(layout: Layout, staging: Path) -> None:
    for source, target in _read_moves(staging / JOURNAL):
        origin, place = layout.root / source, layout.root / target
        if origin.exists() and not place.exists():
            make_folder(place.parent)
            origin.rename(place)
        elif not place.exists():
            raise Damaged(
                f"{layout.root}: {source} was staged to become {target} and neither is there. The committed runs are "
                f"whole; remove {staging} and run again."
            )
        # Also where it was renamed before: whoever did that may have been stopped before it was sure to last.
        sync(place.parent)
        if origin.parent.exists():
            sync(origin.parent)
    # The list goes first: once what was replaced is gone, following it again would take the new for the old.
    (staging / JOURNAL).unlink()
    sync(staging)
    shutil.rmtree(staging)


def _read_moves(journal: Path) -> list[Move]:
    """Read the list, which a corpus that came from elsewhere brings with it: it may name nothing outside."""
    try:
        moves: list[Move] = [(str(source), str(target)) for source, target in orjson.loads(journal.read_bytes())]
    except (ValueError, TypeError) as error:
        raise Damaged(
            f"{journal}: is no list of renames ({error}), so this run cannot be made visible. Restore the corpus from "
            "a copy, or clean the raw files anew into another folder."
        ) from error
    for name in (name for move in moves for name in move):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise Damaged(f"{journal}: names {name}, outside the corpus. Winnow wrote no such list; remove it.")
    return moves
