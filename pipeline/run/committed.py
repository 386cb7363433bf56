"""Texts of earlier runs, read where they lie: of a column as Winnow writes it no more than the pages that hold them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.read.parquet_pages import ZSTD, Leaf, Page, Values, find_pages, is_plain, texts_in
from pipeline.run.aside import Mapped
from pipeline.sign.texts import texts_of_arrow
from pipeline.store.corpus import readable

I64 = NDArray[np.int64]

# Bytes of texts that are held: documents that are asked for one by one often stand together. More of them than a
# processor holds close by would make reading others twice as long.
_HELD = 2 * 2**20


class _Group(NamedTuple):
    """A row group."""

    path: Path
    number: int
    leaf: Leaf | None
    """Where its texts stand, if they do as Winnow writes them."""


class CommittedTexts:
    """The kept documents of an earlier run: `rows` are their places in its files."""

    def __init__(self, files: Sequence[Path], rows: Sequence[int] | I64) -> None:
        self._rows = np.asarray(rows, np.int64)
        self._groups: list[_Group] = []
        starts, means = [0], []
        for path in files:
            with readable(path):
                metadata = pq.read_metadata(path)
            text = metadata.schema.names.index("text")
            required = not metadata.schema.column(text).max_definition_level
            for number in range(metadata.num_row_groups):
                about = metadata.row_group(number)
                column = about.column(text)
                self._groups.append(_Group(path, number, _leaf(column) if required else None))
                starts.append(starts[-1] + about.num_rows)
                means.append(column.total_uncompressed_size // max(1, about.num_rows))
        self._starts = np.array(starts, np.int64)
        self._means = np.array(means, np.int64)
        self._pages: dict[int, tuple[list[Page], I64]] = {}
        self._held: OrderedDict[tuple[int, int], Values] = OrderedDict()
        self._held_bytes = 0

    def __len__(self) -> int:
        return len(self._rows)

    def text(self, row: int) -> str:
        """Give the text of a kept document by its number among those of the run."""
        return self.data(row).decode()

    def data(self, row: int) -> bytes:
        """Give what `text` gives, in UTF-8."""
        return b"".join(bytes(memoryview(part[0].as_buffer())) for part in self.take(np.array([row])))

    def sizes(self, rows: I64) -> I64:
        """Give the bytes of texts, by their numbers: the mean of their row group, since to read it takes long."""
        return self._means[np.searchsorted(self._starts, self._rows[rows], side="right") - 1]

    def take(self, rows: I64) -> list[pa.Array]:
        """Give texts by their sorted numbers."""
        texts: list[bytes] = []
        for group, places in _parted(self._rows[rows], self._starts):
            _, starts = self._pages_of(group)
            for page, its in _parted(places, starts):
                data, begins, ends = self._of_page(group, page)
                # A copy each: a view would hold all of the page until the last text is there.
                texts += [bytes(data[begins[one] : ends[one]]) for one in its.tolist()]
        offsets = np.cumsum([0, *map(len, texts)]).astype(np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(texts))]
        return [pa.Array.from_buffers(pa.string(), len(texts), buffers)]

    def _of_page(self, group: int, page: int) -> Values:
        key = (group, page)
        texts = self._held.pop(key, None)
        if texts is None:
            texts = self._read(group, page)
            self._held_bytes += len(texts.data)
        self._held[key] = texts
        while len(self._held) > 1 and self._held_bytes > _HELD:
            self._held_bytes -= len(self._held.popitem(last=False)[1].data)
        return texts

    def _pages_of(self, group: int) -> tuple[list[Page], I64]:
        """Give the pages of a row group's texts, and the row at which each begins; none where it is read as a whole."""
        if group not in self._pages:
            path, _, leaf = self._groups[group]
            pages: list[Page] = []
            if leaf is not None:
                with readable(path):
                    content = memoryview(Mapped(path).content).cast("B")
                    pages = find_pages(leaf, lambda at, size: content[at : at + size]).sound
            rows = int(self._starts[group + 1] - self._starts[group])
            starts = np.cumsum([0, *(page.values for page in pages)], dtype=np.int64)
            if starts[-1] != rows or not all(map(is_plain, pages)):
                pages, starts = [], np.array([0, rows])
            self._pages[group] = pages, starts
        return self._pages[group]

    def _read(self, group: int, page: int) -> Values:
        """Read the texts of a page of a row group, or all of these."""
        path, number, leaf = self._groups[group]
        pages, starts = self._pages_of(group)
        with readable(path):
            if leaf is not None and pages:
                with path.open("rb", buffering=0) as file:
                    texts = texts_in(leaf, pages[page], partial(_read_at, file))
                if texts is not None:
                    return texts
            with pq.ParquetFile(path) as file:
                column = file.read_row_group(number, columns=["text"])["text"].combine_chunks()
        data, offsets = texts_of_arrow(column)
        ends = offsets[int(starts[page]) : int(starts[page + 1]) + 1].tolist()
        return Values(memoryview(data.data), ends[:-1], ends[1:])


def _read_at(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _leaf(column: pq.ColumnChunkMetaData) -> Leaf | None:
    if column.compression != "ZSTD" or column.has_dictionary_page:
        return None
    return Leaf(
        column.data_page_offset, column.total_compressed_size, column.num_values, "BYTE_ARRAY", 0, ZSTD, 0, False
    )


def _parted(places: I64, starts: I64) -> Iterator[tuple[int, I64]]:
    """Part sorted places by the ranges that they are in; gives the number of each range, and places within it."""
    ranges = np.searchsorted(starts, places, side="right") - 1
    begins = np.flatnonzero(np.diff(ranges, prepend=-1)).tolist()
    for begin, end in pairwise([*begins, len(places)]):
        number = int(ranges[begin])
        yield number, places[begin:end] - starts[number]
