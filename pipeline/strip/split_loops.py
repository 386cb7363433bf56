"""Folding tidy texts and finding their lines in compiled code; see `pipeline.strip.split`.

Importing this loads numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import decoded, gathered, roomier, write_eight
from pipeline.strip.blocks import MARGIN
from pipeline.strip.split import ALONE, COLUMNS, LEFT, LENGTH_SHIFT, MARK, UNMET

Bytes = NDArray[np.uint8]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _3, _4, _7, _8, _16, _24, _32 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 7, 8, 16, 24, 32))
_ALONE, _MARK, _LENGTH = np.uint64(ALONE), np.uint64(MARK), np.uint64(LENGTH_SHIFT)
_COLUMNS = np.uint64(COLUMNS)
_FEED = 0x0A
# A folded character has seven bytes at most, and is not of ASCII.
_GROWTH = 4
# What is said of a byte: it is none of ASCII or a line feed; it may be a sign of mark-up.
_OTHER, _SIGN, _NONE = np.uint8(0x80), np.uint8(1), np.uint8(0)
_SIGNS = np.uint64(0x0101010101010101)
_A, _LETTERS, _CASE = np.uint8(0x41), np.uint8(26), np.uint8(0x20)
_STAR, _LINE, _GRAVE, _TILDE, _BRACKET, _ROUND = (np.uint8(ord(char)) for char in "*_`~](")
_BEYOND, _END = np.uint8(0x80), np.uint8(_FEED)

_compile = njit


def _lower(data: Bytes, begin: np.uint64, stop: np.uint64, low: Bytes, told: Bytes) -> bool:
    """Write data[begin:stop] to `low`, capitals of ASCII as small letters, and what is said of each byte to `told`.

    Says whether it holds signs of mark-up: *, _, `, ~ and ](. A byte more is looked at, and seven of `told` cleared.
    """
    size = stop - begin
    # Compilers do 32 bytes at once, where all numbers are bytes.
    for number in range(size):
        at = np.uint64(number)
        byte = data[begin + at]
        low[at] = np.uint8(byte | _CASE) if np.uint8(byte - _A) < _LETTERS else byte
        link = (byte == _BRACKET) & (data[begin + at + _1] == _ROUND)
        sign = (byte == _STAR) | (byte == _LINE) | (byte == _GRAVE) | (byte == _TILDE) | link
        other = (byte >= _BEYOND) | (byte == _END)
        told[at] = np.uint8((_OTHER if other else _NONE) | (_SIGN if sign else _NONE))
    for number in range(8):
        told[size + np.uint64(number)] = _NONE
    found = _0
    for number in range((size + _7) >> np.uint64(3)):
        found |= lane(told, np.uint64(number) << np.uint64(3))
    return bool(found & _SIGNS)


lower = _compile(_lower)


def _split_text(
    data: Bytes,
    begin: np.uint64,
    stop: np.uint64,
    entries: U64,
    marked: NDArray[np.bool_],
    bits_of: U64,
    low: Bytes,
    told: Bytes,
    out: Bytes,
    into: np.uint64,
    blocks: I64,
    counted: np.uint64,
) -> tuple[int, np.uint64, np.uint64]:
    """Fold the text data[begin:stop], of which `low` and `told` are what `lower` writes, and measure its blocks.

    Gives the number of its lines, or what else came of it; and how far `out` and `blocks` are filled then.
    """
    at, to, count, lines = begin, into, counted, 1
    # Where the line begins, in bytes, in characters, and folded; the bytes so far that go on with a character.
    line, place, line_to, beyond = begin, _0, into, _0
    last, last_end = _0, begin
    while True:
        if at < stop and at == line and data[at] < 0x80 and marked[data[at]]:
            return LEFT, into, counted
        while at + _32 <= stop:
            here = at - begin
            some = lane(told, here) | lane(told, here + _8) | lane(told, here + _16) | lane(told, here + _24)
            if some:
                break
            write_eight(out, to, lane(low, here))
            write_eight(out, to + _8, lane(low, here + _8))
            write_eight(out, to + _16, lane(low, here + _16))
            write_eight(out, to + _24, lane(low, here + _24))
            at += _32
            to += _32
        while at < stop:
            others = lane(told, at - begin)
            width = min(stop - at, bits_of[gathered(others)] & _7 if others else _8)
            write_eight(out, to, lane(low, at - begin))
            at += width
            to += width
            if width < _8:
                break
        if at < stop and data[at] != _FEED:
            code, size = decoded(data, at, stop)
            entry = entries[code]
            if entry == _0:
                return UNMET, into, counted
            if entry & _ALONE or (at == line and entry & _MARK):
                return LEFT, into, counted
            write_eight(out, to, entry)
            to += entry >> _LENGTH & _7
            at += size
            beyond += size - _1
            last, last_end = code, at
            continue
        after = at - begin - beyond
        if at > line:
            first = count * _COLUMNS
            blocks[first], blocks[first + _1] = place, after - place
            blocks[first + _2], blocks[first + _3] = line_to, to - line_to
            blocks[first + _4] = last if last_end == at else np.uint64(data[at - _1])
            count += _1
        if at == stop:
            return lines, to, count
        out[to] = _FEED
        at += _1
        to += _1
        lines += 1
        line, place, line_to = at, after + _1, to


split_text = _compile(_split_text)


def _split(
    data: Bytes, offsets: I64, entries: U64, marked: NDArray[np.bool_], bits_of: U64
) -> tuple[Bytes, I64, I64, I64, I64]:
    """Fold tidy texts and measure their blocks.

    Args:
        data: the texts in UTF-8, one after the other, and a byte more.
        offsets: (texts + 1,): where each begins, and the last one ends.
        entries: of each character, what `pipeline.strip.split.Entries` says of it.
        marked: of each byte of ASCII, whether a line that begins with it may be more than a paragraph.
        bits_of: what `pipeline.sign.reading.bits_of_bytes` gives.

    Gives the folded texts, a line feed after each and `MARGIN` of them at the end, and where each begins; of each block
    `COLUMNS` numbers: where it begins in its text and its size, in characters, the same in bytes of what is folded,
    and its last character; which block is each text's first; and how many lines each has, or `LEFT` or `UNMET`.
    """
    texts = len(offsets) - 1
    most = 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    low, told = np.empty(most + 8, np.uint8), np.empty(most + 8, np.uint8)
    out = np.empty(offsets[texts] - offsets[0] + _GROWTH * most + 64, np.uint8)
    blocks = np.empty(COLUMNS * (most + 1024), np.int64)
    out_offsets, firsts, lines = np.zeros(texts + 1, np.int64), np.zeros(texts + 1, np.int64), np.zeros(texts, np.int64)
    to, count = _0, _0
    for text in range(texts):
        begin, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        # What a text may fill at most: a block has a byte and a line feed.
        least = np.int64(to) + _GROWTH * np.int64(stop - begin) + 64
        if least > len(out):
            out = roomier(out, to, least)
        least = COLUMNS * (np.int64(count) + np.int64(stop - begin) // 2 + 2)
        if least > len(blocks):
            blocks = roomier(blocks, _COLUMNS * count, least)
        if lower(data, begin, stop, low, told):
            lines[text] = LEFT
        else:
            lines[text], to, count = split_text(
                data, begin, stop, entries, marked, bits_of, low, told, out, to, blocks, count
            )
        out[to] = _FEED
        to += _1
        out_offsets[text + 1], firsts[text + 1] = to, count
    for _ in range(MARGIN):
        out[to] = _FEED
        to += _1
    return out[:to], out_offsets, blocks[: _COLUMNS * count], firsts, lines


split = _compile(_split)
