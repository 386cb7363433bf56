"""Documents in turn, compiled: `pipeline.match.turns`.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from typing import Any

from pipeline.jit import njit
from pipeline.match import turns

_compile = njit

gather = _compile(turns.gather)
enter = _compile(turns.enter)
want = _compile(turns.want)


@_compile
def advance(
    number: int, last: int, keep_first: bool, ahead: Any, crowds: Any, known: Any, fewest: int, share: float
) -> tuple[int, int]:
    """Do what `pipeline.match.turns.advance` does."""
    while number < last:
        if not keep_first:
            found = gather(number, ahead, crowds, known, fewest, share)
            if found or known.of_text[known.same[number]] >= 0:
                return number, found
        keep_first = False
        enter(number, ahead, crowds, known)
        number += 1
    return last, 0
