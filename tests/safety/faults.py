"""Let each system call of a run that changes or opens a file fail, or kill the run at it, one after another.

`python -m tests.safety.faults` does it for every call of three runs, in half an hour; `--turning-points` for those that
differ, in minutes; `--some` for every ninth of these. Prints a line for each kind of fault, and what went wrong; exit
status 1 where anything did, 3 where calls cannot be watched.

What a kill leaves is looked at without one at every call (the run waits there, and what is on the disk is copied), and
with one where calls differ. What was tried once of what a fault leaves is not tried again.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import Aborted
from pipeline.store.commit import recover
from pipeline.store.layout import JOURNAL, Layout
from pipeline.store.lock import write_lock
from tests.safety.lasting import lost_with_power
from tests.safety.stories import SCENES, Scene, content, documents, documents_of, make_scene
from tests.safety.syscalls import KILL, UNASKED, Call, Ended, run_watched, supported

FAULTS = {"kill": KILL, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
"""The run is killed before the call; a device error, once; a disk that is full from then on."""

# What a full disk still grants.
_FREE = {"fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "flock", "ftruncate"}

_MEMORY = "/dev/shm"  # noqa: S108 - the folder that is made there has a name of its own

Decide = Callable[[Call], int]


def run_asked(scene: Scene, clean: Path, decide: Decide) -> Ended:
    """Carry out a run, asking about each call on a file of the corpus; gives `done`, or the error."""

    def job() -> str:
        try:
            scene.run(clean)
        except Exception as error:  # noqa: BLE001 - the test judges it
            return f"{isinstance(error, Aborted)} {type(error).__name__}: {error}"
        return "done"

    return run_watched(job, lambda call: decide(call) if clean in (call.path, *call.path.parents) else 0)


def calls_of(scene: Scene, clean: Path) -> list[Call]:
    """Carry out the run undisturbed; gives its calls. At each, who lists `documents/` must see whole runs only."""
    calls: list[Call] = []

    def look(call: Call) -> int:
        target = call.target and call.target.relative_to(clean)
        calls.append(replace(call, path=call.path.relative_to(clean), target=target))
        # While a corpus is replaced the folder may be missing for an instant (README.md).
        seen = documents(clean)
        assert seen in ({}, documents_of(scene.earlier), documents_of(scene.whole)), f"{call}: part of a run is visible"
        return 0

    ended = run_asked(scene, scene.begin(clean), look)
    assert ended == Ended(0, "done"), ended
    assert content(clean) == scene.whole
    lost = lost_with_power(calls)
    assert not lost, "\n".join(lost)
    return calls


class Aftermath:
    """Looks at what is left of a run as a reader does, and runs again; once for all that leave the same."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._sound: set[tuple[str, bool]] = set()
        self.again = 0
        """How often what was left had been tried before."""

    def try_out(self, clean: Path) -> None:
        """See that nothing is lost.

        What was staged and has no list of renames is removed first of all, so it tells no two states apart; that it is
        removed is seen each time.

        Raises:
            AssertionError: a promise does not hold.
        """
        scene, layout = self._scene, Layout(clean)
        wary = any(layout.staging.glob("run-*/cleaning"))
        # A reader finishes a commit that had begun.
        begun = any(layout.staging.glob(f"run-*/{JOURNAL}"))
        state = _state(layout), wary
        seen = documents(clean)
        assert seen in ({}, documents_of(scene.earlier), documents_of(scene.whole)), "part of a run is visible"
        scene.check_reader(clean)
        if state not in self._sound:
            scene.finish(clean)
            self._sound.add(state)
            return
        self.again += 1
        if clean.exists() and not begun:
            with write_lock(layout.lock):
                recover(layout)
            left = list(layout.staging.iterdir()) if layout.staging.exists() else []
            assert not left, f"{left[0]} was left"
            assert _state(layout) == state[0], "mending changed more than what was staged"


def _state(layout: Layout) -> str:
    """Digest all that lies in a corpus but for what is staged without a list of renames, and who holds the lock."""
    digest = hashlib.sha256()
    thrown_away = {path for path in layout.staging.glob("run-*") if not (path / JOURNAL).exists()}
    for path in sorted(layout.root.rglob("*")):
        if thrown_away.intersection((path, *path.parents)) or path == layout.lock:
            continue
        place = _STAGED.sub(".staging/run-", path.relative_to(layout.root).as_posix())
        # A folder may be made by looking.
        if not path.is_dir():
            content = path.read_bytes()
            digest.update(f"{place}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


_STAGED = re.compile(r"\.staging/run-\d+")


def disturb(scene: Scene, clean: Path, at: int, fault: str, aftermath: Aftermath) -> None:
    """Disturb the run at a call, look at what is left as a reader, and run again.

    Raises:
        AssertionError: a promise does not hold.
    """
    seen = 0

    def decide(call: Call) -> int:
        nonlocal seen
        seen += 1
        if fault == "EIO" and seen > at + 1:
            return UNASKED
        full = fault == "ENOSPC" and seen > at and call.changes and call.name not in _FREE
        return FAULTS[fault] if seen == at + 1 or full else 0

    ended = run_asked(scene, scene.begin(clean), decide)
    if fault == "kill":
        assert ended.status < 0, ended
    else:
        assert ended.status == 0, ended
        assert ended.told == "done" or ended.told.startswith("True "), f"not told in words: {ended.told}"
    aftermath.try_out(clean)


def leave(scene: Scene, clean: Path, places: Sequence[int], aftermath: Aftermath) -> Iterator[tuple[int, Exception]]:
    """Look, at each of some calls of one run, at what a kill would leave there; gives those where a promise fails."""
    wanted, wrong = frozenset(places), list[tuple[int, Exception]]()
    left = clean.with_name("left")
    seen = 0

    def look(_: Call) -> int:
        nonlocal seen
        if seen in wanted:
            shutil.rmtree(left, ignore_errors=True)
            if clean.exists():
                shutil.copytree(clean, left, symlinks=True)
            try:
                aftermath.try_out(left)
            except Exception as error:  # noqa: BLE001 - it is told, and the rest goes on
                wrong.append((seen, error))
        seen += 1
        return 0

    ended = run_asked(scene, scene.begin(clean), look)
    assert ended == Ended(0, "done"), ended
    assert content(clean) == scene.whole
    assert seen > max(places, default=0), "the run made fewer calls than before"
    yield from wrong


def turning_points(calls: Sequence[Call]) -> list[int]:
    """Take the calls that change something, and of those in a row that write to one file the first and the last."""
    changing = [at for at, call in enumerate(calls) if call.changes]
    return [
        at
        for place, at in enumerate(changing)
        if not 0 < place < len(changing) - 1
        or calls[changing[place - 1]] != calls[at]
        or calls[changing[place + 1]] != calls[at]
    ]


def _spent() -> float:
    return sum(os.times()[:4])


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turning-points", action="store_true", help="of writes to one file the first and last only")
    parser.add_argument("--some", action="store_true", help="every ninth of these, by turns with each fault")
    parser.add_argument("--scene", choices=SCENES, action="append", help="which run (default: all)")
    parser.add_argument("--fault", choices=FAULTS, action="append", help="which fault (default: all)")
    args = parser.parse_args(words)
    if not supported():
        print("the kernel does not hand over system calls here (Linux 5.5 or later, x86_64 or aarch64)")
        return 3
    wrong = 0
    # In memory, where there is such a folder: what is synced is told by the calls, and a disk only makes them slow.
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        for name in args.scene or SCENES:
            root = Path(folder).resolve() / name
            scene = make_scene(name, root)
            clean = root / "clean"
            calls = calls_of(scene, clean)
            points = turning_points(calls)
            for fault in args.fault or FAULTS:
                aftermath = Aftermath(scene)
                begun, spent = time.monotonic(), _spent()
                # Whether a file is only read does not matter to who is killed, nor to a disk that is full.
                places = [at for at, call in enumerate(calls) if call.changes or fault == "EIO"]
                if args.turning_points or args.some:
                    places = points
                if args.some:
                    places = places[list(FAULTS).index(fault) :: 9 * len(FAULTS)]
                kinds = Counter(calls[at].name for at in places)
                done = places
                failed: list[tuple[int, Exception]] = []
                if fault == "kill" and len(places) > len(points):
                    failed += leave(scene, clean, places, aftermath)
                    done = points
                for at in done:
                    try:
                        disturb(scene, clean, at, fault, aftermath)
                    except Exception as error:  # noqa: BLE001 - it is told, and the rest goes on
                        failed.append((at, error))
                for at, error in failed:
                    print(f"{name}, {fault} at call {at}, {calls[at]}: {type(error).__name__}: {error}", flush=True)
                wrong += len(failed)
                told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
                print(
                    f"{name} run, {fault}: {len(places)} of {len(calls)} calls ({told}), {len(done)} disturbed, "
                    f"{aftermath.again} left what others had, {len(failed)} wrong; {time.monotonic() - begun:.0f} s, "
                    f"{_spent() - spent:.0f} s of CPU",
                    flush=True,
                )
    print(f"{wrong} wrong" if wrong else "all faults survived")
    return 1 if wrong else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
