"""Cleaned rows and what selection says of them → rows of documents, duplicates and superseded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import pyarrow as pa

from pipeline.match.verify import Likeness
from pipeline.select.select import Selected, Verdict


class _Ids(Protocol):
    def __getitem__(self, number: int, /) -> str: ...


Carriers = dict[int, Counter[str]]
"""By the number of a kept document: how many records were collapsed into it, by the site that ran them."""


def count_carriers(rows: Iterable[tuple[str | None, Selected]], first: int) -> Carriers:
    """Count the records that were collapsed into the kept documents from number `first` on.

    Args:
        rows: source domain and selection of each cleaned row.
        first: number of the first document of this run.
    """
    carriers: Carriers = {}
    for domain, one in rows:
        if one.duplicate_of is not None and one.duplicate_of >= first:
            carriers.setdefault(one.duplicate_of, Counter())[domain or ""] += 1
    return carriers


def as_documents(table: pa.Table, of: Sequence[str | None], ran: Sequence[Counter[str]]) -> pa.Table:
    """Add to cleaned rows whose duplicate each is, and its carriers: shapes (rows,)."""
    sites = pa.list_(pa.field("element", pa.string(), nullable=False))
    return (
        table.append_column("duplicate_of", pa.array(of, pa.string()))
        .append_column("carriers", pa.array([one.total() for one in ran], pa.int32()))
        .append_column("carrier_sites", pa.array([sorted(filter(None, one)) for one in ran], sites))
    )


def as_duplicates(table: pa.Table, of: Sequence[str | None], chosen: Sequence[Selected]) -> pa.Table:
    """Take the duplicates among cleaned rows, each with the document that stands for it: `of` and `chosen` (rows,)."""
    dropped = [one for one in chosen if one.duplicate_of is not None]
    measured = [measured_columns(one.measured) for one in dropped]
    table = (
        table.filter(pa.array([one is not None for one in of], pa.bool_()))
        .append_column("duplicate_of", pa.array([one for one in of if one is not None], pa.string()))
        .append_column("relation", pa.array([one.relation for one in dropped], pa.string()))
        .append_column("similarity", pa.array([one.similarity for one in dropped], pa.float64()))
    )
    for name in measured_columns(None):
        table = table.append_column(name, pa.array([one[name] for one in measured], pa.float64()))
    return table


def measured_columns(pair: Likeness | None, *, earlier: bool = False) -> dict[str, float | None]:
    """Give what was measured of a pair as columns of the later document's row, or of the earlier one's.

    None stands for documents with the same text.
    """
    if pair is None:
        return {"jaccard": 1.0, "contained": 1.0, "containing": 1.0, "matched": None, "matching": None}
    contained = (pair.later_in_earlier, pair.earlier_in_later)
    matched = (pair.matched_later, pair.matched_earlier)
    step = -1 if earlier else 1
    return {
        "jaccard": pair.jaccard,
        **dict(zip(("contained", "containing"), contained[::step], strict=True)),
        **dict(zip(("matched", "matching"), matched[::step], strict=True)),
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
