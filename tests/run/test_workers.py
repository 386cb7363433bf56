"""The pool of workers."""

from __future__ import annotations

import signal
import time

import pytest

from pipeline.batch import Item
from pipeline.config import Config
from pipeline.record import raw_record
from pipeline.run.workers import Workers


def test_workers_leave_ctrl_c_to_the_process_that_began_them():
    with Workers(2, Config()) as workers:
        assert workers._pool is not None
        assert workers._pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


def test_a_run_that_fails_does_not_wait_for_its_workers():
    batch: list[Item] = [raw_record("One line that is read.", "text", None)]
    workers = Workers(2, Config())

    def fail() -> None:
        with workers:
            assert workers._pool is not None
            workers._pool.submit(time.sleep, 300)
            next(workers.clean([batch]))
            raise RuntimeError

    begun = time.monotonic()
    with pytest.raises(RuntimeError):
        fail()
    assert time.monotonic() - begun < 150
