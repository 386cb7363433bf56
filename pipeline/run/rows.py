"""Cleaned rows and what selection says of them → rows of documents, duplicates and superseded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.select.select import Selected, Verdict

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
    return (
        table.filter(pa.array([one is not None for one in of], pa.bool_()))
        .append_column("duplicate_of", pa.array([one for one in of if one is not None], pa.string()))
        .append_column("relation", pa.array([one.relation for one in dropped], pa.string()))
        .append_column("similarity", pa.array([one.similarity for one in dropped], pa.float64()))
    )


def as_superseded(ids: Sequence[str], pairs: Iterable[tuple[int, int, Verdict]]) -> list[dict[str, Any]]:
    """Make a row for each pair of an earlier and a later document, given by their numbers in `ids`."""
    return [
        {
            "id": ids[earlier],
            "superseded_by": ids[later],
            "relation": verdict.relation,
            "similarity": verdict.similarity,
        }
        for earlier, later, verdict in pairs
    ]
