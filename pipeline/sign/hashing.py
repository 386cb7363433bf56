"""XXH64 of tokens that stand in a buffer, compiled; the same hashes as `pipeline.sign.shingles.token_hashes`.

Importing this loads numba (see `pipeline.sign.compiled`).

Source: Y. Collet, "XXH64", the specification in the xxHash repository; seed 0.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

Bytes = NDArray[np.uint8]
U64 = NDArray[np.uint64]

AHEAD = 8
"""Bytes past the last token that are looked at, and count for nothing."""

PRIMES = tuple(
    np.uint64(prime)
    for prime in (
        0x9E3779B185EBCA87,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0x85EBCA77C2B2AE63,
        0x27D4EB2F165667C5,
    )
)
"""What XXH64 multiplies by, and XXH3 as well."""

_P1, _P2, _P3, _P4, _P5 = PRIMES
# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _3, _4, _5, _8, _32 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 5, 8, 32))
_BYTE, _HALF = np.uint64(0xFF), np.uint64(0xFFFFFFFF)

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _lane(data: Bytes, at: np.uint64) -> np.uint64:
    """Read eight bytes, the first one lowest. Compilers know this for one load."""
    read = _0
    for number in range(8):
        shift = np.uint64(number)
        read |= np.uint64(data[at + shift]) << (_8 * shift)
    return read


def _turned(value: np.uint64, by: int) -> np.uint64:
    return (value << np.uint64(by)) | (value >> np.uint64(64 - by))


lane = _inline(_lane)
turned = _inline(_turned)


def _mixed(total: np.uint64, read: np.uint64) -> np.uint64:
    return turned(total + read * _P2, 31) * _P1


mixed = _inline(_mixed)


def _stripes(data: Bytes, at: np.uint64, count: np.uint64) -> np.uint64:
    """Begin the hash of what has 32 bytes or more, with as many times 32 as there are."""
    one, two, three, four = _P1 + _P2, _P2, _0, _0 - _P1
    for _ in range(count):
        one = mixed(one, lane(data, at))
        two = mixed(two, lane(data, at + _8))
        three = mixed(three, lane(data, at + _8 * _2))
        four = mixed(four, lane(data, at + _8 * _3))
        at += _32
    total = turned(one, 1) + turned(two, 7) + turned(three, 12) + turned(four, 18)
    for part in (one, two, three, four):
        total = (total ^ mixed(_0, part)) * _P1 + _P4
    return total


stripes = _compile(_stripes)


def _hash_tokens(data: Bytes, bounds: U64) -> U64:
    """Hash tokens.

    Args:
        data: their bytes, and `AHEAD` more.
        bounds: (2 * tokens,): where each begins and ends, by turns.

    Gives shape (tokens,).
    """
    hashes = np.empty(len(bounds) // 2, np.uint64)
    for number in range(len(hashes)):
        token = np.uint64(number)
        at = bounds[token * _2]
        left = bounds[token * _2 + _1] - at
        total = _P5 + left
        if left >= _32:
            total = stripes(data, at, left >> _5) + left
            at += left >> _5 << _5
            left &= np.uint64(31)
        while left >= _8 + _8:
            total = turned(total ^ mixed(_0, lane(data, at)), 27) * _P1 + _P4
            at += _8
            left -= _8
        # The rest without a branch: the lengths of words are what a processor guesses worst.
        has_eight = left >> np.uint64(3)
        with_eight = turned(total ^ mixed(_0, lane(data, at)), 27) * _P1 + _P4
        total = with_eight if has_eight else total
        at += has_eight << np.uint64(3)
        rest = lane(data, at)
        has_four = (left & _4) != _0
        with_four = turned(total ^ ((rest & _HALF) * _P1), 23) * _P2 + _P3
        total = with_four if has_four else total
        rest = rest >> _32 if has_four else rest
        for byte in range(3):
            with_byte = turned(total ^ ((rest & _BYTE) * _P5), 11) * _P1
            total = with_byte if (left & _3) > np.uint64(byte) else total
            rest >>= _8
        total = (total ^ (total >> np.uint64(33))) * _P2
        total = (total ^ (total >> np.uint64(29))) * _P3
        hashes[token] = total ^ (total >> _32)
    return hashes


hash_tokens = _compile(_hash_tokens)
