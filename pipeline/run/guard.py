"""Guard: a source that loses most of its records, a cluster that swallows a run: named, or stopped, before the commit.

Memory grows with the sources and clusters of a run, never with its texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import GuardConfig
from pipeline.errors import TooMuchLost
from pipeline.read.sniff import named_shape
from pipeline.run.settle import Settled
from pipeline.run.stage import Shard
from pipeline.sites.template import site_of
from pipeline.store.corpus import Corpus
from pipeline.store.figures import headlines
from pipeline.store.layout import Layout
from pipeline.store.losses import told_losses
from pipeline.store.manifest import ClusterGrowth, LossesEntry, RecordEntry, SourceLoss

# So many fit on a screen; how many there are besides is told.
_NAMED = 10

_Fate = Literal["documents", "duplicates", "rejected", "quarantined"]


@dataclass(slots=True)
class _Source:
    """What became of the records of one source."""

    documents: int = 0
    duplicates: int = 0
    rejected: int = 0
    quarantined: int = 0
    first: str = ""
    """Id of the first record that was lost."""

    @property
    def lost(self) -> int:
        return self.duplicates + self.rejected + self.quarantined

    @property
    def records(self) -> int:
        return self.documents + self.lost

    def take(self, identity: str, fate: _Fate) -> None:
        setattr(self, fate, getattr(self, fate) + 1)
        if fate != "documents" and not self.first:
            self.first = identity


class _Sources:
    """The sources of a run.

    A record counts for its site, and for the folder or file it stood in: what is quarantined has no site that is known,
    and feeds carry many sites of few records each.
    """

    def __init__(self) -> None:
        self._sites: dict[str, _Source] = {}
        self._places: dict[str, _Source] = {}

    def take(
        self, fate: _Fate, identity: str, file_path: str, member: str | None, kind: str, domain: str | None = None
    ) -> None:
        """Count a record; `kind` is the format of its file."""
        place = site_of(None, file_path, member, kind)
        self._places.setdefault(place, _Source()).take(identity, fate)
        if domain:
            self._sites.setdefault(domain, _Source()).take(identity, fate)

    def over(self, config: GuardConfig) -> list[tuple[str, _Source]]:
        """Give the sources that lost more than is allowed, the one that lost most first.

        A folder or file whose records are those of a site is that site.
        """

        def passes(one: _Source) -> bool:
            return one.records >= config.source_fewest and one.lost / one.records > config.source_loss

        sites = {name: one for name, one in self._sites.items() if passes(one)}
        told = {(one.first, one.records, one.lost) for one in sites.values()}
        places = {
            name: one
            for name, one in self._places.items()
            if passes(one) and (one.first, one.records, one.lost) not in told
        }
        return sorted([*sites.items(), *places.items()], key=lambda pair: (-pair[1].lost, pair[0]))


def guard(
    shards: Sequence[Shard], settled: Settled, corpus: Corpus, config: GuardConfig, output: Layout
) -> LossesEntry:
    """Find the sources and clusters of a run that pass the limits.

    Args:
        shards: the staged records.
        settled: which of them are kept.
        corpus: the kept ones of earlier runs.
        config: the limits, and what happens to a run that passes them.
        output: the corpus that the run would add to or replace.

    Raises:
        TooMuchLost: one passes, and the configuration says to stop. Nothing has been made visible.
    """
    if config.action == "ignore":
        return LossesEntry()
    losses = _find(shards, settled, corpus, config)
    if losses and config.action == "stop":
        raise TooMuchLost(_told(losses, corpus, config, output))
    return losses


def _find(shards: Sequence[Shard], settled: Settled, corpus: Corpus, config: GuardConfig) -> LossesEntry:
    sources = _Sources()
    columns = ["id", "file_path", "member", "format", "source_domain"]
    # Table by table, so that what is named does not depend on how the run was cut into shards.
    for row, chosen in zip(_rows(shards, "cleaned", columns), settled.selected, strict=True):
        sources.take("documents" if chosen.duplicate_of is None else "duplicates", *row)
    for row in _rows(shards, "rejections", columns):
        sources.take("rejected", *row)
    for identity, file_path, member in _rows(shards, "quarantine", ["id", "file_path", "member"]):
        sources.take("quarantined", identity, file_path, member, named_shape(member or file_path) or "text")
    lost = sources.over(config)
    sizes = Counter(one.duplicate_of for one in settled.selected if one.duplicate_of is not None)
    grown = sorted(
        ((size, kept) for kept, size in sizes.items() if size > config.cluster_size), key=lambda one: (-one[0], one[1])
    )
    worst, largest = lost[:_NAMED], grown[:_NAMED]
    kept = {number: settled.ids[number] for _, number in largest}
    copies = _first_copies(settled, kept)
    earlier = {identity for number, identity in kept.items() if number < settled.first_new}
    named = _named(shards, {*(one.first for _, one in worst), *copies.values(), *kept.values()}, corpus, earlier)
    return LossesEntry(
        sources=tuple(
            SourceLoss(
                source=name,
                records=one.records,
                duplicates=one.duplicates,
                rejected=one.rejected,
                quarantined=one.quarantined,
                example=named[one.first],
            )
            for name, one in worst
        ),
        clusters=tuple(
            ClusterGrowth(
                id=kept[number], title=named[kept[number]].title, duplicates=size, example=named[copies[number]]
            )
            for size, number in largest
        ),
        sources_in_all=len(lost),
        clusters_in_all=len(grown),
    )


def _first_copies(settled: Settled, kept: Collection[int]) -> dict[int, str]:
    """Give the id of the first duplicate of each of some kept documents."""
    found: dict[int, str] = {}
    for number, chosen in enumerate(settled.selected, settled.first_new):
        of = chosen.duplicate_of
        if of is not None and of in kept and of not in found:
            found[of] = settled.ids[number]
            if len(found) == len(kept):
                break
    return found


def _named(shards: Sequence[Shard], ids: set[str], corpus: Corpus, earlier: set[str]) -> dict[str, RecordEntry]:
    """Find what records are called, wherever they ended; those of `earlier` in the corpus."""
    found = headlines(_Staged(shards), ids - earlier) | headlines(corpus, earlier)
    named = {
        one.id: RecordEntry(id=one.id, title=one.title, file_path=one.file_path, record=one.record)
        for one in found.values()
    }
    left = pa.array(sorted(ids - set(named)), pa.string())
    for shard in shards if len(left) else ():
        for batch in shard.batches("quarantine"):
            for row in batch.filter(pc.is_in(batch["id"], left)).to_pylist():
                named[row["id"]] = RecordEntry(
                    id=row["id"],
                    title=f"quarantined: {row['reason']}",
                    file_path=row["file_path"],
                    record=row["record"],
                )
    return named


class _Staged:
    """Staged records that have a text, as rows that figures are taken of."""

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._shards = shards

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream some columns, whatever the table."""
        del table
        for shard in self._shards:
            for name in ("cleaned", "rejections"):
                for batch in shard.batches(name):
                    yield batch.select(list(columns)) if columns else batch


def _rows(shards: Sequence[Shard], table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return (
        row
        for shard in shards
        for batch in shard.batches(table)
        for row in zip(*(batch[name].to_pylist() for name in columns), strict=True)
    )


def _told(losses: LossesEntry, corpus: Corpus, config: GuardConfig, output: Layout) -> str:
    lines = "\n".join(f"  {line}" for line in told_losses(losses, config.model_dump()))
    example = (losses.sources or losses.clusters)[0].example.id
    elsewhere = "a copy of the corpus" if corpus.manifests else "another folder"
    return (
        f"{output}: the run was stopped before its commit. Nothing is lost: the corpus is as it was, and so "
        f"are the files. It would have lost more than [guard] allows:\n{lines}\n"
        f'To look at them, clean the same files into {elsewhere} with guard.action = "flag" (--guard flag), and ask '
        f"`winnow explain FOLDER {example}` there; ids are the same everywhere. To go on here, raise "
        'guard.source_loss or guard.cluster_size, or set guard.action = "flag", and run again.'
    )
