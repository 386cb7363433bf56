"""Texts → the same as strings of JSON, compiled: as orjson writes them, which has to be given strings.

Importing this loads numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import roomier, write_eight

Bytes = NDArray[np.uint8]
I64 = NDArray[np.int64]

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _4, _5, _6, _7, _8, _56 = (np.uint64(number) for number in (0, 1, 2, 4, 5, 6, 7, 8, 56))
_HIGH, _LOW = np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
_QUOTE, _BACKSLASH, _CONTROLS = 0x22, 0x5C, 0x20
_QUOTES, _BACKSLASHES, _SPACES = (_LOW * np.uint64(byte) for byte in (_QUOTE, _BACKSLASH, _CONTROLS))
_STRETCH = np.uint64(64)
# A control character becomes six bytes.
_GROWTH, _ROOM = 6, 128
_UNICODE = np.frombuffer(b"u00", np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_SHORT = np.zeros(0x80, np.uint8)
for _char, _letter in zip(b'"\\\b\t\n\f\r', b'"\\btnfr', strict=True):
    _SHORT[_char] = _letter

_compile = njit


def _escaped(data: Bytes, offsets: I64) -> tuple[Bytes, I64]:
    """Write texts as strings of JSON, one after the other, with their quotes; and give where each begins.

    Args:
        data: the texts in UTF-8, one after the other, and eight bytes more.
        offsets: (texts + 1,): where each begins, and the last one ends.
    """
    texts = len(offsets) - 1
    whole, most = offsets[texts] - offsets[0], 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    out = np.empty(whole + whole // 8 + _GROWTH * most + _ROOM * (texts + 1), np.uint8)
    ends = np.zeros(texts + 1, np.int64)
    to = _0
    for text in range(texts):
        at, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        least = np.int64(to) + _GROWTH * np.int64(stop - at) + _ROOM
        if least > len(out):
            out = roomier(out, to, least)
        out[to] = _QUOTE
        to += _1
        checked = at
        while at < stop:
            if at >= checked and at + _STRETCH <= stop:
                # Most stretches hold nothing to escape. Compilers do 32 bytes at once.
                found = np.uint8(0)
                for number in range(_STRETCH):
                    byte = data[at + np.uint64(number)]
                    out[to + np.uint64(number)] = byte
                    found |= np.uint8((byte < _CONTROLS) | (byte == _QUOTE) | (byte == _BACKSLASH))
                if not found:
                    at += _STRETCH
                    to += _STRETCH
                    continue
                checked = at + _STRETCH
            eight = lane(data, at)
            quotes, backslashes = eight ^ _QUOTES, eight ^ _BACKSLASHES
            told = ((eight - _SPACES) & ~eight) | ((quotes - _LOW) & ~quotes) | ((backslashes - _LOW) & ~backslashes)
            told &= _HIGH
            # The lowest is one of a byte to escape. Of those before it, and of no others, the high bit is set then.
            before = (told ^ (told - _1)) & ~told
            plain = min(((before >> _7) & _LOW) * _LOW >> _56, stop - at)
            write_eight(out, to, eight)
            at += plain
            to += plain
            if plain == _8 or at == stop:
                continue
            byte = data[at]
            at += _1
            out[to] = _BACKSLASH
            if _SHORT[byte]:
                out[to + _1] = _SHORT[byte]
                to += _2
                continue
            for number in range(3):
                out[to + np.uint64(number + 1)] = _UNICODE[number]
            out[to + _4], out[to + _5] = _HEX[byte >> 4], _HEX[byte & 15]
            to += _6
        out[to] = _QUOTE
        to += _1
        ends[text + 1] = to
    return out[:to], ends


escaped = _compile(_escaped)
