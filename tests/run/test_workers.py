"""Workers: what a record does to its process costs that record alone, whatever the number of workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.batch import Item
from pipeline.config import Config, RunConfig
from pipeline.errors import Aborted
from pipeline.record import raw_record
from pipeline.run import job
from pipeline.run import workers as module
from pipeline.run.aside import read_aside
from pipeline.run.clean import clean_folder
from pipeline.run.events import Event, Recovered, WorkerLost
from pipeline.run.parcel import packed
from pipeline.run.pool import Done, Limits, Pool, held
from pipeline.run.workers import Workers, worker_count
from pipeline.store.corpus import read_corpus
from tests.run import killers
from tests.run.processes import left_of
from tests.run.stories import records, write_jsonl, write_raw
from tests.run.test_clean import parquet, settled

BATCH: list[Item] = [raw_record("One line that is read.", "text", None)]


def sleep(seconds: float, config: Config) -> None:
    del config
    time.sleep(seconds)


def handler(number: int, config: Config) -> object:
    del config
    return signal.getsignal(number)


def fail(what: str, config: Config) -> None:
    del config
    raise LookupError(what)


def fill(size: int, config: Config) -> int:
    del config
    return len(b"x" * size)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_raw(tmp_path / "raw", files=2)


def spoil(raw: Path, number: int, text: str) -> str:
    """Put a sentence into a record; gives the name of its file."""
    items = records(1, 50)[25:]
    items[number]["text"] += f" {text}"
    return write_jsonl(raw / "part-1.jsonl", items).name


def clean(raw: Path, out: Path, monkeypatch: pytest.MonkeyPatch, workers: int, **more: float) -> list[Event]:
    """Clean in so many processes, by a stage that does what texts say."""
    told: list[Event] = []
    with monkeypatch.context() as patch:
        patch.setattr(module, "clean_batch", killers.kill_or_clean)
        patch.setattr(job, "worker_count", lambda *_: workers)
        patch.setattr(job, "worth_apart", lambda _: True)
        config = Config(run=RunConfig(batch_records=7, **more))
        clean_folder(raw, out, config, listen=told.append)
    return told


@pytest.mark.parametrize(
    ("text", "reason", "told"),
    [
        (killers.CRASHES, "crashed", "cleaning it ended the process (SIGSEGV)"),
        (killers.HANGS, "too-slow", "cleaning it took over 1 seconds"),
        (killers.HANGS_IN_C, "too-slow", "cleaning it took over 1 seconds"),
        (killers.HOGS, "too-much-memory", "cleaning it took over 256 MB of memory"),
    ],
)
def test_a_record_that_ends_its_worker_is_quarantined_and_the_rest_is_as_without_it(
    tmp_path, raw, monkeypatch, text, reason, told
):
    name = spoil(raw, 11, text)
    more = {"record_seconds": 1.0, "worker_memory": 2**28}
    for workers in (1, 2):
        events = clean(raw, tmp_path / f"with-{workers}", monkeypatch, workers, **more)
        assert any(isinstance(event, WorkerLost) for event in events)
    assert parquet(tmp_path / "with-1") == parquet(tmp_path / "with-2")
    (row,) = read_corpus(tmp_path / "with-1").table("quarantine").to_pylist()
    assert (row["file_path"], row["record"], row["reason"]) == (name, 11, reason)
    assert row["detail"].startswith(f"{name}, record 11: {told}")

    items = records(1, 50)[25:]
    items[11]["text"] = ""
    write_jsonl(raw / name, items)
    clean_folder(raw, tmp_path / "without")
    with_it, without = settled(tmp_path / "with-1"), settled(tmp_path / "without")
    assert with_it.keys() == without.keys()
    for table in with_it.keys() - {"quarantine", "rejections"}:
        assert with_it[table] == without[table], table


def test_a_worker_killed_from_outside_costs_nothing(tmp_path, raw, monkeypatch):
    spoil(raw, 3, killers.ONCE + str(tmp_path / "mark"))
    told = clean(raw, tmp_path / "a", monkeypatch, 2)
    assert [event.what for event in told if isinstance(event, WorkerLost)] == [
        "a batch ended the process (SIGKILL: killed from outside, or out of memory); it is done again"
    ]
    told = clean(raw, tmp_path / "b", monkeypatch, 1)
    assert not any(isinstance(event, WorkerLost) for event in told)
    assert parquet(tmp_path / "a") == parquet(tmp_path / "b")
    assert not read_corpus(tmp_path / "a").table("quarantine").num_rows


def test_where_workers_die_of_everything_nothing_is_quarantined_for_it(tmp_path, raw, monkeypatch):
    monkeypatch.setattr(module, "clean_batch", killers.crash_on_all)
    monkeypatch.setattr(job, "worth_apart", lambda _: True)
    with pytest.raises(Aborted, match="worker processes die whatever they clean"):
        clean_folder(raw, tmp_path / "clean")


def test_what_hangs_the_main_process_is_handed_to_a_worker(tmp_path, raw, monkeypatch):
    spoil(raw, 11, killers.HANGS)
    monkeypatch.setattr(module, "clean_batch", killers.kill_or_clean)
    told: list[Event] = []
    clean_folder(raw, tmp_path / "here", Config(run=RunConfig(record_seconds=1.0)), listen=told.append)
    assert "cleaning stood still" in next(event.what for event in told if isinstance(event, WorkerLost))
    (row,) = read_corpus(tmp_path / "here").table("quarantine").to_pylist()
    assert (row["record"], row["reason"]) == (11, "too-slow")
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL


def test_a_run_that_a_record_ended_is_mended_by_the_next(tmp_path, raw, monkeypatch):
    spoil(raw, 11, killers.CRASHES)
    program = (
        "import sys; from pipeline.run import workers; from pipeline.run.clean import clean_folder; "
        "from tests.run.killers import kill_or_clean; workers.clean_batch = kill_or_clean; "
        "clean_folder(sys.argv[1], sys.argv[2])"
    )
    ended = subprocess.run([sys.executable, "-c", program, raw, tmp_path / "clean"], check=False)
    assert ended.returncode == -signal.SIGSEGV

    told: list[Event] = []
    monkeypatch.setattr(module, "clean_batch", killers.kill_or_clean)
    clean_folder(raw, tmp_path / "clean", listen=told.append)
    assert any("in a process of their own" in event.what for event in told if isinstance(event, Recovered))
    (row,) = read_corpus(tmp_path / "clean").table("quarantine").to_pylist()
    assert (row["record"], row["reason"]) == (11, "crashed")
    # What ended well leaves no such mark.
    told.clear()
    write_raw(raw, seed=2, files=3)
    clean_folder(raw, tmp_path / "clean", listen=told.append)
    assert not any(isinstance(event, Recovered) for event in told)


def test_workers_leave_ctrl_c_to_the_process_that_began_them():
    with Pool(1, Config()) as pool:
        done = pool.result(pool.submit(handler, signal.SIGINT, Limits()))
        assert isinstance(done, Done)
        assert done.outcome == signal.SIG_IGN


def test_an_error_in_a_worker_is_raised_here_and_tells_where_it_came_from():
    with Pool(1, Config()) as pool:
        with pytest.raises(LookupError, match="lost") as raised:
            pool.result(pool.submit(fail, "lost", Limits()))
        assert "in fail" in raised.value.__notes__[0]


def test_all_processes_together_stay_in_the_budget():
    # Each may take a gigabyte, but not both.
    config = Config(run=RunConfig(memory=2**30 + held(os.getpid())))
    with Pool(2, config) as pool:
        limits = Limits(memory=2**30)
        jobs = [pool.submit(fill_and_wait, 700 * 2**20, limits) for _ in range(2)]
        ends = [pool.result(one) for one in jobs]
        assert {getattr(end, "reason", "") or getattr(end, "outcome", 0) for end in ends} == {
            *(700 * 2**20, "too-much-memory")
        }


def fill_and_wait(size: int, config: Config) -> int:
    del config
    held = b"x" * size
    time.sleep(3)
    return len(held)


def test_a_run_that_fails_does_not_wait_for_its_workers():
    def fail() -> None:
        with Pool(2, Config()) as pool:
            pool.submit(sleep, 300.0, Limits())
            raise RuntimeError

    begun = time.monotonic()
    with pytest.raises(RuntimeError):
        fail()
    assert time.monotonic() - begun < 150


def test_workers_end_with_the_process_that_began_them():
    program = (
        "import os, signal, sys; from pipeline.config import Config; from pipeline.run.pool import Limits, Pool; "
        "from tests.run.test_workers import sleep\n"
        "with Pool(1, Config()) as pool:\n"
        "    pool.submit(sleep, 300.0, Limits())\n"
        "    print(pool._workers[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    pid = int(told.stdout)
    left = left_of([pid])
    for one in left:
        os.kill(one, signal.SIGKILL)
    assert not left


def test_results_come_in_the_order_of_the_batches(tmp_path):
    batches: list[list[Item]] = [[raw_record(f"Line {number} stands here.", "text", None)] for number in range(20)]
    with Workers(2, Config()) as workers:
        staged = list(workers.clean([(packed(batch),) for batch in batches], tmp_path))
    told = [batch["text"].to_pylist() for one in staged for batch in read_aside(tmp_path, one.segments, "cleaned")]
    assert told == [[f"Line {number} stands here."] for number in range(20)]
    assert {path.suffix for path in tmp_path.iterdir()} == {".tables"}


def test_no_more_workers_than_memory_holds():
    assert worker_count(RunConfig(workers=64, memory=2**40), 2**40) == 64
    few = worker_count(RunConfig(workers=64), 2**40)
    assert 1 < few < 10
    assert worker_count(RunConfig(workers=64, memory=2**28), 2**40) == 1
    assert worker_count(RunConfig(workers=64), 1000) == 1


def test_ctrl_c_is_still_heard_by_who_imports_what_makes_workers_deaf():
    # Pytest imports it too, to look for examples in its docstring.
    program = "import signal, pipeline.run.deaf; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert told.stdout == "True\n"
