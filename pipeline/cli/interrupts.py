"""Ctrl-C, and its like from a scheduler: stop cleanly, but never in the middle of a commit."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

EXIT_STATUS = 130
"""128 + SIGINT, as shells tell it."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Handler = Callable[[int, FrameType | None], Any]

# Whether a signal has come since signals began to interrupt.
_came = [False]


class Interrupted(Exception):
    """The user or a scheduler stopped the work. The text says how things stand."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt as SIGINT does."""
    _came[0] = False
    with _handled(_raise):
        yield


def heed() -> None:
    """Raise KeyboardInterrupt if a signal came and the work goes on: libraries catch any error where they load others.

    To be called between steps of the work.
    """
    if _came[0]:
        raise KeyboardInterrupt


class Deferral:
    """Holds signals back from the moment that `begin` is called to the end of the context."""

    def __init__(self) -> None:
        self.came = False
        """Whether a signal was held back."""
        self._context = _handled(self._note)
        self._begun = False

    def __enter__(self) -> Deferral:
        return self

    def __exit__(self, *_: object) -> None:
        if self._begun:
            self._context.__exit__(None, None, None)

    def begin(self) -> None:
        """Hold back from here on."""
        if not self._begun:
            self._begun = True
            self._context.__enter__()

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.came = True


def _raise(number: int, frame: FrameType | None) -> None:
    del number, frame
    _came[0] = True
    raise KeyboardInterrupt


@contextmanager
def _handled(handler: _Handler) -> Iterator[None]:
    # Only the main thread may set handlers; elsewhere signals are the caller's business.
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in _SIGNALS} if main else {}
    # What the caller had ignored stays ignored: nohup ignores SIGHUP, a shell SIGINT for its background jobs.
    ours = [number for number, old in before.items() if old is not signal.SIG_IGN]
    for number in ours:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
