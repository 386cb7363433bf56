"""How far a run has come: a bar on a terminal, plain lines elsewhere, JSON lines for programs, or nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from pipeline.cli.quantities import duration, number, size
from pipeline.cli.terminal import tell, tell_json
from pipeline.run.events import Event, Planned, Progress, Recovered, StageBegun, WorkerLost

if TYPE_CHECKING:
    from rich.progress import TaskID

# Often enough to see that it lives, seldom enough that an hour's log is read in a minute.
_LINES_EVERY = 5.0
# A program draws its own bar.
_JSON_EVERY = 1.0

_STAGES = {
    "clean": "Cleaning",
    "sites": "Learning what sites repeat",
    "match": "Comparing documents",
    "write": "Writing tables",
    "upload": "Uploading",
    "commit": "Committing",
    # Of `winnow check`.
    "manifests": "Checking manifests",
    "files": "Checking files",
    "rows": "Checking rows",
    "site model": "Checking the site model",
    "kept set": "Checking the kept set",
    # Of `winnow pairs`.
    "pairs": "Comparing documents",
}

Clock = Callable[[], float]


class Reporter(Protocol):
    """Is told the events of a run while it is entered as a context."""

    def __call__(self, event: Event) -> None:
        """Take an event."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def reporter(*, quiet: bool, as_json: bool) -> Reporter:
    """Choose how progress is told, by what was asked for and by what stderr is."""
    if quiet:
        return Silence()
    if as_json:
        return JsonLines()
    return Bar() if on_terminal() else Lines()


def on_terminal() -> bool:
    """Say whether stderr is a terminal that can draw a bar."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


class _Quiet:
    """A reporter that needs nothing opened or closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace


class Silence(_Quiet):
    """Tells nothing."""

    def __call__(self, event: Event) -> None:
        """Drop an event."""
        del event


class Lines(_Quiet):
    """Tells stages as they begin, and progress every few seconds."""

    def __init__(self, clock: Clock = monotonic, write: Callable[[str], None] = tell) -> None:
        self._clock = clock
        self._write = write
        self._planned: Planned | None = None
        self._begun = self._told = clock()

    def __call__(self, event: Event) -> None:
        """Write a line for an event, or leave it out if the last one is not long ago."""
        match event:
            case Recovered():
                self._write(recovered(event))
            case WorkerLost():
                self._write(f"winnow: {event.what}")
            case Planned():
                self._planned = event
                self._begun = self._told = self._clock()
                self._write(f"Reading {planned(event)}")
            case StageBegun() if event.stage != "clean":
                self._write(_STAGES.get(event.stage, event.stage))
            case Progress() if self._clock() - self._told >= _LINES_EVERY:
                self._told = self._clock()
                self._write(self._line(event))

    def _line(self, event: Progress) -> str:
        if self._planned is None:
            return f"      {so_far(event)}"
        rate = event.bytes / (self._told - self._begun)
        parts = [
            f"{event.files:,} of {number(self._planned.files, 'file')}",
            number(event.records, "record"),
            f"{size(rate)}/s",
        ]
        if rate:
            parts.append(f"about {duration((self._planned.bytes - event.bytes) / rate)} left to read")
        return f"{event.bytes / self._planned.bytes if self._planned.bytes else 1:4.0%}  {', '.join(parts)}"


class JsonLines(_Quiet):
    """Tells each event as a JSON object in a line, progress every second."""

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._told = float("-inf")

    def __call__(self, event: Event) -> None:
        """Write an event, or leave it out if the last progress is not long ago."""
        if isinstance(event, Progress):
            if self._clock() - self._told < _JSON_EVERY:
                return
            self._told = self._clock()
        tell_json({"event": _EVENT_NAMES[type(event)], **asdict(event)})


_EVENT_NAMES: dict[type[Event], str] = {
    Recovered: "recovered",
    Planned: "planned",
    Progress: "progress",
    WorkerLost: "worker lost",
    StageBegun: "stage",
}


class Bar:
    """Draws a bar on a terminal and takes it away in the end."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress
        from rich.table import Column

        self._console = Console(stderr=True, highlight=False)
        self._progress = RichProgress(
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            # Narrow, so that a line has room at its end: a ^C that the terminal echoes past it would break the erasing.
            BarColumn(bar_width=16),
            TaskProgressColumn(),
            TextColumn("{task.fields[told]}", style="dim", table_column=Column(no_wrap=True, overflow="ellipsis")),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._planned: Planned | None = None
        self._begun = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Draw an event."""
        match event:
            case Recovered():
                self._console.print(recovered(event), markup=False)
            case WorkerLost():
                self._console.print(f"winnow: {event.what}", markup=False)
            case Planned():
                self._planned = event
                self._begun = monotonic()
                self._console.print(f"Reading {planned(event)}", markup=False)
            case StageBegun():
                self._begin(event.stage)
            case Progress() if self._task is not None:
                self._progress.update(self._task, completed=event.bytes, told=self._line(event))

    def _line(self, event: Progress) -> str:
        if self._planned is None:
            return so_far(event)
        spent = monotonic() - self._begun
        rate = f" · {size(event.bytes / spent)}/s" if spent else ""
        return f"{event.files:,}/{self._planned.files:,} files · {event.records:,} records{rate}"

    def _begin(self, stage: str) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        # Only reading knows its whole; the other stages show that they live.
        total = float(self._planned.bytes) if stage == "clean" and self._planned else None
        self._task = self._progress.add_task(_STAGES.get(stage, stage), total=total, told="")


def planned(event: Planned) -> str:
    """Say what is to be read."""
    unchanged = f"; {number(event.files_unchanged, 'file')} unchanged" if event.files_unchanged else ""
    return f"{number(event.files, 'file')}, {size(event.bytes)}, with {number(event.workers, 'worker')}{unchanged}"


def so_far(event: Progress) -> str:
    """Say how far work has come whose whole is not known."""
    files = f"{number(event.files, 'file')}, {size(event.bytes)}" if event.files else ""
    return ", ".join(filter(None, (files, number(event.records, "record") if event.records else "")))


def recovered(event: Recovered) -> str:
    """Say what an earlier run had left."""
    return f"An earlier run was stopped: {event.what}"
