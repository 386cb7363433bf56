"""Make tables of a run again that follow from its others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.batch import signed_rows
from pipeline.config import parse_config
from pipeline.inspect.check_rows import TEXTS
from pipeline.inspect.site_pages import SitesOfRun
from pipeline.schemas import TABLES
from pipeline.sign.sign import sign
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import MANIFEST, FileEntry, Manifest
from pipeline.store.tables import TableWriter, describe

TAUGHT = ("site_stories", "site_templates")
"""What a run learned of sites."""

FOLLOWS: dict[str, frozenset[str]] = {
    "index": frozenset({"documents"}),
    **dict.fromkeys(TAUGHT, frozenset({*TEXTS, "removals", "inputs"})),
}
"""The tables that can be made again, each with those of its run that it follows from."""

_ROWS = 1024


def make_index(corpus: Corpus, manifest: Manifest, folder: Path) -> list[FileEntry]:
    """Make the index of a run again from its documents, below a folder; gives its files."""
    config = parse_config(manifest.config, f"runs/{manifest.run_id}/{MANIFEST}").match
    schema = TABLES["index"]
    with TableWriter(folder / "index", schema) as writer:
        row = 0
        for batch in _documents(corpus, manifest):
            kept = [
                {"id": document["id"], "row": number, "text": document["text"], "url": document["url"]}
                for number, document in enumerate(batch.to_pylist(), start=row)
                if document["duplicate_of"] is None
            ]
            row += batch.num_rows
            signed = [sign(one.pop("text"), config) for one in kept]
            marks = signed_rows(signed, [one.pop("url") for one in kept], config)
            rows = [one | marked for one, marked in zip(kept, marks, strict=True)]
            writer.write(pa.Table.from_pylist(rows, schema=schema))
    return _described(writer, folder, "index", manifest)


def make_sites(corpus: Corpus, manifest: Manifest, folder: Path, tables: Sequence[str]) -> list[FileEntry]:
    """Make site tables of a run again below a folder, of its pages and what was known before; gives their files."""
    sites = SitesOfRun(corpus, manifest, _arrival(corpus, manifest))
    entries: list[FileEntry] = []
    with ExitStack() as stack:
        writers = {table: stack.enter_context(TableWriter(folder / table, TABLES[table])) for table in sorted(tables)}
        for pages in sites.portions():
            for learned in sites.learn(pages).values():
                for table, rows in zip(TAUGHT, (learned.stories, learned.templates), strict=True):
                    if table in writers:
                        told = [row | {"run_id": manifest.run_id} for row in rows]
                        writers[table].write(pa.Table.from_pylist(told, schema=TABLES[table]))
    for table, writer in writers.items():
        entries += _described(writer, folder, table, manifest)
    return entries


def _arrival(corpus: Corpus, manifest: Manifest) -> dict[str, int]:
    """Number what a run kept, dropped or turned away in order of arrival."""
    ranks: dict[str, int] = {}
    for path in corpus.files_of(manifest, "inputs"):
        for name in pq.read_table(path, columns=["file_path"], partitioning=None)["file_path"].to_pylist():
            ranks[name] = len(ranks)
    arrival: dict[str, int] = {}
    for table in TEXTS:
        for path in corpus.files_of(manifest, table):
            rows = pq.read_table(path, columns=["id", "file_path", "record"], partitioning=None)
            columns = (rows[name].to_pylist() for name in rows.column_names)
            arrival |= {identity: ranks[name] << 64 | record for identity, name, record in zip(*columns, strict=True)}
    return arrival


def _documents(corpus: Corpus, manifest: Manifest) -> Iterator[pa.RecordBatch]:
    for path in corpus.files_of(manifest, "documents"):
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=_ROWS, columns=["id", "text", "url", "duplicate_of"])


def _described(writer: TableWriter, folder: Path, table: str, manifest: Manifest) -> list[FileEntry]:
    place = Path(table) / f"run={manifest.run_id}"
    return [FileEntry(**asdict(describe(path, folder / table, place))) for path in writer.paths]
