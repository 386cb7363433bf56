"""Let each system call of a run that changes or opens a file fail, or kill the run at it, one after another.

`python -m tests.safety.faults` does it for every call of three runs, which takes hours; `--turning-points` for those
that differ, in minutes; `--some` for every ninth of these. Prints a line for each kind of fault, and what went wrong;
exit status 1 where anything did, 3 where calls cannot be watched.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import Aborted
from tests.safety.lasting import lost_with_power
from tests.safety.stories import SCENES, Scene, content, documents, documents_of, make_scene
from tests.safety.syscalls import KILL, Call, Ended, run_watched, supported

FAULTS = {"kill": KILL, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
"""The run is killed before the call; a device error, once; a disk that is full from then on."""

# What a full disk still grants.
_FREE = {"fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "flock", "ftruncate"}

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


def disturb(scene: Scene, clean: Path, at: int, fault: str) -> None:
    """Disturb the run at a call, look at what is left as a reader, and run again.

    Raises:
        AssertionError: a promise does not hold.
    """
    seen = 0

    def decide(call: Call) -> int:
        nonlocal seen
        seen += 1
        full = fault == "ENOSPC" and seen > at and call.changes and call.name not in _FREE
        return FAULTS[fault] if seen == at + 1 or full else 0

    ended = run_asked(scene, scene.begin(clean), decide)
    if fault == "kill":
        assert ended.status < 0, ended
    else:
        assert ended.status == 0, ended
        assert ended.told == "done" or ended.told.startswith("True "), f"not told in words: {ended.told}"
    seen_now = documents(clean)
    assert seen_now in ({}, documents_of(scene.earlier), documents_of(scene.whole)), "part of a run is visible"
    scene.check_reader(clean)
    scene.finish(clean)


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
    with tempfile.TemporaryDirectory() as folder:
        for name in args.scene or SCENES:
            root = Path(folder).resolve() / name
            scene = make_scene(name, root)
            clean = root / "clean"
            calls = calls_of(scene, clean)
            for fault in args.fault or FAULTS:
                begun = time.monotonic()
                places = list(range(len(calls)))
                if args.turning_points or args.some:
                    places = turning_points(calls)
                if args.some:
                    places = places[list(FAULTS).index(fault) :: 9 * len(FAULTS)]
                kinds = Counter(calls[at].name for at in places)
                for at in places:
                    try:
                        disturb(scene, clean, at, fault)
                    except Exception as error:  # noqa: BLE001 - it is told, and the rest goes on
                        wrong += 1
                        told = f"{type(error).__name__}: {error}"
                        print(f"{name}, {fault} at call {at}, {calls[at]}: {told}", flush=True)
                told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
                print(
                    f"{name} run, {fault}: {len(places)} of {len(calls)} calls ({told}) in "
                    f"{time.monotonic() - begun:.0f} s",
                    flush=True,
                )
    print(f"{wrong} wrong" if wrong else "all faults survived")
    return 1 if wrong else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
