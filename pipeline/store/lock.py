"""One writer at a time. The kernel gives the lock back when its holder dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import Busy, Refused
from pipeline.store.files import make_folder

# What file systems answer that have no locks: NFS whose lock service is away, FUSE and network shares without.
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}


def is_held(path: Path) -> bool:
    """Say whether a run holds the lock now; where that cannot be told, that none does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


@contextmanager
def write_lock(path: Path, *, wait: bool = False, place: str | None = None) -> Iterator[None]:
    """Hold a corpus for writing.

    Args:
        path: the lock file; it stays, empty of meaning, when the lock is given back.
        wait: wait for the other run instead of refusing.
        place: what is held, as people name it; None: the file's folder.

    Raises:
        Busy: another run holds it and `wait` is off.
        Refused: the file system has no locks.
    """
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "unknown"
            raise Busy(
                f"{place or path.parent}: another run is writing here ({holder}). Run again when it is done, or with "
                "--wait."
            ) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            raise Refused(
                f"{path.parent}: the file system here gives no locks ({error.strerror}), so two runs at once could not "
                "be kept apart, and nothing was begun. Mount it with locks (NFS: version 4, or with its lock service), "
                "or clean into a folder on a local disk and copy that."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
