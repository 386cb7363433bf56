import errno
import multiprocessing
import os
import signal

import pytest

from pipeline.cli.main import main
from pipeline.errors import Busy, Refused
from pipeline.store import lock as module
from pipeline.store.lock import is_held, write_lock


def hold(path, ready):
    with write_lock(path):
        ready.set()
        signal.pause()


@pytest.fixture
def holder(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(tmp_path / ".lock", ready))
    process.start()
    assert ready.wait(30)
    yield process
    process.kill()
    process.join()


def test_a_second_writer_is_refused_and_told_by_whom(tmp_path, holder):
    with pytest.raises(Busy, match=f"process {holder.pid}"), write_lock(tmp_path / ".lock"):
        pass


def test_a_killed_holder_blocks_nobody(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with write_lock(tmp_path / ".lock"):
        assert (tmp_path / ".lock").read_text().startswith("process")


def test_waiting_gets_the_lock_when_it_is_given_back(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    with write_lock(tmp_path / ".lock", wait=True):
        assert True


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
@pytest.mark.parametrize("wait", [True, False])
def test_a_file_system_without_locks_is_refused_and_told(tmp_path, monkeypatch, number, wait):
    """As NFS answers whose lock service is away, and shares that have none."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module.fcntl, "flock", refuse)
    with (
        pytest.raises(Refused, match=r"gives no locks \(.*nothing was begun.*local disk"),
        write_lock(tmp_path / ".lock", wait=wait),
    ):
        raise AssertionError


def test_another_failure_of_the_lock_is_not_taken_for_that(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module.fcntl, "flock", refuse)
    with pytest.raises(OSError, match="Input/output"), write_lock(tmp_path / ".lock"):
        raise AssertionError


def test_whether_it_is_held_can_be_told_without_taking_it(tmp_path, holder):
    assert is_held(tmp_path / ".lock")
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    assert not is_held(tmp_path / ".lock")
    assert not is_held(tmp_path / "none")


def test_a_run_where_there_are_no_locks_begins_nothing(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "note.txt").write_text("The ferry to Hallin was sold on Monday, and nobody said why.")
    monkeypatch.setattr(module.fcntl, "flock", refuse)
    assert main(["clean", str(tmp_path / "raw"), "--out", str(tmp_path / "clean")]) == 2
    assert "the file system here gives no locks" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "clean").iterdir()] == [".lock"]
