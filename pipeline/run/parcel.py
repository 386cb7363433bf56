"""Records as they are handed to another process: in columns, which are pickled in a fraction of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.batch import Batch, Item
from pipeline.config import Config
from pipeline.values import Given, Place, Quarantined, RawRecord

_Columns = tuple[Sequence[Any], ...]


class Parcel(NamedTuple):
    """A batch of records, those that could not be read among them."""

    records: _Columns
    """The fields of `RawRecord`, but for its place and what is given of it."""
    places: _Columns
    given: _Columns
    lost: tuple[tuple[int, Quarantined], ...]
    """What could not be read, with its position in the batch."""


def packed(items: Sequence[Item]) -> Parcel:
    """Make a parcel of records."""
    records = [item for item in items if isinstance(item, RawRecord)]
    places, *columns, given = zip(*records, strict=True) if records else ([] for _ in RawRecord._fields)
    lost = tuple((at, item) for at, item in enumerate(items) if isinstance(item, Quarantined))
    return Parcel(tuple(columns), tuple(zip(*places, strict=True)), tuple(zip(*given, strict=True)), lost)


def unpacked(parcel: Parcel) -> list[Item]:
    """Give the records of a parcel, as they were."""
    items: list[Item] = list(_records(parcel)) if parcel.places else []
    for at, item in parcel.lost:
        items.insert(at, item)
    return items


def _records(parcel: Parcel) -> Iterator[RawRecord]:
    return map(RawRecord, map(Place, *parcel.places), *parcel.records, map(Given, *parcel.given))


def clean_parcel(clean: Callable[[Sequence[Item], Config], Batch], parcel: Parcel, config: Config) -> Batch:
    """Clean the records of a parcel, by `clean_batch` or what stands for it."""
    return clean(unpacked(parcel), config)
