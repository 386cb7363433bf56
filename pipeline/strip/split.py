"""Many texts → their blocks at once: most are paragraphs alone, which are seen and folded in one pass over their bytes.

What comes of each text is what `pipeline.strip.blocks.split_blocks` makes of it, which is asked of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.jit import can_compile
from pipeline.sign.marked import bits_of
from pipeline.sign.texts import bytes_of, size_of
from pipeline.strip.blocks import MARKED, Blocks, Split, split_blocks
from pipeline.words.fold import change_of

LENGTH_SHIFT = 56
ALONE, MARK, KNOWN = 1 << 59, 1 << 60, 1 << 63
"""Bits 0 to 55 of an entry are the folded character in UTF-8, its first byte lowest; from bit 56 on stands its length;
then whether a text with it is folded as a whole, or its white space looked at; whether a line that begins with it may
be more than a paragraph. An entry of 0 is one of a character that was not met yet."""
LEFT, UNMET = 0, -1
"""What stands for the lines of a text that is left out, and of one with a character that was not met yet."""
COLUMNS = 5
"""The numbers that are told of a block."""

_CHARACTERS = 0x110000
_LONGEST = 7
# What a character takes longer without compiled code, in nanoseconds.
_CHARACTER_NS = 3
_MARKED = np.array([chr(byte) in MARKED for byte in range(0x80)])


class Entries:
    """An entry for each character that was met, by its code point."""

    def __init__(self) -> None:
        # Pages of zeros that nobody writes to take no memory.
        self.of: NDArray[np.uint64] = np.zeros(_CHARACTERS, np.uint64)

    def learn(self, chars: Iterable[str]) -> None:
        """Make the entries of characters beyond ASCII. Threads that do so at once write the same."""
        for char in chars:
            self.of[ord(char)] = _entry(char)


def _entry(char: str) -> int:
    entry, folded = KNOWN | MARK * (char in MARKED), char.encode("utf-8", "surrogatepass")
    if change := change_of(char):
        if change.folded is None or not change.keeps_spaces or len(change.folded) > _LONGEST:
            return entry | ALONE
        folded = change.folded
    return entry | len(folded) << LENGTH_SHIFT | int.from_bytes(folded, "little")


@cache
def _entries() -> Entries:
    return Entries()


def split_texts(texts: Sequence[str]) -> list[Blocks]:
    """Split texts whose white space is as `pipeline.decode.normalise` leaves it."""
    if not (worth_loading(_CHARACTER_NS * size_of(texts)) and can_compile()):
        return [split_blocks(text, tidy=True) for text in texts]
    done, unmet = _split(texts)
    if unmet:
        some = [texts[at] for at in unmet]
        _entries().learn(char for char in set("".join(some)) if not char.isascii())
        for at, blocks in zip(unmet, _split(some)[0], strict=True):
            done[at] = blocks
    split = [split_blocks(texts[at], tidy=True) if blocks is None else blocks for at, blocks in enumerate(done)]
    for at, blocks in enumerate(split):
        blocks.among, blocks.number = texts, at
    return split


def _split(texts: Sequence[str]) -> tuple[list[Blocks | None], list[int]]:
    """Give the blocks of texts, None for one that is left out; and which hold characters that were not met yet."""
    from pipeline.strip.split_loops import split

    folded, ends, blocks, firsts, lines = split(*bytes_of(texts), _entries().of, _MARKED, bits_of())
    places, chars, starts, sizes, lasts = blocks.reshape(-1, COLUMNS).T.copy()
    told = Split(folded.tobytes(), ends, starts, sizes, places, chars, lasts.astype(np.uint32), firsts, lines)
    bounds = firsts.tolist()
    done = [
        Blocks.plain(told, row, first, beyond) if high > 0 else None
        for row, (high, first, beyond) in enumerate(zip(lines.tolist(), bounds[:-1], bounds[1:], strict=True))
    ]
    return done, np.flatnonzero(lines == UNMET).tolist()
