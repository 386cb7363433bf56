"""What each character of a text is to verification before it is folded, as a number that compiled code reads.

As in `pipeline.sign.classes`, a block of 256 characters is asked about once one of it is met, by what decides for one
text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.match.profile import SENTENCE_ENDS
from pipeline.match.quotation import MARKS
from pipeline.sign.classes import TIMES
from pipeline.sign.marked import classes
from pipeline.words.fold import fold_characters
from pipeline.words.tables import BLOCK

LETTERS, SPACE, ENDS, QUOTES, KNOWN = 63, 64, 128, 256, 512
"""How many letters it folds to, where it joins with none of its neighbours; it is white space; it ends a sentence; it
is a quotation mark. A class of 0 is one of a block that was not met yet."""

_CHARACTERS = 0x110000
_LINE_FEED = 10


class Raw:
    """A class for each character, by its code point."""

    def __init__(self) -> None:
        # Pages of zeros that nobody writes to take no memory.
        self.of: NDArray[np.uint16] = np.zeros(_CHARACTERS, np.uint16)
        self.learn([0])

    def learn(self, blocks: Iterable[int]) -> None:
        """Ask about blocks of characters, by their numbers. Threads that do so at once write the same."""
        for block in blocks:
            first = block << BLOCK
            chars = list(map(chr, range(first, first + (1 << BLOCK))))
            made = (KNOWN | _letters(chars)).astype(np.uint16)
            for kind, holds in ((SPACE, str.isspace), (ENDS, SENTENCE_ENDS.__contains__), (QUOTES, MARKS.match)):
                made[[bool(holds(char)) for char in chars]] |= np.uint16(kind)
            self.of[first : first + len(chars)] = made


def _letters(chars: list[str]) -> NDArray[np.int64]:
    """Count the letters that each of some characters folds to: all are folded at once, each on a line of its own."""
    folded = fold_characters("\n".join(chars).replace("\n\n\n", "\n \n"))
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    known = classes()
    known.learn(np.unique(codes[known.of[codes] == 0] >> BLOCK).tolist())
    return np.bincount(np.cumsum(codes == _LINE_FEED), known.of[codes] & TIMES, len(chars)).astype(np.int64)


@cache
def raw_classes() -> Raw:
    """Give the classes that were learned so far."""
    return Raw()
