"""Read a corpus: through its manifests, so that only committed runs are seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import Damaged
from pipeline.schemas import SCHEMA_VERSION, TABLES
from pipeline.store.commit import finish_commit
from pipeline.store.layout import Layout, open_layout
from pipeline.store.manifest import Manifest, load_manifests

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say of a file that a manifest names and that cannot be read what to do about it."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise Damaged(
            f"{path}: cannot be read ({error}). `winnow check` tells what else is damaged, `winnow repair` makes again "
            "what follows from the rest."
        ) from error


class Corpus:
    """A committed corpus. It is read only; a run adds to it."""

    def __init__(self, layout: Layout, *, any_version: bool = False) -> None:
        """Open it. With `any_version` the tables may have other columns than this version's: to be cleaned anew."""
        self.layout = layout
        self.manifests: list[Manifest] = load_manifests(layout)
        for manifest in self.manifests:
            if manifest.schema_version != SCHEMA_VERSION and not any_version:
                raise Damaged(
                    f"{layout}: run {manifest.run_id} has schema version {manifest.schema_version}; this Winnow "
                    f"reads version {SCHEMA_VERSION}. Use the Winnow that wrote it, or clean the raw files anew with "
                    "--reprocess."
                )

    def files(self, table: str) -> list[Path]:
        """Give the files of a table, in order of arrival."""
        return self._files(self.manifests, table)

    def files_of(self, manifest: Manifest, table: str) -> list[Path]:
        """Give the files of a table that one run wrote."""
        return self._files([manifest], table)

    def _files(self, manifests: Iterable[Manifest], table: str) -> list[Path]:
        wanted = [(one, entry) for one in manifests for entry in one.files if entry.path.startswith(f"{table}/")]
        if self.layout.remote is not None:
            self.layout.remote.bring(self.layout, wanted)
        return [self.layout.root / entry.path for _, entry in wanted]

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream a table's rows in order of arrival, in bounded memory.

        Raises:
            Damaged: a file that a manifest names is missing or cannot be read.
        """
        for path in self.files(table):
            # Else Arrow reads all row groups of these columns ahead, which takes memory as large as the file.
            with readable(path), pq.ParquetFile(path, pre_buffer=False) as file:
                # Threads of Arrow stay, and where there are any no worker is forked: each would load all anew.
                some = list(columns) if columns else None
                yield from file.iter_batches(batch_size=4096, columns=some, use_threads=False)

    def table(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a whole table, or some of its columns, in order of arrival."""
        schema = TABLES[table]
        wanted = pa.schema([schema.field(name) for name in columns]) if columns else schema
        batches = [batch.select(wanted.names).cast(wanted) for batch in self.batches(table, columns)]
        return pa.Table.from_batches(batches, schema=wanted)

    def documents(self, *, current: bool = True) -> pd.DataFrame:
        """Give the documents as a pandas frame.

        Args:
            current: leave out what a later document supersedes and, in a corpus that keeps duplicates, these.
        """
        table = self.table("documents")
        if current:
            gone = self.table("superseded", ["id"])["id"]
            table = table.filter(pc.and_(pc.is_null(table["duplicate_of"]), pc.invert(pc.is_in(table["id"], gone))))
        return _frame(table)

    def frame(self, table: str) -> pd.DataFrame:
        """Give any table as a pandas frame."""
        return _frame(self.table(table))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def read_corpus(path: str | Path) -> Corpus:
    """Open a corpus for reading. A commit that was stopped half-way is finished first, so that what is read is whole.

    Args:
        path: its folder, or its address in a store (`s3://…`), of which what is asked for is fetched.

    Raises:
        NotACorpus: none is there.
        Damaged: its manifests cannot be read.
        Transient: the store does not answer.
    """
    layout = open_layout(path, must_exist=True)
    finish_commit(layout)
    return Corpus(layout)
