"""Figures: numbers with what belongs to them. What a template changes from one notice to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex
import xxhash

from pipeline.sign.letters import U32

# 6-3/16, 1,250.50, 12:30, may7, 3rd. A figure begins where a word may.
_FIGURE = regex.compile(r"(?<![^\W_])[^\W\d_]*\d+(?:[.,/:\-]\d+|[^\W_]+)*")


def figures_of(folded: str) -> list[str]:
    """Give the figures of a folded text, in order.

    >>> figures_of("fell 6-3/16 to 1,250.50 at 12:30, the 3rd time.")
    ['6-3/16', '1,250.50', '12:30', '3rd']
    """
    found: list[str] = _FIGURE.findall(folded)
    return found


def hashed_figures(figures: Sequence[str]) -> U32:
    """Hash figures (XXH64, its upper half): shape (len(figures),), sorted."""
    hashes = [xxhash.xxh64_intdigest(figure.encode("utf-8", "surrogatepass")) >> 32 for figure in figures]
    return np.sort(np.array(hashes, np.uint32))
