"""Rows of a table as Arrow holds them, in columns, until they are taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import pyarrow as pa
from orjson import JSONEncodeError

from pipeline.compiling import worth_loading
from pipeline.errors import Unreadable
from pipeline.jit import can_compile
from pipeline.lean import with_pandas
from pipeline.read.fields import Fields, Layout, canonical_json, written
from pipeline.read.pieces import Columns, Found, Piece, lost, sha256_of, too_large
from pipeline.read.sniff import looks_like_html
from pipeline.sign.texts import Strings, Texts, texts_of_arrow
from pipeline.values import Given

_TAG = np.uint8(ord("<"))
# What a byte takes longer where it becomes a string.
_BYTE_NS = 1

_PLAIN = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary),
    *(pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_null),
)


class Rows:
    """Rows of a Parquet file that stand one after another, each a record. To take them apart raises nothing."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        """Take rows.

        Raises:
            pa.ArrowException, ...: Python cannot hold what a column holds, nor its text.
        """
        self._batch = batch
        if needs_pandas(batch.schema):
            with_pandas()
        for column in batch.columns:
            # Of most tables these are short columns, if any: dates, names.
            if not _is_plain(column.type):
                _values(column)

    def __len__(self) -> int:
        return int(self._batch.num_rows)

    def __reduce__(self) -> tuple[Any, ...]:
        # Rows that were cut off would be pickled with those that they were cut from.
        return _received, (self._batch.schema, self._batch.serialize())

    @property
    def size(self) -> int:
        """Bytes of all columns."""
        return int(self._batch.nbytes)

    def parted(self, count: int) -> tuple[Rows, Rows]:
        """Cut the first rows off."""
        return _known(self._batch.slice(0, count)), _known(self._batch.slice(count))

    def pieces(self, fields: Fields, limit: int) -> Iterator[Piece]:
        """Give the records; `limit` is the largest size of one, in bytes.

        A record's digest is that of its columns as canonical JSON.
        """
        if needs_pandas(self._batch.schema):
            with_pandas()
        columns, rows = self._told()
        paths = fields.paths(tuple(columns))
        for row, given in zip(rows, fields.given(columns, len(rows)), strict=True):
            yield _record(row, given, fields, paths, limit)

    def columns(self, fields: Fields, limit: int) -> Columns | None:
        """Give the same in columns, at half of the price; None where a record cannot be used."""
        if needs_pandas(self._batch.schema):
            with_pandas()
        return self._columns_of_texts(fields, limit) or self._columns_of_values(fields, limit)

    def _columns_of_texts(self, fields: Fields, limit: int) -> Columns | None:
        """Do so where the texts are a column by itself, none of which becomes a string."""
        names = tuple(self._batch.schema.names)
        name = fields.only_content(names)
        if name is None or not len(self) or len(set(names)) < len(names):
            return None
        if not (worth_loading(self._lost()) and can_compile()):
            return None
        at = names.index(name)
        if (texts := _texts(self._batch.column(at))) is None:
            return None
        from pipeline.read.json_loops import holding

        contents = Strings.of(texts)
        if any(looks_like_html(contents[row]) for row in np.flatnonzero(holding(*texts, _TAG)).tolist()):
            return None
        columns = {other: _Cells(self._batch.column(number)) for number, other in enumerate(names) if number != at}
        sha256 = _digests(name, texts, columns, limit)
        if sha256 is None:
            return None
        said = fields.said_in(names)
        given = fields.given({other: columns[other].values for other in names if other in said}, len(self))
        return Columns("parquet", ["text"] * len(self), contents, sha256, repeat(None), given)

    def _lost(self) -> int:
        return _BYTE_NS * self.size

    def _columns_of_values(self, fields: Fields, limit: int) -> Columns | None:
        columns, rows = self._told()
        try:
            media, content = fields.contents(columns, rows)
        except Unreadable:
            return None
        sha256: list[str] = []
        for row in rows:
            # Each is let go of before the next one is made, which then stands where it stood, in the processor's cache.
            canonical = canonical_json(row)
            if len(canonical) > limit:
                return None
            sha256.append(sha256_of(canonical))
        return Columns("parquet", media, content, sha256, repeat(None), fields.given(columns, len(rows)))

    def _told(self) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
        """Give the values by column and by row."""
        # Of columns with the same name the last one counts.
        columns = dict(zip(self._batch.schema.names, map(_values, self._batch.columns), strict=True))
        return columns, [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


class _Cells:
    """A column beside that of the texts."""

    def __init__(self, column: Any) -> None:
        self._column = column
        self.missing = np.zeros(len(column), np.bool_)
        """Which rows hold nothing."""
        self.texts: Texts | None = None
        """The bytes of its texts; None where it holds something else."""
        if _is_text(column.type):
            if column.null_count:
                self.missing = column.is_null().to_numpy(zero_copy_only=False)
                # Those that are missing may have bytes, which nobody has looked at.
                column = column.fill_null("")
            self.texts = _texts(column)

    @cached_property
    def values(self) -> list[Any]:
        """Its values as objects."""
        return _values(self._column)

    def json(self) -> Texts:
        """Give each value as JSON.

        Raises:
            JSONEncodeError: orjson refuses one of them.
        """
        # In a list, a value may stand as deep as it does in its row.
        cells = [written([value])[1:-1] for value in self.values]
        return Texts(np.frombuffer(b"".join(cells), np.uint8), np.cumsum([0, *map(len, cells)]))


def _digests(name: str, texts: Texts, columns: Mapping[str, _Cells], limit: int) -> list[str] | None:
    """Digest rows as `canonical_json` writes them; None where one is over the limit, or orjson refuses it.

    Args:
        name: of the column of the texts.
        texts: these.
        columns: the others.
        limit: see above.
    """
    from pipeline.read.json_loops import AS_THEY_ARE, STRINGS, TEXTS, written_rows

    rows = len(texts.offsets) - 1
    names = sorted([name, *columns])
    data: list[memoryview] = []
    places = np.zeros((len(names), rows + 1), np.int64)
    missing = np.zeros((len(names), rows), np.bool_)
    kinds: list[int] = []
    size = 0
    for at, other in enumerate(names):
        if other == name:
            kinds.append(TEXTS)
            continue
        cells = columns[other]
        kinds.append(AS_THEY_ARE if cells.texts is None else STRINGS)
        try:
            held, offsets = cells.texts or cells.json()
        except JSONEncodeError:
            return None
        begin, end = int(offsets[0]), int(offsets[-1])
        data.append(held[begin:end].data)
        places[at], missing[at] = offsets + (size - begin), cells.missing
        size += end - begin
    keys = [b"%s%s:" % (b"," if at else b"{", written([other])[1:-1]) for at, other in enumerate(names)]
    others, before = (np.frombuffer(b"".join(parts) or b" ", np.uint8) for parts in (data, keys))
    starts, of_each = np.cumsum([0, *map(len, keys)]), np.array(kinds)
    sha256: list[str] = []
    out = np.empty(0, np.uint8)
    while len(sha256) < rows:
        out, ends = written_rows(*texts, others, places, of_each, missing, before, starts, len(sha256), out)
        if (ends[1:] - ends[:-1]).max() > limit:
            return None
        whole = out.data
        sha256 += [sha256_of(whole[begin:end]) for begin, end in pairwise(ends.tolist())]
    return sha256


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _texts(column: Any) -> Texts | None:
    """Give the bytes of a column of texts; None where some row holds none, or something else."""
    if not _is_text(column.type) or column.null_count:
        return None
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        # No UTF-8 after all.
        return None
    return texts_of_arrow(column)


def needs_pandas(schema: pa.Schema) -> bool:
    """Say whether a table has times in nanoseconds: read as pandas' values, with which they enter the digest."""
    return any("[ns" in str(field.type) for field in schema)


def _known(batch: pa.RecordBatch) -> Rows:
    rows = Rows.__new__(Rows)
    rows._batch = batch
    return rows


def _received(schema: pa.Schema, data: pa.Buffer) -> Rows:
    return _known(pa.ipc.read_record_batch(data, schema))


def _is_plain(kind: pa.DataType) -> bool:
    """Say whether Python can hold whatever a column of this type holds: numbers, and what is text or else bytes."""
    return any(test(kind) for test in _PLAIN)


def _record(row: dict[str, Any], given: Given, fields: Fields, paths: Layout, limit: int) -> Piece:
    canonical = canonical_json(row)
    sha256 = sha256_of(canonical)
    if len(canonical) > limit:
        return too_large(len(canonical), sha256, limit)
    try:
        media, content = fields.content(row, paths)
    except Unreadable as error:
        return lost(error, canonical)
    return Found("parquet", media, content, sha256, None, None, given)


def _values(column: Any) -> list[Any]:
    """Give a column's values. What Python cannot hold is given another way: text that is no UTF-8 as its bytes, a date
    out of Python's calendar as Arrow writes it."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return list(column.cast(pa.binary()).to_pylist())
    except (ValueError, OverflowError, KeyError, pa.ArrowException):
        return list(column.cast(pa.string()).to_pylist())
