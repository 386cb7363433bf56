"""Files and folders that last: written whole or not at all, and there after a loss of power."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


def write_if_changed(path: Path, content: str, aside: Path) -> bool:
    """Write a text as UTF-8 under its name at once; gives whether it was written.

    A file that holds the text already is left as it is, with its time of change: who follows a corpus by times sees
    only what is new.

    Args:
        path: the file.
        content: all of it.
        aside: folder on the same disk to write it in first; what a killed process leaves there does no harm.
    """
    data = content.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    aside.mkdir(parents=True, exist_ok=True)
    unfinished = aside / f"{path.name}.{os.getpid()}.tmp"
    unfinished.write_bytes(data)
    unfinished.rename(path)
    return True


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, whose names survive a loss of power; nothing where it is there."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    # Who may make a folder in another may still not be allowed to list it.
    with suppress(PermissionError):
        sync(folder.parent)
