"""What compiled code takes of texts that were made ready (`pipeline.match.ready`).

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from pipeline.jit import njit
from pipeline.match import profile

_inline = partial(njit, inline=True)


@_inline
def letters_of(row: Any, texts: Any) -> tuple[Any, Any]:
    """Give the letters of a text, and how many of them are its head."""
    letters = texts.letters[texts.letters_at[row] : texts.letters_at[row + 1]]
    above = texts.above[row]
    body = len(letters) - above
    return letters, above if body >= max(profile.BODY_LETTERS, profile.BODY_SHARE * len(letters)) else 0


@_inline
def common(one: Any, first: Any, end: Any, two: Any, first_two: Any, end_two: Any) -> Any:
    """Count what two sorted rows share, one[first:end] and two[first_two:end_two]: as often as it stands in both."""
    # Without branches, which here go either way as often, and without signs, which would be looked at.
    a, a_end, b, b_end = np.uint64(first), np.uint64(end), np.uint64(first_two), np.uint64(end_two)
    count = np.uint64(0)
    while a < a_end and b < b_end:
        x, y = one[a], two[b]
        count += np.uint64(x == y)
        a += np.uint64(x <= y)
        b += np.uint64(y <= x)
    return np.int64(count)
