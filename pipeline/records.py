"""Records of a batch in columns, whose texts stand in bytes until somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar, overload

from pipeline.sign.texts import Strings
from pipeline.values import Format, Given, Media, Place, RawRecord

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Records(Sequence[RawRecord]):
    """The fields of `RawRecord`, a row each."""

    places: Sequence[Place]
    formats: Sequence[Format]
    media: Sequence[Media]
    contents: Sequence[bytes | str]
    """`Strings` where all are decoded, and none of them is a page."""
    sha256: Sequence[str]
    charsets: Sequence[str | None]
    given: Sequence[Given]

    @classmethod
    def of(cls, records: Sequence[RawRecord]) -> Records:
        """Put records into columns."""
        columns = zip(*records, strict=True) if records else ([] for _ in RawRecord._fields)
        places, formats, media, contents, sha256, charsets, given = columns
        return cls(places, formats, media, contents, sha256, charsets, given)

    @classmethod
    def joined(cls, parts: Sequence[Records]) -> Records:
        """Put records of which all are texts one after the other."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            places=_chained(one.places for one in parts),
            formats=_chained(one.formats for one in parts),
            media=_chained(one.media for one in parts),
            contents=Strings.joined([one.contents for one in parts if isinstance(one.contents, Strings)]),
            sha256=_chained(one.sha256 for one in parts),
            charsets=_chained(one.charsets for one in parts),
            given=_chained(one.given for one in parts),
        )

    def taken(self, rows: Sequence[int]) -> Records:
        """Give some of them."""
        return Records.of([self[row] for row in rows])

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> RawRecord: ...
    @overload
    def __getitem__(self, at: slice) -> list[RawRecord]: ...
    def __getitem__(self, at: int | slice) -> RawRecord | list[RawRecord]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return RawRecord(
            self.places[at],
            self.formats[at],
            self.media[at],
            self.contents[at],
            self.sha256[at],
            self.charsets[at],
            self.given[at],
        )


def _chained(columns: Iterable[Sequence[Value]]) -> list[Value]:
    return list(chain.from_iterable(columns))
