import multiprocessing
import os
import signal

import pytest

from pipeline.errors import Busy
from pipeline.store.lock import write_lock


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
