"""What compiled code tells of pairs, as rows of numbers, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args, overload

import numpy as np
from numpy.typing import NDArray

from pipeline.match import verify
from pipeline.match.verify import as_likeness
from pipeline.select.select import EXACT, Refusal, Selected, Verdict
from pipeline.values import Relation

F64 = NDArray[np.float64]

# The first columns stand for the likeness (`pipeline.match.verify`).
LATER, EARLIER, OUTCOME, RELATION, SIMILARITY = range(verify.COLUMNS, verify.COLUMNS + 5)
COLUMNS = verify.COLUMNS + 5
NONE, SAME, COPY, FULLER, REFUSED = range(5)
"""Outcomes: nothing is told of the pair; the texts are the same; verdicts; refused by a guard."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)


class Refusals(Sequence[Refusal]):
    """Refused pairs of one document, made of rows where they are looked at: templates have very many."""

    def __init__(self, rows: F64) -> None:
        """Take them, shape (pairs, COLUMNS)."""
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Refusal: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Refusal]: ...
    def __getitem__(self, at: int | slice) -> Refusal | Sequence[Refusal]:
        if isinstance(at, slice):
            return Refusals(self._rows[at])
        row = self._rows[at].tolist()
        return Refusal(int(row[EARLIER]), as_likeness(row))

    def __iter__(self) -> Iterator[Refusal]:
        return (Refusal(int(row[EARLIER]), as_likeness(row)) for row in self._rows.tolist())


def selected(rows: F64) -> dict[int, Selected]:
    """Say what becomes of the documents that rows tell of, by their numbers.

    Args:
        rows: (pairs, COLUMNS), the rows of each document together.
    """
    out: dict[int, Selected] = {}
    outcomes = rows[:, OUTCOME]
    for row in rows[outcomes <= COPY].tolist():
        earlier = int(row[EARLIER])
        if row[OUTCOME] == SAME:
            chosen = Selected(earlier, EXACT.relation, EXACT.similarity)
        else:
            chosen = Selected(earlier, RELATIONS[int(row[RELATION])], row[SIMILARITY], measured=as_likeness(row))
        out[int(row[LATER])] = chosen
    others = rows[outcomes > COPY]
    later, begins = np.unique(others[:, LATER].astype(np.int64), return_index=True)
    for number, its in zip(later.tolist(), np.split(others, begins[1:]), strict=False):
        refused = its[:, OUTCOME] == REFUSED
        fuller = [(int(row[EARLIER]), _fuller(row)) for row in its[~refused].tolist()]
        out[number] = Selected(supersedes=tuple(fuller), refused=Refusals(its[refused]))
    return out


def _fuller(row: Sequence[float]) -> Verdict:
    return Verdict("fuller", RELATIONS[int(row[RELATION])], row[SIMILARITY], as_likeness(row))
