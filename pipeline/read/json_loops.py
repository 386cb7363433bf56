"""Rows of a table → canonical JSON, compiled: as orjson writes them, which has to be given objects.

Importing this loads numba.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import roomier

Bytes = NDArray[np.uint8]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _4, _5, _6, _7, _8, _56 = (np.uint64(number) for number in (0, 1, 2, 4, 5, 6, 7, 8, 56))
_HIGH, _LOW = np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
_NO, _QUOTE, _BACKSLASH, _CONTROLS = (np.uint8(byte) for byte in (0, 0x22, 0x5C, 0x20))
_QUOTES, _BACKSLASHES, _SPACES = (_LOW * np.uint64(byte) for byte in (_QUOTE, _BACKSLASH, _CONTROLS))
_STRETCH = np.uint64(64)
# A control character becomes six bytes.
_GROWTH, _ROOM = 6, 128
_UNICODE = np.frombuffer(b"u00", np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_SHORT = np.zeros(0x80, np.uint8)
for _char, _letter in zip(b'"\\\b\t\n\f\r', b'"\\btnfr', strict=True):
    _SHORT[_char] = _letter

# So many bytes are written at once: they are to be digested while they are in the processor's cache.
_AT_ONCE, _CLOSE = np.uint64(2**17), ord("}")
_NULL = np.frombuffer(b"null", np.uint8)
AS_THEY_ARE, STRINGS, TEXTS = range(3)
"""What a column holds: pieces of JSON, strings, or the texts that stand apart."""

_compile, _inline = njit, partial(njit, inline=True)


def _write_escaped(byte: np.uint8, out: Bytes, to: np.uint64) -> np.uint64:
    out[to] = _BACKSLASH
    if _SHORT[byte]:
        out[to + _1] = _SHORT[byte]
        return to + _2
    for number in range(3):
        out[to + np.uint64(number + 1)] = _UNICODE[number]
    out[to + _4], out[to + _5] = _HEX[byte >> 4], _HEX[byte & 15]
    return to + _6


write_escaped = _inline(_write_escaped)


def _escape(data: Bytes, first: int, end: int, out: Bytes, to: np.uint64) -> np.uint64:
    """Write a text as a string of JSON, with its quotes; gives where it ends."""
    at, stop = np.uint64(first), np.uint64(end)
    out[to] = _QUOTE
    to += _1
    while at + _STRETCH <= stop:
        # Most stretches hold nothing to escape. Compilers do many bytes at once of a maximum, and of `|=` one.
        found = _NO
        for number in range(_STRETCH):
            byte = data[at + np.uint64(number)]
            out[to + np.uint64(number)] = byte
            found = max(found, np.uint8((byte < _CONTROLS) | (byte == _QUOTE) | (byte == _BACKSLASH)))
        if not found:
            at += _STRETCH
            to += _STRETCH
            continue
        told = _0
        while True:
            eight = lane(data, at)
            quotes, backslashes = eight ^ _QUOTES, eight ^ _BACKSLASHES
            told = ((eight - _SPACES) & ~eight) | ((quotes - _LOW) & ~quotes) | ((backslashes - _LOW) & ~backslashes)
            told &= _HIGH
            if told:
                break
            at += _8
            to += _8
        # The lowest is one of a byte to escape. Of those before it, and of no others, the high bit is set then.
        before = (told ^ (told - _1)) & ~told
        plain = ((before >> _7) & _LOW) * _LOW >> _56
        to = write_escaped(data[at + plain], out, to + plain)
        at += plain + _1
    while at < stop:
        byte = data[at]
        at += _1
        if (byte < _CONTROLS) | (byte == _QUOTE) | (byte == _BACKSLASH):
            to = write_escaped(byte, out, to)
        else:
            out[to] = byte
            to += _1
    out[to] = _QUOTE
    return to + _1


def _copy(data: Bytes, first: int, end: int, out: Bytes, to: np.uint64) -> np.uint64:
    for number in range(np.uint64(end - first)):
        out[to + np.uint64(number)] = data[np.uint64(first) + np.uint64(number)]
    return to + np.uint64(end - first)


_escape_into, _copy_into = _compile(_escape), _compile(_copy)


def _written(
    texts: Bytes,
    offsets: I64,
    others: Bytes,
    places: I64,
    kinds: I64,
    missing: Flags,
    keys: Bytes,
    key_places: I64,
    first: int,
    out: Bytes,
) -> tuple[Bytes, I64]:
    """Write rows as objects of JSON, one after the other, until they come to some bytes.

    Args:
        texts: the column of texts, one after the other, in UTF-8.
        offsets: (rows + 1,): where each begins, and the last one ends.
        others: what stands in the other columns.
        places: (columns, rows + 1): the same of each of these.
        kinds: what each column holds: one of them is the texts.
        missing: (columns, rows): whether there is nothing.
        keys: what stands before the value of each column: comma, key and colon.
        key_places: (columns + 1,): where each of these begins.
        first: the first row to write.
        out: where to write.

    Returns:
        What was written to, which may be a larger array, and where each row begins and the last one ends.
    """
    columns, rows = len(kinds), len(offsets) - 1
    ends = np.zeros(rows - first + 1, np.int64)
    row, to = first, _0
    while row < rows and to < _AT_ONCE:
        size = offsets[row + 1] - offsets[row]
        for column in range(columns):
            size += places[column, row + 1] - places[column, row]
        least = np.int64(to) + len(keys) + _GROWTH * size + _ROOM * (columns + 1)
        if least > len(out):
            out = roomier(out, to, least)
        for column in range(columns):
            to = _copy_into(keys, key_places[column], key_places[column + 1], out, to)
            if kinds[column] == TEXTS:
                to = _escape_into(texts, offsets[row], offsets[row + 1], out, to)
            elif missing[column, row]:
                to = _copy_into(_NULL, 0, len(_NULL), out, to)
            elif kinds[column] == STRINGS:
                to = _escape_into(others, places[column, row], places[column, row + 1], out, to)
            else:
                to = _copy_into(others, places[column, row], places[column, row + 1], out, to)
        out[to] = _CLOSE
        to += _1
        row += 1
        ends[row - first] = to
    return out, ends[: row - first + 1]


def _holding(data: Bytes, offsets: I64, wanted: np.uint8) -> Flags:
    """Say of each text whether it holds a byte."""
    held = np.zeros(len(offsets) - 1, np.bool_)
    for text in range(len(held)):
        begin, found = np.uint64(offsets[text]), _NO
        for number in range(np.uint64(offsets[text + 1] - offsets[text])):
            found = max(found, np.uint8(data[begin + np.uint64(number)] == wanted))
        held[text] = found != 0
    return held


written_rows, holding = _compile(_written), _compile(_holding)
