"""Processes forked from one of our own. Each test has one for itself: pytest's runs more than Winnow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import Config, RunConfig
from pipeline.run.deaf import IN_SERVER
from tests.cli.program import REPOSITORY, environment
from tests.run.processes import left_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")

BEGIN = """
import os, signal, sys, threading, time
from pipeline.lean import begin_lean
begin_lean()
from pipeline.config import Config, RunConfig
from pipeline.run.forked import Forked, may_fork
from pipeline.run.pool import Done, Limits, Pool
from tests.run.test_forked import die, process, seen
"""


def process(what: str, config: Config) -> int:
    del what, config
    return os.getpid()


def die(what: str, config: Config) -> None:
    del what, config
    os.kill(os.getpid(), signal.SIGKILL)


def seen(path: str, config: Config) -> tuple[bool, object, bool]:
    """-> whether a file is open here, what is done about Ctrl-C, and whether a server stands between."""
    del config
    held = any(os.path.realpath(file) == path for file in Path("/proc/self/fd").iterdir())
    return held, signal.getsignal(signal.SIGINT), IN_SERVER


def run(program: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program, *words],
        env=environment(), capture_output=True, text=True, cwd=REPOSITORY, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_a_forked_worker_is_deaf_and_holds_no_file_of_the_main_process(tmp_path: Path) -> None:
    told = run(
        """
with open(sys.argv[1], "w") as lock, Pool(2, Config()) as pool:
    jobs = [pool.submit(seen, sys.argv[1], Limits()) for _ in range(2)]
    print([pool.result(job).outcome for job in jobs])
""",
        str(tmp_path / "lock"),
    )
    assert told == f"{[(False, signal.SIG_IGN, False)] * 2}\n"


def test_a_forked_worker_that_dies_is_replaced() -> None:
    told = run("""
with Pool(1, Config()) as pool:
    first = pool.result(pool.submit(process, "", Limits())).outcome
    death = pool.result(pool.submit(die, "", Limits()))
    second = pool.result(pool.submit(process, "", Limits())).outcome
    print(death.reason, death.detail, len({first, second, os.getpid()}))
""")
    assert told == "crashed ended the process (SIGKILL: killed from outside, or out of memory) 3\n"


def test_forked_workers_end_with_the_main_process() -> None:
    pids = run("""
with Pool(2, Config()) as pool:
    jobs = [pool.submit(process, "", Limits()) for _ in range(2)]
    print(*(pool.result(job).outcome for job in jobs), flush=True)
    os._exit(0)
""").split()
    assert not left_of(map(int, pids))


def test_a_process_tells_how_it_ended() -> None:
    told = run("""
def end(status):
    os._exit(status)
whole, broken, slow = Forked(int, 2), Forked(lambda: end(3), 2), Forked(lambda: time.sleep(60), 2)
whole.join()
broken.join()
slow.join(0.1)
print(whole.exitcode, broken.exitcode, slow.exitcode)
slow.kill()
slow.join()
print(slow.exitcode)
""")
    assert told == "0 3 None\n-9\n"


def test_a_process_with_another_thread_is_not_forked() -> None:
    told = run("""
print(may_fork())
over = threading.Event()
thread = threading.Thread(target=over.wait)
thread.start()
print(may_fork())
over.set()
thread.join()
# Python is through with a thread a little before the system is.
print(any(may_fork() or time.sleep(0.01) for _ in range(3000)))
""")
    assert told == "True\nFalse\nTrue\n"


def test_a_process_of_somebody_else_is_not_forked() -> None:
    program = "from pipeline.run.forked import may_fork; print(may_fork())"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, cwd=REPOSITORY, check=True
    )
    assert done.stdout == "False\n"


def test_workers_of_an_addition_are_forked(tmp_path: Path) -> None:
    raw, config = tmp_path / "raw", Config(run=RunConfig(workers=2))
    raw.mkdir()
    for name in ("first", "second"):
        (raw / f"{name}.txt").write_text(f"The {name} bridge at Hallin opened on Monday, two years late.\n", "utf-8")
        told = run(
            """
from pipeline.run import pool, workers
workers._WORTH_A_WORKER = 1
from pipeline.run.clean import clean_folder
asked = pool.may_fork
def ask():
    print(asked())
    return asked()
pool.may_fork = ask
clean_folder(sys.argv[1], sys.argv[2], Config.model_validate_json(sys.argv[3]))
""",
            str(raw), str(tmp_path / "clean"), config.model_dump_json(),
        )  # fmt: skip
        assert told == "True\n"
