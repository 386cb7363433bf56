"""Tables of batches, written aside by whoever made them: the main process is told where they stand, and maps them."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.batch import STAGED

I32 = NDArray[np.int32]

# Arrow wants its buffers so aligned. A process that was killed may have left a part of a table.
_ALIGNED = 64


class Segment(NamedTuple):
    """Where the tables of a batch stand."""

    file: str
    """Its name; each process writes one of its own, batch after batch."""
    places: tuple[tuple[int, int], ...]
    """Of each table of `STAGED`, where it begins and its size, in bytes."""


def write_aside(tables: Mapping[str, pa.Table], folder: Path) -> Segment:
    """Write the tables of a batch into a folder."""
    name = f"{os.getpid()}.tables"
    places: list[tuple[int, int]] = []
    with (folder / name).open("ab") as file:
        at = file.tell()
        for table in STAGED:
            gap = -at % _ALIGNED
            data = _whole(tables[table]).serialize()
            file.write(bytes(gap))
            file.write(data)
            places.append((at + gap, data.size))
            at += gap + data.size
    return Segment(name, tuple(places))


class Mapped:
    """A file whose bytes are read when they are looked at, and need no memory once they were."""

    def __init__(self, path: Path) -> None:
        """Map a file that is not empty."""
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.content = pa.py_buffer(self._map)
        """All of it; stays good after `forget`."""

    def forget(self) -> None:
        """Give back the memory of what was read, which else counts as ours until the file is let go."""
        if hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)


class Strings(NamedTuple):
    """Where a column of strings stands that is not held."""

    file: Path
    begin: int
    """Where in the file its bytes begin."""
    offsets: I32
    """(rows + 1,): string i is the bytes from offsets[i] to offsets[i + 1], counted from there."""


def read_aside(folder: Path, segments: Iterable[Segment], table: str) -> Iterator[pa.RecordBatch]:
    """Give one table of each of some batches. Their columns point into the mapped files."""
    return (batch for _, _, batch in _read(folder, segments, table))


def find_aside(folder: Path, segments: Iterable[Segment], table: str, column: str) -> Iterator[Strings]:
    """Say of each of some batches that is not empty where a column of one of its tables stands."""
    for segment, file, batch in _read(folder, segments, table):
        if batch.num_rows:
            _, offsets, data = batch[column].buffers()
            # A buffer of no bytes stands nowhere.
            begin = data.address - file.content.address if data is not None and data.size else 0
            yield Strings(folder / segment.file, begin, np.frombuffer(offsets, np.int32, batch.num_rows + 1).copy())


def _read(folder: Path, segments: Iterable[Segment], table: str) -> Iterator[tuple[Segment, Mapped, pa.RecordBatch]]:
    number = list(STAGED).index(table)
    mapped: dict[str, Mapped] = {}
    for segment in segments:
        file = mapped.get(segment.file)
        if file is None:
            file = mapped[segment.file] = Mapped(folder / segment.file)
        yield segment, file, pa.ipc.read_record_batch(file.content.slice(*segment.places[number]), STAGED[table])
        file.forget()


def read_arrow(path: Path) -> Iterator[pa.RecordBatch]:
    """Give the batches of an Arrow file. Their columns point into the mapped file."""
    file = Mapped(path)
    reader = pa.ipc.open_file(file.content)
    for number in range(reader.num_record_batches):
        yield reader.get_batch(number)
        file.forget()


def _whole(table: pa.Table) -> pa.RecordBatch:
    """Give a table as one batch, empty or not."""
    for batch in table.combine_chunks().to_batches():
        return batch
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in table.schema], schema=table.schema)
