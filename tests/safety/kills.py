"""Kill a run at random instants, look at the corpus all the while as a reader does, and run again.

`python -m tests.safety.kills 500` (or `make kills`) does it 500 times, with kills of the whole process tree and of the
main process alone, runs in one process and in several, and half of the instants within the commit. Prints what went
wrong and the sums; exit status 1 where anything did.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Damaged
from pipeline.run import workers as pool
from pipeline.run.events import Event, StageBegun
from pipeline.store.layout import Layout
from tests.safety.stories import SCENES, Scene, documents, documents_of, make_scene

WORKERS = 2
# Processes that lost their main one notice it within this many seconds, on a busy machine.
_ORPHANED = 30.0
_POLL = 0.002


@dataclass(frozen=True, slots=True)
class Spans:
    """How long an undisturbed run takes, in seconds."""

    whole: float
    commit: float


@dataclass(frozen=True, slots=True)
class Kill:
    """When and whom to kill."""

    workers: int
    in_commit: bool
    after: float
    """Seconds from the beginning of the run, or of its commit."""
    tree: bool
    """Whether all of its processes are killed, or the main one alone."""


def start(scene: Scene, clean: Path, workers: int) -> tuple[int, int]:
    """Begin a run in a session of its own; gives its process and a pipe that tells when the commit begins."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        return child, ours
    status = 1
    try:
        os.setsid()
        os.close(ours)
        # Python's resource tracker complains of what the killed left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

        def listen(event: Event) -> None:
            if event == StageBegun("commit"):
                os.write(theirs, b"c")

        # So small an input would be cleaned by one process.
        pool._WORTH_A_WORKER = 1
        scene.run(clean, workers, listen)
        status = 0
    finally:
        os._exit(status)


def measure(scene: Scene, clean: Path, workers: int) -> Spans:
    """Run undisturbed."""
    begun = time.monotonic()
    child, pipe = start(scene, scene.begin(clean), workers)
    os.read(pipe, 1)
    commit = time.monotonic()
    os.close(pipe)
    _, status = os.waitpid(child, 0)
    assert status == 0, "an undisturbed run failed"
    ended = time.monotonic()
    return Spans(ended - begun, ended - commit)


def choose(chance: random.Random, spans: dict[int, Spans], share: float) -> Kill:
    """Draw a kill; `share` of them are of runs in several processes."""
    workers = WORKERS if chance.random() < share else 1
    in_commit = chance.random() < 1 / 2
    span = spans[workers].commit if in_commit else spans[workers].whole
    return Kill(workers, in_commit, chance.uniform(0, span), chance.random() < 2 / 3)


def kill_once(scene: Scene, clean: Path, kill: Kill) -> bool:
    """Kill a run, reading all the while, and run again; gives whether it was killed before its end.

    Raises:
        AssertionError: a promise does not hold.
    """
    child, pipe = start(scene, scene.begin(clean), kill.workers)
    try:
        if kill.in_commit:
            # It ends at once where the run has failed.
            os.read(pipe, 1)
        until = time.monotonic() + kill.after
        while time.monotonic() < until and not os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            look(scene, clean)
            time.sleep(_POLL)
    finally:
        if kill.tree:
            _kill_session(child)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(pipe)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL), "the run failed by itself"
    _await_end(child)
    look(scene, clean)
    scene.check_reader(clean)
    scene.finish(clean)
    return status != 0


def look(scene: Scene, clean: Path) -> None:
    """Open the corpus as tools do that list a folder, and as the Python API does."""
    seen = {}
    # While a corpus is replaced the folder may be missing for an instant (README.md).
    with suppress(FileNotFoundError):
        seen = documents(clean)
    assert seen in ({}, documents_of(scene.earlier), documents_of(scene.whole)), "part of a run is visible"
    if scene.name != "first" and not Layout(clean).is_committing():
        try:
            scene.check_reader(clean)
        except (FileNotFoundError, Damaged):
            assert scene.name == "reprocess"


def _session(leader: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names alone are wanted
        if entry.isdigit():
            with suppress(OSError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == leader and fields[0] != "Z":
                    found.append(int(entry))
    return found


def _kill_session(leader: int) -> None:
    for process in _session(leader):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _await_end(leader: int) -> None:
    until = time.monotonic() + _ORPHANED
    while left := _session(leader):
        if time.monotonic() > until:
            _kill_session(leader)
            raise AssertionError(f"{len(left)} processes outlived the main one")
        time.sleep(_POLL)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=25)
    parser.add_argument("--seed", type=int, default=None, help="of the instants (default: another each time)")
    parser.add_argument("--share", type=float, default=0.5, help="how many of the runs have several processes")
    args = parser.parse_args(words)
    seed = random.randrange(10**6) if args.seed is None else args.seed
    chance = random.Random(seed)
    wrong, sums = 0, Counter[str]()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        scenes = [make_scene(name, root / name) for name in SCENES]
        clean = root / "clean"
        spans = {count: measure(scenes[0], clean, count) for count in (1, WORKERS)}
        for number in range(args.kills):
            if number and number % 100 == 0:
                print(f"{number} kills, {wrong} wrong, {time.monotonic() - begun:.0f} s", flush=True)
            scene = scenes[number % len(scenes)]
            kill = choose(chance, spans, args.share)
            try:
                killed = kill_once(scene, clean, kill)
            except Exception as error:  # noqa: BLE001 - it is told, and the rest goes on
                wrong += 1
                print(f"kill {number}, {scene.name} run, {kill}: {type(error).__name__}: {error}", flush=True)
                continue
            sums[scene.name] += 1
            sums["before its end" if killed else "too late"] += 1
            sums["in the commit" if kill.in_commit else "anywhere"] += 1
            sums["whole tree" if kill.tree else "main process alone"] += 1
            sums[f"{kill.workers} worker{'s' if kill.workers > 1 else ''}"] += 1
    print(f"seed {seed}, {time.monotonic() - begun:.0f} s: " + ", ".join(f"{name} {sums[name]}" for name in sums))
    print(f"{args.kills - wrong} of {args.kills} kills survived with equal bytes")
    return 1 if wrong else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
