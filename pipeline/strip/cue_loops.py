"""Looking for words, and counting them, in many blocks, compiled; see `pipeline.strip.cues`.

Importing this loads numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import between
from pipeline.strip.blocks import MARGIN
from pipeline.strip.cues import GRAM_BYTES, MIX, PLACE_BITS, STRIDE

Bytes = NDArray[np.uint8]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
I16 = NDArray[np.int16]
Marks = NDArray[np.bool_]

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _7, _8, _56 = (np.uint64(number) for number in (0, 1, 7, 8, 56))
_GRAM, _STRIDE, _MIX = np.uint64((1 << 8 * GRAM_BYTES) - 1), np.uint64(STRIDE), np.uint64(MIX)
_SHIFT, _GRAM_BYTES = np.uint64(64 - PLACE_BITS), np.uint64(GRAM_BYTES)
_HIGH, _LOW = np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
_FEED = np.uint8(0x0A)
_BLANK, _A, _Z, _NOUGHT, _NINE = map(ord, " az09")


def _hold_words(data: Bytes, starts: I64, sizes: I64, words: Bytes, bounds: U64, entries: I16, others: I16) -> Marks:
    """Say of each block whether it holds one of some words (`pipeline.strip.cues.Words`)."""
    held = np.zeros(len(starts), np.bool_)
    for block in range(len(starts)):
        start = at = np.uint64(starts[block])
        end = at + np.uint64(sizes[block])
        while at + _GRAM_BYTES <= end and not held[block]:
            gram = entries[(lane(data, at) & _GRAM) * _MIX >> _SHIFT]
            while gram >= 0:
                word, place = np.uint64(gram) // _STRIDE, np.uint64(gram) % _STRIDE
                first, size = bounds[word], bounds[word + _1] - bounds[word]
                if at >= start + place and at - place + size <= end:
                    same = _0
                    while same < size and data[at - place + same] == words[first + same]:
                        same += _1
                    held[block] |= same == size
                gram = others[gram]
            at += _STRIDE
    return held


hold_words = njit(_hold_words)


def _of_few(data: Bytes, starts: I64, sizes: I64, most: int) -> tuple[I64, Bytes, I64]:
    """Give the blocks that may have so few tokens: letters and digits of ASCII that a blank follows end one each.

    Gives their numbers; their bytes, a line feed after each and `MARGIN` of them at the end; where each begins there.
    """
    numbers, places = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    found = total = 0
    for block in range(len(starts)):
        at = np.uint64(starts[block])
        end = at + np.uint64(sizes[block])
        count = _0
        while at + _8 < end and count <= np.uint64(most):
            eight, after = lane(data, at), lane(data, at + _1)
            plain, plain_after = eight & ~_HIGH, after & ~_HIGH
            ends = (between(plain, _A, _Z) | between(plain, _NOUGHT, _NINE)) & between(plain_after, _BLANK, _BLANK)
            count += ((ends & ~eight & ~after) >> _7) * _LOW >> _56
            at += _8
        if count <= np.uint64(most):
            numbers[found], places[found] = block, total
            found += 1
            total += sizes[block] + 1
    out = np.full(total + MARGIN, _FEED, np.uint8)
    for number in range(found):
        at, to = np.uint64(starts[numbers[number]]), np.uint64(places[number])
        for byte in range(sizes[numbers[number]]):
            out[to + np.uint64(byte)] = data[at + np.uint64(byte)]
    return numbers[:found], out, places[:found]


of_few = njit(_of_few)
