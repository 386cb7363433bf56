"""Settle: which of the staged documents are kept. The one global step, in order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.batch import MARKED, packed_marks
from pipeline.config import MatchConfig
from pipeline.lean import give_back
from pipeline.match.candidates import Candidates
from pipeline.run.rows import I64, copies_of
from pipeline.run.stage import Shard
from pipeline.run.texts import texts_of_run
from pipeline.select.arrivals import Arrivals
from pipeline.select.told import Told
from pipeline.sign.texts import texts_of_arrow
from pipeline.store.corpus import Corpus
from pipeline.threads import Threads


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
    copy_of: I64
    """(staged documents,): the number of the document that each is a copy of, -1 for none."""
    told: Told
    """What is told of the staged documents."""


def settle(
    shards: Sequence[Shard], corpus: Corpus, config: MatchConfig, folder: Path | None = None, threads: int = 1
) -> Settled:
    """Decide on every staged document, in order of arrival, against all kept documents before it.

    Args:
        shards: the staged documents.
        corpus: the kept ones of earlier runs.
        config: what counts as a duplicate.
        folder: where files may be made, so that memory does not grow with the corpus.
        threads: how many work at once.
    """
    texts, beside = texts_of_run(shards, corpus), Threads(threads)
    first_new = texts.first_new
    candidates = Candidates(
        old=lambda: map(packed_marks, corpus.batches("index", MARKED)),
        new=lambda: (packed_marks(batch) for shard in shards for batch in shard.batches("cleaned")),
        old_count=first_new,
        new_count=len(texts) - first_new,
        config=config,
        folder=folder,
        threads=beside,
    )
    if candidates.filed:
        # To bring many marks together took more than to decide does, which asks for other sizes.
        give_back()
    arrivals = Arrivals(config, candidates, texts, first_new, beside)
    ids = Ids()
    gone = corpus.table("superseded", ["id"])["id"].combine_chunks()
    for batch in corpus.batches("index", ["id"]):
        for place in np.flatnonzero(pc.is_in(batch["id"], gone)).tolist() if len(gone) else ():
            arrivals.mark_superseded(len(ids) + place)
        ids.add(batch["id"])
    told = arrivals.choose_all(len(texts), folder)
    # What was held to compare documents is given back before more is made of them.
    del arrivals, candidates
    for shard in shards:
        for batch in shard.batches("cleaned"):
            ids.add(batch["id"])
    return Settled(first_new, ids, copies_of(told, first_new, len(texts) - first_new), told)
