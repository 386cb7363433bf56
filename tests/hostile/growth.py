"""How time and memory grow with the size of an input: as a ratio, for how fast a machine is says nothing."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.shared import THOROUGH

Given = TypeVar("Given")

# Four times the input takes four times the time, and what grows with the square sixteen times. Under three times for
# each doubling is allowed, for what is sorted, and what outgrows a processor's cache.
MOST = 9.0
_TRIES = 12
# Less than this is mostly the clock's and the caches' own.
_TELLING_SECONDS = 0.02
_ROOT = Path(__file__).parents[2]


def grows_linearly(work: Callable[[Given], object], make: Callable[[int], Given], size: int) -> bool:
    """Say whether the time of some work stays under nine times as long for four times the input.

    A busy machine makes one measurement long, never short: the best of each size counts, and a ratio that is too high
    is measured again.

    Args:
        work: what is timed.
        make: makes an input of about so many characters, or documents.
        size: between that of the small and the large one.
    """
    small, large = make(size // 2), make(2 * size)
    work(small)
    best_small = best_large = float("inf")
    for _ in range(_TRIES):
        best_small = min(best_small, _seconds(work, small))
        best_large = min(best_large, _seconds(work, large))
        if best_large < MOST * max(best_small, _TELLING_SECONDS):
            return True
    return False


def _seconds(work: Callable[[Given], object], given: Given) -> float:
    # Looking for garbage goes over all that earlier tests have left: the larger the input, the more often, at a price
    # that has nothing to do with it.
    gc.disable()
    try:
        began = time.process_time()
        work(given)
        return time.process_time() - began
    finally:
        gc.enable()


def bytes_a_character(way: str, name: str, size: int) -> float:
    """Give how much more memory a process takes at its peak for each character more of an input.

    Args:
        way: "text" or an extractor.
        name: of an input in `tests.hostile.texts` or `tests.hostile.pages`.
        size: of the smaller of two inputs; the other has twice as many characters.
    """
    command = [sys.executable, "-m", "tests.hostile.peak", way, name, str(size), str(2 * size)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    small, large = json.loads(done.stdout)
    return float(large - small) / size


def scaled(size: int, thorough: int) -> int:
    """Give the size of an input: small, or as large as `make thorough` takes it."""
    return thorough if THOROUGH else size
