"""One writer at a time. The kernel gives the lock back when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import Busy


@contextmanager
def write_lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a corpus for writing.

    Args:
        path: the lock file; it stays, empty of meaning, when the lock is given back.
        wait: wait for the other run instead of refusing.

    Raises:
        Busy: another run holds it and `wait` is off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "unknown"
            raise Busy(
                f"{path.parent}: another run is writing here ({holder}). Run again when it is done, or with --wait."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
