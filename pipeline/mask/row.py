"""Many texts in one row of characters, a byte each: where a secret may stand shows in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.values import MaskKind
from pipeline.words.characters import unusual

Places = NDArray[np.int64]

# One character each, so that every place stays what it is.
_PLAIN: dict[str, str] = {
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10)},
    **dict(zip("＠．－＋（）／：﹕∶﹫", "@.-+()/:::@", strict=True)),
}
HYPHENS = "‐‑‒–-"
"""What may stand between the digits of a number, for a class of characters. Spaces are all alike by now."""
# As Latin-1 has them: what it lacks is `?` there, so a question mark may be a hyphen.
_BETWEEN = frozenset(b" ().-/?")
_SEPARATES = np.isin(np.arange(256), list(_BETWEEN))

DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Scripts without spaces, for a class of characters: beside what is written in Latin letters they are the sentence."""
LETTER = rf"[^\W{DENSE}]"
"""What makes a number or a name beside it a part of something longer."""


class Span(NamedTuple):
    """A secret in a row."""

    start: int
    end: int
    kind: MaskKind
    canonical: str
    """What is the same of a secret however it is written."""


class Row:
    """Texts in a row, a line feed after each."""

    def __init__(self, texts: Sequence[str]) -> None:
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        self.ends: Places = np.cumsum(sizes)
        self.starts: Places = self.ends - sizes
        self.text = "\n".join([*texts, ""])
        """Places in it are places in the texts: no character became several."""
        self._octets = _octets(self.text)
        plain = {number: _plain(texts[number]) for number in self._foreign()}
        if any(text is not texts[number] for number, text in plain.items()):
            self.text = "\n".join([*(plain.get(number, text) for number, text in enumerate(texts)), ""])
            self._octets = _octets(self.text)

    def _foreign(self) -> list[int]:
        """Say which texts may hold digits of other scripts: those with three characters beyond Latin-1 in a row.

        A text in Latin letters has quotes and dashes beyond it; to look at every character of it costs more than all
        the rest.
        """
        if self.text.isascii():
            return []
        beyond = self._octets == ord("?")
        runs = np.flatnonzero(beyond[:-2] & beyond[1:-1] & beyond[2:])
        return np.unique(np.searchsorted(self.ends, runs - 3, side="right")).tolist() if len(runs) else []

    def at(self, places: Places, step: int = 0) -> NDArray[np.uint8]:
        """Give the characters at places, or some steps (three at most) beside them; beyond Latin-1 all are `?`."""
        return self._octets[places + (3 + step)]

    def where(self, char: str) -> Places:
        """Say where a character stands."""
        return np.flatnonzero(self._octets == ord(char)) - 3

    @cached_property
    def digits(self) -> Places:
        """Where the digits stand."""
        return np.flatnonzero(is_digit(self._octets)) - 3

    def clusters(self, fewest: int) -> list[tuple[int, int]]:
        """Find runs of so many digits or more with nothing between any two but what may stand in a number.

        Returns:
            Start and end of each.
        """
        digits = self.digits
        if len(digits) < fewest:
            return []
        gaps = np.diff(digits) - 1
        near = gaps <= _WIDEST
        for step in range(1, _WIDEST + 1):
            wide = np.flatnonzero(near & (gaps >= step))
            near[wide] = _SEPARATES[self.at(digits[wide], step)]
        breaks = np.flatnonzero(~near)
        firsts = np.concatenate([[0], breaks + 1])
        lasts = np.concatenate([breaks, [len(digits) - 1]])
        many = lasts - firsts >= fewest - 1
        return list(zip(digits[firsts[many]].tolist(), (digits[lasts[many]] + 1).tolist(), strict=True))


# As in `) - `.
_WIDEST = 3


def _plain(text: str) -> str:
    for char in sorted(unusual(text) & _PLAIN.keys()):
        text = text.replace(char, _PLAIN[char])
    return text


def _octets(text: str) -> NDArray[np.uint8]:
    # A line feed beyond each end, so that the neighbours of every place can be asked for.
    return np.frombuffer(b"\n\n\n" + text.encode("latin-1", "replace") + b"\n\n\n", np.uint8)


def is_digit(octets: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which characters are ASCII digits."""
    # Below zero wraps round to a large number.
    return (octets - np.uint8(ord("0"))) < 10


def is_upper(octets: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which characters are capital letters of ASCII."""
    return (octets - np.uint8(ord("A"))) < 26


def is_alnum(octets: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which characters are letters or digits of ASCII."""
    return is_digit(octets) | (((octets | np.uint8(0x20)) - np.uint8(ord("a"))) < 26)


# How far back from a place the beginning of its word is looked for.
_WORD = 200


def in_address(text: str, start: int) -> bool:
    """Say whether a place is inside the address of a page, where a long number is that of an article."""
    word = text[max(0, start - _WORD) : start].rsplit(None, 1)
    if not word or text[start - 1 : start].isspace():
        return False
    return "://" in word[-1] or "www." in word[-1].lower()
