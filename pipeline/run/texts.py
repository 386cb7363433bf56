"""Texts by the number of their document, read where they lie, so that memory does not grow with the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.run.aside import Mapped
from pipeline.run.committed import CommittedTexts
from pipeline.run.stage import Shard
from pipeline.sign import texts as packed
from pipeline.sign.texts import string_of, texts_of_arrow
from pipeline.store.corpus import Corpus, readable

I64 = NDArray[np.int64]

# Bytes of texts after which what is mapped is given back. Linux maps 64 kB where 3 kB are asked for.
_READ_AT_MOST = 4 * 2**20


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
    maps: list[Mapped] = []
    staged = (ColumnTexts(batch["text"]) for shard in shards for batch in shard.batches("cleaned", maps))
    return Texts(_committed(corpus), staged, maps)


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

    def __init__(self, old: Iterable[Source], new: Iterable[Source], maps: Sequence[Mapped] = ()) -> None:
        """Take those of kept documents of earlier runs, and those of the others, which may stand in mapped files."""
        self._maps = maps
        self._read = 0
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
        self._read += sum(part.nbytes for part in parts)
        if self._read > _READ_AT_MOST:
            self._read = 0
            for one in self._maps:
                one.forget()
        return texts_of_arrow(pa.concat_arrays([pa.array([], pa.string()), *parts]))

    def _parted(self, numbers: I64) -> Iterator[tuple[Source, slice, I64]]:
        """Give each source with the sorted numbers that are of it, and with their rows there."""
        places = np.searchsorted(self._starts, numbers, "right") - 1
        begins = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
        for begin, end in pairwise([*begins, len(numbers)]):
            place = int(places[begin])
            yield self._sources[place], slice(begin, end), numbers[begin:end] - self._starts[place]


class ColumnTexts:
    """A column. That of a staged batch points into the mapped file, so only what is asked for is read."""

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


def _sizes(column: pa.Array, rows: I64) -> I64:
    offsets = texts_of_arrow(column).offsets
    return offsets[rows + 1] - offsets[rows]


def _taken(column: pa.Array, rows: I64) -> pa.Array:
    return column.take(pa.array(rows))
