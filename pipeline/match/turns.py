"""Documents in turn: who is a candidate, by who was kept before. Loops over arrays, written to be compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.compiled import compiled

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# What a document's turn takes longer without compiled code.
TURN_NS = 100_000

PAGE, BANDS, FINGERPRINTS, LETTERS = range(4)
"""Kinds of marks, as numbers."""


class Ahead(NamedTuple):
    """What is known of some documents before it is known which are kept; row i belongs to document `first + i`."""

    first: int
    likely_at: I64
    """(documents + 1,): where each one's begin in `likely`."""
    likely: I32
    """Earlier documents with a band, a fingerprint or a page in common, each as often as they have any."""
    lettered_at: I64
    lettered: I32
    """Earlier documents with grams of letters in common, each as often as they have any."""
    crowds_at: I64
    crowds: I32
    """Crowds that each is in."""


class Crowds(NamedTuple):
    """Documents with a mark in common, where there are many: of each crowd the first kept ones."""

    kind: NDArray[np.int8]
    most: I32
    start: I64
    """Where its members begin."""
    filled: I32
    members: I32


class Known(NamedTuple):
    """What is known of each document, and room to count."""

    same: I32
    """The first document with the same text."""
    of_text: I32
    """By the first document with a text: the kept one with it, or -1."""
    kept: NDArray[np.bool_]
    sketched: I32
    """Grams of letters in its sketch."""
    counts: I32
    """All zero between calls."""
    touched: I32
    out: I32
    by_letters: NDArray[np.bool_]


def gather(  # noqa: PLR0912 - one loop after the other, which a compiler takes as a whole
    number: int, ahead: Any, crowds: Any, known: Any, fewest: int, share: float
) -> int:
    """Find the candidates of a document.

    Args:
        number: of the document.
        ahead: `Ahead` of it and others.
        crowds: `Crowds`.
        known: `Known`. Candidates are written to `out`, in no order, and whether letters tell of them.
        fewest: grams of letters that an altered copy shares at least.
        share: and their share of the smaller sketch.

    Returns:
        How many candidates it has, kept ones with the same text not among them.
    """
    first, likely_at, likely, lettered_at, lettered, crowds_at, its_crowds = ahead
    kind, most, start, filled, members = crowds
    _, _, kept, sketched, counts, touched, out, by_letters = known
    row = number - first
    met, found = 0, 0
    for at in range(lettered_at[row], lettered_at[row + 1]):
        one = lettered[at]
        if counts[one] == 0:
            touched[met] = one
            met += 1
        counts[one] += 1
    for at in range(crowds_at[row], crowds_at[row + 1]):
        crowd = its_crowds[at]
        # A full crowd of letters or fingerprints is a phrase of the trade.
        if kind[crowd] == LETTERS and filled[crowd] < most[crowd]:
            for place in range(start[crowd], start[crowd] + filled[crowd]):
                one = members[place]
                if counts[one] == 0:
                    touched[met] = one
                    met += 1
                counts[one] += 1
    for at in range(met):
        one = touched[at]
        told = counts[one]
        counts[one] = 0
        if kept[one] and told >= fewest and told >= share * min(sketched[number], sketched[one]):
            out[found] = one
            by_letters[found] = True
            found += 1
    for at in range(found):
        counts[out[at]] = -1
    for at in range(likely_at[row], likely_at[row + 1]):
        one = likely[at]
        if kept[one] and counts[one] == 0:
            counts[one] = -1
            out[found] = one
            by_letters[found] = False
            found += 1
    for at in range(crowds_at[row], crowds_at[row + 1]):
        crowd = its_crowds[at]
        if kind[crowd] == LETTERS or (kind[crowd] == FINGERPRINTS and filled[crowd] >= most[crowd]):
            continue
        for place in range(start[crowd], start[crowd] + filled[crowd]):
            one = members[place]
            if counts[one] == 0:
                counts[one] = -1
                out[found] = one
                by_letters[found] = False
                found += 1
    for at in range(found):
        counts[out[at]] = 0
    return found


def enter(number: int, ahead: Any, crowds: Any, known: Any) -> None:
    """Keep a document: later ones may be like it. Changes `Crowds` and `Known`."""
    first, _, _, _, _, crowds_at, its_crowds = ahead
    _, most, start, filled, members = crowds
    same, of_text, kept, _, _, _, _, _ = known
    kept[number] = True
    if of_text[same[number]] < 0:
        of_text[same[number]] = number
    row = number - first
    for at in range(crowds_at[row], crowds_at[row + 1]):
        crowd = its_crowds[at]
        if filled[crowd] < most[crowd]:
            members[start[crowd] + filled[crowd]] = number
            filled[crowd] += 1


def advance(
    number: int, last: int, keep_first: bool, ahead: Any, crowds: Any, known: Any, fewest: int, share: float
) -> tuple[int, int]:
    """Keep documents until one has candidates.

    Args:
        number: of the first document whose turn it is.
        last: one past the last one.
        keep_first: the first one's candidates were given already, and it is kept.
        ahead, crowds, known, fewest, share: as `gather` takes them.

    Returns:
        The document whose turn it is, and how many candidates it has, kept ones with the same text not among them;
        `last` where all are kept.
    """
    while number < last:
        if not keep_first:
            found = gather(number, ahead, crowds, known, fewest, share)
            if found or known.of_text[known.same[number]] >= 0:
                return number, found
        keep_first = False
        enter(number, ahead, crowds, known)
        number += 1
    return last, 0


def want(  # noqa: PLR0912, PLR0915 - one loop after the other, which a compiler takes as a whole
    number: int, last: int, likely_pairs: int, ahead: Any, crowds: Any, known: Any, fewest: int, share: float
) -> tuple[int, I64, I64]:
    """Say which documents must be looked at to decide on the next ones: about all that may become candidates.

    Args:
        number: of the first document whose turn it is.
        last: one past the last one.
        likely_pairs: after the document with which there are so many pairs that are likely, it ends.
        ahead, crowds, known, fewest, share: as `gather` takes them.

    Returns:
        One past the last document; the documents that are needed; and of each the first one that needs it, in order.
    """
    first, likely_at, likely, lettered_at, lettered, crowds_at, its_crowds = ahead
    kind, most, start, filled, members = crowds
    same, of_text, kept, sketched, counts, touched, _, _ = known
    documents, needed_by, count = np.empty(1024, np.int64), np.empty(1024, np.int64), 0
    begin, told = number, 0
    while number < last and told < likely_pairs:
        row, asked = number - first, 0
        told += likely_at[row + 1] - likely_at[row]
        found = 1 + likely_at[row + 1] - likely_at[row] + lettered_at[row + 1] - lettered_at[row]
        for at in range(crowds_at[row], crowds_at[row + 1]):
            found += filled[its_crowds[at]]
        if count + found > len(documents):
            roomier, more = np.empty(2 * (count + found), np.int64), np.empty(2 * (count + found), np.int64)
            roomier[:count], more[:count] = documents[:count], needed_by[:count]
            documents, needed_by = roomier, more
        before = count
        # Documents with the text of a kept one are not compared.
        if of_text[same[number]] < 0:
            met = 0
            for at in range(lettered_at[row], lettered_at[row + 1]):
                one = lettered[at]
                if counts[one] & _SHARED == 0:
                    touched[met] = one
                    met += 1
                counts[one] += 1
            for at in range(met):
                one = touched[at]
                shared = counts[one] & _SHARED
                counts[one] -= shared
                if (
                    shared >= fewest
                    and shared >= share * min(sketched[number], sketched[one])
                    and (kept[one] or one >= begin)
                ):
                    asked = 1
                    if counts[one] == 0:
                        counts[one] = _LISTED
                        documents[count] = one
                        count += 1
            for at in range(likely_at[row], likely_at[row + 1]):
                one = likely[at]
                if kept[one] or one >= begin:
                    asked = 1
                    if counts[one] == 0:
                        counts[one] = _LISTED
                        documents[count] = one
                        count += 1
        for at in range(crowds_at[row], crowds_at[row + 1]):
            crowd = its_crowds[at]
            full = filled[crowd] >= most[crowd]
            if kind[crowd] == LETTERS or (kind[crowd] == FINGERPRINTS and full):
                continue
            # Itself, too, for it may join.
            asked = 1
            for place in range(start[crowd], start[crowd] + filled[crowd]):
                one = members[place]
                if counts[one] == 0:
                    counts[one] = _LISTED
                    documents[count] = one
                    count += 1
        if asked and counts[number] == 0:
            counts[number] = _LISTED
            documents[count] = number
            count += 1
        needed_by[before:count] = number
        number += 1
    for at in range(count):
        counts[documents[at]] = 0
    return number, documents[:count], needed_by[:count]


_LISTED = 1 << 30
_SHARED = _LISTED - 1


def advancing(documents: int) -> Turning:
    """Give the loops, compiled where so many documents are worth it."""
    return _numba() if compiled(TURN_NS * documents) else Turning(advance, want)


class Turning(NamedTuple):
    """The loops over documents."""

    advance: Callable[..., tuple[int, int]]
    want: Callable[..., tuple[int, I64, I64]]


@cache
def _numba() -> Turning:
    from pipeline.match import turning

    return Turning(turning.advance, turning.want)
