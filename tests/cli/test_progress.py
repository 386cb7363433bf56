"""Progress as it is told on each kind of stream."""

from __future__ import annotations

import io
import json
import sys

from rich.console import Console

from pipeline.cli.progress import Bar, JsonLines, Lines, Silence, reporter
from pipeline.run.events import Planned, Progress, Recovered, StageBegun

RUN = (
    Recovered("removed what it had staged"),
    Planned(files=4, bytes=8_000_000, files_unchanged=1, workers=2),
    StageBegun("clean"),
    Progress(files=1, bytes=2_000_000, records=1500),
    Progress(files=2, bytes=4_000_000, records=3000),
    Progress(files=4, bytes=8_000_000, records=6000),
    StageBegun("match"),
    StageBegun("write"),
    StageBegun("commit"),
)


class Clock:
    """A clock that goes on by some seconds each time an event is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def tell_run(report, clock: Clock, seconds: float) -> None:
    with report:
        for event in RUN:
            report(event)
            clock.now += seconds


def test_lines_tell_stages_and_progress_now_and_then():
    clock, told = Clock(), []
    tell_run(Lines(clock, told.append), clock, 3.0)
    assert told == [
        "An earlier run was stopped: removed what it had staged",
        "Reading 4 files, 8.0 MB, with 2 workers; 1 file unchanged",
        " 25%  1 of 4 files, 1,500 records, 333.3 kB/s, about 18 s left to read",
        "100%  4 of 4 files, 6,000 records, 666.7 kB/s, about 0.0 s left to read",
        "Comparing documents",
        "Writing tables",
        "Committing",
    ]


def test_a_short_run_tells_no_progress():
    clock, told = Clock(), []
    tell_run(Lines(clock, told.append), clock, 0.1)
    assert not [line for line in told if "%" in line]


def test_lines_bear_a_run_of_empty_files():
    clock, told = Clock(), []
    lines = Lines(clock, told.append)
    lines(Planned(files=1, bytes=0, files_unchanged=0, workers=1))
    clock.now += 60
    lines(Progress(files=1, bytes=0, records=1))
    assert told[-1] == "100%  1 of 1 file, 1 record, 0 B/s"


def test_work_whose_whole_is_not_known_tells_what_is_done():
    clock, told = Clock(), []
    lines = Lines(clock, told.append)
    for event in (StageBegun("files"), Progress(3, 2_000_000, 0), StageBegun("kept set"), Progress(0, 0, 1200)):
        clock.now += 6
        lines(event)
    assert told == ["Checking files", "      3 files, 2.0 MB", "Checking the kept set", "      1,200 records"]


def test_json_lines_are_one_object_each(capsys):
    clock = Clock()
    tell_run(JsonLines(clock), clock, 0.6)
    out, err = capsys.readouterr()
    assert out == ""
    told = [json.loads(line) for line in err.splitlines()]
    assert [event["event"] for event in told] == [
        "recovered",
        "planned",
        "stage",
        "progress",
        "progress",
        *["stage"] * 3,
    ]
    assert told[1] == {"event": "planned", "files": 4, "bytes": 8_000_000, "files_unchanged": 1, "workers": 2}
    assert told[4] == {"event": "progress", "files": 4, "bytes": 8_000_000, "records": 6000}


def test_the_bar_is_drawn_and_taken_away(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(
        "rich.console.Console",
        lambda **_: Console(file=stream, force_terminal=True, width=80, color_system=None, highlight=False),
    )
    clock = Clock()
    tell_run(Bar(), clock, 0.0)
    drawn = stream.getvalue()
    for told in ("Reading 4 files, 8.0 MB, with 2 workers; 1 file unchanged", "Committing"):
        assert told in drawn
    assert drawn.endswith("\x1b[1A\x1b[2K"), "the line of the bar is erased in the end"


def test_the_bar_fits_a_terminal_of_80_columns(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(
        "rich.console.Console",
        lambda **_: Console(file=stream, force_terminal=True, width=80, color_system=None, highlight=False),
    )
    with Bar() as bar:
        for event in RUN[:5]:
            bar(event)
        bar._progress.refresh()
    assert "Cleaning ━━━━━━━" in stream.getvalue()
    assert " 50% 2/4 files · 3,000 records" in stream.getvalue()


def test_the_reporter_fits_what_was_asked_for_and_what_stderr_is(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert isinstance(reporter(quiet=True, as_json=True), Silence)
    assert isinstance(reporter(quiet=False, as_json=True), JsonLines)
    assert isinstance(reporter(quiet=False, as_json=False), Lines)
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(reporter(quiet=False, as_json=False), Bar)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(reporter(quiet=False, as_json=False), Lines)
