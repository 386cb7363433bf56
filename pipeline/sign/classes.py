"""What each character of a folded text is to letters and figures, as a byte in a flat array that compiled code reads.

As in `pipeline.words.tables`, a block of 256 characters is asked about once one of it is met, by what decides for one
text: so it holds for any version of Unicode that Python and `regex` know.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import regex
from numpy.typing import NDArray

from pipeline.sign.letters import letters_of
from pipeline.words.tables import BLOCK

TIMES, DIGIT, WORD, NUMERAL, KNOWN = 3, 4, 8, 16, 128
"""How many letters it stands for: 0, 1 or 3; it is a digit of a figure; it may belong to a figure at all; it is a digit
of any kind, such as one in a circle. A class of 0 is one of a block that was not met yet."""

_CHARACTERS = 0x110000
# As `pipeline.sign.figures` reads them; every digit is one of words.
_DIGITS = regex.compile(r"\d")
_WORDS = regex.compile(r"[^\W_]")


class Classes:
    """A class for each character, by its code point."""

    def __init__(self) -> None:
        # Pages of zeros that nobody writes to take no memory.
        self.of: NDArray[np.uint8] = np.zeros(_CHARACTERS, np.uint8)
        self.learn([0])

    def learn(self, blocks: Iterable[int]) -> None:
        """Ask about blocks of characters, by their numbers. Threads that do so at once write the same."""
        for block in blocks:
            first = block << BLOCK
            chars = "".join(map(chr, range(first, first + (1 << BLOCK))))
            made = np.full(len(chars), KNOWN, np.uint8)
            letters, times = np.unique(letters_of(chars), return_counts=True)
            made[letters - first] |= times.astype(np.uint8)
            for pattern, kind in ((_DIGITS, DIGIT), (_WORDS, WORD)):
                made[[found.start() for found in pattern.finditer(chars)]] |= np.uint8(kind)
            made[list(map(str.isdigit, chars))] |= np.uint8(NUMERAL)
            self.of[first : first + len(chars)] = made
