"""Signals of quality that are told of a text by its bytes, of many texts at once."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.jit import can_compile

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

_LINE_FEED, _ZERO, _DIGITS, _BEYOND_ASCII = 0x0A, 0x30, 10, 0x80
_SENTENCE_ENDS = '.!?…。！？؟।"”’»」』)'
_ENDS = np.array([chr(byte) in _SENTENCE_ENDS and byte < _BEYOND_ASCII for byte in range(256)])
# No byte below begins a character of several. Between the digits of Indic scripts and those of Vai stand letters of
# Chinese, Japanese and Korean, and few signs.
_LEAD, _LOOKED_THROUGH = 0xC2, 0xA000
# Those beyond ASCII, by their size, as numbers of which the last byte is the lowest.
_LONGER_ENDS = {
    size: np.array(
        [int.from_bytes(end.encode(), "big") for end in _SENTENCE_ENDS if len(end.encode()) == size], np.int64
    )
    for size in (2, 3)
}
_ALL_LONGER_ENDS = np.concatenate(list(_LONGER_ENDS.values()))
# As signed numbers, bytes that continue a character are below.
_CONTINUING_BELOW = -0x40
# What a byte takes longer with arrays.
_BYTE_NS = 1


class Signals(NamedTuple):
    """What is told of many texts by their bytes."""

    chars: Ints
    """Of each how many characters it has."""
    digits: Ints
    """How many of them `str.isdigit` is true of."""
    ended_shares: Doubles
    """The share of its lines that end a sentence, empty ones aside; not a number without lines."""


def signals_of(octets: NDArray[np.uint8], offsets: Ints) -> Signals:
    """Give the signals of texts.

    Args:
        octets: in UTF-8, as `pipeline.decode.normalise` leaves them: a line feed is the only end of a line.
        offsets: (texts + 1,): text i is octets[offsets[i]:offsets[i + 1]].
    """
    octets = octets[: offsets[-1]]
    if worth_loading(_BYTE_NS * len(octets)) and can_compile():
        from pipeline.words.signal_loops import counted

        counts, may_hold_others = counted(octets, offsets, _ENDS, _ALL_LONGER_ENDS, _digit_pairs())
    else:
        counts, may_hold_others = counted_by_arrays(octets, offsets)
    chars, digits, lines, ended = counts
    if may_hold_others and any(map(str.isdigit, set(_beyond(octets)))):
        bounds = pairwise(offsets.tolist())
        digits = digits + [sum(map(str.isdigit, _beyond(octets[start:end]))) for start, end in bounds]
    with np.errstate(invalid="ignore"):
        return Signals(chars, digits, ended / lines)


def counted_by_arrays(octets: NDArray[np.uint8], offsets: Ints) -> tuple[Ints, bool]:
    """Count as `counted` of `pipeline.words.signal_loops` does."""

    def count(places: Ints) -> Ints:
        return np.diff(np.searchsorted(places, offsets))

    feeds = np.flatnonzero(octets == _LINE_FEED)
    # What a line ends before, and where the text begins that it is of; none ends where that begins.
    ends = np.concatenate([feeds, offsets[1:]])
    begins = np.concatenate([offsets[np.searchsorted(offsets, feeds, "right") - 1], offsets[:-1]])
    told = ends > begins
    told[told] = octets[ends[told] - 1] != _LINE_FEED
    last = np.sort(ends[told] - 1)
    ended = _ENDS[octets[last]]
    beyond = np.flatnonzero(octets[last] >= _BEYOND_ASCII)
    one, two, three = (octets[last[beyond] - back].astype(np.int64) for back in range(3))
    found = np.isin(two << 8 | one, _LONGER_ENDS[2]) | np.isin(three << 16 | two << 8 | one, _LONGER_ENDS[3])
    ended[beyond[found]] = True
    counts = np.stack(
        [
            # All bytes but those that continue a character.
            np.diff(offsets) - count(np.flatnonzero(octets.view(np.int8) < _CONTINUING_BELOW)),
            # Below the nought there is no byte: the difference wraps.
            count(np.flatnonzero(octets - np.uint8(_ZERO) < _DIGITS)),
            count(last),
            count(last[ended]),
        ]
    )
    leads = np.flatnonzero(octets >= _LEAD)
    pairs = octets[leads].astype(np.int64) << 8 | octets.take(leads + 1, mode="clip")
    return counts, bool(_digit_pairs()[pairs].any())


@cache
def _digit_pairs() -> NDArray[np.bool_]:
    """Say of two bytes, as a number, whether a digit beyond ASCII may begin with them."""
    pairs = np.zeros(1 << 16, bool)
    for code in range(_BEYOND_ASCII, _LOOKED_THROUGH):
        if chr(code).isdigit():
            one, two = chr(code).encode()[:2]
            pairs[one << 8 | two] = True
    # Farther on they are not looked for one by one.
    first = chr(_LOOKED_THROUGH).encode()
    pairs[first[0] << 8 | first[1] :] = True
    return pairs


def _beyond(octets: NDArray[np.uint8]) -> str:
    """Give the characters beyond ASCII."""
    return octets[octets >= _BEYOND_ASCII].tobytes().decode("utf-8", "surrogatepass")
