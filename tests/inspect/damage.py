"""Ways to damage a corpus for tests: openly, or so that the manifests agree with it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.manifest import seal

Rows = list[dict[str, Any]]


def copied(corpus: Corpus, folder: Path) -> Corpus:
    shutil.copytree(corpus.layout.root, folder / "clean")
    return read_corpus(folder / "clean")


def file_of(corpus: Corpus, table: str, run: int = 0) -> Path:
    (path,) = corpus.files_of(corpus.manifests[run], table)
    return path


def rewrite(
    corpus: Corpus, table: str, change: Callable[[Rows], Rows | None], *, run: int = 0, tell: bool = True
) -> Path:
    """Change the rows of a file; with `tell`, the manifest is made to agree with the file."""
    path = file_of(corpus, table, run)
    rows = pq.read_table(path, partitioning=None).to_pylist()
    changed = change(rows)
    pq.write_table(pa.Table.from_pylist(rows if changed is None else changed, schema=TABLES[table]), path)
    if tell:
        tell_manifest(corpus, path, run)
    return path


def tell_manifest(corpus: Corpus, path: Path, run: int = 0) -> None:
    def change(manifest: dict[str, Any]) -> None:
        (entry,) = (one for one in manifest["files"] if corpus.layout.root / one["path"] == path)
        entry["size"] = path.stat().st_size
        entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        entry["rows"] = pq.read_metadata(path).num_rows

    edit_manifest(corpus, change, run)


def edit_manifest(corpus: Corpus, change: Callable[[dict[str, Any]], None], run: int = 0) -> None:
    path = corpus.layout.runs / corpus.manifests[run].run_id / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    del manifest["sha256"]
    change(manifest)
    path.write_bytes(seal(orjson.dumps(manifest, option=orjson.OPT_INDENT_2)))


def row_of(rows: Rows, source_id: str) -> dict[str, Any]:
    (row,) = (row for row in rows if row["source_id"] == source_id)
    return row


def id_of(corpus: Corpus, source_id: str) -> str:
    for table in ("documents", "duplicates", "rejections"):
        for row in corpus.table(table, ["id", "source_id"]).to_pylist():
            if row["source_id"] == source_id:
                return str(row["id"])
    raise AssertionError(source_id)
