"""Cleaned rows and what selection says of them → rows of documents, duplicates and superseded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.match.verify import (
    EARLIER_IN_LATER,
    GUARDS,
    JACCARD,
    LATER_IN_EARLIER,
    MATCHED_EARLIER,
    MATCHED_LATER,
    REFUSED,
    Likeness,
)
from pipeline.select.told import EARLIER, F64, LATER, RELATION, RELATIONS, SIMILARITY, Rows, Told

I64 = NDArray[np.int64]

# So many pairs are made into rows at once.
_PAIRS = 8192


class _Ids(Protocol):
    def __getitem__(self, number: int, /) -> str: ...


def copies_of(told: Told, first: int, documents: int) -> I64:
    """Give the number of the document that each one is a copy of, -1 for none: shape (documents,).

    Args:
        told: what is told of them.
        first: the number of the first of them.
        documents: how many there are.
    """
    of = np.full(documents, -1, np.int64)
    for rows in some_of(told.copies):
        of[_numbers(rows, LATER) - first] = _numbers(rows, EARLIER)
    return of


def some_of(told: Rows) -> Iterator[F64]:
    """Give some pairs at a time: templates have very many."""
    return (told[at : at + _PAIRS] for at in range(0, len(told), _PAIRS))


class Carriers:
    """How many records were collapsed into the kept documents of a run, and the sites that ran them."""

    def __init__(self, of: I64, domains: Iterable[pa.Array], first: int) -> None:
        """Count them.

        Args:
            of: of each document of this run, as `copies_of` gives it.
            domains: the source domains of these documents, in pieces.
            first: number of the first document of this run.
        """
        known: dict[str | None, int] = {None: 0, "": 0}
        ran: list[I64] = []
        kept: list[I64] = []
        done = 0
        for piece in domains:
            encoded = piece.dictionary_encode("encode")
            numbers = np.array(
                [known.setdefault(name, len(known)) for name in encoded.dictionary.to_pylist()], np.int64
            )
            here = np.flatnonzero(of[done : done + len(piece)] >= first)
            ran.append(numbers[encoded.indices.to_numpy()[here]])
            kept.append(of[done + here] - first)
            done += len(piece)
        self._sites = sorted(name for name in known if name)
        rank = np.full(len(known), -1)
        rank[[known[name] for name in self._sites]] = np.arange(len(self._sites))
        self._kept = np.concatenate([np.empty(0, np.int64), *kept])
        site = rank[np.concatenate([np.empty(0, np.int64), *ran])]
        # Sorted by document, then by the name of the site: one number of both.
        pairs = np.sort((self._kept * len(known) + site)[site >= 0])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        self._ran_by, self._site = pairs // len(known), pairs % len(known)
        self._kept.sort()

    def columns(self, first: int, count: int) -> tuple[pa.Array, pa.Array]:
        """Give the columns `carriers` and `carrier_sites` of documents, from the first one of this run on.

        Args:
            first: how many documents of this run stand before.
            count: of how many.
        """
        numbers = np.arange(first, first + count + 1)
        records = np.diff(np.searchsorted(self._kept, numbers)).astype(np.int32)
        ends = np.searchsorted(self._ran_by, numbers)
        names = pa.array(self._sites, pa.string()).take(pa.array(self._site[ends[0] : ends[-1]]))
        kind = pa.list_(pa.field("element", pa.string(), nullable=False))
        sites = pa.ListArray.from_arrays((ends - ends[0]).astype(np.int32), names, type=kind)
        return pa.array(records), sites


def as_documents(table: pa.Table, of: pa.Array, carriers: Carriers, first: int) -> pa.Table:
    """Add to cleaned rows whose duplicate each is, and its carriers.

    Args:
        table: rows.
        of: id of the document that stands for each, null for none.
        carriers: those of the run.
        first: how many documents of this run stand before.
    """
    records, sites = carriers.columns(first, len(table))
    return (
        table.append_column("duplicate_of", of).append_column("carriers", records).append_column("carrier_sites", sites)
    )


def as_duplicates(table: pa.Table, of: pa.Array, copies: F64) -> pa.Table:
    """Take the duplicates among cleaned rows, each with the document that stands for it.

    Args:
        table: rows.
        of: id of the document that stands for each, null for none.
        copies: what is told of the duplicates among them, see `Told`.
    """
    table = table.filter(of.is_valid()).append_column("duplicate_of", of.drop_null())
    for name, column in (_judged(copies) | _measured(copies)).items():
        table = table.append_column(name, column)
    return table


def named(ids: _Ids, numbers: I64) -> pa.Array:
    """Give the ids of documents by their numbers in `ids`, null for those below 0."""
    return pa.array([None if number < 0 else ids[number] for number in numbers.tolist()], pa.string())


def measured_columns(pair: Likeness | None, *, earlier: bool = False) -> dict[str, float | None]:
    """Give what was measured of a pair as columns of the later document's row, or of the earlier one's.

    None stands for documents with the same text.
    """
    if pair is None:
        return {"jaccard": 1.0, "contained": 1.0, "containing": 1.0, "matched": None, "matching": None}
    contained, containing, matched, matching = (
        (pair.earlier_in_later, pair.later_in_earlier, pair.matched_earlier, pair.matched_later)
        if earlier
        else (pair.later_in_earlier, pair.earlier_in_later, pair.matched_later, pair.matched_earlier)
    )
    return {
        "jaccard": pair.jaccard,
        "contained": contained,
        "containing": containing,
        "matched": matched,
        "matching": matching,
    }


def as_refused(ids: _Ids, refused: F64) -> dict[str, pa.Array]:
    """Make columns of the pairs of an earlier and a later document that were refused, by their numbers in `ids`."""
    guards = pa.array(GUARDS, pa.string())
    return {
        "id": named(ids, _numbers(refused, LATER)),
        "other": named(ids, _numbers(refused, EARLIER)),
        "reason": guards.take(pa.array(_numbers(refused, REFUSED))),
        **_measured(refused),
    }


def as_superseded(ids: _Ids, fuller: F64) -> dict[str, pa.Array]:
    """Make columns of the pairs of an earlier document and one that supersedes it, given by their numbers in `ids`."""
    return {
        "id": named(ids, _numbers(fuller, EARLIER)),
        "superseded_by": named(ids, _numbers(fuller, LATER)),
        **_judged(fuller),
        **_measured(fuller, earlier=True),
    }


def relations_of(rows: F64) -> Counter[str]:
    """Count the relations of pairs."""
    counts = np.bincount(_numbers(rows, RELATION), minlength=len(RELATIONS))
    return Counter({name: count for name, count in zip(RELATIONS, counts.tolist(), strict=True) if count})


def _judged(rows: F64) -> dict[str, pa.Array]:
    relations = pa.array(RELATIONS, pa.string())
    return {
        "relation": relations.take(pa.array(_numbers(rows, RELATION))),
        "similarity": pa.array(rows[:, SIMILARITY]),
    }


def _measured(rows: F64, *, earlier: bool = False) -> dict[str, pa.Array]:
    """Give what was measured of pairs as `measured_columns` does of one."""
    step = -1 if earlier else 1
    places = [JACCARD, *(LATER_IN_EARLIER, EARLIER_IN_LATER)[::step], *(MATCHED_LATER, MATCHED_EARLIER)[::step]]
    # What was not taken of a pair is not a number.
    columns = (pa.array(rows[:, place], from_pandas=True) for place in places)
    return dict(zip(measured_columns(None), columns, strict=True))


def _numbers(rows: F64, column: int) -> I64:
    return rows[:, column].astype(np.int64)
