"""Counting what signals are made of in compiled code, each byte looked at once; see `pipeline.words.signals`.

Importing this loads numba.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

Bytes = NDArray[np.uint8]
I64 = NDArray[np.int64]

_LINE_FEED, _ZERO, _DIGITS, _BEYOND_ASCII, _LEAD = 0x0A, 0x30, 10, 0x80, 0xC2
_NONE, _ONE, _EIGHT = np.uint8(0), np.uint64(1), np.uint64(8)
_CONTINUING_BELOW = np.int8(-0x40)
# As many bytes as a register holds.
_STRETCH = 32

_compile = njit
# A call that takes an array counts a reference to it, which costs more than this does.
_inline = partial(njit, inline=True)


def _ends_sentence(octets: Bytes, last: int, ends: NDArray[np.bool_], longer: I64) -> bool:
    """Say whether a character ends a sentence, by where its last byte stands."""
    one = octets[last]
    if one < _BEYOND_ASCII:
        return bool(ends[one])
    two = np.int64(octets[last - 1]) << 8 | np.int64(one)
    three = np.int64(octets[last - 2]) << 16 | two if last > 1 else np.int64(0)
    found = False
    for end in longer:
        found |= end in (two, three)
    return found


ends_sentence = _inline(_ends_sentence)


def _looked_at(octets: Bytes, first: np.uint64, count: int) -> tuple[np.uint8, np.uint8, np.uint8, np.uint8]:
    """Count characters and digits of ASCII in some bytes; say whether some end lines, and begin characters beyond."""
    chars, digits, feeds, leads = _NONE, _NONE, _NONE, _NONE
    for number in range(count):
        byte = octets[first + np.uint64(number)]
        chars = np.uint8(chars + np.uint8(np.int8(byte) >= _CONTINUING_BELOW))
        digits = np.uint8(digits + np.uint8(np.uint8(byte - _ZERO) < _DIGITS))
        feeds |= np.uint8(byte == _LINE_FEED)
        leads |= np.uint8(byte >= _LEAD)
    return chars, digits, feeds, leads


looked_at = _inline(_looked_at)


def _may_hold_digits(octets: Bytes, begin: int, stop: int, digit_pairs: NDArray[np.bool_]) -> bool:
    """Say whether a digit beyond ASCII may begin at some of these places."""
    last = np.uint64(len(octets) - 1)
    for place in range(np.uint64(begin), np.uint64(stop)):
        if octets[place] >= _LEAD:
            following = octets[min(place + _ONE, last)]
            if digit_pairs[np.uint64(octets[place]) << _EIGHT | np.uint64(following)]:
                return True
    return False


may_hold_digits = _inline(_may_hold_digits)


def _counted(
    octets: Bytes, offsets: I64, ends: NDArray[np.bool_], longer: I64, digit_pairs: NDArray[np.bool_]
) -> tuple[I64, bool]:
    """Count in each text its characters, digits of ASCII, lines, and lines that end a sentence: int64[4, texts].

    Args:
        octets: texts in UTF-8, one after the other.
        offsets: (texts + 1,): where each begins.
        ends: of each byte whether it ends a sentence, as a character.
        longer: characters of several bytes that do, as numbers of which the last byte is the lowest.
        digit_pairs: of two bytes, as a number, whether a digit beyond ASCII may begin with them.

    Also says whether there may be digits beyond ASCII.
    """
    out = np.zeros((4, len(offsets) - 1), np.int64)
    may_hold_others = False
    for text in range(len(offsets) - 1):
        begin, stop = offsets[text], offsets[text + 1]
        chars = digits = lines = ended = 0
        line = at = begin
        while at < stop:
            first, until = np.uint64(at), min(at + _STRETCH, stop)
            # Told a number that it knows, a compiler does as many bytes at once.
            whole = until - at == _STRETCH
            told = looked_at(octets, first, _STRETCH) if whole else looked_at(octets, first, until - at)
            some_chars, some_digits, feeds, leads = told
            chars += int(some_chars)
            digits += int(some_digits)
            if leads and not may_hold_others:
                may_hold_others = may_hold_digits(octets, at, until, digit_pairs)
            if feeds:
                for number in range(until - at):
                    if octets[first + np.uint64(number)] == _LINE_FEED:
                        place = at + number
                        if place > line:
                            lines += 1
                            ended += ends_sentence(octets, place - 1, ends, longer)
                        line = place + 1
            at = until
        if stop > line:
            lines += 1
            ended += ends_sentence(octets, stop - 1, ends, longer)
        out[0, text], out[1, text], out[2, text], out[3, text] = chars, digits, lines, ended
    return out, may_hold_others


counted = _compile(_counted)
