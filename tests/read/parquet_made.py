"""Parquet files made by hand, page by page: of such as no writer makes.

Source: apache/parquet-format, parquet.thrift and Encodings.md; thrift-compact-protocol.md.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

OPTIONAL, REPEATED = 1, 2
PLAIN, RLE, DELTA_LENGTHS, DELTA_TEXTS, BY_NUMBER = 0, 3, 6, 7, 8
BYTE_ARRAY, FIXED = 6, 7


class Long(int):
    """An integer of 64 bits."""


class Structs(list[bytes]):
    """A list of structs that are written already."""


def uleb(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def zigzag(number: int) -> bytes:
    return uleb(number << 1 ^ number >> 63)


def struct_of(fields: dict[int, object]) -> bytes:
    """Write a struct."""
    out = b""
    last = 0
    for number in sorted(fields):
        kind, value = _value(fields[number])
        step = number - last
        out += (bytes([step << 4 | kind]) if step < 16 else bytes([kind]) + zigzag(number)) + value
        last = number
    return out + b"\0"


def _value(value: object) -> tuple[int, bytes]:
    match value:
        case Long():
            return 6, zigzag(value)
        case int():
            return 5, zigzag(value)
        case bytes():
            return 8, uleb(len(value)) + value
        case dict():
            return 12, struct_of(value)
        case Structs():
            return 9, _list(12, value)
        case list():
            return 9, _list(_value(value[0])[0], [_value(one)[1] for one in value])
    raise TypeError(value)


def _list(kind: int, values: list[bytes]) -> bytes:
    head = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + uleb(len(values))
    return head + b"".join(values)


def page(body: bytes, values: int, encoding: int, packed: bytes | None = None, size: int | None = None) -> bytes:
    """A data page; what it is packed to, where it is."""
    packed = body if packed is None else packed
    size = len(body) if size is None else size
    return struct_of({1: 0, 2: size, 3: len(packed), 5: {1: values, 2: encoding, 3: RLE, 4: RLE}}) + packed


def dictionary(*values: bytes) -> bytes:
    body = texts(*values)
    return struct_of({1: 2, 2: len(body), 3: len(body), 7: {1: len(values), 2: PLAIN}}) + body


def texts(*values: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(value)) + value for value in values)


def run(count: int, value: int) -> bytes:
    """A run of one number, of a byte at most, in the RLE encoding."""
    return uleb(count << 1) + bytes([value])


def levels(*runs: bytes) -> bytes:
    return struct.pack("<I", sum(map(len, runs))) + b"".join(runs)


def numbers(count: int, value: int) -> bytes:
    """Numbers of a dictionary, all the same."""
    return b"\1" + run(count, value)


def many_numbers(*values: int) -> bytes:
    """Numbers of a dictionary, none of which is told as a run."""
    bits = np.unpackbits(np.array(values, "<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    width = max(values).bit_length()
    groups = -(-len(values) // 8)
    numbered = np.packbits(bits[:, :width].ravel(), bitorder="little").tobytes().ljust(groups * width, b"\0")
    return bytes([width]) + uleb(groups << 1 | 1) + numbered


def deltas(first: int, count: int, block: int = 2**27) -> bytes:
    """So many times the same number, in blocks that hold no byte."""
    blocks = -(-(count - 1) // block)
    return uleb(block) + uleb(4) + uleb(count) + zigzag(first) + (zigzag(0) + bytes(4)) * blocks


def deltas_of(first: int, second: int, count: int) -> bytes:
    """A number, and behind it another one over and over."""
    block = 128
    differences = [second - first] + [0] * (block - 1)
    least = min(differences)
    head = uleb(block) + uleb(4) + uleb(count) + zigzag(first)
    full = zigzag(least) + bytes([32] * 4) + struct.pack(f"<{block}I", *(one - least for one in differences))
    return head + full + (zigzag(0) + bytes(4)) * (-(-(count - 1) // block) - 1)


@dataclass(frozen=True)
class Column:
    """A column of one row group."""

    pages: bytes
    values: int
    schema: tuple[dict[int, object], ...] = ({1: BYTE_ARRAY, 3: 0, 4: b"text"},)
    path: tuple[bytes, ...] = (b"text",)
    kind: int = BYTE_ARRAY
    codec: int = 0
    first_page: int = 0
    """Where behind the dictionary the data begin; 0 if there is none."""
    back: int = 0
    """How far before its pages it is said to begin."""
    more: dict[int, object] = field(default_factory=dict)
    """Other fields of its metadata."""


def by_number(value: bytes, count: int, rows: int | None = None) -> Column:
    """A text so many times."""
    first = dictionary(value)
    return Column(first + page(numbers(count, 0), count, BY_NUMBER), rows or count, first_page=len(first))


AUTHORS: tuple[dict[int, object], ...] = (
    {3: 0, 4: b"authors", 5: 1, 6: 3},
    {3: REPEATED, 4: b"list", 5: 1},
    {1: BYTE_ARRAY, 3: 0, 4: b"element"},
)
"""A list of texts that are all there."""
AUTHORS_PATH = (b"authors", b"list", b"element")


def parquet_file(*groups: tuple[int, Sequence[Column]]) -> bytes:
    """A file of row groups: how many rows each is said to have, and its columns."""
    body = b"PAR1"
    written: list[bytes] = []
    for rows, columns in groups:
        chunks = Structs()
        for column in columns:
            about: dict[int, object] = {
                **{1: column.kind, 2: [0, 3, 6, 7, 8], 3: list(column.path), 4: column.codec},
                **{5: Long(column.values), 6: Long(100), 7: Long(len(column.pages))},
                9: Long(len(body) + column.first_page - column.back),
            }
            about |= column.more
            if column.first_page:
                about[11] = Long(len(body) - column.back)
            chunks.append(struct_of({2: Long(0), 3: about}))
            body += column.pages
        written.append(struct_of({1: chunks, 2: Long(100), 3: Long(rows)}))
    columns = groups[0][1]
    schema = [{4: b"schema", 5: len(columns)}, *(one for column in columns for one in column.schema)]
    rows = sum(rows for rows, _ in groups)
    return ended(body, struct_of({1: 1, 2: schema, 3: Long(rows), 4: Structs(written)}))


def ended(body: bytes, metadata: bytes) -> bytes:
    return body + metadata + struct.pack("<I", len(metadata)) + b"PAR1"


def packed(body: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(body, asbytes=True))


ZSTD = 6
