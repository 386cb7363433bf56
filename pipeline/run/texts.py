"""Texts by the number of their document, read where they lie, so that memory does not grow with the corpus."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol
from weakref import finalize

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.run.aside import Strings
from pipeline.run.committed import CommittedTexts
from pipeline.run.stage import Shard
from pipeline.sign import texts as packed
from pipeline.sign.texts import string_of, texts_of_arrow
from pipeline.store.corpus import Corpus, readable

I64 = NDArray[np.int64]


class Source(Protocol):
    """Some documents that lie together, by their rows."""

    def __len__(self) -> int: ...

    def sizes(self, rows: I64) -> I64:
        """Give the bytes of texts in UTF-8, or about so many."""
        ...

    def take(self, rows: I64) -> list[pa.Array]:
        """Give texts, some at a time."""
        ...


def texts_of_run(shards: Iterable[Shard], corpus: Corpus) -> Texts:
    """Give the texts of the kept documents of earlier runs, then of the staged documents."""
    return Texts(_committed(corpus), _staged(shards))


def _staged(shards: Iterable[Shard]) -> Iterator[Source]:
    files: dict[Path, Opened] = {}
    for shard in shards:
        for column in shard.strings("cleaned", "text"):
            if column.file not in files:
                files[column.file] = Opened(column.file)
            yield StagedTexts(files[column.file], column)


def _committed(corpus: Corpus) -> Iterator[Source]:
    for manifest in corpus.manifests:
        rows = [np.empty(0, np.int64)]
        for path in corpus.files_of(manifest, "index"):
            with readable(path), pq.ParquetFile(path, pre_buffer=False) as file:
                rows.append(file.read(columns=["row"])["row"].to_numpy())
        if len(rows) > 1:
            yield CommittedTexts(corpus.files_of(manifest, "documents"), np.concatenate(rows))


class Texts:
    """The texts of documents in order of arrival."""

    def __init__(self, old: Iterable[Source], new: Iterable[Source]) -> None:
        """Take those of kept documents of earlier runs, and those of the others."""
        self._sources: list[Source] = []
        self._starts: list[int] = []
        self._end = 0
        for source in old:
            self._add(source)
        self.first_new = self._end
        """Number of the first one that is no kept document of an earlier run."""
        for source in new:
            self._add(source)

    def _add(self, source: Source) -> None:
        if len(source):
            self._starts.append(self._end)
            self._sources.append(source)
            self._end += len(source)

    def __len__(self) -> int:
        return self._end

    def __getitem__(self, number: int) -> str:
        return string_of(self.take(np.array([number])), 0)

    def sizes(self, numbers: I64) -> I64:
        """Give the bytes of the texts of documents in UTF-8; of those of earlier runs about so many."""
        out = np.empty(len(numbers), np.int64)
        order = np.argsort(numbers)
        for source, some, rows in self._parted(numbers[order]):
            out[order[some]] = source.sizes(rows)
        return out

    def take(self, numbers: I64) -> packed.Texts:
        """Give the texts of documents in UTF-8; their numbers are sorted."""
        parts = [part for source, _, rows in self._parted(numbers) for part in source.take(rows)]
        return texts_of_arrow(pa.concat_arrays([pa.array([], pa.string()), *parts]))

    def _parted(self, numbers: I64) -> Iterator[tuple[Source, slice, I64]]:
        """Give each source with the sorted numbers that are of it, and with their rows there."""
        places = np.searchsorted(self._starts, numbers, "right") - 1
        begins = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
        for begin, end in pairwise([*begins, len(numbers)]):
            place = int(places[begin])
            yield self._sources[place], slice(begin, end), numbers[begin:end] - self._starts[place]


class ColumnTexts:
    """A column in memory."""

    def __init__(self, column: pa.StringArray) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def sizes(self, rows: I64) -> I64:
        """Give the bytes of texts, by their rows."""
        return _sizes(self._column, rows)

    def take(self, rows: I64) -> list[pa.Array]:
        """Give texts by their rows."""
        return [_taken(self._column, rows)]


class Opened:
    """A file that is read here and there, until nobody holds it.

    It is not mapped: Linux would count 64 kB as ours for each text, a million of them before all are looked at once.
    """

    def __init__(self, path: Path) -> None:
        """Open it."""
        self._file = os.open(path, os.O_RDONLY)
        finalize(self, os.close, self._file)

    def read(self, begin: int, size: int) -> bytes:
        """Give so many bytes from a place on; fewer only at the end."""
        parts = [os.pread(self._file, size, begin)]
        while parts[-1] and (left := size - sum(map(len, parts))):
            parts.append(os.pread(self._file, left, begin + size - left))
        return b"".join(parts)


class StagedTexts:
    """The texts of a staged batch, read where they lie; of each four bytes are held."""

    def __init__(self, file: Opened, column: Strings) -> None:
        self._file = file
        self._begin = column.begin
        self._offsets = column.offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def sizes(self, rows: I64) -> I64:
        """Give the bytes of texts, by their rows."""
        return (self._offsets[rows + 1] - self._offsets[rows]).astype(np.int64)

    def take(self, rows: I64) -> list[pa.Array]:
        """Give texts by their rows."""
        begins, ends = self._offsets[rows], self._offsets[rows + 1]
        # Texts that stand one after another are read at once.
        first = np.flatnonzero(begins[1:] != ends[:-1]) + 1
        spans = zip(begins[[0, *first]].tolist(), ends[[*(first - 1), -1]].tolist(), strict=True)
        data = b"".join([self._file.read(self._begin + begin, end - begin) for begin, end in spans])
        offsets = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(ends - begins, out=offsets[1:])
        return [pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(data))]


def _sizes(column: pa.Array, rows: I64) -> I64:
    offsets = texts_of_arrow(column).offsets
    return offsets[rows + 1] - offsets[rows]


def _taken(column: pa.Array, rows: I64) -> pa.Array:
    return column.take(pa.array(rows))
