"""Check the files: that all the manifests name is there as it was written, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import Damaged
from pipeline.inspect.findings import Findings
from pipeline.inspect.remake import FOLLOWS
from pipeline.run.events import Listener, Progress
from pipeline.schemas import TABLES
from pipeline.store.commit import finish_commit
from pipeline.store.corpus import Corpus
from pipeline.store.layout import Layout
from pipeline.store.manifest import FileEntry, Manifest, changed_since, load_manifests

_STRAY = "Remove it, or let `winnow repair` do so: readers of the folder take it for a part."


def check_files(corpus: Corpus, found: Findings, listen: Listener) -> bool:
    """Check every file by size, SHA-256, rows and schema, and look for files that no manifest names.

    Returns:
        Whether every file can be read, so that its rows can be checked.
    """
    readable = True
    files = bytes_ = 0
    for manifest in corpus.manifests:
        for entry in manifest.files:
            readable &= _is_brought(corpus, manifest, entry, found) and _check_file(
                corpus.layout.root, entry, manifest.run_id, found
            )
            files, bytes_ = files + 1, bytes_ + entry.size
            listen(Progress(files=files, bytes=bytes_, records=0))
    _check_strays(corpus, found)
    return readable


def _is_brought(corpus: Corpus, manifest: Manifest, entry: FileEntry, found: Findings) -> bool:
    """Say whether a file can be looked at here, where the corpus stands in a store."""
    if corpus.layout.remote is None:
        return True
    try:
        corpus.layout.remote.bring(corpus.layout, [(manifest, entry)])
    except Damaged as error:
        found.add("files", entry.path, str(error))
        return False
    return True


def _check_file(root: Path, entry: FileEntry, run_id: str, found: Findings) -> bool:
    parts = PurePosixPath(entry.path).parts
    if len(parts) != 3 or parts[0] not in TABLES or parts[1] != f"run={run_id}":
        found.add("files", entry.path, f"is not a place of a table of run {run_id}")
        return False
    path = root / entry.path
    advice = "`winnow repair` makes it anew from other tables." if parts[0] in FOLLOWS else None
    if not path.is_file():
        found.add("files", entry.path, "is missing", advice)
        return False
    changed = changed_since(path, entry)
    try:
        rows, schema = _open(path, whole=changed is not None)
    except (OSError, pa.ArrowException) as error:
        found.add("files", entry.path, f"{changed or 'is as it was written'}, and cannot be read: {error}", advice)
        return False
    if changed:
        found.add("files", entry.path, changed, advice)
    if rows != entry.rows:
        found.add("files", entry.path, f"holds {rows} rows; its manifest says {entry.rows}")
    expected = TABLES[parts[0]]
    if not schema.equals(expected) or (schema.metadata or {}) != expected.metadata:
        found.add("files", entry.path, f"has other columns than the table {parts[0]}: {_differing(schema, expected)}")
        return False
    return True


def _open(path: Path, *, whole: bool) -> tuple[int, pa.Schema]:
    """Read how many rows a file has and which columns; all of its rows too, where it is not what was written."""
    with pq.ParquetFile(path) as file:
        if whole:
            for _ in file.iter_batches(batch_size=4096):
                pass
        return file.metadata.num_rows, file.schema_arrow


def _differing(schema: pa.Schema, expected: pa.Schema) -> str:
    for name in expected.names:
        if name not in schema.names:
            return f"{name} is missing"
        if not schema.field(name).equals(expected.field(name)):
            return f"{name} is {schema.field(name).type}, not {expected.field(name).type}"
    strange = [name for name in schema.names if name not in expected.names]
    return f"{', '.join(strange)} is not one of them" if strange else "they stand in another order or version"


def _check_strays(corpus: Corpus, found: Findings) -> None:
    named = {entry.path for manifest in corpus.manifests for entry in manifest.files}
    strays = [path for path in files_of_tables(corpus.layout) if path not in named]
    if not strays:
        return
    # A run may have been committed since the corpus was opened, or be about to.
    finish_commit(corpus.layout)
    named |= {entry.path for manifest in load_manifests(corpus.layout) for entry in manifest.files}
    for path in strays:
        if path not in named:
            found.add("files", path, "no manifest names it", _STRAY)


def files_of_tables(layout: Layout) -> Iterator[str]:
    """Give whatever lies in the folders of the tables and is no folder, by its place in the corpus."""
    for table in TABLES:
        for path in sorted(layout.table(table).rglob("*")):
            # A reader follows a link to a folder as it does a folder.
            if path.is_symlink() or not path.is_dir():
                yield path.relative_to(layout.root).as_posix()
