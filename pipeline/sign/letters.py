"""Letters: what is left of a text when white space and punctuation are gone, and what noisy copies are found by.

A scan with a wrong letter in ten shares hardly any run of five words with its original, and hardly any word boundary;
but of its runs of twelve letters more than a quarter stand in both.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.shingles import U64, sorted_set

U32 = NDArray[np.uint32]

LETTERS = "letters-12-1"
"""Names the way from a folded text to its letters and sketch. Sketches made under another name cannot be compared."""

GRAM = 12
"""Letters in a gram of a sketch."""
# Of all grams those whose hash is in the lowest 1/32 make the sketch; of a short text at least the 16 lowest.
SHARE_BITS = 5
FEWEST = 16

MULTIPLIER, FINISHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_NOT_ASCII_LETTERS = bytes(code for code in range(0x80) if not chr(code).isalnum())


def letters_of(folded: str) -> U32:
    """Give the letters and digits of a folded text as code points, in order.

    A Han character, kana or Hangul syllable says as much as some letters do, and stands for three.

    >>> bytes(letters_of("sa id, 4").tolist())
    b'said4'
    >>> len(letters_of("東京"))
    6
    """
    if folded.isascii():
        data = folded.encode("ascii").translate(None, _NOT_ASCII_LETTERS)
        return np.frombuffer(data, np.uint8).astype(np.uint32)
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    highest = int(codes.max())
    codes = codes[_is_letter(highest)[codes]]
    if highest < _FIRST_WIDE:
        return codes
    wide = (codes >= _FIRST_WIDE) & ((codes < 0xA000) | ((codes >= 0xAC00) & (codes < 0xD7B0)) | (codes >= 0xF900))
    wide &= (codes < 0xFB00) | (codes >= 0x20000)
    return np.repeat(codes, np.where(wide, 3, 1)) if wide.any() else codes


_FIRST_WIDE = 0x2E80
# Letters up to here are asked for one by one at the first text that has others than ASCII; later ones plane by plane.
_STEPS = (0x3000, 0x10000, 0x20000, 0x110000)


def _is_letter(highest: int) -> NDArray[np.bool_]:
    """Say of each character, at least up to the highest that is asked for, whether it is a letter or a digit."""
    return _table(next(step for step in _STEPS if highest < step))


@lru_cache(maxsize=len(_STEPS))
def _table(size: int) -> NDArray[np.bool_]:
    return np.fromiter(map(str.isalnum, map(chr, range(size))), np.bool_, size)


def grams_of(letters: U32, size: int) -> U64:
    """Hash every run of `size` letters, in order: shape (max(1, len - size + 1),), or (0,) for no letters."""
    size = min(size, len(letters))
    if size == 0:
        return np.empty(0, np.uint64)
    count = len(letters) - size + 1
    wide = letters.astype(np.uint64)
    total = np.zeros(count, np.uint64)
    for at in range(size):
        total *= MULTIPLIER
        total += wide[at : at + count]
    total ^= total >> np.uint64(32)
    total *= FINISHER
    total ^= total >> np.uint64(32)
    return total


def sketch(letters: U32) -> U32:
    """Choose the grams with the least hashes: a fixed share of all, and at least a few.

    Two texts share about as large a part of their sketches as of their grams, whatever their lengths (FracMinHash: L.
    Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash", 2022); for texts of few grams
    it is the bottom-k sketch of A. Broder (1997). Gives the low halves of the hashes, sorted and distinct.

    >>> len(sketch(letters_of("the council met on monday to hear the engineer")))
    16
    """
    hashes = sorted_set(grams_of(letters, GRAM))
    below = int(np.searchsorted(hashes, np.uint64(1 << (64 - SHARE_BITS))))
    chosen = hashes[: max(below, FEWEST)]
    low: U32 = np.unique((chosen & np.uint64(0xFFFFFFFF)).astype(np.uint32))
    return low
