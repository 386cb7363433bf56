"""Progress grows with the bytes read, over pieces and retries, and is told to the server seldom."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import telling as module
from flows.telling import Telling, slug
from pipeline.run.events import Planned, Progress, StageBegun

BAR = uuid4()


class Server:
    """Takes the place of Prefect's artifacts, and of the clock."""

    def __init__(self) -> None:
        self.told: list[float] = []
        self.now = 0.0

    def update(self, bar, progress: float) -> None:
        assert bar == BAR
        self.told.append(progress)


@pytest.fixture
def server(monkeypatch):
    server = Server()

    class Log:
        @staticmethod
        def info(*_: object) -> None: ...

    monkeypatch.setattr(module, "get_run_logger", Log)
    monkeypatch.setattr(module, "create_progress_artifact", lambda **_: BAR)
    monkeypatch.setattr(module, "update_progress_artifact", server.update)
    monkeypatch.setattr(module.time, "monotonic", lambda: server.now)
    return server


def test_progress_goes_on_over_pieces_and_retries(server):
    telling = Telling("clean")
    telling(Planned(files=4, bytes=400, files_unchanged=0, workers=1))

    def read(files: int, size: int) -> None:
        server.now += 60
        telling(Progress(files=files, bytes=size, records=files))

    read(1, 100)
    telling.again()
    read(1, 100)
    read(2, 200)
    telling.next_piece()
    read(1, 100)
    read(2, 200)
    telling.next_piece()
    for stage in ("clean", "match", "write", "commit"):
        telling(StageBegun(stage))
    telling.done()
    assert server.told == [22.5, 22.5, 45.0, 67.5, 90.0, 90.0, 95.0, 98.0, 100.0]


def test_the_server_is_not_flooded(server):
    telling = Telling("clean")
    telling(Planned(files=1000, bytes=1000, files_unchanged=0, workers=1))
    for number in range(1000):
        server.now += 0.01
        telling(Progress(files=number + 1, bytes=number + 1, records=number + 1))
    assert len(server.told) == 5


def test_more_bytes_than_planned_are_no_more_than_all(server):
    telling = Telling("clean")
    telling(Planned(files=1, bytes=10, files_unchanged=0, workers=1))
    telling(Progress(files=1, bytes=5000, records=1))
    assert server.told == [90.0]


@given(st.text(max_size=30))
def test_slug_fits_an_artifacts_key(name):
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug(name))
