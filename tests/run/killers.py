"""Stands for `clean_batch` where some records end the process, hang it or fill its memory."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from pipeline.batch import Batch, Item, clean_batch
from pipeline.config import Config
from pipeline.values import RawRecord

CRASHES, HANGS, HANGS_IN_C, HOGS, ONCE = "It crashes.", "It hangs.", "It hangs in C.", "It hogs.", "It crashes once: "


def kill_or_clean(items: Sequence[Item], config: Config) -> Batch:
    """Clean a batch, unless a text in it says what is to happen."""
    for item in items:
        if isinstance(item, RawRecord):
            _obey(item.content if isinstance(item.content, str) else item.content.decode())
    return clean_batch(items, config)


def _obey(text: str) -> None:
    if CRASHES in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if HANGS in text:
        while True:
            pass
    if HANGS_IN_C in text:
        sum(range(10**15))
    if HOGS in text:
        held = []
        while True:
            held.append(b"x" * 2**20)
    if ONCE in text:
        mark = Path(text.rpartition(ONCE)[2].strip())
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def crash_on_all(items: Sequence[Item], config: Config) -> Batch:
    """End the process whatever it is given."""
    del items, config
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError
