"""Write Parquet: the same rows give the same bytes, however they were handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.schemas import DOCUMENTS
from pipeline.store.files import digest_of

# A group is what a reader holds at once; a file is what it opens. Both are cut by rows and bytes of the rows alone,
# never by the batches they came in, so that workers and shards leave no trace.
GROUP_ROWS, GROUP_BYTES = 8192, 32 * 2**20
FILE_ROWS, FILE_BYTES = 512 * 1024, 1024 * 2**20

# What all tables of 10,000 generated articles (28.6 MB of text) take to write, a record: level 3 43 µs and 25.4 MB,
# level 1 20 µs and 28.7 MB, none 4 µs and 47.2 MB. Statistics for fewer columns save 1 µs.
ZSTD_LEVEL = 1

# Of documents single texts are asked for, and each is read with its page. Arrow would let pages of articles grow to
# 3 MB, 1,024 rows that it looks at together. Just below 256 kB the column of real texts takes 1 % more bytes (of
# generated ones 2 % fewer), below 128 kB 6 % more: zstd goes by the size of what it packs. Other tables are read whole.
_PAGES = {"data_page_size": 192 * 1024, "write_batch_size": 16}
_PAGED = DOCUMENTS.names

# Columns of hashes: compressing them takes a third of what the index does, and saves a hundredth of it.
_HASHES = frozenset({"exact_key", "bands", "fingerprints", "letters", "page"})
# Columns whose values hardly repeat: a dictionary is begun for each group, given up, and makes the file larger. Without
# them and with hashes as they are, 50,000 records take a seventh less and 1 % fewer bytes.
_UNLIKE = _HASHES | {
    *("id", "source_id", "url", "title", "record", "byte_offset", "row", "start", "end", "text", "blocks", "anchors"),
    *("sha256", "source_sha256", "before_sha256", "text_sha256", "chars_before", "chars_after", "tokens", "shingles"),
    *("language_score", "ended_share", "digit_share", "repeated_share"),
    *("fingerprint_steps", "letter_steps", "figures"),
    *("similarity", "jaccard", "contained", "containing", "matched", "matching"),
}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of a run, as its manifest names it."""

    path: str
    """Relative to the folder of the corpus."""
    rows: int | None
    size: int
    sha256: str


class TableWriter:
    """Writes one table of one run as `part-00000.parquet`, …; nothing for no rows."""

    def __init__(self, folder: Path, schema: pa.Schema, *, beside: bool = False) -> None:
        """Begin with no file.

        Args:
            folder: where to.
            schema: of the rows.
            beside: whether row groups are encoded in a thread, one at a time, while the caller goes on; to the same
                bytes. What fails there is raised by a later call.
        """
        self._folder = folder
        self._schema = schema
        # As Parquet names them: what a list holds is the column.
        self._columns = [
            f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema
        ]
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._pending_bytes = 0
        self._thread = ThreadPoolExecutor(1) if beside else None
        self._under_way: Future[None] | None = None
        self._writer: pq.ParquetWriter | None = None
        self._file_rows = 0
        self._file_bytes = 0
        self.paths: list[Path] = []
        self.rows = 0

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, table: pa.Table) -> None:
        """Append rows; columns are put in the schema's order and checked against it."""
        table = table.select(self._schema.names).cast(self._schema)
        self.rows += table.num_rows
        for piece, size in self._split(table):
            self._pending.append(piece)
            self._pending_rows += piece.num_rows
            self._pending_bytes += size
            if self._pending_rows >= GROUP_ROWS or self._pending_bytes >= GROUP_BYTES:
                self._flush()

    def close(self) -> list[Path]:
        """Finish the last file; gives the files written, in order."""
        try:
            self._flush()
            self._do(self._end_file)
            self._wait()
        finally:
            if self._thread is not None:
                self._thread.shutdown()
        return self.paths

    def _split(self, table: pa.Table) -> Iterator[tuple[pa.Table, int]]:
        """Cut rows where groups end; gives the bytes of each piece."""
        start = 0
        while start < table.num_rows:
            piece = table.slice(start, GROUP_ROWS - self._pending_rows)
            size = bytes_of(piece)
            if size >= GROUP_BYTES - self._pending_bytes:
                totals = np.cumsum(row_bytes(piece))
                count = int(np.searchsorted(totals, GROUP_BYTES - self._pending_bytes)) + 1
                piece, size = piece.slice(0, count), int(totals[count - 1])
            yield piece, size
            start += piece.num_rows

    def _flush(self) -> None:
        if not self._pending_rows:
            return
        self._do(self._encode, self._pending)
        self._file_rows += self._pending_rows
        self._file_bytes += self._pending_bytes
        self._pending, self._pending_rows, self._pending_bytes = [], 0, 0
        if self._file_rows >= FILE_ROWS or self._file_bytes >= FILE_BYTES:
            self._do(self._end_file)
            self._file_rows, self._file_bytes = 0, 0

    def _do(self, work: Callable[..., None], *arguments: object) -> None:
        """Do what changes the file under way, here or in the thread; one after the other."""
        if self._thread is None:
            work(*arguments)
            return
        self._wait()
        self._under_way = self._thread.submit(work, *arguments)

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _encode(self, pieces: list[pa.Table]) -> None:
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"part-{len(self.paths):05d}.parquet"
            self.paths.append(path)
            packed = [name for name in self._columns if name not in _HASHES]
            self._writer = pq.ParquetWriter(
                path,
                self._schema,
                compression=dict.fromkeys(self._columns, "none") | dict.fromkeys(packed, "zstd"),
                compression_level=dict.fromkeys(packed, ZSTD_LEVEL),
                use_dictionary=[name for name in self._columns if name not in _UNLIKE],
                # Nobody looks for texts by their first letters, and those of a page would stand before it.
                write_statistics=[name for name in self._columns if name != "text"],
                **(_PAGES if self._schema.names == _PAGED else {}),
            )
        group = pa.concat_tables(pieces).combine_chunks()
        self._writer.write_table(group, row_group_size=group.num_rows)

    def _end_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = None


def row_bytes(table: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the bytes of the strings of each row: shape (rows,)."""
    total = np.zeros(table.num_rows, np.int64)
    for column in _strings(table):
        first = 0
        for chunk in column.chunks:
            # What lies under a null does not count.
            there = 1 if not chunk.null_count else chunk.is_valid().to_numpy(zero_copy_only=False)
            total[first : first + len(chunk)] += np.diff(_ends(chunk)) * there
            first += len(chunk)
    return total


def bytes_of(table: pa.Table) -> int:
    """Give the bytes of the strings of all rows."""
    total = 0
    for column in _strings(table):
        for chunk in column.chunks:
            ends = _ends(chunk)
            if chunk.null_count:
                total += int((np.diff(ends) * chunk.is_valid().to_numpy(zero_copy_only=False)).sum())
            else:
                total += int(ends[-1]) - int(ends[0])
    return total


def _strings(table: pa.Table) -> Iterator[pa.ChunkedArray]:
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_string(field.type) or pa.types.is_binary(field.type):
            yield column


def _ends(chunk: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Give where each text begins, and where the last one ends."""
    return np.frombuffer(chunk.buffers()[1], np.int32, len(chunk) + 1, chunk.offset * 4)


def describe(path: Path, root: Path, relative_to: Path) -> WrittenFile:
    """Digest a file that was written below `root`, under the name it will have below `relative_to`."""
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None
    name = (relative_to / path.relative_to(root)).as_posix()
    return WrittenFile(path=name, rows=rows, size=path.stat().st_size, sha256=digest_of(path))
