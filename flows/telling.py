"""Telling: a run's events become log lines and a progress bar in Prefect."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from pipeline.cli.quantities import number, size
from pipeline.run.events import Event, Planned, Progress, Recovered, StageBegun, WorkerLost

# Reading and cleaning take about nine tenths of a run; the percentages of the later stages only say their order.
_CLEANING = 90.0
_BEGUN = {"sites": _CLEANING, "match": _CLEANING, "write": 95.0, "upload": 96.0, "commit": 98.0}

# Seconds between two updates of the progress bar: each is a request to the server.
_EVERY = 2.0


class Telling:
    """Listens to a run. Reading goes on over several tasks; `next_piece` says that another one begins."""

    def __init__(self, clean: str | Path) -> None:
        self.slug = slug(clean)
        self._bar: UUID | None = None
        self._bytes = 0
        self._before = Progress(0, 0, 0)
        self._here = Progress(0, 0, 0)
        self._shown_at = float("-inf")

    def __call__(self, event: Event) -> None:
        """Tell an event."""
        match event:
            case Recovered(what):
                get_run_logger().warning("an earlier run had been stopped: %s", what)
            case WorkerLost(what):
                get_run_logger().warning("%s", what)
            case Planned():
                self._planned(event)
            case StageBegun(stage) if stage in _BEGUN:
                self._show(_BEGUN[stage], now=True)
            case StageBegun():
                pass  # "clean": each of its tasks tells its own progress
            case Progress():
                self._here = event
                self._show(_CLEANING * min(1.0, (self._before.bytes + event.bytes) / max(1, self._bytes)))

    def next_piece(self) -> None:
        """Count on from the piece that was read last."""
        before, here = self._before, self._here
        self._before = Progress(before.files + here.files, before.bytes + here.bytes, before.records + here.records)
        self._here = Progress(0, 0, 0)

    def again(self) -> None:
        """Forget what was told of the piece under way, which is read anew."""
        self._here = Progress(0, 0, 0)

    def done(self) -> None:
        """Fill the progress bar."""
        self._show(100.0, now=True)

    def _planned(self, event: Planned) -> None:
        get_run_logger().info(
            "%s to read (%s), %s",
            number(event.files, "file"),
            size(event.bytes),
            number(event.workers, "worker"),
        )
        self._bytes = event.bytes
        self._bar = attempt(
            "the progress bar",
            lambda: create_progress_artifact(
                progress=0.0, key=f"winnow-progress-{self.slug}", description=f"Cleaning into {self.slug}"
            ),
        )

    def _show(self, percent: float, *, now: bool = False) -> None:
        bar = self._bar
        if bar is None or (not now and time.monotonic() - self._shown_at < _EVERY):
            return
        self._shown_at = time.monotonic()
        attempt("the progress bar", lambda: update_progress_artifact(bar, progress=round(percent, 1)))


def attempt(what: str, show: Callable[[], Any]) -> Any:
    """Show something in Prefect; where its server does not answer, say so in the log: the corpus matters more."""
    try:
        return show()
    except httpx.HTTPError as error:
        get_run_logger().warning("%s could not be shown: %s: %s", what, type(error).__name__, error)
        return None


def slug(folder: str | Path) -> str:
    """Name a corpus in an artifact's key, which holds small letters, digits and dashes only.

    >>> slug("data/Clean_2.0/")
    'clean-2-0'
    >>> slug("/")
    'corpus'
    """
    return re.sub(r"[^a-z0-9]+", "-", Path(folder).name.lower()).strip("-") or "corpus"
