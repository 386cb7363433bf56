"""Standing: which document of today stands for a record, over all runs.

A duplicate names the kept document that it was compared with; that may be superseded by a fuller one, and this one by
another. What is left at the end of that way stands for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import Damaged
from pipeline.store.corpus import Corpus

Numbers = NDArray[np.int64]

_ID = "S32"


@dataclass(frozen=True, slots=True)
class Heir:
    """What supersedes a document."""

    id: str
    relation: str
    similarity: float


Heirs = dict[str, Heir]
"""By the id of each superseded document."""


def read_heirs(corpus: Corpus) -> Heirs:
    """Read what supersedes what. Memory grows with the superseded documents."""
    columns = ["id", "superseded_by", "relation", "similarity"]
    return {
        identity: Heir(by, relation, similarity)
        for batch in corpus.batches("superseded", columns)
        for identity, by, relation, similarity in zip(*(batch[name].to_pylist() for name in columns), strict=True)
    }


def current(corpus: Corpus, heirs: Heirs, identity: str) -> str:
    """Give the document of today that stands for a kept one.

    Raises:
        Damaged: documents supersede one another in a circle.
    """
    seen: set[str] = set()
    while identity in heirs:
        if identity in seen:
            raise _circle(corpus, identity)
        seen.add(identity)
        identity = heirs[identity].id
    return identity


class Standing(Protocol):
    """Stories by number: each a document of today with all that it stands for."""

    def stories(self, ids: Any) -> Numbers:
        """Give the story of each kept document of a column of ids; -1 where it is none of those asked for."""
        ...


class Few:
    """Some stories, numbered as they are asked for."""

    def __init__(self, corpus: Corpus, heirs: Heirs, documents: Sequence[str]) -> None:
        numbers = {identity: number for number, identity in enumerate(documents)}
        members = dict(numbers)
        for identity in heirs:
            number = numbers.get(current(corpus, heirs, identity))
            if number is not None:
                members[identity] = number
        self._ids = pa.array(list(members), pa.string())
        self._numbers = np.array([*members.values(), -1], np.int64)

    def stories(self, ids: Any) -> Numbers:
        """Give the story of each id; -1 for none of these."""
        found: Numbers = pc.fill_null(pc.index_in(ids, value_set=self._ids), len(self._ids)).to_numpy(
            zero_copy_only=False
        )
        return self._numbers[found]


class All:
    """All stories of a corpus, numbered in order of arrival. It takes some 50 bytes for each kept document."""

    def __init__(self, corpus: Corpus, heirs: Heirs) -> None:
        self._corpus = corpus
        parts = [np.array(ids.to_pylist(), _ID) for ids in _kept_ids(corpus)]
        ids = np.concatenate([*parts, np.empty(0, _ID)])
        self._order = np.argsort(ids, kind="stable")
        self._sorted = ids[self._order]
        self._stories: Numbers = np.arange(len(ids), dtype=np.int64)
        earlier = self._numbers(list(heirs))
        self._stories[earlier] = self._numbers([heir.id for heir in heirs.values()])
        further = self._stories[self._stories[earlier]]
        # Each step doubles the way that is gone; a circle ends in itself, or never.
        for _ in range(64):
            self._stories[earlier] = further
            further = self._stories[further]
            if np.array_equal(further, self._stories[earlier]):
                break
        if np.isin(self._stories[earlier], earlier).any():
            raise _circle(corpus, next(iter(heirs)))
        self.count = len(ids)

    def stories(self, ids: Any) -> Numbers:
        """Give the story of each id.

        Raises:
            Damaged: an id is none of a kept document.
        """
        return self._stories[self._numbers(ids.to_pylist())]

    def _numbers(self, ids: Sequence[str]) -> Numbers:
        wanted = np.array(ids, _ID)
        if not len(wanted):
            return np.empty(0, np.int64)
        places = np.searchsorted(self._sorted, wanted)
        there = places < len(self._sorted)
        there[there] = self._sorted[places[there]] == wanted[there]
        if not there.all():
            missing = ids[int(np.flatnonzero(~there)[0])]
            raise Damaged(
                f"{self._corpus.layout}: {missing} stands for others and is not in documents. `winnow check` "
                "tells what else is damaged."
            )
        numbers: Numbers = self._order[places]
        return numbers


def _kept_ids(corpus: Corpus) -> Iterator[pa.Array]:
    for batch in corpus.batches("documents", ["id", "duplicate_of"]):
        yield batch["id"].filter(pc.is_null(batch["duplicate_of"]))


def _circle(corpus: Corpus, identity: str) -> Damaged:
    return Damaged(f"{corpus.layout}: {identity} is superseded in a circle. `winnow check` tells what else is damaged.")
