"""What a run tells while it works. The core never prints or logs; the command line and the flows do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recovered:
    """An earlier run had been stopped; its commit was finished, or its staging removed."""

    what: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be read."""

    files: int
    bytes: int
    files_unchanged: int
    workers: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading and cleaning have come."""

    files: int
    bytes: int
    records: int


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A worker died or was killed, and the run goes on without what it had in hand, or has it done again."""

    what: str


@dataclass(frozen=True, slots=True)
class StageBegun:
    """A stage of the whole run begins: clean, sites, match, write, upload (to a store alone) or commit."""

    stage: str


Event = Recovered | Planned | Progress | WorkerLost | StageBegun

Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
    del event
