"""The pages of a Parquet file: what decoding them can come to, told before any of them is decoded.

What the metadata at the end of a file say of sizes, a bomb can make up. But Arrow allocates and decompresses by the
header of each page, so what these say is what it will take; and where few bytes stand for much (a long value that a
dictionary holds once, values that share their beginning, a list without end) the page itself is looked at.

Source: apache/parquet-format, README.md, Encodings.md and parquet.thrift.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.read.parquet_runs import WIDEST, numbers_of, runs
from pipeline.read.thrift import NotThrift, Thrift, TooManyStructs, Wanted, uleb128

Read = Callable[[int, int], bytes | memoryview]
"""Gives so many bytes of a file from a place; fewer only at its end."""

_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_PLAIN, _BY_NUMBER, _DELTA_LENGTHS, _DELTA_TEXTS, _RLE = 0, (2, 8), 6, 7, 3
_HEADER = 4096  # bytes; a page's header takes a hundred, with statistics
_LONGEST_HEADER = 16 * 2**20  # bytes; as Arrow has it
ZSTD = 6
# What a header holds beside numbers if it tells kind, sizes and, in a struct, how many values there are, how they and
# their levels are encoded, and statistics that are empty.
_NUMBER = 0x15
_USUAL = (_NUMBER, _NUMBER, _NUMBER, 0x2C, _NUMBER, _NUMBER, _NUMBER, _NUMBER, 0x1C, 0, 0, 0)
_USUAL_HEADER = len(_USUAL) + 7 * 5
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", ZSTD: "zstd", 7: "lz4_raw"}
_UNCOMPRESSED = 0
_LENGTH = struct.Struct("<I")
_FIXED = 12  # bytes of a number or a time, at most
_ELEMENT = 16  # bytes that a value in a list takes beside its own
_LENGTHS = 12  # bytes that Arrow takes for the lengths of a value, of all values of a page at once

# What a column comes to that is not worth a closer look.
_LITTLE = 4 * 2**20
# A dictionary whose values stand for so few others each is not looked at: to count its numbers costs less than to
# decompress it and to go from value to value. They are counted in memory.
_FEW_EACH, _COUNTED = 4, 2**20


class Leaf(NamedTuple):
    """A column as it is stored, in one row group."""

    begin: int
    """Where its pages stand in the file."""
    size: int
    values: int
    """How many it holds, by the metadata: reading stops there."""
    kind: str
    """Physical type."""
    length: int
    """Bytes of a value of fixed length; else 0."""
    codec: int
    depth: int
    """How many lists are round each value."""
    optional: bool
    """Whether pages tell which values are missing."""


class Group(NamedTuple):
    """A row group, as the metadata tell of it."""

    rows: int
    size: int
    """Bytes of its pages as they are decompressed, they say."""
    columns: list[dict[int, Any]]
    """The metadata of each column, by the numbers of their fields."""


# Of FileMetaData the row groups; of these the columns, sizes and numbers of rows; of a column what a leaf tells.
_WANTED: Wanted = {4: {1: {3: dict.fromkeys((4, 5, 7, 9, 11))}, 2: None, 3: None}}


def groups_of(footer: bytes, most: int) -> list[Group]:
    """Read of the metadata at the end of a file where its row groups stand.

    Arrow's own way to them ends the process where it does not like what it finds.

    Args:
        footer: the metadata.
        most: structs that they may hold.

    Raises:
        NotThrift: they are broken.
        TooManyStructs: see above.
    """
    groups = Thrift(footer, most=most).struct(_WANTED).get(4)
    if not isinstance(groups, list):
        raise NotThrift("its row groups are not told")
    return [_group(told) for told in groups]


def _group(told: Any) -> Group:
    if not isinstance(told, dict) or not isinstance(told.get(1, []), list):
        raise NotThrift("a row group is not told")
    columns: list[dict[int, Any]] = []
    for chunk in told.get(1, []):
        column = chunk.get(3) if isinstance(chunk, dict) else None
        if not isinstance(column, dict):
            raise NotThrift("a column is not told")
        columns.append(column)
    return Group(_number(told, 3), _number(told, 2), columns)


def leaf_of(column: Mapping[int, Any], schema: Any) -> Leaf:
    """Give a column of a row group.

    Args:
        column: its metadata.
        schema: what `ParquetFile.schema` tells of it.

    Raises:
        NotThrift: the metadata do not tell where it stands.
    """
    begin, dictionary = _number(column, 9), _number(column, 11) if 11 in column else 0
    return Leaf(
        # As Arrow reads it.
        dictionary if 0 < dictionary < begin else begin,
        _number(column, 7),
        _number(column, 5),
        schema.physical_type,
        max(0, schema.length or 0),
        _number(column, 4),
        schema.max_repetition_level,
        schema.max_definition_level > 0,
    )


def _number(told: Mapping[int, Any], field: int) -> int:
    number = told.get(field)
    if type(number) is int and 0 <= number < 2**63:
        return number
    raise NotThrift("the place or size of a column is not told")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, by its header."""

    kind: int
    begin: int
    """Where its bytes stand in the file, behind its header."""
    packed: int
    unpacked: int
    values: int
    encoding: int
    levels: tuple[int, int] | None
    """Bytes of repetition and definition levels, which stand first and never compressed; None where the page tells."""
    level_encodings: tuple[int, int]
    compressed: bool


class Pages(NamedTuple):
    """The pages of a column in a row group."""

    sound: list[Page]
    end: int
    """Where the first begins that cannot be told, or the column ends."""


def find_pages(leaf: Leaf, read: Read) -> Pages:
    """Go through the pages of a column, from header to header."""
    pages: list[Page] = []
    at, end, left = leaf.begin, leaf.begin + leaf.size, leaf.values
    while at < end and left > 0:
        page = _page(read, at, end)
        if page is None or page.begin + page.packed > end:
            return Pages(pages, at)
        pages.append(page)
        at = page.begin + page.packed
        if page.kind != _DICTIONARY:
            left -= page.values
    return Pages(pages, end)


def _page(read: Read, at: int, end: int) -> Page | None:
    usual = _usual(read(at, min(_USUAL_HEADER, end - at)), at)
    if usual is not None:
        return usual
    for size in (_HEADER, _LONGEST_HEADER):
        header = Thrift(read(at, min(size, end - at)))
        try:
            fields = header.struct()
        except TooManyStructs:
            return None
        except NotThrift:
            continue
        return _told(fields, at + header.at)
    return None


def _usual(header: bytes | memoryview, begin: int) -> Page | None:
    """Read the header of a page as Arrow writes it with no statistics in it, in less time; None for others."""
    numbers: list[int] = []
    at = 0
    try:
        for head in _USUAL:
            if header[at] != head:
                return None
            at += 1
            if head == _NUMBER:
                value, at = uleb128(header, at)
                if value & 1:
                    return None
                numbers.append(value >> 1)
    except (IndexError, NotThrift):
        return None
    kind, unpacked, packed, values, encoding, *levels = numbers
    if kind != _DATA or max(numbers) >= 2**31:
        return None
    # Of the two levels the header names that of definitions first.
    return Page(kind, begin + at, packed, unpacked, values, encoding, None, (levels[1], levels[0]), True)


def _told(fields: dict[int, Any], begin: int) -> Page | None:
    kind, unpacked, packed = (fields.get(number) for number in (1, 2, 3))
    about: Any = fields.get({_DATA: 5, _DICTIONARY: 7, _DATA_2: 8}.get(kind, 0) if type(kind) is int else 0)
    about = about if isinstance(about, dict) else {}
    values = about.get(1, 0)
    encoding = about.get(4 if kind == _DATA_2 else 2, _PLAIN)
    levels = (about.get(6), about.get(5)) if kind == _DATA_2 else (0, 0)
    level_encodings = (about.get(4), about.get(3)) if kind == _DATA else (_RLE, _RLE)
    numbers: tuple[Any, ...] = (packed, unpacked, values, encoding, *levels, *level_encodings)
    if type(kind) is not int or not all(type(number) is int and 0 <= number < 2**31 for number in numbers):
        return None
    packed, unpacked, values, encoding, *more = numbers
    ahead = (more[0], more[1]) if kind == _DATA_2 else None
    compressed = about.get(7, True) is not False
    return Page(kind, begin, packed, unpacked, values, encoding, ahead, (more[2], more[3]), compressed)


class Values(NamedTuple):
    """Values: the i-th is data[begins[i]:ends[i]]."""

    data: memoryview
    begins: Sequence[int]
    ends: Sequence[int]


class Lying(Exception):
    """A page says something of itself that is not so; what it is."""


def largest(pages: Sequence[Page]) -> int:
    """Give what the page that takes most takes while it is read."""
    return max(map(_held, pages), default=0)


def largest_row(leaf: Leaf, pages: Sequence[Page], read: Read) -> int:
    """Give the bytes that a row of a column may come to; 0 where all rows together come to little.

    Pages are decompressed for it where the headers do not tell: of dictionaries, lengths and lists.

    Raises:
        Lying: it has no bound.
    """
    data = [page for page in pages if page.kind != _DICTIONARY]
    count = sum(page.values for page in data)
    value = leaf.length or _FIXED
    if leaf.kind == "BYTE_ARRAY":
        value = _longest(leaf, pages, data, read)
    if leaf.depth:
        value += _ELEMENT
    if value * count <= _LITTLE:
        return 0
    return value * _most_in_a_row(leaf, data, read) if leaf.depth else value


def _held(page: Page) -> int:
    """Give what a page takes while it is read."""
    lengths = _LENGTHS * page.values if page.encoding in (_DELTA_LENGTHS, _DELTA_TEXTS) else 0
    return page.unpacked + lengths


def _longest(leaf: Leaf, pages: Sequence[Page], data: Sequence[Page], read: Read) -> int:
    """Give the bytes of a value, at most; of values that stand one after the other in a page, of them in the mean.

    Those that stand in a dictionary do not count where all rows together come to little of them.
    """
    longest = 0
    numbered = sum(page.values for page in data if page.encoding in _BY_NUMBER)
    # Asked once, however many dictionaries a file has: it goes through all data.
    alike: float | None = None
    for page in pages:
        if page.kind == _DICTIONARY:
            # The page's size is a bound, too, and often enough.
            most = page.unpacked
            if most * numbered > _LITTLE:
                if numbered > min(_COUNTED, _FEW_EACH * page.values):
                    together = math.inf
                else:
                    alike = _most_alike(leaf, data, read) if alike is None else alike
                    together = most * alike
                most = 0 if together <= _LITTLE else _longest_of(_body(leaf, page, read), page)
            longest = max(longest, most)
        elif page.encoding == _DELTA_TEXTS:
            _check_deltas(leaf, page, read)
            longest = max(longest, page.unpacked)
        elif page.encoding not in _BY_NUMBER:
            if page.encoding == _DELTA_LENGTHS:
                _check_deltas(leaf, page, read)
            # In a list any of them may be in any row.
            longest = max(longest, page.unpacked if leaf.depth else -(-page.unpacked // max(1, page.values)))
    return longest


def is_plain(page: Page) -> bool:
    """Say whether a page's values stand in it one after the other."""
    return page.kind == _DATA and page.encoding == _PLAIN


def texts_in(leaf: Leaf, page: Page, read: Read) -> Values | None:
    """Give the texts of a plain page of a column in which none is missing; None where it is broken."""
    body = _body(leaf, page, read)
    if body is None:
        return None
    begins: list[int] = []
    ends: list[int] = []
    length, ahead, at = _LENGTH.unpack_from, _LENGTH.size, 0
    try:
        for _ in range(page.values):
            begin = at + ahead
            at = begin + length(body, at)[0]
            begins.append(begin)
            ends.append(at)
    except struct.error:
        return None
    return Values(body, begins, ends) if at == len(body) else None


def _body(leaf: Leaf, page: Page, read: Read) -> memoryview | None:
    """Give a page as it is decompressed, without the levels that stand before it; None where that cannot be done."""
    ahead = sum(page.levels or ())
    packed = memoryview(read(page.begin, page.packed))[ahead:]
    if leaf.codec == _UNCOMPRESSED or not page.compressed:
        return packed
    try:
        body = pa.Codec(_CODECS[leaf.codec]).decompress(packed, max(0, page.unpacked - ahead))
        return memoryview(body).cast("B")
    except (KeyError, pa.ArrowException, OSError, ValueError):
        return None


def _longest_of(body: memoryview | None, page: Page) -> int:
    """Give the length of the longest value of a dictionary; the dictionary's where it cannot be read."""
    if body is None:
        return page.unpacked
    longest = at = 0
    end = len(body) - _LENGTH.size
    length = _LENGTH.unpack_from
    for _ in range(page.values):
        # All that follow are shorter.
        if end - at <= longest:
            break
        size = length(body, at)[0]
        # There may be ten thousand: to call `max` doubles what they take.
        if size > longest:  # noqa: PLR1730
            longest = size
        at += _LENGTH.size + size
    return min(longest, page.unpacked)


def _most_alike(leaf: Leaf, data: Sequence[Page], read: Read) -> float:
    """Give how often a value of the dictionary stands in a column, at most; endless where the pages do not tell."""
    repeated = 0
    packed: list[Any] = []
    for page in data:
        if page.encoding not in _BY_NUMBER:
            continue
        body = _body(leaf, page, read)
        if body is None:
            return math.inf
        try:
            at = _behind_levels(leaf, page, body)
            width = body[at]
            if not 0 < width <= WIDEST:
                return math.inf
            for count, told in runs(body[at + 1 :], width, page.values):
                if isinstance(told, int):
                    # As if all runs were of one value: where values hardly repeat there are none.
                    repeated += count
                else:
                    packed.append(numbers_of(told))
        except (IndexError, struct.error, NotThrift, Lying):
            return math.inf
    if packed:
        repeated += int(np.unique(np.concatenate(packed), return_counts=True)[1].max())
    return repeated


def _check_deltas(leaf: Leaf, page: Page, read: Read) -> None:
    """See that a page does not hold more lengths than values: Arrow makes room for all of them at once.

    Raises:
        Lying: it does, or it cannot be told.
    """
    body = _body(leaf, page, read)
    if body is None:
        raise Lying("a page cannot be decompressed")
    try:
        at = _pass_deltas(body, _behind_levels(leaf, page, body), page)
        if page.encoding == _DELTA_TEXTS:
            # First how much of the value before is taken over, then how much follows.
            _pass_deltas(body, at, page)
    except (IndexError, struct.error, NotThrift) as error:
        raise Lying("a page ends within its lengths") from error


def _behind_levels(leaf: Leaf, page: Page, body: memoryview) -> int:
    """Give where the values of a page begin in what `_body` gives.

    Raises:
        Lying: its levels do not tell how long they are.
        struct.error: it is too short.
    """
    at = 0
    if page.levels is None:
        for has, encoding in zip((leaf.depth > 0, leaf.optional), page.level_encodings, strict=True):
            if has and encoding != _RLE:
                raise Lying("a page that is looked at has levels of the old kind")
            at += _LENGTH.size + _LENGTH.unpack_from(body, at)[0] if has else 0
    return at


def _pass_deltas(body: memoryview, at: int, page: Page) -> int:
    """Pass over numbers of DELTA_BINARY_PACKED, as many as a page has values at most; gives where they end."""
    block, at = uleb128(body, at)
    minis, at = uleb128(body, at)
    count, at = uleb128(body, at)
    _, at = uleb128(body, at)  # the first number
    if count > page.values:
        raise Lying(f"a page of {page.values:,} values holds {count:,} lengths")
    # Arrow demands the same.
    if not minis or block % minis or block // minis % 32 or not block:
        raise NotThrift("no block is divided so")
    left = count - 1
    each = block // minis
    while left > 0:
        _, at = uleb128(body, at)  # the least difference
        widths = body[at : at + minis]
        at += minis
        if len(widths) < minis:
            raise IndexError
        for width in widths:
            if left > 0:
                at += each * width // 8
                left -= each
    return at


def _most_in_a_row(leaf: Leaf, data: Sequence[Page], read: Read) -> int:
    """Give how many values stand in a row, at most."""
    most = under_way = 0
    for page in data:
        levels = _repetitions(leaf, page, read)
        if levels is None:
            return sum(page.values for page in data)
        for count, within in levels:
            # Zero begins a row.
            begins = np.flatnonzero(within == 0)
            if not len(begins):
                under_way += count
                continue
            most = max(most, under_way + int(begins[0]), int(np.diff(begins).max(initial=1)))
            under_way = count - int(begins[-1]) if len(within) > 1 else 1
    return max(most, under_way)


def _repetitions(leaf: Leaf, page: Page, read: Read) -> list[tuple[int, Any]] | None:
    """Give a page's repetition levels as runs: how many, and each, or one that stands for all. None where they are not
    told."""
    if page.levels is None:
        body = _body(leaf, page, read) if page.level_encodings[0] == _RLE else None
        if body is None or len(body) < _LENGTH.size:
            return None
        encoded = body[_LENGTH.size : _LENGTH.size + _LENGTH.unpack_from(body)[0]]
    else:
        encoded = memoryview(read(page.begin, page.levels[0]))
    try:
        return [
            (count, np.full(1, told != 0) if isinstance(told, int) else told.any(axis=1))
            for count, told in runs(encoded, leaf.depth.bit_length(), page.values)
        ]
    except (IndexError, NotThrift):
        return None
