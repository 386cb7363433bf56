"""Whatever stops a run from outside leaves the last corpus whole, and the message says so."""

from __future__ import annotations

import errno
import gc
import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.cli.interrupts import Deferral, heed, interruptible
from pipeline.cli.main import main
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import read_corpus
from pipeline.store.layout import Layout
from pipeline.store.lock import write_lock
from pipeline.store.tables import TableWriter
from tests.cli.program import begin, winnow
from tests.run.stories import write_raw


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A corpus of one small run."""
    clean_folder(write_raw(tmp_path / "raw", files=1, each=20), tmp_path / "clean")
    return tmp_path / "clean"


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """Raw files that take seconds, and are large enough for two workers."""
    raw = write_raw(tmp_path / "more", seed=9, files=10, each=250)
    for path in raw.iterdir():
        lines = path.read_text().splitlines()
        path.write_text("".join(json.dumps({**json.loads(line), "unused": "-" * 4000}) + "\n" for line in lines))
    return raw


def content(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, which tells who held it last."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, out, err


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("moment", ["planned", "progress"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_a_stopped_run_leaves_the_corpus_as_it_was(clean, more, number, moment, workers):
    before = content(clean)
    process = begin("clean", more, "--out", clean, "--workers", str(workers), "--json")
    for line in process.stderr:
        told = json.loads(line)
        if told["event"] == "planned":
            assert told["workers"] == workers
        if told["event"] == moment:
            break
    # A terminal tells all its processes of Ctrl-C; a scheduler the first one.
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    status, out, err = end(process)
    assert status == 130, err
    assert out == ""
    last = json.loads(err.splitlines()[-1])
    assert (last["event"], last["kind"]) == ("error", "Interrupted")
    assert last["message"] == (
        f"interrupted. The corpus in {clean} is as it was; what was staged is removed. Run again to do the job."
    )
    assert "Traceback" not in err
    assert content(clean) == before
    assert list((clean / ".staging").iterdir()) == []
    assert len(read_corpus(clean).manifests) == 1


def test_a_signal_that_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_is_heeded_though_the_error_was_caught():
    with interruptible():
        heed()
        # As a library does that takes any error for a sign that another one is not there.
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            heed()
    with interruptible():
        heed()


def test_signals_interrupt_and_are_the_callers_again_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_signals_are_held_back_once_that_has_begun():
    with interruptible():
        with Deferral() as deferral:
            deferral.begin()
            deferral.begin()
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            assert deferral.came
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_other_threads_set_no_handlers():
    failed: list[ValueError] = []

    def work() -> None:
        try:
            with interruptible(), Deferral() as deferral:
                deferral.begin()
        except ValueError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []


def test_a_signal_during_the_commit_lets_it_end(capsys, clean, more, monkeypatch):
    for path in sorted(more.iterdir())[1:]:
        path.unlink()
    real = os.fsync

    def fsync(descriptor):
        os.kill(os.getpid(), signal.SIGINT)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert main(["clean", str(more), "--out", str(clean)]) == 0
    err = capsys.readouterr().err
    assert err.endswith("winnow: the signal to stop came when the run was being committed, which was finished\n")
    assert len(read_corpus(clean).manifests) == 2


def test_staging_that_could_not_be_removed_is_told(capsys, clean, more, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.job.stage_files", stop)
    monkeypatch.setattr("pipeline.run.job.discard", lambda *_: None)
    assert main(["clean", str(more), "--out", str(clean), "-q"]) == 130
    assert "what was staged stands aside, and the next run removes it" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(["clean", str(clean.parent / "raw"), "--out", str(clean)]) == 0
    assert "An earlier run was stopped: removed what an unfinished run had staged" in capsys.readouterr().err


def test_two_runs_at_once_are_refused(clean, more):
    with write_lock(Layout(clean).lock):
        done = winnow("clean", more, "--out", clean)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"winnow: {clean}: another run is writing here (process {os.getpid()} on ")
    assert done.stderr.endswith("Run again when it is done, or with --wait.\n")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_run_that_waits_says_so_and_then_runs(clean, as_json):
    raw = write_raw(clean.parent / "later", seed=3, files=1, each=5)
    with write_lock(Layout(clean).lock):
        process = begin("clean", raw, "--out", clean, "--wait", *["--json"] * as_json)
        line = process.stderr.readline()
        assert line.startswith('{"event": "waiting", ' if as_json else "Waiting: another run is writing to "), line
        assert process.poll() is None
    status, _, err = end(process)
    assert status == 0, err
    assert len(read_corpus(clean).manifests) == 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_half_written(capsys, clean, more, monkeypatch, number):
    before = content(clean)

    def full(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(TableWriter, "write", full)
    assert main(["clean", str(more / "part-0.jsonl"), "--out", str(clean), "-q"]) == 1
    what = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota is used up"}[number]
    assert capsys.readouterr().err == (
        f"winnow: {clean}: {what}. The corpus in {clean} is as it was; mend that and run again.\n"
    )
    assert content(clean) == before
    assert list((clean / ".staging").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_really_full_disk(capsys, tmp_path, more):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        assert main(["clean", str(more), "--out", str(disk / "clean"), "--workers", "1", "-q"]) == 1
        err = capsys.readouterr().err
        assert "the disk is full" in err
        assert f"The corpus in {disk / 'clean'} is as it was" in err
        assert {path.name for path in (disk / "clean").rglob("*")} <= {".lock", ".staging"}
    finally:
        # What the failed run had mapped is held by its error until then, and keeps the disk busy.
        gc.collect()
        subprocess.run(["umount", str(disk)], check=True)


def test_progress_that_nobody_reads_stops_no_run(clean):
    raw = write_raw(clean.parent / "later", seed=3, files=1, each=5)
    process = begin("clean", raw, "--out", clean)
    process.stderr.close()
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert "5 records read" in out
    assert len(read_corpus(clean).manifests) == 2
