"""Figures of the rows of a run or of a corpus, taken while they stream by.

Memory grows with the sites, the clusters and the kept ids that are asked for, never with the texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.values import MASK_KINDS

# Longest piece of a text that is shown, in characters.
SHOWN_CHARS = 200
# So many times as long a piece is looked at: white space counts for one.
_LOOKED_AT = 4
# Distinct cut texts that are counted at once for each kind. Beyond it the rarer half is forgotten.
_TEXTS_COUNTED = 20_000


class Rows(Protocol):
    """Tables that can be streamed: a corpus, or what a run has staged."""

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream some columns of a table in order of arrival."""
        ...


class StagedRows:
    """The tables that a run has staged as `<folder>/<table>/part-*.parquet`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream some columns of a table in order of arrival; nothing where it has no rows."""
        for path in sorted((self._folder / table).glob("part-*.parquet")):
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=4096, columns=list(columns) if columns else None)


@dataclass(slots=True)
class Site:
    """What came from one site. Characters are those of its documents and duplicates."""

    domain: str | None
    documents: int = 0
    duplicates: int = 0
    rejected: int = 0
    chars_before: int = 0
    chars_after: int = 0

    @property
    def records(self) -> int:
        """Records that could be read."""
        return self.documents + self.duplicates + self.rejected

    @property
    def cut_share(self) -> float:
        """Share of its text that was cut, 0 to 1."""
        return 1 - self.chars_after / self.chars_before if self.chars_before else 0.0

    @property
    def duplicate_share(self) -> float:
        """Share of its documents that were dropped as copies, 0 to 1."""
        told = self.documents + self.duplicates
        return self.duplicates / told if told else 0.0


@dataclass(slots=True)
class KindCut:
    """What was cut of one kind."""

    spans: int = 0
    chars: int = 0
    texts: list[tuple[str, int]] = field(default_factory=list)
    """The most frequent texts, shortened, with how often each was cut; the most frequent first."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a document is called where it is named."""

    id: str
    title: str
    """Its title, or how its text begins."""
    domain: str | None
    file_path: str
    record: int


@dataclass(frozen=True, slots=True)
class CopyOf:
    """A duplicate, as its cluster shows it."""

    headline: Headline
    relation: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A kept document and the copies that it stands for."""

    id: str
    kept: Headline | None
    """None where an earlier run kept it and only this run's rows were read."""
    size: int
    """How many copies."""
    copies: tuple[CopyOf, ...]
    """The first of them."""


def sites(rows: Rows) -> list[Site]:
    """Count what came from each site; the one with most records first."""
    found: dict[str | None, Site] = {}
    columns = ["chars_before", "chars_after"]
    for batch in rows.batches("documents", ["source_domain", *columns, "duplicate_of"]):
        kept = batch.filter(pc.is_null(batch["duplicate_of"]))
        for domain, count, before, after in _counted(kept, "source_domain", columns):
            site = found.setdefault(domain, Site(domain))
            site.documents += count
            site.chars_before += before
            site.chars_after += after
    for batch in rows.batches("duplicates", ["source_domain", *columns]):
        for domain, count, before, after in _counted(batch, "source_domain", columns):
            site = found.setdefault(domain, Site(domain))
            site.duplicates += count
            site.chars_before += before
            site.chars_after += after
    for batch in rows.batches("rejections", ["source_domain"]):
        for domain, count in _counted(batch, "source_domain"):
            found.setdefault(domain, Site(domain)).rejected += count
    return sorted(found.values(), key=lambda site: (-site.records, site.domain or ""))


def cuts_by_kind(rows: Rows, most: int) -> dict[str, KindCut]:
    """Count what was cut of each kind, with its most frequent texts; the kind with most spans first.

    Args:
        rows: where from.
        most: how many texts of each kind.
    """
    found: dict[str, KindCut] = {}
    texts: dict[str, Counter[str]] = {}
    for batch in rows.batches("removals", ["kind", "text"]):
        chars = pc.utf8_length(batch["text"])
        begins = pc.utf8_slice_codeunits(batch["text"], 0, _LOOKED_AT * SHOWN_CHARS)
        alike = pa.table({"kind": batch["kind"], "text": begins, "chars": chars}).group_by(["kind", "text"])
        for kind, text, spans, size in zip(
            *(one.to_pylist() for one in alike.aggregate([("chars", "count"), ("chars", "sum")]).columns), strict=True
        ):
            cut = found.setdefault(kind, KindCut())
            cut.spans += spans
            counted = texts.setdefault(kind, Counter())
            if kind in MASK_KINDS:
                # The text may be what was masked.
                continue
            cut.chars += size
            counted[shorten(text)] += spans
            if len(counted) > _TEXTS_COUNTED:
                texts[kind] = Counter(dict(_most(counted, _TEXTS_COUNTED // 2)))
    for kind, cut in found.items():
        cut.texts = _most(texts[kind], most)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].spans, pair[0])))


def largest_clusters(rows: Rows, most: int, copies: int, texts: Rows | None = None) -> list[Cluster]:
    """Find the kept documents with most copies, the largest first.

    Args:
        rows: where from.
        most: how many clusters.
        copies: how many copies of each are shown.
        texts: as `headlines` takes it.
    """
    chosen = _largest(rows, most)
    told = ["duplicate_of", "relation", "similarity", *_NAMED]
    shown: dict[str, list[tuple[Any, ...]]] = {identity: [] for identity in chosen}
    for batch in rows.batches("duplicates", told) if chosen else ():
        for of, *row in _first_copies(batch, chosen, copies):
            if len(shown[of]) < copies:
                shown[of].append(tuple(row))
    named = _headlines([row[2:] for own in shown.values() for row in own], "duplicates", texts or rows)
    kept = headlines(rows, chosen, texts)
    return [
        Cluster(of, kept.get(of), size, tuple(CopyOf(named[row[2]], row[0], row[1]) for row in shown[of]))
        for of, size in chosen.items()
    ]


def _largest(rows: Rows, most: int) -> dict[str, int]:
    """Give the documents with most copies, and how many each has; the largest first."""
    named = [batch["duplicate_of"] for batch in rows.batches("duplicates", ["duplicate_of"])]
    values, counts = pc.value_counts(pa.chunked_array(named, pa.string())).flatten()
    counted = pa.table({"of": values, "copies": counts})
    places = pc.select_k_unstable(counted, k=most, sort_keys=[("copies", "descending"), ("of", "ascending")])
    largest = counted.take(places)
    return dict(zip(largest["of"].to_pylist(), largest["copies"].to_pylist(), strict=True))


def _first_copies(batch: pa.RecordBatch, chosen: Collection[str], copies: int) -> Iterator[tuple[Any, ...]]:
    """Give the rows of the first copies in a batch of some documents."""
    of = pc.index_in(batch["duplicate_of"], pa.array(list(chosen), pa.string())).fill_null(-1).to_numpy()
    here = np.flatnonzero(of >= 0)
    order = here[np.argsort(of[here], kind="stable")]
    begins = np.flatnonzero(np.diff(of[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    return _tuples(batch.take(pa.array(order[rank < copies])), batch.schema.names)


def headlines(rows: Rows, ids: Collection[str], texts: Rows | None = None) -> dict[str, Headline]:
    """Find what documents are called; ids that are not in `documents` are left out.

    Args:
        rows: where from.
        ids: of the documents.
        texts: where the texts of those without a title are taken from, if that is quicker elsewhere; it may hold other
            rows as well.
    """
    if not ids:
        return {}
    wanted = pa.array(list(ids), pa.string())
    found = [
        row
        for batch in rows.batches("documents", _NAMED)
        for row in _tuples(batch.filter(pc.is_in(batch["id"], wanted)), _NAMED)
    ]
    return _headlines(found, "documents", texts or rows)


def _headlines(named: Sequence[tuple[Any, ...]], table: str, texts: Rows) -> dict[str, Headline]:
    """Make headlines of the columns `_NAMED`; what has no title is called by how its text begins."""
    untitled = pa.array([identity for identity, title, *_ in named if not title], pa.string())
    begins: dict[str, str] = {}
    # The texts are most of a table.
    for batch in texts.batches(table, ["id", "text"]) if len(untitled) else ():
        begins.update(_tuples(batch.filter(pc.is_in(batch["id"], untitled)), ["id", "text"]))
    return {row[0]: _headline(row[0], row[1] or begins.get(row[0]), *row[2:]) for row in named}


def languages(rows: Rows) -> list[tuple[str | None, int]]:
    """Count the kept documents of each language; the most frequent first."""
    counted: Counter[str | None] = Counter()
    for batch in rows.batches("documents", ["language", "duplicate_of"]):
        for language, count in _counted(batch.filter(pc.is_null(batch["duplicate_of"])), "language"):
            counted[language] += count
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or ""))


def shorten(text: str, most: int = SHOWN_CHARS) -> str:
    """Put a text on one line and cut it to a length in characters, an ellipsis included.

    >>> shorten("Sign up\\n  for   our newsletter", 16)
    'Sign up for our…'
    """
    # Only the beginning is looked at: a removal may be as long as its document.
    line = " ".join(text[: _LOOKED_AT * most].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


_NAMED = ["id", "title", "source_domain", "file_path", "record"]


def _headline(identity: str, title: str | None, domain: str | None, file_path: str, record: int) -> Headline:
    return Headline(identity, _title(title), domain, file_path, record)


def _title(text: str | None) -> str:
    return shorten(text or "(no text)", 120)


def _counted(batch: pa.RecordBatch, by: str, summed: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
    """Give each value of a column with how many rows have it and, of other columns, their sums."""
    encoded = pc.dictionary_encode(batch[by], null_encoding="encode")
    places, values = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    sums = (np.bincount(places, batch[name].to_numpy(), len(values)).astype(np.int64) for name in summed)
    return zip(
        values, np.bincount(places, minlength=len(values)).tolist(), *(one.tolist() for one in sums), strict=True
    )


def _tuples(batch: pa.RecordBatch, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch[name].to_pylist() for name in columns), strict=True)


def _most(counted: Counter[str], most: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
