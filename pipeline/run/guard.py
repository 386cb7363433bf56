"""Guard: a source that loses most of its records, a cluster that swallows a run: named, or stopped, before the commit.

Memory grows with the sources of a run and by eight bytes a document, never with its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.config import GuardConfig
from pipeline.errors import TooMuchLost
from pipeline.read.sniff import named_shape
from pipeline.run.settle import Settled
from pipeline.run.stage import Shard
from pipeline.sites.template import site_of
from pipeline.store.corpus import Corpus
from pipeline.store.figures import Headline, headlines
from pipeline.store.layout import Layout
from pipeline.store.losses import told_losses
from pipeline.store.manifest import ClusterGrowth, LossesEntry, RecordEntry, SourceLoss

# So many fit on a screen; how many there are besides is told.
_NAMED = 10

_FATES = ("documents", "duplicates", "rejected", "quarantined")
_KEPT = _FATES.index("documents")

Fated = tuple[pa.RecordBatch, NDArray[np.int64]]
"""Records, with what became of each, as `all_of` tells it; of documents and duplicates: 0 and 1."""

PLACED = ["id", "file_path", "member", "format", "source_domain"]
"""Columns of such records; what could not be read has the first three."""


class Copies(NamedTuple):
    """The duplicates of a run, in order of arrival."""

    of: NDArray[np.int64]
    """Number of the document that stands for each, numbers growing in order of arrival; -1 for what is no duplicate."""
    copy: Callable[[int], str]
    """Gives the id of one by its place."""
    kept: Callable[[int], str]
    """Gives the id of a document by its number."""


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

    def take(self, fates: Sequence[int], first: str) -> None:
        """Count so many records of each fate; `first` is the id of the first of them that was lost, if one was."""
        for name, records in zip(_FATES, fates, strict=True):
            setattr(self, name, getattr(self, name) + records)
        self.first = self.first or first


class _Sources:
    """The sources of a run.

    A record counts for its site, and for the folder or file it stood in: what is quarantined has no site that is known,
    and feeds carry many sites of few records each.
    """

    def __init__(self) -> None:
        self._sites: dict[str, _Source] = {}
        self._places: dict[str, _Source] = {}

    def take(self, batch: pa.RecordBatch, fates: NDArray[np.int64]) -> None:
        """Count records: rows with id, file_path and member; of those that could be read, format and source_domain too.

        Args:
            batch: the records.
            fates: what became of each, as places in `_FATES`.
        """
        told = [name for name in ("file_path", "member", "format") if name in batch.schema.names]
        codes, keys = _coded([batch[name] for name in told])
        self._take(self._places, [_place(*key) for key in keys], codes, batch["id"], fates)
        if "source_domain" in batch.schema.names:
            codes, keys = _coded([batch["source_domain"]])
            self._take(self._sites, [domain for (domain,) in keys], codes, batch["id"], fates)

    @staticmethod
    def _take(
        sources: dict[str, _Source],
        names: Sequence[str | None],
        codes: NDArray[np.int64],
        ids: pa.Array,
        fates: NDArray[np.int64],
    ) -> None:
        counts = np.bincount(codes * len(_FATES) + fates, minlength=len(names) * len(_FATES)).reshape(len(names), -1)
        lost = np.flatnonzero(fates != _KEPT)
        first = np.full(len(names), -1)
        first[codes[lost[::-1]]] = lost[::-1]
        for name, of_each, place in zip(names, counts.tolist(), first.tolist(), strict=True):
            if name:
                sources.setdefault(name, _Source()).take(of_each, ids[place].as_py() if place >= 0 else "")

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


def _coded(columns: Sequence[pa.Array]) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
    """Number the distinct rows of some columns; gives the number of each row, and what the rows of each number hold."""
    codes: NDArray[np.int64] = np.zeros(len(columns[0]), np.int64)
    keys: list[tuple[Any, ...]] = [()]
    for column in columns:
        encoded = column.dictionary_encode("encode")
        values = encoded.dictionary.to_pylist()
        pairs = codes * len(values) + encoded.indices.to_numpy()
        distinct, codes = np.unique(pairs, return_inverse=True)
        keys = [(*keys[pair // len(values)], values[pair % len(values)]) for pair in distinct.tolist()]
    return codes, keys


def _place(file_path: str, member: str | None, kind: str | None = None) -> str:
    """Name the folder or file that a record stood in; `kind` is the format of its file, where it could be read."""
    return site_of(None, file_path, member, kind or named_shape(member or file_path) or "text")


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
    copy_of = settled.copy_of

    def records() -> Iterator[Fated]:
        # Table by table, so that what is named does not depend on how the run was cut into shards.
        first = 0
        for batch in _batches(shards, "cleaned"):
            yield batch, (copy_of[first : first + batch.num_rows] >= 0).astype(np.int64)
            first += batch.num_rows
        for fate, table in (("rejected", "rejections"), ("quarantined", "quarantine")):
            for batch in _batches(shards, table):
                yield batch, all_of(fate, batch)

    def named(ids: set[str], kept: Mapping[int, str]) -> dict[str, RecordEntry]:
        earlier = {identity for number, identity in kept.items() if number < settled.first_new}
        return _named(shards, ids, corpus, earlier)

    copies = Copies(copy_of, lambda place: settled.ids[settled.first_new + place], settled.ids.__getitem__)
    return find_losses(records(), copies, config, named)


def all_of(fate: str, batch: pa.RecordBatch) -> NDArray[np.int64]:
    """Say of all records that the same became of them."""
    return np.full(batch.num_rows, _FATES.index(fate))


def find_losses(
    records: Iterable[Fated],
    copies: Copies,
    config: GuardConfig,
    named: Callable[[set[str], Mapping[int, str]], Mapping[str, RecordEntry]],
) -> LossesEntry:
    """Find the sources and clusters that pass the limits.

    Args:
        records: of one run: documents and duplicates in any order, those of each in order of arrival, then what was
            rejected, then what was quarantined.
        copies: its duplicates in order of arrival.
        config: the limits.
        named: tells what records are called, given their ids, and of those that stand for others the numbers.
    """
    sources = _Sources()
    for batch, fates in records:
        sources.take(batch, fates)
    lost = sources.over(config)
    of = copies.of
    numbers, sizes = np.unique(of[of >= 0], return_counts=True)
    large = sizes > config.cluster_size
    grown = sorted(zip(sizes[large].tolist(), numbers[large].tolist(), strict=True), key=lambda one: (-one[0], one[1]))
    worst, largest = lost[:_NAMED], grown[:_NAMED]
    kept = {number: copies.kept(number) for _, number in largest}
    first = {number: copies.copy(int(np.argmax(of == number))) for number in kept}
    told = named({*(one.first for _, one in worst), *first.values(), *kept.values()}, kept)
    return LossesEntry(
        sources=tuple(
            SourceLoss(
                source=name,
                records=one.records,
                duplicates=one.duplicates,
                rejected=one.rejected,
                quarantined=one.quarantined,
                example=told[one.first],
            )
            for name, one in worst
        ),
        clusters=tuple(
            ClusterGrowth(id=kept[number], title=told[kept[number]].title, duplicates=size, example=told[first[number]])
            for size, number in largest
        ),
        sources_in_all=len(lost),
        clusters_in_all=len(grown),
    )


def _named(shards: Sequence[Shard], ids: set[str], corpus: Corpus, earlier: set[str]) -> dict[str, RecordEntry]:
    """Find what records are called, wherever they ended; those of `earlier` in the corpus."""
    found = headlines(StagedTexts(shards), ids - earlier) | headlines(corpus, earlier)
    named = {one.id: entry_of(one) for one in found.values()}
    left = pa.array(sorted(ids - set(named)), pa.string())
    for shard in shards if len(left) else ():
        for batch in shard.batches("quarantine"):
            named |= {row["id"]: entry_of_lost(row) for row in batch.filter(pc.is_in(batch["id"], left)).to_pylist()}
    return named


def entry_of(one: Headline) -> RecordEntry:
    """Name a record that has a text."""
    return RecordEntry(id=one.id, title=one.title, file_path=one.file_path, record=one.record)


def entry_of_lost(row: Mapping[str, Any]) -> RecordEntry:
    """Name a quarantined record."""
    told = f"quarantined: {row['reason']}"
    return RecordEntry(id=row["id"], title=told, file_path=row["file_path"], record=row["record"])


class StagedTexts:
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


def _batches(shards: Sequence[Shard], table: str) -> Iterator[pa.RecordBatch]:
    return (batch for shard in shards for batch in shard.batches(table))


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
