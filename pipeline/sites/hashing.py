"""Blocks of folded texts as numbers, compiled: XXH3 with 64 bits and XXH32, seed 0, as `xxhash` gives them.

Importing this loads numba.

Source: Y. Collet, "XXH3" and "XXH32", the specification in the xxHash repository.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import PRIMES, lane, turned
from pipeline.sites.sketch import ANCHOR_BYTES, FIGURES_BYTES, FIGURES_SHIFT, KEY_SHIFT, LEAST_BARE, TELLING

Bytes = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

SECRET: Bytes = np.frombuffer(
    bytes.fromhex(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
        "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
        "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
        "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
    ),
    np.uint8,
)
"""What XXH3 mixes with the bytes that it hashes."""

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _3, _4, _8, _15, _16, _32, _64 = map(np.uint64, (0, 1, 3, 4, 8, 15, 16, 32, 64))
_BYTE, _HALF = np.uint64(0xFF), np.uint64(0xFFFFFFFF)
_S1, _S2, _S3, _S4, _S5 = map(np.uint64, (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1))
_P1, _P2, _P3, _P4, _P5 = PRIMES
_M1, _M2 = np.uint64(0x165667919E3779F9), np.uint64(0x9FB21C651E98DF25)
_BEGIN: U64 = np.array([_S3, _P1, _P2, _P3, _P4, _S2, _P5, _S1], np.uint64)
# Of what is longer than 240 bytes, sums are made of 64 bytes at a time, and stirred after each 1024.
_SHORT, _STRIPES, _BLOCK = np.uint64(240), np.uint64(16), np.uint64(1024)
# Where the secret begins that the sums are stirred with, and those of the last 64 bytes, and what comes of all.
_STIRS, _LAST, _MERGES = np.uint64(128), np.uint64(121), np.uint64(11)
_NOUGHT, _NINE = np.uint8(0x30), np.uint8(0x39)
_FIGURES, _ANCHOR = np.uint64(FIGURES_BYTES), np.uint64(ANCHOR_BYTES)

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _folded(one: np.uint64, two: np.uint64) -> np.uint64:
    """Multiply two numbers, and give both halves of the product as one."""
    low = (one & _HALF) * (two & _HALF)
    high = (one >> _32) * (two & _HALF)
    cross = (low >> _32) + (high & _HALF) + (one & _HALF) * (two >> _32)
    upper = (high >> _32) + (cross >> _32) + (one >> _32) * (two >> _32)
    return upper ^ (cross << _32 | low & _HALF)


folded = _inline(_folded)


def _mixed(data: Bytes, at: np.uint64, secret: Bytes, of: np.uint64) -> np.uint64:
    """Mix sixteen bytes with some of the secret."""
    return folded(lane(data, at) ^ lane(secret, of), lane(data, at + _8) ^ lane(secret, of + _8))


mixed = _inline(_mixed)


def _stirred(total: np.uint64) -> np.uint64:
    total = (total ^ (total >> np.uint64(37))) * _M1
    return total ^ (total >> _32)


def _stirred_well(total: np.uint64) -> np.uint64:
    total = (total ^ (total >> np.uint64(33))) * _P2
    total = (total ^ (total >> np.uint64(29))) * _P3
    return total ^ (total >> _32)


def _swapped(value: np.uint64) -> np.uint64:
    """Turn the order of eight bytes."""
    turned_ = _0
    for number in range(8):
        shift = _8 * np.uint64(number)
        turned_ = turned_ << _8 | value >> shift & _BYTE
    return turned_


stirred, stirred_well, swapped = _inline(_stirred), _inline(_stirred_well), _inline(_swapped)


def _few(data: Bytes, at: np.uint64, size: np.uint64, secret: Bytes) -> np.uint64:
    """Hash 16 bytes or fewer."""
    if size > _8:
        low = lane(data, at) ^ lane(secret, np.uint64(24)) ^ lane(secret, np.uint64(32))
        high = lane(data, at + size - _8) ^ lane(secret, np.uint64(40)) ^ lane(secret, np.uint64(48))
        return stirred(size + swapped(low) + high + folded(low, high))
    if size >= _4:
        keyed = lane(data, at) << _32 | lane(data, at + size - _4) & _HALF
        keyed ^= lane(secret, _8) ^ lane(secret, _16)
        keyed = (keyed ^ turned(keyed, 49) ^ turned(keyed, 24)) * _M2
        keyed = (keyed ^ ((keyed >> np.uint64(35)) + size)) * _M2
        return keyed ^ (keyed >> np.uint64(28))
    if size == _0:
        return stirred_well(lane(secret, np.uint64(56)) ^ lane(secret, _64))
    keyed = np.uint64(data[at]) << _16 | np.uint64(data[at + (size >> _1)]) << np.uint64(24)
    keyed |= np.uint64(data[at + size - _1]) | size << _8
    keyed ^= (lane(secret, _0) ^ lane(secret, _0) >> _32) & _HALF
    return stirred_well(keyed)


few = _compile(_few)


def _some(data: Bytes, at: np.uint64, size: np.uint64, secret: Bytes) -> np.uint64:
    """Hash 17 to 240 bytes."""
    total, end = size * _P1, at + size
    if size <= np.uint64(128):
        for number in range(((size - _1) >> np.uint64(5)) + _1):
            step, of = _16 * np.uint64(number), _32 * np.uint64(number)
            total += mixed(data, at + step, secret, of) + mixed(data, end - step - _16, secret, of + _16)
        return stirred(total)
    for number in range(8):
        step = _16 * np.uint64(number)
        total += mixed(data, at + step, secret, step)
    total = stirred(total)
    for number in range((size >> _4) - _8):
        step = _16 * np.uint64(number)
        total += mixed(data, at + step + np.uint64(128), secret, step + _3)
    return stirred(total + mixed(data, end - _16, secret, np.uint64(119)))


some = _compile(_some)


def _add_stripes(data: Bytes, at: np.uint64, count: np.uint64, secret: Bytes, of: np.uint64, sums: U64) -> None:
    """Add so many times 64 bytes to the sums; of each the secret begins eight bytes further on."""
    for pair in range(4):
        place = np.uint64(2 * pair)
        one, two = sums[place], sums[place + _1]
        for number in range(count):
            stripe = np.uint64(number)
            here, key = at + _64 * stripe + _8 * place, of + _8 * (stripe + place)
            first, second = lane(data, here), lane(data, here + _8)
            keyed, other = first ^ lane(secret, key), second ^ lane(secret, key + _8)
            one += second + (keyed & _HALF) * (keyed >> _32)
            two += first + (other & _HALF) * (other >> _32)
        sums[place], sums[place + _1] = one, two


add_stripes = _compile(_add_stripes)


def _many(data: Bytes, at: np.uint64, size: np.uint64, secret: Bytes, sums: U64) -> np.uint64:
    """Hash more than 240 bytes."""
    for number in range(8):
        sums[number] = _BEGIN[number]
    end = at + size
    while end - at > _BLOCK:
        add_stripes(data, at, _STRIPES, secret, _0, sums)
        for number in range(8):
            place = np.uint64(number)
            sums[place] = (sums[place] ^ sums[place] >> np.uint64(47) ^ lane(secret, _STIRS + _8 * place)) * _S1
        at += _BLOCK
    add_stripes(data, at, (end - at - _1) >> np.uint64(6), secret, _0, sums)
    add_stripes(data, end - _64, _1, secret, _LAST, sums)
    total = size * _P1
    for number in range(4):
        place = np.uint64(2 * number)
        key = _MERGES + _8 * place
        total += folded(sums[place] ^ lane(secret, key), sums[place + _1] ^ lane(secret, key + _8))
    return stirred(total)


many = _compile(_many)


def _xxh3(data: Bytes, at: np.uint64, size: np.uint64, secret: Bytes, sums: U64) -> np.uint64:
    """Hash some bytes; eight more may be looked at. `sums` is room for eight numbers."""
    if size > _SHORT:
        return many(data, at, size, secret, sums)
    return some(data, at, size, secret) if size > _16 else few(data, at, size, secret)


xxh3 = _compile(_xxh3)


def _turned32(value: np.uint64, by: int) -> np.uint64:
    return (value << np.uint64(by) | (value & _HALF) >> np.uint64(32 - by)) & _HALF


turned32 = _inline(_turned32)


def _xxh32(data: Bytes, at: np.uint64, size: np.uint64) -> np.uint64:
    """Hash some bytes to 32 bits; eight more may be looked at. What stands above 32 bits meanwhile is of no account."""
    total, left = _S5, size
    if size >= _16:
        one, two, three, four = _S1 + _S2, _S2, _0, _0 - _S1
        while left >= _16:
            low, high = lane(data, at), lane(data, at + _8)
            one, two = turned32(one + low * _S2, 13) * _S1, turned32(two + (low >> _32) * _S2, 13) * _S1
            three, four = turned32(three + high * _S2, 13) * _S1, turned32(four + (high >> _32) * _S2, 13) * _S1
            at += _16
            left -= _16
        total = turned32(one, 1) + turned32(two, 7) + turned32(three, 12) + turned32(four, 18)
    total += size
    while left >= _4:
        total = turned32(total + lane(data, at) * _S3, 17) * _S4
        at += _4
        left -= _4
    for _ in range(left):
        total = turned32(total + np.uint64(data[at]) * _S5, 11) * _S1
        at += _1
    total &= _HALF
    total = (total ^ total >> _15) * _S2 & _HALF
    total = (total ^ total >> np.uint64(13)) * _S3 & _HALF
    return total ^ total >> _16


xxh32 = _compile(_xxh32)


def _without_digits(data: Bytes, at: np.uint64, size: np.uint64, bare: Bytes) -> np.uint64:
    """Write some bytes without digits to `bare`, and say how many they are."""
    to = _0
    for number in range(size):
        byte = data[at + np.uint64(number)]
        bare[to] = byte
        to += np.uint64((byte < _NOUGHT) | (byte > _NINE))
    return to


without_digits = _inline(_without_digits)


def _numbers(data: Bytes, starts: I64, sizes: I64, told: U64, secret: Bytes, out: U64, anchors: U32) -> int:
    """Make the numbers and anchors of blocks (`pipeline.sites.sketch`).

    Args:
        data: the blocks, folded, and eight bytes more.
        starts, sizes: (blocks,): where each begins, and its bytes.
        told: (blocks,): the lower bits of its number: all but key and figures.
        secret: `SECRET`.
        out: (blocks,): to be filled with numbers.
        anchors: (blocks,): to be filled with the anchors of those that tell stories apart; gives how many these are.
    """
    sums, bare = np.empty(8, np.uint64), np.zeros(FIGURES_BYTES + 8, np.uint8)
    count = 0
    for block in range(len(starts)):
        at, size = np.uint64(starts[block]), np.uint64(sizes[block])
        bare_size = size
        if size <= _FIGURES:
            bare_size = without_digits(data, at, size, bare)
        is_bare = bare_size < size and bare_size >= LEAST_BARE * size
        if is_bare:
            key = xxh3(bare, _0, bare_size, secret, sums)
            figures = xxh32(data, at, size) % np.uint64(0xFF) + _1
        else:
            key, figures = xxh3(data, at, size, secret, sums), _0
        out[block] = key << np.uint64(KEY_SHIFT) | figures << np.uint64(FIGURES_SHIFT) | told[block]
        if told[block] & np.uint64(TELLING):
            if is_bare:
                length = min(bare_size, _ANCHOR)
                anchors[count] = xxh32(bare, bare_size - length, length)
            else:
                anchors[count] = xxh32(data, at + size - _ANCHOR, _ANCHOR)
            count += 1
    return count


numbers = _compile(_numbers)
