"""Settle: which of the staged documents are kept. The one global step, in order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.batch import signed_rows
from pipeline.config import MatchConfig
from pipeline.run.stage import Shard
from pipeline.run.texts import Texts
from pipeline.schemas import SIGNED
from pipeline.select.arrivals import Arrivals
from pipeline.select.select import Selected, Verdict
from pipeline.store.corpus import Corpus


@dataclass(slots=True)
class Settled:
    """What becomes of each staged document.

    Documents are numbered in order of arrival: kept ones of earlier runs first, then the staged ones.
    """

    first_new: int
    ids: list[str]
    """Id of each document."""
    selected: list[Selected]
    """One for each staged document, from `first_new` on."""
    superseded: list[tuple[int, int, Verdict]] = field(default_factory=list)
    """Earlier document, the later one that supersedes it, how they are alike."""


def settle(shards: Sequence[Shard], corpus: Corpus, config: MatchConfig) -> Settled:
    """Decide on every staged document, in order of arrival, against all kept documents before it."""
    texts = Texts(shards, corpus)
    arrivals = Arrivals(config, texts.__getitem__)
    settled = Settled(first_new=texts.first_new, ids=[], selected=[])

    for batch in corpus.batches("index", ["id", *SIGNED]):
        identities: list[Any] = batch["id"].to_pylist()
        settled.ids += identities
        for signed in signed_rows(batch):
            arrivals.enter(*signed)
    gone = {identity for batch in corpus.batches("superseded", ["id"]) for identity in batch["id"].to_pylist()}
    for number, identity in enumerate(settled.ids):
        if identity in gone:
            arrivals.mark_superseded(number)

    for shard in shards:
        for batch in shard.batches("cleaned"):
            for identity, signed in zip(batch["id"].to_pylist(), signed_rows(batch), strict=True):
                number = len(settled.ids)
                settled.ids.append(str(identity))
                chosen = arrivals.choose(*signed)
                settled.selected.append(chosen)
                settled.superseded += [(earlier, number, verdict) for earlier, verdict in chosen.supersedes]
    return settled
