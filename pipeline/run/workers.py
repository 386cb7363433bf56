"""Cleans batches, in this process or in several, and gives the results back in order, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, TypeVar

from pipeline.batch import Item, clean_batch, set_aside
from pipeline.config import Config, RunConfig
from pipeline.errors import Aborted
from pipeline.record import raw_record
from pipeline.recut import Texts
from pipeline.run.account import Account
from pipeline.run.aside import Segment
from pipeline.run.cutting import Cutting, cut_segment
from pipeline.run.events import Listener, WorkerLost, ignore
from pipeline.run.parcel import Parcel, Staged, Task, clean_parcel, handed, joined, opened, packed
from pipeline.run.pool import AHEAD, Death, Done, Job, Limits, Pool, quiet_libraries
from pipeline.values import Quarantined

_In = TypeVar("_In")
_Out = TypeVar("_Out")

# A process costs about as much to start as cleaning this many bytes; less work is done at once in this process.
_WORTH_A_WORKER = 4 * 2**20

# What it takes to hold the main process, and a worker with the batches given to it, at work on articles.
_MAIN_BYTES = 400 * 2**20
_WORKER_BYTES = 250 * 2**20


def worker_count(config: RunConfig, total_bytes: int) -> int:
    """Say how many processes are worth starting, and fit into memory. 0 wanted means one for each processor."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    fitting = 1 + (config.memory - _MAIN_BYTES - config.worker_memory) // _WORKER_BYTES
    return max(1, min(config.workers or available, total_bytes // _WORTH_A_WORKER, fitting))


def worth_apart(total_bytes: int) -> bool:
    """Say whether so much is worth a process of its own, which costs a start and bears what would end this one."""
    return total_bytes >= 2 * _WORTH_A_WORKER


# Compiling takes half a minute on a slow machine, once. It is told from a record that hangs by trying each by itself.
_YOUNG_MAY_TAKE = 4.0

# What a worker is tried on, to tell a record that it cannot clean from one that cannot clean anything.
_ANY_TEXT = "The bridge at Hallin opened on Monday, two years late. The council had voted for it in March."


class Workers:
    """Cleans batches. Use it as a context manager.

    A little work for one worker is done in this process, marked by a file, so that the next run knows if a record ended
    it; anything more in processes of their own, which are replaced.
    """

    def __init__(
        self,
        count: int,
        config: Config,
        *,
        apart: bool = True,
        pages: bool = True,
        mark: Path | None = None,
        listen: Listener = ignore,
        account: Account | None = None,
    ) -> None:
        """Make them.

        Args:
            count: how many.
            config: the configuration.
            apart: whether they are processes of their own. More than one always are.
            pages: whether there may be pages among what is to be cleaned.
            mark: file that is there while this process cleans.
            listen: is told when a process is replaced.
            account: is charged with the processor time.
        """
        self.account = account or Account()
        self._worked = 0.0
        self.count = count
        self._config = config
        self._limits = Limits(config.run.record_seconds, config.run.worker_memory)
        # A clock that stops this process can be set by its main thread alone.
        self._apart = apart or count > 1 or threading.current_thread() is not threading.main_thread()
        self._pages = pages
        self._mark = mark
        self._listen = listen
        self._pool: Pool | None = None

    def __enter__(self) -> Workers:
        quiet_libraries()
        if self._apart:
            with self.account.timed("start"):
                self._pool = Pool(self.count, self._config, pages=self._pages).__enter__()
        elif self._mark is not None:
            self._mark.touch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mark is not None:
            self._mark.unlink(missing_ok=True)
        pool = self._pool
        if pool is not None:
            pool.__exit__(kind, error, trace)
            account = self.account
            account.charge("start", pool.start)
            account.charge("hand over", pool.seconds - self._worked)
            account.workers = max(account.workers, pool.count)
            account.peak_worker = max(account.peak_worker, pool.peak)
            account.peak_all = max(account.peak_all, pool.peak_all)

    def clean(self, parcels: Iterable[Parcel], folder: Path) -> Iterator[Staged]:
        """Clean batches, and write what comes of them into a folder; results come in the order of the batches.

        Where a batch ends a process, it is tried once more, then record by record: what ends it then, or passes a
        limit, is quarantined.

        Raises:
            Aborted: the processes cannot clean anything.
        """
        limits = self._limits._replace(young=_YOUNG_MAY_TAKE)
        under_way: deque[Task] = deque()
        tasks = self._tasks(parcels, folder, under_way)
        for staged in self._map(partial(clean_parcel, clean_batch), tasks, limits, self._one_by_one, "rows"):
            if isinstance(path := under_way.popleft().parcel, Path):
                path.unlink()
            self.account.move(staged.seconds, "rows")
            yield staged

    def _tasks(self, parcels: Iterable[Parcel], folder: Path, under_way: deque[Task]) -> Iterator[Task]:
        for number, parcel in enumerate(parcels):
            task = Task(parcel, folder)
            if self._pool is not None:
                task = Task(folder / f"{number}.parcel", folder)
                handed(parcel, folder / f"{number}.parcel")
            under_way.append(task)
            yield task

    def recut(self, tasks: Iterable[Cutting]) -> Iterator[tuple[Segment, Texts]]:
        """Cut template out of staged batches; where they stand then comes in the order of the batches.

        Raises:
            Aborted: a batch ended two processes.
        """
        return self._map(cut_segment, tasks, Limits(), _give_up, "sites")

    def _map(
        self,
        work: Callable[[_In, Config], _Out],
        pieces: Iterable[_In],
        limits: Limits,
        divide: Callable[[_In], _Out],
        stage: str,
    ) -> Iterator[_Out]:
        """Do some work on each piece, and charge a stage with it."""
        under_way: deque[Job[_In, _Out]] = deque()
        for piece in pieces:
            if self._pool is None:
                try:
                    with _stopped_after(limits.seconds), self.account.timed(stage):
                        outcome = work(piece, self._config)
                except _TimeIsUp:
                    # Which record it was, and what it takes in full, shows in a process that can be killed.
                    self._listen(WorkerLost("cleaning stood still; it goes on in a process of its own"))
                    self._pool = Pool(self.count, self._config, pages=self._pages).__enter__()
                    outcome = divide(piece)
                yield outcome
                continue
            under_way.append(self._pool.submit(work, piece, limits))
            if len(under_way) >= self.count * AHEAD:
                yield self._settled(self._pool, under_way.popleft(), divide, stage)
        while under_way and self._pool is not None:
            yield self._settled(self._pool, under_way.popleft(), divide, stage)

    def _charged(self, outcome: Done[_Out] | Death, stage: str) -> _Out | Death:
        if isinstance(outcome, Death):
            return outcome
        self.account.charge(stage, outcome.seconds)
        self._worked += outcome.seconds
        return outcome.outcome

    def _settled(self, pool: Pool, job: Job[_In, _Out], divide: Callable[[_In], _Out], stage: str) -> _Out:
        """Wait for a batch; where it ended a process, see to it that it ends well."""
        outcome = self._charged(pool.result(job), stage)
        if isinstance(outcome, Death):
            self._listen(WorkerLost(f"a batch {outcome.detail}; it is done again"))
            if outcome.reason == "crashed":
                # It may have been killed from outside.
                outcome = self._charged(pool.alone(job.work, job.piece, job.limits), stage)
        return divide(job.piece) if isinstance(outcome, Death) else outcome

    def _one_by_one(self, task: Task) -> Staged:
        return joined([self._by_itself(item, task) for item in opened(task.received(), self._config)])

    def _by_itself(self, item: Item, task: Task) -> Staged:
        """Clean one record of a batch, or put it aside if that ends the process a second time."""
        pool, work = self._pool, partial(clean_parcel, clean_batch)
        alone = task._replace(parcel=(packed([item]),))
        if isinstance(item, Quarantined) or pool is None:
            return work(alone, self._config)
        outcome = self._charged(pool.alone(work, alone, self._limits), "rows")
        if isinstance(outcome, Death) and outcome.reason == "crashed":
            outcome = self._charged(pool.alone(work, alone, self._limits), "rows")
        if not isinstance(outcome, Death):
            return outcome
        if isinstance(pool.alone(clean_batch, [raw_record(_ANY_TEXT, "text", None)], Limits()), Death):
            raise Aborted(
                f"worker processes die whatever they clean (cleaning {outcome.detail}); nothing was written to the "
                "corpus. See that enough memory is free and that the installation is whole, and run again."
            )
        put_aside = set_aside(item, outcome.reason, f"cleaning it {outcome.detail}")
        self._listen(WorkerLost(f"{put_aside.detail}; it is quarantined"))
        return work(task._replace(parcel=(packed([put_aside]),)), self._config)


def _give_up(task: Cutting) -> Any:
    raise Aborted(
        f"a batch of {task.documents} documents ended two worker processes while template was cut out "
        "of it; nothing was written to the corpus. Run again where more memory is free, with fewer workers (--workers "
        "1) or smaller batches ([run] batch_bytes); sites.enabled = false goes without."
    )


class _TimeIsUp(BaseException):
    """Stops work in this process; a stage that catches every error must not catch it."""


@contextmanager
def _stopped_after(seconds: float | None) -> Iterator[None]:
    """Raise `_TimeIsUp` once so much processor time was used; code that is not Python's own is not stopped by it."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise _TimeIsUp

    if seconds is None or signal.getsignal(signal.SIGPROF) is not signal.SIG_DFL:
        # Somebody profiles with it.
        yield
        return
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
