"""Shingles: every run of n tokens of a text, each as one 64-bit hash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

U64 = NDArray[np.uint64]

SHINGLE_HASH = "xxh64-polynomial-fmix64-1"
"""Names the way from tokens to hashes. Hashes made under another name cannot be compared."""

# An odd multiplier keeps every bit of a token's hash; this one is the 64-bit golden ratio, 2^64 / phi.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def token_hashes(tokens: Sequence[str]) -> U64:
    """Hash tokens with XXH64 (seed 0) of their UTF-8 bytes. Gives shape (len(tokens),)."""
    return np.fromiter(map(_HASHES.__getitem__, tokens), np.uint64, count=len(tokens))


class _Hashes(dict[str, int]):
    """Hashes of tokens that were met; the words of a language come again and again."""

    def __missing__(self, token: str) -> int:
        hashed = xxhash.xxh64_intdigest(token.encode("utf-8", "surrogatepass"))
        if len(token) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[token] = hashed
        return hashed


# About 20 MB at most. Longer tokens are no words, and seldom come again.
_MOST_KEPT = 1 << 17
_LONGEST_KEPT = 24
_HASHES = _Hashes()


def shingle_sequence(hashes: U64, n: int) -> U64:
    """Hash every run of n token hashes, in order; a shorter text is one shingle, an empty one none.

    A shingle's hash is the polynomial of its token hashes, mod 2^64, finished with MurmurHash3's fmix64.
    Gives shape (max(1, len - n + 1),), or (0,) for no tokens.
    """
    n = min(n, len(hashes))
    if n == 0:
        return np.empty(0, np.uint64)
    count = len(hashes) - n + 1
    total = np.zeros(count, np.uint64)
    for i in range(n):
        total *= _MULTIPLIER
        total += hashes[i : i + count]
    return _fmix64(total)


def shingle_set(sequence: U64) -> U64:
    """Give the distinct shingle hashes, sorted."""
    return sorted_set(sequence)


def sorted_set(hashes: U64) -> U64:
    """Give the distinct hashes, sorted: what `np.unique` gives, at an eighth of its cost for one text."""
    if len(hashes) == 0:
        return hashes
    ordered = np.sort(hashes)
    first = np.empty(len(ordered), np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _fmix64(h: U64) -> U64:
    h = h ^ (h >> np.uint64(33))
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h
