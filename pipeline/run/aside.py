"""Tables of batches, written aside by whoever made them: the main process is told where they stand, and maps them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline.batch import STAGED

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


def read_aside(folder: Path, segments: Iterable[Segment], table: str) -> Iterator[pa.RecordBatch]:
    """Give one table of each of some batches. Their columns point into the mapped files."""
    number = list(STAGED).index(table)
    maps: dict[str, pa.Buffer] = {}
    for segment in segments:
        if segment.file not in maps:
            with pa.memory_map(str(folder / segment.file)) as file:
                maps[segment.file] = file.read_buffer()
        yield pa.ipc.read_record_batch(maps[segment.file].slice(*segment.places[number]), STAGED[table])


def _whole(table: pa.Table) -> pa.RecordBatch:
    """Give a table as one batch, empty or not."""
    for batch in table.combine_chunks().to_batches():
        return batch
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in table.schema], schema=table.schema)
