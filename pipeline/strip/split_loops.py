"""Folding tidy texts and finding their lines in compiled code; see `pipeline.strip.split`.

Importing this loads numba.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import between, decoded, gathered, roomier
from pipeline.strip.split import ALONE, LEFT, LENGTH_SHIFT, MARK, UNMET

Bytes = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _7, _8 = (np.uint64(number) for number in (0, 1, 7, 8))
_HIGH, _BYTE = np.uint64(0x8080808080808080), np.uint64(0xFF)
_ALONE, _MARK, _LENGTH = np.uint64(ALONE), np.uint64(MARK), np.uint64(LENGTH_SHIFT)
_FEED = 0x0A
# A folded character has seven bytes at most, and is not of ASCII.
_GROWTH = 4

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _lower(data: Bytes, begin: np.uint64, stop: np.uint64, low: Bytes) -> bool:
    """Write data[begin:stop] to `low`, capitals of ASCII as small letters; say whether it holds signs of mark-up.

    These are *, _, `, ~ and ](; a byte more is looked at.
    """
    found = np.uint8(0)
    # Compilers do 32 bytes at once.
    for at in range(stop - begin):
        byte = data[begin + at]
        low[at] = byte | np.uint8((byte >= 0x41) & (byte <= 0x5A)) << np.uint8(5)
        link = (byte == 0x5D) & (data[begin + at + _1] == 0x28)
        found |= np.uint8((byte == 0x2A) | (byte == 0x5F) | (byte == 0x60) | (byte == 0x7E) | link)
    return bool(found)


lower = _compile(_lower)


def _split_text(
    data: Bytes,
    begin: np.uint64,
    stop: np.uint64,
    entries: U64,
    marked: NDArray[np.bool_],
    bits_of: U64,
    low: Bytes,
    out: Bytes,
    into: np.uint64,
    sizes: I64,
    lasts: U32,
    counted: np.uint64,
) -> tuple[int, np.uint64, np.uint64]:
    """Fold the text data[begin:stop], which is `low` with small letters, to out[into:], and measure its blocks.

    Gives the number of its lines, or what else came of it; and how far `out` and the columns of blocks are filled then.
    """
    at, to, count, lines = begin, into, counted, 1
    line, beyond, last, last_end = begin, _0, _0, begin
    while at < stop:
        if at == line and data[at] < 0x80 and marked[data[at]]:
            return LEFT, into, counted
        eight = lane(low, at - begin)
        others = eight & _HIGH
        others |= between(eight ^ others, _FEED, _FEED) & ~others
        width = min(stop - at, bits_of[gathered(others)] & _7 if others else _8)
        for number in range(8):
            shift = np.uint64(number)
            out[to + shift] = np.uint8(eight >> (_8 * shift) & _BYTE)
        at += width
        to += width
        if at == stop or width == _8:
            continue
        if data[at] == _FEED:
            if at > line:
                sizes[count] = np.int64(at - line - beyond)
                lasts[count] = np.uint32(last) if last_end == at else np.uint32(data[at - _1])
                count += _1
            out[to] = _FEED
            at += _1
            to += _1
            lines += 1
            line, beyond = at, _0
            continue
        code, size = decoded(data, at, stop)
        entry = entries[code]
        if entry == _0:
            return UNMET, into, counted
        if entry & _ALONE or (at == line and entry & _MARK):
            return LEFT, into, counted
        for number in range(7):
            shift = np.uint64(number)
            out[to + shift] = np.uint8(entry >> (_8 * shift) & _BYTE)
        to += entry >> _LENGTH & _7
        at += size
        beyond += size - _1
        last, last_end = code, at
    if at > line:
        sizes[count] = np.int64(at - line - beyond)
        lasts[count] = np.uint32(last) if last_end == at else np.uint32(data[at - _1])
        count += _1
    return lines, to, count


split_text = _compile(_split_text)


def _split(
    data: Bytes, offsets: I64, entries: U64, marked: NDArray[np.bool_], bits_of: U64
) -> tuple[Bytes, I64, I64, U32, I64, I64]:
    """Fold tidy texts and measure their blocks.

    Args:
        data: the texts in UTF-8, one after the other, and a byte more.
        offsets: (texts + 1,): where each begins, and the last one ends.
        entries: of each character, what `pipeline.strip.split.Entries` says of it.
        marked: of each byte of ASCII, whether a line that begins with it may be more than a paragraph.
        bits_of: what `pipeline.sign.reading.bits_of_bytes` gives.

    Gives the folded texts, a line feed after each, and where each begins; the characters of each block, and its last
    one; which block is each text's first; and how many lines each has, or `LEFT` or `UNMET`.
    """
    texts = len(offsets) - 1
    most = 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    low = np.empty(most + 8, np.uint8)
    out = np.empty(offsets[texts] - offsets[0] + _GROWTH * most + 64, np.uint8)
    sizes, lasts = np.empty(most + 1024, np.int64), np.empty(most + 1024, np.uint32)
    out_offsets, firsts, lines = np.zeros(texts + 1, np.int64), np.zeros(texts + 1, np.int64), np.zeros(texts, np.int64)
    to, count = _0, _0
    for text in range(texts):
        begin, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        # What a text may fill at most: a block has a byte and a line feed.
        least = np.int64(to) + _GROWTH * np.int64(stop - begin) + 64
        if least > len(out):
            out = roomier(out, to, least)
        least = np.int64(count) + np.int64(stop - begin) // 2 + 2
        if least > len(sizes):
            sizes, lasts = roomier(sizes, count, least), roomier(lasts, count, least)
        if lower(data, begin, stop, low):
            lines[text] = LEFT
        else:
            lines[text], to, count = split_text(
                data, begin, stop, entries, marked, bits_of, low, out, to, sizes, lasts, count
            )
        out[to] = _FEED
        to += _1
        out_offsets[text + 1], firsts[text + 1] = to, count
    return out[:to], out_offsets, sizes[:count], lasts[:count], firsts, lines


split = _compile(_split)
