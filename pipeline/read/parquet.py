"""Parquet: rows of a table, one batch in memory at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import Unreadable
from pipeline.read.fields import Fields
from pipeline.read.pieces import NOTHING_SHA256, Lost, lost
from pipeline.read.rows import Rows

_BATCH_BYTES = 8 * 2**20  # bytes of a batch, as the file's metadata tell the size of its rows
_BATCH_ROWS = 1024
# What pyarrow raises on broken data; OSError covers what it says of a file it cannot make sense of.
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, NotImplementedError)


def read_parquet(source: BinaryIO, fields: Fields) -> Iterator[Rows | Lost]:
    """Give the rows of a Parquet file, each a record.

    Only columns that the configuration names are read. A row group that cannot be read costs its own rows only; they
    are told as one.

    Args:
        source: the file, open, which can be read at any place.
    """
    try:
        table = pq.ParquetFile(source)
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
    for group in range(table.num_row_groups):
        yield from _row_group(table, group, columns)


def _row_group(table: Any, group: int, columns: list[str]) -> Iterator[Rows | Lost]:
    read = 0
    try:
        about = table.metadata.row_group(group)
        rows = max(1, about.num_rows)
        size = min(_BATCH_ROWS, max(1, math.ceil(_BATCH_BYTES / max(1, about.total_byte_size / rows))))
        for batch in table.iter_batches(batch_size=size, row_groups=[group], columns=columns, use_threads=False):
            yield Rows(batch)
            read += batch.num_rows
    except Unreadable as error:
        yield lost(error)
    except _BROKEN as error:
        yield _corrupt(f"row group {group} cannot be read past its row {read} ({_told(error)})")


def _corrupt(detail: str) -> Lost:
    return Lost("corrupt", detail, 0, NOTHING_SHA256)


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
