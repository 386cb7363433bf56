"""Settle: which of the staged documents are kept. The one global step, in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.batch import MARKED, marks_of_table, packed_marks
from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.verify import Likeness
from pipeline.run.stage import Shard
from pipeline.run.texts import texts_of_run
from pipeline.select.arrivals import Arrivals
from pipeline.select.select import Refusal, Selected, Verdict
from pipeline.sign.texts import texts_of_arrow
from pipeline.store.corpus import Corpus


class Ids:
    """The ids of documents by their numbers, in half their length: 16 bytes each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._packed = bytearray()

    def __len__(self) -> int:
        return len(self._packed) // _ID_BYTES

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._packed[number * _ID_BYTES : (number + 1) * _ID_BYTES].hex()

    def add(self, ids: pa.StringArray) -> None:
        """Take the ids of the next documents."""
        data, offsets = texts_of_arrow(ids)
        self._packed += bytes.fromhex(data[offsets[0] : offsets[-1]].tobytes().decode())


_ID_BYTES = 16


@dataclass(slots=True)
class Settled:
    """What becomes of each staged document.

    Documents are numbered in order of arrival: kept ones of earlier runs first, then the staged ones.
    """

    first_new: int
    ids: Ids
    """Id of each document."""
    selected: list[Selected]
    """One for each staged document, from `first_new` on."""
    superseded: list[tuple[int, int, Verdict]] = field(default_factory=list)
    """Earlier document, the later one that supersedes it, how they are alike."""
    refusals: list[tuple[int, Sequence[Refusal]]] = field(default_factory=list)
    """Kept documents that came close to earlier ones, and these."""

    @property
    def refused(self) -> Iterator[tuple[int, int, Likeness]]:
        """Give the pairs that were refused: earlier document, later one, what was measured."""
        return ((one.earlier, later, one.measured) for later, refused in self.refusals for one in refused)


def settle(shards: Sequence[Shard], corpus: Corpus, config: MatchConfig, folder: Path | None = None) -> Settled:
    """Decide on every staged document, in order of arrival, against all kept documents before it.

    Args:
        shards: the staged documents.
        corpus: the kept ones of earlier runs.
        config: what counts as a duplicate.
        folder: where files may be made, so that memory does not grow with the corpus.
    """
    texts = texts_of_run(shards, corpus)
    first_new = texts.first_new
    candidates = Candidates(
        old=lambda: map(packed_marks, corpus.batches("index", MARKED)),
        new=lambda: (marks_of_table(batch) for shard in shards for batch in shard.batches("cleaned")),
        old_count=first_new,
        new_count=len(texts) - first_new,
        config=config,
        folder=folder,
    )
    arrivals = Arrivals(config, candidates, texts, first_new)
    settled = Settled(first_new=first_new, ids=Ids(), selected=[])
    gone = corpus.table("superseded", ["id"])["id"].combine_chunks()
    for batch in corpus.batches("index", ["id"]):
        for place in np.flatnonzero(pc.is_in(batch["id"], gone)).tolist() if len(gone) else ():
            arrivals.mark_superseded(len(settled.ids) + place)
        settled.ids.add(batch["id"])
    for shard in shards:
        for batch in shard.batches("cleaned"):
            first = len(settled.ids)
            settled.ids.add(batch["id"])
            for number in range(first, len(settled.ids)):
                chosen = arrivals.choose()
                settled.selected.append(chosen)
                settled.superseded += [(earlier, number, verdict) for earlier, verdict in chosen.supersedes]
                if chosen.refused:
                    settled.refusals.append((number, chosen.refused))
    return settled
