"""Parquet: rows of a table, one batch in memory at a time, however far the file expands.

Before a row group is decoded, `parquet_pages` tells what that can come to. Arrow then gets so few rows at a time that
they fit, and no byte of the row group but those that were looked at.
"""

from __future__ import annotations

import bisect
import hashlib
import io
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import Unreadable
from pipeline.read.archives import Counted
from pipeline.read.compress import Allowance
from pipeline.read.fields import Fields
from pipeline.read.parquet_pages import Group, Leaf, Lying, find_pages, groups_of, largest, largest_row, leaf_of
from pipeline.read.pieces import NOTHING_SHA256, Lost, lost, too_large
from pipeline.read.rows import Rows
from pipeline.read.thrift import NotThrift, TooManyStructs

_BATCH_BYTES = 8 * 2**20  # bytes of a batch, as the file's metadata tell the size of its rows
_BATCH_MOST = 32 * 2**20  # bytes that a batch may come to at worst
_BATCH_ROWS = 1024
# Larger pages and rows are refused: Arrow holds them whole. Writers cut pages by rows, and one of a thousand web pages
# is no bomb. Where records may be larger than is usual, so may they.
_PAGE_MOST = 512 * 2**20
_RECORDS_A_PAGE = 32
# A row counts for this much at least, in bytes: what says nothing still becomes a row of ours.
_ROW = 256
# A row so many times over the limit is not made into Python's values, which may take four times its bytes.
_FAR = 4
# What is read of a row group at once, compressed, where it is no larger; else its columns are read bit by bit.
_AT_ONCE = 64 * 2**20
_BIT_BY_BIT = 2**20
# Arrow makes some hundred bytes of each struct at the end of a file, even of an empty one.
_FOOTER_MOST, _FOOTER_STRUCTS = 16 * 2**20, 2**19
_MAGIC_BYTES = 8
# What pyarrow raises on broken data; OSError covers what it says of a file it cannot make sense of.
# RuntimeError, what its parser throws where nothing catches it.
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, RuntimeError)


def read_parquet(source: BinaryIO, fields: Fields, limit: int, max_expansion: float) -> Iterator[Rows | Lost]:
    """Give the rows of a Parquet file, each a record; `limit` is the largest size of one, in bytes.

    Only columns that the configuration names are read. A row
    group that cannot be read costs its own rows only; they are told as one. Where the file expands too far it is
    read no further.

    Args:
        source: the file, open, which can be read at any place.
        fields: what the columns hold.
        limit: see above.
        max_expansion: bytes that may come of one of the file, beyond 32 MB.
    """
    try:
        counted = Counted(source)
        groups = _read_groups(counted)
        checked = _Checked(counted)
        table = pq.ParquetFile(checked, pre_buffer=False)
        names = [str(name) for name in table.schema_arrow.names]
        found = fields.paths(tuple(names))
        columns = list(dict.fromkeys(path[0] for paths in found.values() for path in paths))
    except Unreadable as error:
        yield lost(error)
        return
    except _BROKEN as error:
        yield _corrupt(f"not a Parquet file that can be read ({_told(error)})")
        return
    if not fields.holds_content(names):
        yield lost(
            Unreadable(
                "no-text",
                f"no column holds a text or a page (columns: {', '.join(names)[:300]}); "
                "name the right one in read.text_fields or read.html_fields",
            )
        )
        return
    decoded = _Groups(checked, table, groups, columns, limit, max_expansion)
    for number in range(len(groups)):
        for piece in _row_group(decoded, number, limit):
            yield piece
            if isinstance(piece, Lost) and piece.reason == "expands-too-far":
                return


def _read_groups(source: Counted) -> list[Group]:
    """Read where the row groups stand, and see that the metadata are not made of empty structs: Arrow reads them whole.

    Raises:
        Unreadable: "too-large", "corrupt".
    """
    end = source.seek(0, 2)
    source.seek(max(0, end - _MAGIC_BYTES))
    size = int.from_bytes(source.read(_MAGIC_BYTES)[:4], "little")
    told = f"its metadata take {size:,} bytes"
    if _FOOTER_MOST < size <= end:
        raise Unreadable("too-large", f"{told}, over {_FOOTER_MOST:,}; write it with larger row groups, or as several")
    source.seek(max(0, end - _MAGIC_BYTES - size))
    try:
        return groups_of(source.read(min(size, end)), _FOOTER_STRUCTS)
    except TooManyStructs:
        told = f"{told} and hold over {_FOOTER_STRUCTS:,} structs; write it with larger row groups, or as several"
        raise Unreadable("too-large", told) from None
    except NotThrift as error:
        raise Unreadable("corrupt", f"not a Parquet file that can be read ({error})") from error


class _Groups:
    """The row groups of a file, of which no more is decoded than fits."""

    def __init__(
        self,
        source: _Checked,
        table: Any,
        groups: list[Group],
        columns: list[str],
        limit: int,
        max_expansion: float,
    ) -> None:
        self._source = source
        self._table = table
        self._groups = groups
        self._bit_by_bit: Any = None
        self._columns = columns
        self._most = max(_PAGE_MOST, _RECORDS_A_PAGE * limit)
        # The pages as they are decompressed, and the rows that come of them, are layers of their own.
        self._pages, self._given = (Allowance(max_expansion, source.taken) for _ in range(2))
        # Row groups may lie one over the other, so that a file of any size has endless pages.
        self._unpaid = source.most()
        self._packed = 0
        paths = [table.schema.column(number).path for number in range(len(table.schema))]
        self._leaves = [
            number
            for number, path in enumerate(paths)
            if any(path == name or path.startswith(f"{name}.") for name in columns)
        ]

    def rows(self, group: int) -> int:
        """Give how many rows a row group has, as the metadata say."""
        return self._groups[group].rows

    def batches(self, group: int) -> Iterator[Any]:
        """Decode the needed columns of a row group.

        Raises, when iterated:
            Unreadable: "too-large", "expands-too-far" or "corrupt".
            pa.ArrowException, OSError, ...: its data are broken.
        """
        self._given.give(_ROW, of=0)
        leaves = self._leaves_of(group)
        table = self._table
        at_once = sum(leaf.size for leaf in leaves) <= _AT_ONCE
        if not at_once:
            if self._bit_by_bit is None:
                self._bit_by_bit = pq.ParquetFile(
                    self._source, metadata=table.metadata, pre_buffer=False, buffer_size=_BIT_BY_BIT
                )
            table = self._bit_by_bit
        self._source.show(leaves, at_once=at_once)
        self._packed = 0
        most = sum(map(self._largest_row, leaves))
        packed = self._packed
        self._check(most, "a row")
        rows = self._at_a_time(group, most)
        for batch in table.iter_batches(batch_size=rows, row_groups=[group], columns=self._columns, use_threads=False):
            columns = [_plain(column) for column in batch.columns]
            # As much of the file as of the rows.
            share = min(packed, self._packed * batch.num_rows / max(1, self.rows(group)))
            packed -= share
            self._given.give(sum(column.nbytes for column in columns) + _ROW * batch.num_rows, of=share)
            yield pa.RecordBatch.from_arrays(columns, batch.schema.names)

    def _leaves_of(self, group: int) -> list[Leaf]:
        columns, schema = self._groups[group].columns, self._table.schema
        if len(columns) != len(schema):
            raise Unreadable("corrupt", f"it has {len(columns)} columns and not {len(schema)}; write the file anew")
        try:
            return [leaf_of(columns[number], schema.column(number)) for number in self._leaves]
        except NotThrift as error:
            raise Unreadable("corrupt", f"{error}; write the file anew") from error

    def _largest_row(self, leaf: Leaf) -> int:
        """Give what a row of a column may come to, where the column may be decompressed."""
        pages, end = find_pages(leaf, self._source.look)
        self._source.cut(leaf, end)
        for page in pages:
            self._pages.give(page.unpacked, of=self._paid(page.packed))
        self._check(largest(pages), "a page")
        try:
            return largest_row(leaf, pages, self._source.look)
        except Lying as error:
            raise Unreadable("corrupt", f"{error}; write the file anew") from error

    def _paid(self, size: int) -> int:
        """Say how much of a page's bytes was not counted before."""
        paid = min(size, self._unpaid)
        self._unpaid -= paid
        self._packed += paid
        return paid

    def _check(self, size: int, what: str) -> None:
        if size > self._most:
            told = f"{what} may come to {size:,} bytes, over the limit of {self._most:,}"
            raise Unreadable("too-large", f"{told}; write the file with smaller pages and row groups")

    def _at_a_time(self, group: int, most: int) -> int:
        """Say how many rows are decoded at a time, where each comes to so much at most."""
        mean = max(1, self._groups[group].size / max(1, self.rows(group)))
        wanted: int = min(_BATCH_ROWS, max(1, math.ceil(_BATCH_BYTES / mean)))
        return max(1, min(wanted, _BATCH_MOST // max(1, most)))


class _Checked(io.RawIOBase):
    """A file as Arrow is to see it: of a row group those pages that were looked at, and nothing else."""

    def __init__(self, source: Counted) -> None:
        super().__init__()
        self._source = source
        self.taken, self.most = source.taken, source.most
        self._at = 0
        self._leaves: list[Leaf] | None = None  # in order of place; None while all may be seen
        self._ends: dict[int, int] = {}
        self._held: dict[int, bytes] = {}

    def show(self, leaves: list[Leaf], *, at_once: bool) -> None:
        """Show columns of a row group, which may be read at once.

        Raises:
            Unreadable: "corrupt": they cannot stand where they are said to.
        """
        self._leaves = sorted(leaves)
        self._ends.clear()
        self._held.clear()
        free = 0
        for leaf in self._leaves:
            if leaf.begin < free or leaf.size < 0:
                raise Unreadable("corrupt", "its columns stand where they cannot stand; write the file anew")
            free = leaf.begin + leaf.size
            if at_once:
                self._held[leaf.begin] = self._read(leaf.begin, leaf.size)

    def look(self, at: int, size: int) -> bytes | memoryview:
        """Give bytes as they are."""
        leaf = self._leaf(at)
        held = self._held.get(leaf.begin) if leaf else None
        if leaf is None or held is None:
            return self._read(at, size)
        return memoryview(held)[at - leaf.begin : at - leaf.begin + size]

    def cut(self, leaf: Leaf, end: int) -> None:
        """Show a column up to a place only."""
        self._ends[leaf.begin] = end

    def _leaf(self, at: int) -> Leaf | None:
        leaves = self._leaves or []
        place = bisect.bisect_right(leaves, at, key=lambda leaf: leaf.begin) - 1
        return leaves[place] if place >= 0 and at < leaves[place].begin + leaves[place].size else None

    def _read(self, at: int, size: int) -> bytes:
        self._source.seek(at)
        return self._source.read(size)

    def read(self, size: int = -1) -> Any:
        """Give the next bytes. Behind the end of what is shown stand zeros, which Arrow takes for a broken page."""
        at = self._at
        if self._leaves is None:
            content: bytes | memoryview = self._read(at, size)
        else:
            leaf = self._leaf(at)
            if leaf is None:
                raise Unreadable("corrupt", "something stands where no page can stand; write the file anew")
            content = self.look(at, min(size, max(0, self._ends[leaf.begin] - at)))
            if len(content) < size:
                content = bytes(content).ljust(size, b"\0")
        self._at += len(content)
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = int(self._source.seek(offset, whence)) if base is None else base + offset
        return self._at

    def tell(self) -> int:
        """Tell the place."""
        return self._at

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read at any place."""
        return True


def _row_group(groups: _Groups, group: int, limit: int) -> Iterator[Rows | Lost]:
    read = 0
    try:
        for batch in groups.batches(group):
            parts = [batch] if batch.nbytes <= _FAR * limit else _rows_of(batch)
            for part in parts:
                if part.num_rows == 1 and part.nbytes > _FAR * limit:
                    read += 1
                    yield too_large(part.nbytes, _digest(part), limit)
                    continue
                yield Rows(part)
                read += part.num_rows
        if read < (said := groups.rows(group)):
            yield _corrupt(f"row group {group} ends after {read:,} rows, and its metadata tell of {said:,}")
    except Unreadable as error:
        yield lost(Unreadable(error.reason, f"row group {group} is read no further than row {read}: {error.detail}"))
    except _BROKEN as error:
        yield _corrupt(f"row group {group} cannot be read past its row {read} ({_told(error)})")


def _rows_of(batch: Any) -> Iterator[Any]:
    return (batch.slice(place, 1) for place in range(batch.num_rows))


def _plain(column: Any) -> Any:
    """Give a column whose size shows what its values come to."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _digest(row: Any) -> str:
    """Digest a row that is not made into values: the bytes of its texts."""
    digest = hashlib.sha256()
    for column in row.columns:
        if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            digest.update(column[0].as_buffer() or b"")
    return digest.hexdigest()


def _corrupt(detail: str) -> Lost:
    return Lost("corrupt", detail, 0, NOTHING_SHA256)


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
