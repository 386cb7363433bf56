"""Signals of quality that are told of a text by its bytes, of many texts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

_LINE_FEED, _ZERO, _DIGITS = 0x0A, 0x30, 10
_ASCII = bytes(range(0x80))
_SENTENCE_ENDS = '.!?…。！？؟।"”’»」』)'
_ENDS = np.array([chr(byte) in _SENTENCE_ENDS and byte < 0x80 for byte in range(256)])
# Those beyond ASCII, by their size, as numbers of which the last byte is the lowest.
_LONGER_ENDS = {
    size: np.array(
        [int.from_bytes(end.encode(), "big") for end in _SENTENCE_ENDS if len(end.encode()) == size], np.int64
    )
    for size in (2, 3)
}


class Signals:
    """The bytes of many texts in one row, and what is told by them."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        """Put texts in a row.

        Args:
            texts: in UTF-8, as `pipeline.decode.normalise` leaves them: a line feed is the only end of a line.
        """
        self._whole = b"\n".join([*texts, b""])
        self._octets: NDArray[np.uint8] = np.frombuffer(self._whole, np.uint8)
        self._texts = texts
        self._ends: Ints = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64) - 1

    def ended_shares(self) -> Doubles:
        """Give the share of each text's lines that end a sentence, empty ones aside; not a number without lines."""
        octets = self._octets
        feeds = np.flatnonzero(octets == _LINE_FEED)
        last = feeds[octets[feeds - 1] != _LINE_FEED] - 1
        ended = _ENDS[octets[last]]
        beyond = np.flatnonzero(octets[last] >= 0x80)
        at = last[beyond]
        one, two, three = (octets[at - back].astype(np.int64) for back in range(3))
        found = np.isin(two << 8 | one, _LONGER_ENDS[2]) | np.isin(three << 16 | two << 8 | one, _LONGER_ENDS[3])
        ended[beyond[found]] = True
        lines = self._of(last)
        with np.errstate(invalid="ignore"):
            shares: Doubles = self._counted(lines[ended]) / self._counted(lines)
        return shares

    def digits(self) -> Ints:
        """Count in each text the characters that `str.isdigit` is true of."""
        # Below the nought there is no byte: the difference wraps.
        counts = self._counted(self._of(np.flatnonzero(self._octets - np.uint8(_ZERO) < _DIGITS)))
        if any(map(str.isdigit, set(_beyond(self._whole)))):
            counts += np.array([sum(map(str.isdigit, _beyond(text))) for text in self._texts], np.int64)
        return counts

    def _of(self, places: Ints) -> Ints:
        """Give the text that each place is in."""
        return np.searchsorted(self._ends, places)

    def _counted(self, texts: Ints) -> Ints:
        return np.bincount(texts, minlength=len(self._texts))


def _beyond(data: bytes) -> str:
    """Give the characters beyond ASCII."""
    return data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
