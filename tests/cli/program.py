"""Run the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error", "TERM": "dumb"}


def arguments(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "pipeline", *map(str, words)]


def winnow(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(*words), cwd=cwd, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )


def begin(*words: str | Path) -> subprocess.Popen[str]:
    """Start it in a session of its own, so that a signal can be sent to all its processes as a terminal does."""
    return subprocess.Popen(
        arguments(*words),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
