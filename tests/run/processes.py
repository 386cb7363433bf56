"""What becomes of processes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path


def ended(pid: int) -> bool:
    """Say whether a process is gone, or waits only for a parent that does not ask, as the first of a container may."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def left_of(pids: Iterable[int], seconds: float = 60) -> list[int]:
    """Wait for processes to end, and give those that go on."""
    until = time.monotonic() + seconds
    left = [pid for pid in pids if not ended(pid)]
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = [pid for pid in left if not ended(pid)]
    return left
