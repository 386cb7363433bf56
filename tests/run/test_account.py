"""The account of processor time: its parts add up to the whole, over all processes."""

from __future__ import annotations

import pytest

from pipeline.config import Config, RunConfig
from pipeline.run import account as module
from pipeline.run import job
from pipeline.run.account import STAGES, Account
from pipeline.run.clean import clean_folder
from tests.run.stories import write_raw


class Clock:
    """Processor time as a test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(module, "process_time", lambda: self.now)


def test_time_goes_to_the_innermost_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    account = Account()
    clock.now += 1
    with account.timed("match"):
        clock.now += 2
        with account.timed("read"):
            clock.now += 4
        clock.now += 8
    clock.now += 16
    profile = account.profile()
    assert (profile.seconds["match"], profile.seconds["read"]) == (10, 4)
    assert (profile.unaccounted, profile.total) == (17, 31)


def test_a_stage_pays_for_items_as_they_come_and_not_for_what_is_done_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    account = Account()

    def items():
        for item in range(3):
            clock.now += 2
            yield item
        clock.now += 1

    with account.timed("hand over"):
        for _ in account.over("read", items()):
            clock.now += 16
    profile = account.profile()
    assert (profile.seconds["read"], profile.seconds["hand over"], profile.unaccounted) == (7, 48, 0)


def test_what_was_measured_within_a_stage_is_taken_from_it() -> None:
    account = Account()
    account.charge("rows", 10)
    account.move({"decode": 3, "judge": 4}, "rows")
    seconds = account.profile().seconds
    assert (seconds["rows"], seconds["decode"], seconds["judge"]) == (3, 3, 4)


@pytest.mark.parametrize("apart", [False, True])
def test_nearly_all_time_of_a_run_is_told(tmp_path, monkeypatch: pytest.MonkeyPatch, apart: bool) -> None:
    monkeypatch.setattr(job, "worth_apart", lambda _: apart)
    raw = write_raw(tmp_path / "raw")
    profile = clean_folder(raw, tmp_path / "clean", Config(run=RunConfig(workers=1, batch_records=20))).profile
    assert profile is not None
    assert (profile.records, profile.workers) == (100, int(apart))
    assert profile.bytes > 50_000
    assert list(profile.seconds) == list(STAGES)
    assert all(spent >= 0 for spent in profile.seconds.values())
    for stage in ("read", "decode", "strip", "rows", "match", "write", "commit"):
        assert profile.seconds[stage] > 0, stage
    assert 0 <= profile.unaccounted < 0.05 * profile.total
    assert profile.peak_main > 50 * 2**20
    assert (profile.peak_worker > 0) == apart
    assert profile.peak_all >= profile.peak_main
