"""Check what the guard of each run found: counted again from its tables, it must be what the manifest tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.config import parse_config
from pipeline.inspect.check_rows import TEXTS, Records
from pipeline.inspect.findings import Findings
from pipeline.run.guard import PLACED, Copies, Fated, all_of, entry_of, entry_of_lost, find_losses
from pipeline.store.corpus import Corpus
from pipeline.store.figures import headlines
from pipeline.store.manifest import MANIFEST, LossesEntry, Manifest, RecordEntry

_ROWS = 4096


def check_losses(corpus: Corpus, records: Records, found: Findings) -> None:
    """Find the losses of every run again.

    Where ids or duplicates are not what was written, they cannot be counted: those are findings already.
    """
    if found.count("ids") or found.count("duplicates") or found.count("texts"):
        return
    for manifest in corpus.manifests:
        if manifest.losses != (again := _Run(corpus, manifest, records).losses()):
            where = f"runs/{manifest.run_id}/{MANIFEST}"
            found.add("balance", where, f"tells of {_told(manifest.losses)}; its tables of {_told(again)}")


class _Run:
    """The losses of one run, by its tables."""

    def __init__(self, corpus: Corpus, manifest: Manifest, records: Records) -> None:
        self._corpus = corpus
        self._manifest = manifest
        self._records = records

    def losses(self) -> LossesEntry:
        config = parse_config(self._manifest.config).guard
        if config.action == "ignore":
            return LossesEntry()
        return find_losses(self._fates(), self._copies(), config, self._named)

    def _fates(self) -> Iterator[Fated]:
        for batch in self.batches("documents", [*PLACED, "duplicate_of"]):
            # A corpus that labels duplicates has them in both tables.
            kept = batch.filter(pc.is_null(batch["duplicate_of"]))
            yield kept, all_of("documents", kept)
        for fate, table, columns in (
            ("duplicates", "duplicates", PLACED),
            ("rejected", "rejections", PLACED),
            ("quarantined", "quarantine", PLACED[:3]),
        ):
            for batch in self.batches(table, columns):
                yield batch, all_of(fate, batch)

    def _copies(self) -> Copies:
        ids: list[str] = []
        of: list[int] = []
        kept: dict[int, str] = {}
        for batch in self.batches("duplicates", ["id", "duplicate_of"]):
            ids += batch["id"].to_pylist()
            for one in batch["duplicate_of"].to_pylist():
                of.append(self._records.arrival[one])
                kept[of[-1]] = one
        return Copies(np.array(of, np.int64), ids.__getitem__, kept.__getitem__)

    def _named(self, ids: set[str], _: Mapping[int, str]) -> dict[str, RecordEntry]:
        named = {one.id: entry_of(one) for one in headlines(_AllTexts(self._corpus), ids).values()}
        left = pa.array(sorted(ids - named.keys()), pa.string())
        for batch in self.batches("quarantine", ["id", "reason", "file_path", "record"]) if len(left) else ():
            named |= {row["id"]: entry_of_lost(row) for row in batch.filter(pc.is_in(batch["id"], left)).to_pylist()}
        return named

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for path in self._corpus.files_of(self._manifest, table):
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=_ROWS, columns=list(columns))


class _AllTexts:
    """Whatever has a text, as rows that headlines are taken of."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream some columns, whatever the table."""
        del table
        for name in TEXTS:
            yield from self._corpus.batches(name, columns)


def _told(losses: LossesEntry) -> str:
    first = next(iter(losses.sources), None)
    worst = f", the worst {first.source} with {first.lost} of {first.records} lost" if first else ""
    grown = next(iter(losses.clusters), None)
    largest = f", the largest that of {grown.id} with {grown.duplicates}" if grown else ""
    return f"{losses.sources_in_all} source(s) over the limit{worst}, and {losses.clusters_in_all} cluster(s){largest}"
