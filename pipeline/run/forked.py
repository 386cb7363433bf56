"""Processes forked from this one: what is loaded here need not be loaded again, and its memory is shared.

A fork takes over every lock as it is, and no thread but one: a lock that another thread holds stays closed for good. So
this is for a process of our own in which no other thread runs; anywhere else workers come from a server.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from pipeline.lean import is_own

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_THREADS = Path("/proc/self/task")
# Threads of libraries that see to it that they are whole after a fork: of pyarrow's allocator.
_FORK_SAFE = frozenset({"jemalloc_bg_thd"})
# How often it is looked whether a process has ended.
_LOOK_EVERY = 0.005
# Exit status of a process that somebody else has waited for.
_UNKNOWN = 255


def may_fork() -> bool:
    """Say whether this process is our own and runs one thread. False where the system does not tell, as on macOS."""
    if not is_own():
        return False
    try:
        names = [(thread / "comm").read_text().strip() for thread in _THREADS.iterdir()]
    except OSError:
        return False
    return len([name for name in names if name not in _FORK_SAFE]) == 1


class Forked:
    """A process that does some work and ends; used as one of `multiprocessing.Process` is.

    Ctrl-C is the main process's to heed, and it is deaf to it. It holds no file of the main process open, neither a
    lock nor the end of a pipe by which others see that the main process is gone.
    """

    def __init__(self, work: Callable[[], object], keep: int) -> None:
        """Begin.

        Args:
            work: what it does.
            keep: the one file, beside standard output and error, that stays open in it.
        """
        self.exitcode: int | None = None
        """As `subprocess` has it: less than 0 for the signal that ended it; None while it runs."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        # What is there already is not garbage; to look whether it is would write to memory that is shared.
        gc.freeze()
        # A signal that came before the new process is deaf to it would be told by both.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            with warnings.catch_warnings():
                # Python tells of any second thread.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.pid = os.fork()
            if not self.pid:
                _live(work, keep)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or so many seconds."""
        until = None if timeout is None else monotonic() + timeout
        while self.exitcode is None:
            try:
                pid, status = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)
            except ChildProcessError:
                self.exitcode = _UNKNOWN
                return
            if pid:
                self.exitcode = os.waitstatus_to_exitcode(status)
            elif until is not None and monotonic() >= until:
                return
            else:
                sleep(_LOOK_EVERY)

    def kill(self) -> None:
        """End it at once."""
        if self.exitcode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it, once it has ended."""


def _live(work: Callable[[], object], keep: int) -> None:
    """Live as the new process, to its end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in _SIGNALS[1:]:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        _let_go(keep)
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - nothing above may run a second time
        traceback.print_exc()
    finally:
        os._exit(status)


def _let_go(keep: int) -> None:
    """Put nothing in the place of each open file but one and those for output.

    They are not closed: a number that is free is given to the next file, which what held the old one would close.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers are wanted
        if int(name) not in (1, 2, keep, nothing):
            os.dup2(nothing, int(name), inheritable=False)
