"""Looking at texts for mojibake and white space in compiled code, byte by byte; see `pipeline.decode.kinds`.

Importing this loads numba.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.decode.kinds import FIXABLE, JOINS, LOOSE, MATTERS
from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import between, decoded, gathered

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

GOOD, BAD = 1, 2
"""What is known of surroundings; 0 where nothing is."""
BEFORE, AFTER = 3, 6
"""Characters before and after one that matters which make its surroundings."""

_UNMET = 255
_SPACE, _NEWLINE = np.uint64(0x20), np.uint64(0x0A)
# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _7, _8 = (np.uint64(number) for number in (0, 1, 2, 7, 8))
_HIGH = np.uint64(0x8080808080808080)
_MIX = np.uint64(0x9E3779B97F4A7C15)

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _odd(eight: np.uint64, after_blank: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Set the high bit of each of eight bytes that is no ASCII, a control, or a blank after a blank; and of each blank.

    Args:
        eight: the first one lowest.
        after_blank: 0x80 where a blank stands before them, else 0.
    """
    beyond = eight & _HIGH
    eight ^= beyond
    feeds = between(eight, 0x0A, 0x0A)
    blanks = between(eight, 0x20, 0x20) | feeds
    controls = (between(eight, 0x00, 0x1F) ^ feeds) | between(eight, 0x7F, 0x7F)
    # What stands in the lower bits of a byte beyond ASCII says nothing, and it is odd anyway.
    blanks &= ~beyond
    return beyond | controls | (blanks & (blanks << _8 | after_blank)), blanks


odd = _inline(_odd)


def _before(data: Bytes, begin: np.uint64, at: np.uint64) -> np.uint64:
    """Give where the character before a place begins."""
    at -= _1
    while at > begin and data[at] & 0xC0 == 0x80:
        at -= _1
    return at


before = _inline(_before)


def _surroundings(
    data: Bytes, begin: np.uint64, at: np.uint64, stop: np.uint64, of: Bytes
) -> tuple[np.uint64, np.uint64, np.int64 | int]:
    """Give the kinds of characters round the one at a place, and a character whose kind is missing, or -1.

    What lies beyond the text is a line feed.
    """
    start, back = at, 0
    while start > begin and back < BEFORE:
        start = before(data, begin, start)
        back += 1
    one, two = _0, _0
    feed = np.uint64(of[_NEWLINE])
    for number in range(BEFORE + 1 + AFTER):
        kind = feed
        if number >= BEFORE - back and start < stop:
            code, size = decoded(data, start, stop)
            kind = np.uint64(of[code])
            if kind == _UNMET:
                return _0, _0, np.int64(code)
            start += size
        two = two << _8 | one >> np.uint64(56)
        one = one << _8 | kind
    return one, two, -1


surroundings = _compile(_surroundings)


def _known(one: np.uint64, two: np.uint64, keys: U64, verdicts: Bytes) -> np.uint8:
    """Give what is known of surroundings."""
    slot = (one ^ two * _MIX) * _MIX >> np.uint64(40)
    last = np.uint64(len(verdicts) - 1)
    slot &= last
    while verdicts[slot]:
        if keys[0, slot] == one and keys[1, slot] == two:
            break
        slot = (slot + _1) & last
    verdict: np.uint8 = verdicts[slot]
    return verdict


known = _inline(_known)


def _keep(one: np.uint64, two: np.uint64, verdict: np.uint8, keys: U64, verdicts: Bytes) -> None:
    """Remember of surroundings what they are. There must be room."""
    slot = (one ^ two * _MIX) * _MIX >> np.uint64(40)
    last = np.uint64(len(verdicts) - 1)
    slot &= last
    while verdicts[slot] and not (keys[0, slot] == one and keys[1, slot] == two):
        slot = (slot + _1) & last
    keys[0, slot], keys[1, slot] = one, two
    # The last, as others may be reading.
    verdicts[slot] = verdict


keep = _compile(_keep)


def _look(  # noqa: PLR0912 - a call for each character would cost as much as all it does
    data: Bytes,
    offsets: I64,
    of: Bytes,
    traits: Bytes,
    keys: U64,
    verdicts: Bytes,
    sound: Bools,
    tidy: Bools,
    joined: Bools,
    unknown: U64,
    bits_of: U64,
    first: int,
) -> tuple[int, int, np.int64 | int]:
    """Look at texts.

    Args:
        data: the texts in UTF-8, one after the other, lone surrogates as three bytes; as
            `pipeline.sign.texts.bytes_of` gives them.
        offsets: (texts + 1,): where each begins, and the last one ends.
        of: the kind of each character; 255 where it was not met yet.
        traits: what each of these is.
        keys, verdicts: (2, slots), (slots,): what is known of surroundings; slots are a power of two.
        sound, tidy, joined: (texts,); as of `pipeline.decode.kinds.Look`, filled.
        unknown: (3, room): the text, and the surroundings of which nothing is known, filled.
        bits_of: what `pipeline.sign.reading.bits_of_bytes` gives.
        first: the text to begin with.

    Gives the text that is to be gone on with, how many unknown surroundings there are in those before it, and the
    character whose kind is missing, or -1. All are seen to once the text is beyond the last.
    """
    count = 0
    for text in range(first, len(sound)):
        begin, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        at = begin
        # Blanks since the last other character; whether one of them is a space. What stands before a text is one.
        blanks, spaced = _1, _1
        seen, before_text = 0, count
        untidy = _0
        while at < stop:
            if at + _8 <= stop:
                others, white = odd(lane(data, at), np.uint64(0x80) if blanks else _0)
                width = bits_of[gathered(others)] & _7 if others else _8
                if width:
                    at += width
                    blanks = white >> (width * _8 - _1) & _1
                    spaced = blanks & np.uint64(data[at - _1] == _SPACE)
                    if width == _8:
                        continue
            code, size = decoded(data, at, stop)
            kind = of[code]
            if kind == _UNMET:
                return text, before_text, np.int64(code)
            if code in (_SPACE, _NEWLINE):
                blanks += _1
                spaced |= np.uint64(code == _SPACE)
                untidy |= np.uint64(blanks + spaced > _2)
            else:
                blanks, spaced = _0, _0
                trait = traits[code]
                seen |= trait
                if trait & MATTERS:
                    one, two, unmet = surroundings(data, begin, at, stop, of)
                    if unmet >= 0:
                        return text, before_text, unmet
                    verdict = known(one, two, keys, verdicts)
                    if verdict == BAD:
                        seen |= FIXABLE
                    elif verdict == 0:
                        if count == unknown.shape[1]:
                            return text, before_text, -1
                        unknown[0, count], unknown[1, count], unknown[2, count] = text, one, two
                        count += 1
            at += size
        sound[text] = seen & FIXABLE == 0
        tidy[text] = not (untidy or blanks or seen & LOOSE)
        joined[text] = seen & JOINS != 0
    return len(sound), count, -1


look = _compile(_look)
