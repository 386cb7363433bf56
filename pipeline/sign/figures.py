"""Figures: numbers with what belongs to them. What a template changes from one notice to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex
import xxhash

from pipeline.sign.letters import U32

# 6-3/16, 1,250.50, 12:30, may7, 3rd: parts with a digit, each of which begins where a word may; with a digit it goes on
# with the figure before it. One pattern for a whole figure is tried at each letter, at ten times the cost, and takes
# gigabytes for a text that is one figure.
_FROM_DIGIT = regex.compile(r"\d[^\W_]*+")
_TO_DIGIT = regex.compile(r"(?r)[^\W_]*+")
_JOINS = frozenset(".,/:-")


def figures_of(folded: str) -> list[str]:
    """Give the figures of a folded text, in order.

    >>> figures_of("fell 6-3/16 to 1,250.50 at 12:30, the 3rd time.")
    ['6-3/16', '1,250.50', '12:30', '3rd']
    """
    starts: list[int] = []
    ends: list[int] = []
    for part in _FROM_DIGIT.finditer(folded):
        start, end = part.span()
        if ends and start == ends[-1] + 1 and folded[ends[-1]] in _JOINS:
            ends[-1] = end
        else:
            before = _TO_DIGIT.match(folded, 0, start)
            starts.append(before.start() if before else start)
            ends.append(end)
    return [folded[start:end] for start, end in zip(starts, ends, strict=True)]


def hashed_figures(figures: Sequence[str]) -> U32:
    """Hash figures (XXH64, its upper half): shape (len(figures),), sorted."""
    hashes = [xxhash.xxh64_intdigest(figure.encode("utf-8", "surrogatepass")) >> 32 for figure in figures]
    return np.sort(np.array(hashes, np.uint32))
