"""What a loss of power would take from a run, told from its system calls in order.

What is written or named lasts once the file, or the folder, was synced. That is all that file systems promise.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.store.layout import JOURNAL
from tests.safety.syscalls import Call

_WRITES = {"write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate", "sendfile"}
_REMOVES = {"unlink", "unlinkat", "rmdir"}
_RENAMES = {"rename", "renameat", "renameat2"}
_SYNCS = {"fsync", "fdatasync"}
_MAKES = {"open", "openat", "mkdir"}
UNFINISHED = "commit.tmp"


def lost_with_power(calls: Iterable[Call]) -> list[str]:
    """Give where a run relied on what might not last: its list of renames, the renames, and the end of the list.

    Args:
        calls: of one whole run; paths relative to the corpus. What follows the commit, the card and the cache, is made
            again by any later run, and is not looked at.
    """
    found: list[str] = []
    unsure: set[Path] = set()
    journal: Path | None = None
    sure = False
    ended = False
    for call in calls:
        if call.name in _RENAMES and call.target is not None:
            if call.target.name == JOURNAL:
                journal = call.target
                found += [f"{path} is not synced before the list of renames" for path in sorted(unsure)]
            elif journal and not sure:
                found.append(f"{call.target} is put in place before the list of renames lasts")
            unsure = {_renamed(path, call.path, call.target) for path in unsure}
            unsure |= {call.path.parent, call.target.parent}
        elif call.name in _REMOVES:
            if call.path == journal:
                found += [f"{path} is not synced before the list of renames goes" for path in sorted(unsure)]
                sure, ended = False, True
            elif ended and not sure:
                found.append(f"{call.path} is removed before the end of the list of renames lasts")
            unsure = {path for path in unsure if not path.is_relative_to(call.path)} | {call.path.parent}
            if journal and call.path == journal.parent:
                break
        elif call.name in _SYNCS:
            unsure.discard(call.path)
            sure |= journal is not None and call.path == journal.parent
        elif call.name in _MAKES and call.changes and call.path.name != UNFINISHED:
            unsure.add(call.path.parent)
        elif call.name in _WRITES and call.path.name != ".lock":
            unsure.add(call.path)
    if not ended:
        found.append("there was no list of renames, or it was left")
    return found


def _renamed(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path
