"""Batches of records on their way to whoever cleans them, which may be another process.

Records go in columns, which are pickled in a fraction of the time, or as they were cut out of their files, and are
taken apart where they are cleaned.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch import Batch, Item, not_collecting
from pipeline.config import Config, RunConfig
from pipeline.mask.key import sealer
from pipeline.read.reader import Block, records_of
from pipeline.record import Clock, Seconds
from pipeline.records import Records
from pipeline.run.aside import Segment, write_aside
from pipeline.sign.texts import Strings
from pipeline.values import Given, Place, Quarantined, RawRecord, of_columns

_Columns = tuple[Sequence[Any], ...]


class Packed(NamedTuple):
    """Records as they were read, and what could not be read among them, in columns."""

    records: _Columns
    """The fields of `RawRecord`, but for its place and what is given of it."""
    places: _Columns
    given: _Columns
    lost: tuple[tuple[int, Quarantined], ...]
    """What could not be read, with its position among the records."""


Parcel = tuple[Block | Packed, ...]
"""A batch, in the order of its records."""


def packed(items: Sequence[Item]) -> Packed:
    """Put records into columns."""
    records = [item for item in items if isinstance(item, RawRecord)]
    places, *columns, given = zip(*records, strict=True) if records else ([] for _ in RawRecord._fields)
    lost = tuple((at, item) for at, item in enumerate(items) if isinstance(item, Quarantined))
    return Packed(tuple(columns), tuple(zip(*places, strict=True)), tuple(zip(*given, strict=True)), lost)


def unpacked(columns: Packed) -> list[Item]:
    """Give the records that stand in columns, as they were."""
    items: list[Item] = [*_records(columns)] if columns.places else []
    for at, item in columns.lost:
        items.insert(at, item)
    return items


def _records(columns: Packed) -> list[RawRecord]:
    return of_columns(
        RawRecord, of_columns(Place, *columns.places), *columns.records, of_columns(Given, *columns.given)
    )


def opened(parcel: Parcel, config: Config) -> Sequence[Item]:
    """Give the records of a parcel, each as `read_file` does; as `Records` where all are texts."""
    parts = [records_of(one, config.read) if isinstance(one, Block) else unpacked(one) for one in parcel]
    texts = [part for part in parts if isinstance(part, Records) and isinstance(part.contents, Strings)]
    return Records.joined(texts) if parts and len(texts) == len(parts) else list(chain.from_iterable(parts))


class Filling:
    """A parcel while it is filled, up to the size of a batch."""

    def __init__(self, limits: RunConfig) -> None:
        """Begin with nothing."""
        self._limits = limits
        self._portions: list[Block | Packed] = []
        self._items: list[Item] = []
        self.records = 0
        self.size = 0
        """Bytes of what was taken, about."""

    @property
    def is_full(self) -> bool:
        """Say whether it is as large as a batch may be."""
        return self.records >= self._limits.batch_records or self.size >= self._limits.batch_bytes

    def take(self, one: Block | Item) -> Block | None:
        """Take a record, or of a block what there is room for; gives what is left of it. It must not be full."""
        if not isinstance(one, Block):
            self._items.append(one)
            self.records += 1
            self.size += size_of(one)
            return None
        self._pack()
        size, count = one.raw.size, len(one.raw)
        fitting = -(-(self._limits.batch_bytes - self.size) * count // max(1, size))
        room = min(self._limits.batch_records - self.records, fitting)
        rest = None
        if room < count:
            one, rest = one.parted(room)
            size, count = one.raw.size, room
        self._portions.append(one)
        self.records += count
        self.size += size
        return rest

    def close(self) -> Parcel:
        """Give what was taken."""
        self._pack()
        return tuple(self._portions)

    def _pack(self) -> None:
        if self._items:
            self._portions.append(packed(self._items))
            self._items = []


def size_of(item: Item) -> int:
    """Give the size of a record's content; nothing where it could not be read."""
    return len(item.content) if isinstance(item, RawRecord) else 0


def _size_of_all(items: Sequence[Item]) -> int:
    if isinstance(items, Records) and isinstance(items.contents, Strings):
        return items.contents.chars
    return sum(map(size_of, items))


class Task(NamedTuple):
    """A parcel to clean, and where to write what comes of it."""

    parcel: Parcel | Path
    """Where another process cleans it, a file that holds it: through a pipe each would wait for the other."""
    folder: Path

    def received(self) -> Parcel:
        """Give the parcel."""
        if not isinstance(self.parcel, Path):
            return self.parcel
        parcel: Parcel = pickle.loads(self.parcel.read_bytes())  # noqa: S301 - written by `handed`
        return parcel


def handed(parcel: Parcel, path: Path) -> None:
    """Write a parcel to a file for another process."""
    with path.open("wb", buffering=0) as file:
        pickle.dump(parcel, file, protocol=5)


class Staged(NamedTuple):
    """What came of a parcel."""

    segments: tuple[Segment, ...]
    """Where its tables stand, in the order of its records."""
    bytes: int
    """Size of the records' contents."""
    seconds: Seconds
    """Processor time by stage."""


def joined(parts: Sequence[Staged]) -> Staged:
    """Put what came of the parts of a parcel together, in their order."""
    seconds: Seconds = {}
    for part in parts:
        for stage, spent in part.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
    return Staged(tuple(one for part in parts for one in part.segments), sum(part.bytes for part in parts), seconds)


Clean = Callable[[Sequence[Item], Config], Batch]
"""What `clean_batch` is, or what stands for it."""


def clean_parcel(clean: Clean, task: Task, config: Config) -> Staged:
    """Take a parcel apart, clean its records, and write aside what comes of them."""
    with not_collecting():
        return _clean_parcel(clean, task, config)


def _clean_parcel(clean: Clean, task: Task, config: Config) -> Staged:
    seconds: Seconds = {}
    clock = Clock(seconds)
    items = opened(task.received(), config)
    if (seal := sealer(config.privacy)) is not None:
        items = [item._replace(sha256=seal(item.sha256)) for item in items]
    clock.lap("read")
    batch = clean(items, config)
    clock = Clock(seconds)
    segment = write_aside(batch.tables, task.folder)
    clock.lap("stage")
    return Staged((segment,), _size_of_all(items), batch.seconds | seconds)
