"""Promise 6 at random instants: a run is killed, with its workers or without, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="which processes are left is read from /proc")
def test_runs_that_are_killed_at_random_instants_lose_nothing() -> None:
    """25 kills; `make kills` does 500. The instants are other ones each time, and the seed is told."""
    # A process of its own, without the threads of this one, which forks for each run.
    command = [sys.executable, "-m", "tests.safety.kills", "25", "--share", "0.16"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("25 of 25 kills survived with equal bytes\n")
