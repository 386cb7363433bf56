"""How two texts differ, in words, in bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.verify import likeness, profile

# Words compared on each side, after what both begin and end with. difflib's heuristic for frequent words (which it
# applies from 200 on) keeps the time far below the square of it.
_WORDS = 2000
_HUNKS = 25
_SHOWN = 30
_CONTEXT = 4


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where two texts differ."""

    after: str
    """The words before it, which both have."""
    kept: str
    """What the kept document has there."""
    copy: str
    """What the duplicate has there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a duplicate differs from the document that stands for it."""

    shingles_shared: int
    shingles_kept_only: int
    shingles_copy_only: int
    jaccard: float
    copy_in_kept: float
    """Share of the duplicate's shingles that stand in the kept document."""
    hunks: tuple[Hunk, ...]
    """The first places where words differ; none for texts that are the same but for white space."""
    complete: bool
    """Whether these are all the places."""


def difference(kept: str, copy: str, config: MatchConfig) -> Difference:
    """Compare a duplicate with the document that stands for it.

    Shingles are compared whole. Words are compared as they are written, by difflib, up to a few thousand on each side.
    """
    a, b = profile(kept, config.shingle_tokens), profile(copy, config.shingle_tokens)
    shared = len(np.intersect1d(a.shingles, b.shingles, assume_unique=True))
    pair = likeness(a, b, config)
    hunks, complete = _hunks(kept.split(), copy.split())
    return Difference(
        shingles_shared=shared,
        shingles_kept_only=len(a.shingles) - shared,
        shingles_copy_only=len(b.shingles) - shared,
        jaccard=pair.jaccard,
        copy_in_kept=pair.later_in_earlier,
        hunks=hunks,
        complete=complete,
    )


def _hunks(a: list[str], b: list[str]) -> tuple[tuple[Hunk, ...], bool]:
    begin = 0
    while begin < min(len(a), len(b)) and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < min(len(a), len(b)) - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    left, right = a[begin : len(a) - end], b[begin : len(b) - end]
    complete = max(len(left), len(right)) <= _WORDS
    matcher = SequenceMatcher(None, left[:_WORDS], right[:_WORDS])
    found = []
    for what, a1, a2, b1, b2 in matcher.get_opcodes():
        if what != "equal":
            before = " ".join(a[max(0, begin + a1 - _CONTEXT) : begin + a1])
            found.append(Hunk(before, _some(left[a1:a2]), _some(right[b1:b2])))
    return tuple(found[:_HUNKS]), complete and len(found) <= _HUNKS


def _some(words: list[str]) -> str:
    if len(words) <= _SHOWN:
        return " ".join(words)
    return " ".join([*words[: _SHOWN - 8], f"… ({len(words) - _SHOWN:,} words) …", *words[-8:]])
