"""What compiled code tells of pairs, as rows of numbers, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, get_args, overload

import numpy as np
from numpy.typing import NDArray

from pipeline.match import verify
from pipeline.match.verify import Likeness, as_likeness
from pipeline.select.select import EXACT, Refusal, Selected, Verdict
from pipeline.values import Relation

F64 = NDArray[np.float64]

# The first columns stand for the likeness (`pipeline.match.verify`).
LATER, EARLIER, OUTCOME, RELATION, SIMILARITY = range(verify.COLUMNS, verify.COLUMNS + 5)
COLUMNS = verify.COLUMNS + 5
NONE, SAME, COPY, FULLER, REFUSED = range(5)
"""Outcomes: nothing is told of the pair; the texts are the same; verdicts; refused by a guard."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)


class Rows(Protocol):
    """Rows of pairs, shape (pairs, COLUMNS), given some at a time: in memory or not."""

    def __len__(self) -> int: ...

    def __getitem__(self, some: slice, /) -> F64: ...


class Filed:
    """Rows in a file, which may be removed once they are not asked for any more: none stays open."""

    def __init__(self, path: Path) -> None:
        """Begin with those that the file holds, none where there is no file."""
        self._path = path
        self._count = path.stat().st_size // _ROW_BYTES if path.exists() else 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, some: slice, /) -> F64:
        first, last, step = some.indices(self._count)
        count = max(0, last - first)
        if not count:
            return np.zeros((0, COLUMNS))
        rows = np.fromfile(self._path, np.float64, count * COLUMNS, offset=first * _ROW_BYTES)
        return rows.reshape(count, COLUMNS)[::step]

    def add(self, rows: F64) -> None:
        """Put rows behind those that are there."""
        if len(rows):
            # Not by `tofile`, which says nothing of a disk that is full.
            with self._path.open("ab") as file:
                file.write(np.ascontiguousarray(rows, np.float64).data)
            self._count += len(rows)


_ROW_BYTES = 8 * COLUMNS


class Told(NamedTuple):
    """What is told of documents, in their order: rows of pairs, the later document's number in each."""

    copies: Rows
    """One of each duplicate, with the document that stands for it."""
    fuller: Rows
    """Earlier documents, and the later ones that supersede them."""
    refused: Rows
    """Kept documents that came close to earlier ones, and these."""


def told(rows: Sequence[F64]) -> tuple[F64, F64, F64]:
    """Share out what was told of documents, one after the other, as `Told` has it; each shape (pairs, COLUMNS)."""
    every = np.concatenate([np.zeros((0, COLUMNS)), *rows])
    outcome = every[:, OUTCOME]
    copies = every[(outcome == SAME) | (outcome == COPY)]
    # Of texts that are the same nothing was measured.
    copies[copies[:, OUTCOME] == SAME, : verify.COLUMNS] = _SAME
    copies[copies[:, OUTCOME] == SAME, RELATION] = RELATIONS.index(EXACT.relation)
    copies[copies[:, OUTCOME] == SAME, SIMILARITY] = EXACT.similarity
    return copies, every[outcome == FULLER], every[outcome == REFUSED]


def rows_of(number: int, chosen: Selected) -> F64:
    """Give the rows that stand for what becomes of a document."""
    rows = []
    if chosen.duplicate_of is not None and chosen.measured is None:
        rows.append([*_SAME, number, chosen.duplicate_of, SAME, 0, 0])
    elif chosen.duplicate_of is not None:
        rows.append(_row(number, chosen.duplicate_of, COPY, chosen.measured, chosen.relation, chosen.similarity))
    rows += [_row(number, one, FULLER, it.measured, it.relation, it.similarity) for one, it in chosen.supersedes]
    rows += [_row(number, pair.earlier, REFUSED, pair.measured) for pair in chosen.refused]
    return np.array(rows, np.float64).reshape(-1, COLUMNS)


def _row(
    later: int,
    earlier: int,
    outcome: int,
    pair: Likeness | None,
    relation: Relation | None = None,
    similarity: float | None = None,
) -> list[float]:
    place = 0 if relation is None else RELATIONS.index(relation)
    return [*(_SAME if pair is None else verify.as_row(pair)), later, earlier, outcome, place, similarity or 0.0]


_SAME = verify.as_row(Likeness(1.0, 1.0, 1.0, 1.0))


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
