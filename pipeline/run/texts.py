"""Texts by the number of their document, read where they lie, so that memory does not grow with the corpus."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.run.stage import Shard
from pipeline.store.corpus import Corpus, readable

# Row groups of earlier runs held at once (of 32 MB at most each, see pipeline.store.tables).
_GROUPS_HELD = 4


class _Source(Protocol):
    """Some documents that lie together."""

    def __len__(self) -> int: ...

    def data(self, row: int) -> bytes: ...


class Texts:
    """The texts of the kept documents of earlier runs, then of the staged documents, in order of arrival."""

    def __init__(self, shards: Sequence[Shard], corpus: Corpus) -> None:
        self._sources: list[_Source] = []
        self._starts: list[int] = []
        self._end = 0
        for manifest in corpus.manifests:
            rows: list[int] = []
            for path in corpus.files_of(manifest, "index"):
                with readable(path):
                    rows += pq.read_table(path, columns=["row"])["row"].to_pylist()
            if rows:
                self._add(CommittedTexts(corpus.files_of(manifest, "documents"), rows))
        self.first_new = self._end
        """Number of the first staged document."""
        for shard in shards:
            for batch in shard.batches("cleaned"):
                self._add(_Staged(batch["text"]))

    def _add(self, source: _Source) -> None:
        if len(source):
            self._starts.append(self._end)
            self._sources.append(source)
            self._end += len(source)

    def __len__(self) -> int:
        return self._end

    def __getitem__(self, number: int) -> str:
        return self.data(number).decode()

    def data(self, number: int) -> bytes:
        """Give the text of a document in UTF-8."""
        place = bisect_right(self._starts, number) - 1
        return self._sources[place].data(number - self._starts[place])


class _Staged:
    """A staged batch: the column points into the mapped file, so only what is asked for is read."""

    def __init__(self, column: pa.StringArray) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def data(self, row: int) -> bytes:
        """Give the text of a row of the batch."""
        return _data(self._column[row])


class CommittedTexts:
    """The kept documents of an earlier run: `rows` are their places in its files."""

    def __init__(self, files: Sequence[Path], rows: Sequence[int]) -> None:
        self._rows = rows
        self._groups: list[tuple[Path, int]] = []
        starts = []
        total = 0
        for path in files:
            with readable(path):
                metadata = pq.read_metadata(path)
            for group in range(metadata.num_row_groups):
                self._groups.append((path, group))
                starts.append(total)
                total += metadata.row_group(group).num_rows
        self._starts = np.array(starts, np.int64)
        self._held: OrderedDict[int, pa.ChunkedArray] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def text(self, row: int) -> str:
        """Give the text of a kept document by its number among those of the run."""
        return self.data(row).decode()

    def data(self, row: int) -> bytes:
        """Give what `text` gives, in UTF-8."""
        place = self._rows[row]
        group = int(np.searchsorted(self._starts, place, side="right")) - 1
        column = self._held.pop(group, None)
        if column is None:
            path, number = self._groups[group]
            with readable(path), pq.ParquetFile(path) as file:
                column = file.read_row_group(number, columns=["text"])["text"]
        self._held[group] = column
        if len(self._held) > _GROUPS_HELD:
            self._held.popitem(last=False)
        return _data(column[place - int(self._starts[group])])


def _data(text: pa.Scalar) -> bytes:
    return bytes(memoryview(text.as_buffer()))
