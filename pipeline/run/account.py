"""Where a run's processor time went, by stage and over all its processes, so that the parts add up to the whole."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import process_time
from typing import TypeVar

_Item = TypeVar("_Item")

STAGES: dict[str, str] = {
    "start": "loading what cleaning needs",
    "plan": "finding what is new",
    "read": "opening files and cutting them into records",
    "decode": "bytes to text, mojibake",
    "extract": "the text and the metadata of a page, the head of a text",
    "strip": "rules",
    "collapse": "what a text repeats",
    "judge": "the learned judge of lines",
    "sketch": "what the site model compares pages by",
    "language": "naming the language",
    "mask": "finding what is to be masked",
    "sign": "what documents are compared by",
    "rows": "columns of what came of records",
    "hand over": "batches to workers, and what came of them back",
    "stage": "writing it aside",
    "sites": "learning what sites repeat, and cutting it",
    "match": "finding, measuring and choosing between copies",
    "guard": "looking for what is lost",
    "write": "tables",
    "commit": "making them visible, report and card",
}
"""Every stage, in the order of a run, with what it does."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a run took."""

    seconds: Mapping[str, float]
    """Processor time by stage, in the order of `STAGES`."""
    unaccounted: float
    """Processor time that belongs to none."""
    records: int
    """Records that were read."""
    bytes: int
    """Size of their content."""
    workers: int
    """Processes that cleaned, beside the main one; 0 where that did it by itself."""
    peak_main: int
    """Most bytes of memory that were resident in the main process."""
    peak_worker: int
    """Most bytes that any worker held, as far as it was looked at; 0 where there was none."""
    peak_all: int
    """Most bytes that all processes held at one time, as far as it was looked at."""

    @property
    def total(self) -> float:
        """Processor time of all processes."""
        return sum(self.seconds.values()) + self.unaccounted

    def with_start(self, seconds: float) -> Profile:
        """Add what the process took before the run began."""
        return replace(self, seconds={"start": 0.0, **self.seconds, **{"start": self.seconds["start"] + seconds}})


class Account:
    """Adds up processor time. The time of the main process goes to one stage at a time, the innermost."""

    def __init__(self) -> None:
        """Begin now."""
        self._seconds = dict.fromkeys(STAGES, 0.0)
        self._unaccounted = 0.0
        self._last = process_time()
        self._open: list[str] = []
        self.records = 0
        self.bytes = 0
        self.workers = 0
        self.peak_worker = 0
        self.peak_all = 0

    def charge(self, stage: str, seconds: float) -> None:
        """Add time of another process; less than none takes away."""
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds

    def move(self, laps: Mapping[str, float], source: str) -> None:
        """Take the time of stages that were measured within another from that one."""
        for stage, seconds in laps.items():
            self.charge(stage, seconds)
            self.charge(source, -seconds)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Give a stage the time until the end, but for what stages within it take."""
        self._lap()
        self._open.append(stage)
        try:
            yield
        finally:
            self._lap()
            self._open.pop()

    def over(self, stage: str, items: Iterable[_Item]) -> Iterator[_Item]:
        """Give items, and the stage the time that each takes to come."""
        source = iter(items)
        while True:
            with self.timed(stage):
                try:
                    item = next(source)
                except StopIteration:
                    return
            yield item

    def profile(self) -> Profile:
        """Tell how things stand."""
        self._lap()
        unit = 1 if sys.platform == "darwin" else 1024
        main = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        return Profile(
            seconds=dict(self._seconds),
            unaccounted=self._unaccounted,
            records=self.records,
            bytes=self.bytes,
            workers=self.workers,
            peak_main=main,
            peak_worker=self.peak_worker,
            peak_all=max(self.peak_all, main),
        )

    def _lap(self) -> None:
        now = process_time()
        if self._open:
            self.charge(self._open[-1], now - self._last)
        else:
            self._unaccounted += now - self._last
        self._last = now
