"""Work that threads share: what they do is compiled, or waits for a disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Threads:
    """Some threads, or none: then whoever asks does the work."""

    def __init__(self, count: int = 1) -> None:
        """Begin with none; `count` is how many work at once."""
        # They end when nobody holds them any more.
        self._pool = ThreadPoolExecutor(count, "winnow") if count > 1 else None
        self._count = count

    @property
    def several(self) -> bool:
        """Whether more than one works at once."""
        return self._pool is not None

    def each(self, work: Callable[[_Given], _Made], given: Iterable[_Given]) -> Iterator[_Made]:
        """Give what becomes of each, in order; but for one, no more than there are threads wait to be taken."""
        if self._pool is None:
            yield from map(work, given)
            return
        begun: deque[Future[_Made]] = deque()
        for one in given:
            if len(begun) > self._count:
                yield begun.popleft().result()
            begun.append(self._pool.submit(work, one))
        while begun:
            yield begun.popleft().result()


NONE = Threads()
