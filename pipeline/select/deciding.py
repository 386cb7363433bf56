"""Documents decided on one after the other by compiled code: candidates, likeness, verdict and selection in one loop.

Importing this loads numba (see `pipeline.sign.compiled`). The verdicts are those of `pipeline.select.select`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import candidates, verify
from pipeline.match.measuring import measure
from pipeline.match.turning import enter, gather
from pipeline.select import told as columns

I64 = NDArray[np.int64]

_compile = njit
kin_of = _compile(candidates.kin_of)

_TOO_SHORT = verify.GUARDS.index("too-short")
_NEAR, _CONTAINED, _ALTERED_COPY, _OF_PAGE = (
    columns.RELATIONS.index(name) for name in ("near", "contained", "altered", "update")
)
# Of a number that stands in code, `False` too, compilers make code of its own beside that for what is not known.
_NOT_WHOLE: Any = np.bool_(False)


@_compile
def _row(documents: Any, rows: Any, number: int) -> int:
    """Give the row of a document, by its place among sorted ones, or -1."""
    low, high = 0, len(documents)
    while low < high:
        middle = (low + high) // 2
        if documents[middle] < number:
            low = middle + 1
        else:
            high = middle
    return rows[low] if low < len(documents) and documents[low] == number else -1


@_compile
def judge(row: Any, limits: Any) -> None:
    """Fill in what `pipeline.select.select.judge` says of a pair that was measured."""
    near = row[verify.JACCARD] >= limits.jaccard
    row[columns.OUTCOME] = columns.NONE
    if row[verify.REFUSED]:
        if row[verify.REFUSED] != _TOO_SHORT:
            row[columns.OUTCOME] = columns.REFUSED
    elif row[verify.LATER_IN_EARLIER] >= limits.containment:
        row[columns.OUTCOME] = columns.COPY
        row[columns.RELATION] = _NEAR if near else _CONTAINED
        row[columns.SIMILARITY] = row[verify.JACCARD] if near else row[verify.LATER_IN_EARLIER]
    elif row[verify.EARLIER_IN_LATER] >= limits.containment and (row[verify.GROWTH] >= limits.fuller or not near):
        row[columns.OUTCOME], row[columns.RELATION] = columns.FULLER, _CONTAINED
        row[columns.SIMILARITY] = row[verify.EARLIER_IN_LATER]
    elif near:
        row[columns.OUTCOME], row[columns.RELATION], row[columns.SIMILARITY] = columns.COPY, _NEAR, row[verify.JACCARD]
    elif row[verify.ALTERED]:
        fuller = row[verify.MATCHED_EARLIER] > row[verify.MATCHED_LATER] and row[verify.GROWTH] >= limits.fuller
        row[columns.OUTCOME] = columns.FULLER if fuller else columns.COPY
        row[columns.RELATION] = _ALTERED_COPY
        row[columns.SIMILARITY] = max(row[verify.MATCHED_EARLIER], row[verify.MATCHED_LATER])
    elif row[verify.UPDATE]:
        row[columns.OUTCOME], row[columns.RELATION], row[columns.SIMILARITY] = (
            columns.FULLER,
            _OF_PAGE,
            row[verify.JACCARD],
        )


@_compile
def _sort(numbers: Any, flags: Any, count: int) -> None:
    """Sort candidates in place, each with its flag."""
    if count < 2:
        return
    packed = np.empty(count, np.int64)
    for at in range(count):
        packed[at] = numbers[at] * 2 + flags[at]
    packed.sort()
    for at in range(count):
        numbers[at], flags[at] = packed[at] // 2, packed[at] % 2 == 1


@_compile
def foresee(
    number: int,
    last: int,
    ahead: Any,
    crowds: Any,
    known: Any,
    fewest: int,
    share: float,
    pages: Any,
    domains: Any,
    documents: Any,
    rows: Any,
) -> tuple[I64, I64, NDArray[np.bool_]]:
    """Find the pairs of documents with those that are kept by now, or will be for all that can be seen: they have no
    candidates, and nothing before them has their text.

    Args:
        number, last, ahead, crowds, known, fewest, share: as `pipeline.match.turns.advance` takes them.
        pages, domains: as `pipeline.match.candidates.kin_of` takes them.
        documents, rows: as `decide` takes them.

    Gives where the pairs of each document begin; of each pair the earlier document, the rows of the two and where they
    come from, shape (pairs, 4); and whether letters tell of it. Pairs with a text that is missing are left out.
    """
    at, count = np.zeros(max(0, last - number) + 1, np.int64), 0
    pairs, by_letters = np.empty((64, 4), np.int64), np.empty(64, np.bool_)
    for later in range(number, last):
        same, found = known.same[later], 0
        if known.of_text[same] < 0:
            found = gather(later, ahead, crowds, known, fewest, share)
            if found == 0:
                known.kept[later], known.of_text[same] = True, later
        row = _row(documents, rows, later) if found else -1
        if row >= 0:
            _sort(known.out, known.by_letters, found)
            while count + found > len(pairs):
                pairs = np.concatenate((pairs, np.empty_like(pairs)))
                by_letters = np.concatenate((by_letters, np.empty_like(by_letters)))
            for place in range(found):
                one = known.out[place]
                its = _row(documents, rows, one)
                if its >= 0:
                    pairs[count, 0], pairs[count, 1], pairs[count, 2] = one, its, row
                    pairs[count, 3] = kin_of(one, later, pages, domains)
                    by_letters[count] = known.by_letters[place]
                    count += 1
        at[later + 1 - number] = count
    # It is the loop that keeps them.
    for later in range(number, last):
        known.kept[later] = False
        if known.of_text[known.same[later]] == later:
            known.of_text[known.same[later]] = -1
    return at, pairs[:count], by_letters[:count]


@_compile
def measure_all(pairs: I64, by_letters: NDArray[np.bool_], texts: Any, limits: Any, out: Any) -> None:
    """Measure pairs as `foresee` gives them; fills in `out`, shape (pairs, `pipeline.match.verify.COLUMNS`)."""
    for at in range(len(pairs)):
        measure(pairs[at, 1], pairs[at, 2], pairs[at, 3], by_letters[at], _NOT_WHOLE, texts, limits, out[at])


@_compile
def _compare(
    number: int,
    found: int,
    known: Any,
    pages: Any,
    domains: Any,
    documents: Any,
    rows: Any,
    texts: Any,
    limits: Any,
    measured: Any,
    told: Any,
) -> tuple[int, bool]:
    """Decide on a document with candidates, in `known.out`. Writes rows to `told`; gives how many, or -1 for a text
    that is missing, and whether a guard of one was left open: then nothing is decided.

    What is told of a copy is one row; of another one a row for each candidate that it is fuller than, or was refused;
    where guards are open, all of these.
    """
    later, count, best, is_open = _row(documents, rows, number), 0, -1, False
    if later < 0:
        return -1, False
    place, end = measured.at[number - measured.first], measured.at[number - measured.first + 1]
    for at in range(found):
        one = known.out[at]
        while place < end and measured.earlier[place] < one:
            place += 1
        earlier = _row(documents, rows, one)
        if earlier < 0:
            return -1, False
        row = told[count]
        if place < end and measured.earlier[place] == one and measured.by_letters[place] == known.by_letters[at]:
            row[: verify.COLUMNS] = measured.rows[place]
        else:
            kin = kin_of(one, number, pages, domains)
            measure(earlier, later, kin, known.by_letters[at], _NOT_WHOLE, texts, limits, row)
        is_open |= row[verify.REFUSED] == verify.OPEN
        judge(row, limits)
        row[columns.LATER], row[columns.EARLIER] = number, one
        if row[columns.OUTCOME] == columns.COPY:
            if best < 0 or row[columns.SIMILARITY] > told[best, columns.SIMILARITY]:
                best = count
            count += 1
        elif row[columns.OUTCOME] != columns.NONE:
            count += 1
    if best >= 0 and not is_open:
        told[0] = told[best]
        count = 1
    return count, is_open


@_compile
def decide(
    number: int,
    last: int,
    keep_first: bool,
    ahead: Any,
    crowds: Any,
    known: Any,
    fewest: int,
    share: float,
    pages: Any,
    domains: Any,
    documents: Any,
    rows: Any,
    texts: Any,
    limits: Any,
    measured: Any,
) -> tuple[int, int, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Decide on documents until one cannot be decided on here.

    Args:
        number, last, keep_first, ahead, crowds, known, fewest, share: as `pipeline.match.turns.advance` takes them.
        pages, domains: as `pipeline.match.candidates.kin_of` takes them.
        documents: the numbers of those whose texts are ready, sorted.
        rows: of each of them its row in `texts`.
        texts: `Ready`.
        limits: `pipeline.match.verify.Limits`.
        measured: `pipeline.select.stretches.Measured`, of these documents and others.

    Gives the document, or `last`, and how many candidates it has, in `known.out`; what was found out about those
    before it, rows of `pipeline.select.told`; and rows of its own pairs, where guards are all that is left open.
    """
    told, count = np.zeros((64, columns.COLUMNS)), 0
    while number < last:
        if not keep_first:
            found = gather(number, ahead, crowds, known, fewest, share)
            while count + found + 1 > len(told):
                roomier = np.zeros((2 * len(told), columns.COLUMNS))
                roomier[:count] = told[:count]
                told = roomier
            same = known.of_text[known.same[number]]
            if same >= 0:
                told[count, columns.LATER], told[count, columns.EARLIER] = number, same
                told[count, columns.OUTCOME] = columns.SAME
                count += 1
                number += 1
                continue
            if found:
                _sort(known.out, known.by_letters, found)
                more, is_open = _compare(
                    number, found, known, pages, domains, documents, rows, texts, limits, measured, told[count:]
                )
                if more < 0 or is_open:
                    return number, found, (told[:count], told[count : count + max(0, more)])
                copy = more > 0 and told[count, columns.OUTCOME] == columns.COPY
                count += more
                if copy:
                    number += 1
                    continue
        keep_first = False
        enter(number, ahead, crowds, known)
        number += 1
    return last, 0, (told[:count], told[:0])
