"""Signals of quality that are told of a text by its bytes, of many texts at once."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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


class Signals:
    """The bytes of many texts in one row, and what is told by them."""

    def __init__(self, octets: NDArray[np.uint8], offsets: Ints) -> None:
        """Take texts.

        Args:
            octets: in UTF-8, as `pipeline.decode.normalise` leaves them: a line feed is the only end of a line.
            offsets: (texts + 1,): text i is octets[offsets[i]:offsets[i + 1]].
        """
        self._octets = octets
        self._offsets = offsets

    def ended_shares(self) -> Doubles:
        """Give the share of each text's lines that end a sentence, empty ones aside; not a number without lines."""
        octets = self._octets
        feeds = np.flatnonzero(octets == _LINE_FEED)
        # What a line ends before, and the text that it is of; none ends where its text begins.
        ends = np.concatenate([feeds, self._offsets[1:]])
        lines = np.concatenate([self._of(feeds), np.arange(len(self._offsets) - 1)])
        told = ends > self._offsets[lines]
        told[told] = octets[ends[told] - 1] != _LINE_FEED
        last, lines = ends[told] - 1, lines[told]
        ended = _ENDS[octets[last]]
        beyond = np.flatnonzero(octets[last] >= _BEYOND_ASCII)
        at = last[beyond]
        one, two, three = (octets[at - back].astype(np.int64) for back in range(3))
        found = np.isin(two << 8 | one, _LONGER_ENDS[2]) | np.isin(three << 16 | two << 8 | one, _LONGER_ENDS[3])
        ended[beyond[found]] = True
        with np.errstate(invalid="ignore"):
            shares: Doubles = self._counted(lines[ended]) / self._counted(lines)
        return shares

    def digits(self) -> Ints:
        """Count in each text the characters that `str.isdigit` is true of."""
        # Below the nought there is no byte: the difference wraps.
        counts = self._counted(self._of(np.flatnonzero(self._octets - np.uint8(_ZERO) < _DIGITS)))
        if self._may_hold_digits_beyond() and any(map(str.isdigit, set(_beyond(self._octets)))):
            bounds = pairwise(self._offsets.tolist())
            counts += np.array(
                [sum(map(str.isdigit, _beyond(self._octets[start:end]))) for start, end in bounds], np.int64
            )
        return counts

    def _may_hold_digits_beyond(self) -> bool:
        """Say whether some character beyond ASCII may be a digit, by its first two bytes."""
        leads = np.flatnonzero(self._octets >= _LEAD)
        pairs = self._octets[leads].astype(np.int64) << 8 | self._octets.take(leads + 1, mode="clip")
        return bool(_digit_pairs()[pairs].any())

    def _of(self, places: Ints) -> Ints:
        """Give the text that each place is in."""
        return np.searchsorted(self._offsets, places, "right") - 1

    def _counted(self, texts: Ints) -> Ints:
        return np.bincount(texts, minlength=len(self._offsets) - 1)


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
