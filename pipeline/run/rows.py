"""Cleaned rows and what selection says of them → rows of documents, duplicates and superseded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.match.verify import Likeness
from pipeline.select.select import Selected, Verdict

I64 = NDArray[np.int64]


class _Ids(Protocol):
    def __getitem__(self, number: int, /) -> str: ...


def copies_of(selected: Sequence[Selected]) -> I64:
    """Give the number of the document that each one is a copy of, -1 for none: shape (documents,)."""
    return np.fromiter(
        (-1 if one.duplicate_of is None else one.duplicate_of for one in selected), np.int64, len(selected)
    )


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


def as_duplicates(table: pa.Table, of: pa.Array, chosen: Sequence[Selected]) -> pa.Table:
    """Take the duplicates among cleaned rows, each with the document that stands for it: `of` and `chosen` (rows,)."""
    copies = of.is_valid()
    dropped = list(compress(chosen, copies.to_pylist()))
    measured = [measured_columns(one.measured) for one in dropped]
    table = (
        table.filter(copies)
        .append_column("duplicate_of", of.drop_null())
        .append_column("relation", pa.array([one.relation for one in dropped], pa.string()))
        .append_column("similarity", pa.array([one.similarity for one in dropped], pa.float64()))
    )
    for name in measured_columns(None):
        table = table.append_column(name, pa.array([one[name] for one in measured], pa.float64()))
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


def as_refused(ids: _Ids, pairs: Iterable[tuple[int, int, Likeness]]) -> list[dict[str, Any]]:
    """Make a row for each pair of an earlier and a later document that was refused, by their numbers in `ids`."""
    return [
        {"id": ids[later], "other": ids[earlier], "reason": pair.refused, **measured_columns(pair)}
        for earlier, later, pair in pairs
    ]


def as_superseded(ids: _Ids, pairs: Iterable[tuple[int, int, Verdict]]) -> list[dict[str, Any]]:
    """Make a row for each pair of an earlier and a later document, given by their numbers in `ids`."""
    return [
        {
            "id": ids[earlier],
            "superseded_by": ids[later],
            "relation": verdict.relation,
            "similarity": verdict.similarity,
            **measured_columns(verdict.measured, earlier=True),
        }
        for earlier, later, verdict in pairs
    ]
