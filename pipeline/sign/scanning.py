"""Folded texts → sketches of their letters and hashes of their figures, compiled: no string is made of a text.

Importing this loads numba (see `pipeline.sign.compiled`). What is made of one text is told by `pipeline.sign.letters`
and `pipeline.sign.figures`, whose results these are.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign import classes as kinds
from pipeline.sign import letters as told
from pipeline.sign.hashing import hash_tokens, lane
from pipeline.sign.kernel import distinct, sort
from pipeline.sign.reading import between, decoded, gathered, roomier

Bytes = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_TIMES, _DIGIT, _WORD = np.uint8(kinds.TIMES), np.uint8(kinds.DIGIT), np.uint8(kinds.WORD)
_GRAM, _FEWEST = np.uint64(told.GRAM), np.int64(told.FEWEST)
_SHARE = np.uint64(told.SHARE_BITS)
_BELOW = np.uint64(64 - told.SHARE_BITS)
_MULTIPLIER, _FINISHER = told.MULTIPLIER, told.FINISHER
# What the first letter of a gram counts once another one follows: it is taken off.
_PASSED = np.uint64(pow(int(told.MULTIPLIER), told.GRAM, 1 << 64))
_MOST = np.uint64(0xFFFFFFFFFFFFFFFF)
# Where so many grams are expected among those that are looked at, `_FEWEST` are there but for one text in thirty, or
# where they repeat.
_ENOUGH = np.uint64(24)

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _3, _4, _7, _8, _32 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 7, 8, 32))
_BYTE, _HIGH, _CONTINUES = np.uint64(0xFF), np.uint64(0x8080808080808080), np.uint64(0x80)
# What joins the parts of a figure: comma, hyphen, full stop, slash, colon.
_COMMA, _TO_SLASH, _COLON = (np.uint64(ord(char)) for char in ",/:")

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _figure(data: Bytes, begin: np.uint64, place: np.uint64, stop: np.uint64, of: Bytes) -> tuple[np.uint64, np.uint64]:
    """Give where the figure with its first digit at `place` begins and ends.

    A character whose class is not known yet counts as none of a word: it is met next, and all is done again.
    """
    start = place
    while start > begin:
        before = start - _1
        while before > begin and np.uint64(data[before]) & np.uint64(0xC0) == _CONTINUES:
            before -= _1
        if not of[decoded(data, before, stop)[0]] & _WORD:
            break
        start = before
    end = place
    while end < stop:
        code, width = decoded(data, end, stop)
        if not of[code] & _WORD:
            if not (_COMMA <= code <= _TO_SLASH or code == _COLON) or end + _1 == stop:
                break
            code, width = decoded(data, end + _1, stop)
            if not of[code] & _DIGIT:
                break
            end += _1
        end += width
    return start, end


def _unread(digits: np.uint64, at: np.uint64, passed: np.uint64) -> np.uint64:
    """Leave out those of eight bytes from `at` on that are before `passed`."""
    fours = min(max(passed, at) - at, _8) * _4
    return digits & (_MOST << fours << fours)


def _write_letters(
    data: Bytes, at: np.uint64, width: np.uint64 | int, of: Bytes, letters: U32, size: np.uint64
) -> np.uint64:
    """Write those of some bytes of ASCII that are letters or digits to letters[size:]; give where they end."""
    for number in range(width):
        byte = data[at + np.uint64(number)]
        # Written in any case, and over where it is none: what a text holds is what a processor guesses worst.
        letters[size] = np.uint32(byte)
        size += np.uint64(of[byte] & _TIMES)
    return size


figure = _inline(_figure)
unread = _inline(_unread)
write_letters = _inline(_write_letters)


def _scan_text(
    data: Bytes,
    begin: np.uint64,
    stop: np.uint64,
    of: Bytes,
    bits_of: U64,
    letters: U32,
    bounds: U64,
    counted: np.uint64,
) -> tuple[np.uint64, np.uint64, np.int64 | int]:
    """Write the letters of data[begin:stop] to letters[1:], and where its figures begin and end to bounds[counted:].

    Gives the number of letters, how far `bounds` is filled then, and a character whose class is missing, or -1.
    """
    at, size, count, passed = begin, _1, counted, begin
    while at < stop:
        eight = lane(data, at)
        width = min(stop - at, _8)
        beyond = eight & _HIGH
        if beyond:
            width = min(width, bits_of[gathered(beyond)] & _7)
        if width == _8:
            size = write_letters(data, at, 8, of, letters, size)
            digits = between(eight, 0x30, 0x39)
        elif width:
            # As many of the eight as are ASCII and of this text.
            size = write_letters(data, at, width, of, letters, size)
            digits = between(eight ^ beyond, 0x30, 0x39) & ((_1 << width * _8) - _1)
        else:
            code, width = decoded(data, at, stop)
            kind = of[code]
            if kind == 0:
                return size, count, np.int64(code)
            for number in range(3):
                letters[size + np.uint64(number)] = np.uint32(code)
            size += np.uint64(kind & _TIMES)
            digits = _CONTINUES if kind & _DIGIT else _0
        digits = unread(digits, at, passed) if digits else _0
        while digits:
            start, passed = figure(data, begin, at + (bits_of[gathered(digits)] & _7), stop, of)
            bounds[count], bounds[count + _1] = start, passed
            count += _2
            digits = unread(digits, at, passed)
        at += width
    return size - _1, count, -1


scan_text = _compile(_scan_text)


def _rolled(total: np.uint64, letter: np.uint32) -> np.uint64:
    return total * _MULTIPLIER + np.uint64(letter)


def _mixed(total: np.uint64) -> np.uint64:
    """Mix all but the last step, which leaves the upper half as it is."""
    return (total ^ (total >> _32)) * _FINISHER


rolled = _inline(_rolled)
mixed = _inline(_mixed)


def _low_grams(letters: U32, grams: np.uint64, share: np.uint64, chosen: U64, changes: U64) -> np.uint64:
    """Write the hashes of grams whose `share` upper bits are 0 to `chosen`, in any order; some may stand there twice.

    Args:
        letters: a 0, and letters.
        grams: how many there are.
        share: 31 at most.
        chosen: (grams + 2,)
        changes: (grams,); overwritten.
    """
    bound = _MOST >> share
    # What comes and goes from one gram to the next, several at once: only one product is left for one at a time.
    for i in range(grams):
        changes[i] = np.uint64(letters[i + _GRAM]) - np.uint64(letters[i]) * _PASSED
    # Three at once: each gram waits for the one before it to be multiplied.
    steps = (grams + _2) // _3
    second, third = min(steps, grams - steps), grams - steps
    one, two, three, count = _0, _0, _0, _0
    for i in range(_GRAM):
        one, two, three = rolled(one, letters[i]), rolled(two, letters[second + i]), rolled(three, letters[third + i])
    for i in range(steps):
        one = one * _MULTIPLIER + changes[i]
        two = two * _MULTIPLIER + changes[second + i]
        three = three * _MULTIPLIER + changes[third + i]
        # Few are low, so that it is a branch is cheap.
        hashed = mixed(one)
        if hashed <= bound:
            chosen[count] = hashed
            count += _1
        hashed = mixed(two)
        if hashed <= bound:
            chosen[count] = hashed
            count += _1
        hashed = mixed(three)
        if hashed <= bound:
            chosen[count] = hashed
            count += _1
    for i in range(count):
        chosen[i] ^= chosen[i] >> _32
    return count


low_grams = _compile(_low_grams)


def _lowest_grams(letters: U32, grams: np.uint64, chosen: U64) -> np.int64:
    """Write the lowest `_FEWEST` hashes of grams to `chosen`, distinct and sorted; give how many there are."""
    fewest = np.uint64(_FEWEST)
    total, count = _0, _0
    for i in range(_GRAM):
        total = rolled(total, letters[i])
    for i in range(grams):
        total = rolled(total, letters[i + _GRAM]) - np.uint64(letters[i]) * _PASSED
        hashed = mixed(total)
        hashed ^= hashed >> _32
        at = count
        while at > _0 and chosen[at - _1] > hashed:
            at -= _1
        if at == fewest or (at > _0 and chosen[at - _1] == hashed):
            continue
        count = min(count + _1, fewest)
        for back in range(count - _1 - at):
            chosen[count - _1 - back] = chosen[count - _2 - back]
        chosen[at] = hashed
    return np.int64(count)


lowest_grams = _compile(_lowest_grams)


def _choose(letters: U32, size: np.uint64, chosen: U64, changes: U64) -> tuple[np.int64, np.uint64]:
    """Write hashes of grams, the lowest ones among them, to `chosen`; give how many, and the share that these are."""
    if size < _GRAM:
        total = _0
        for i in range(size):
            total = rolled(total, letters[i + _1])
        chosen[0] = mixed(total)
        chosen[0] ^= chosen[0] >> _32
        return np.int64(min(size, _1)), _0
    grams = size - _GRAM + _1
    share = _0
    while share < _SHARE and grams >> share >= _2 * _ENOUGH:
        share += _1
    return np.int64(low_grams(letters, grams, share, chosen, changes)), share


def _halves(chosen: U64, count: np.int64, spare: U64, places: I64) -> np.int64:
    """Sort the lower halves of so many hashes, moved up, without repeats; give how many are left."""
    for i in range(count):
        chosen[i] <<= _32
    sort(chosen[:count], spare, places)
    return np.int64(distinct(chosen[:count], chosen))


choose = _compile(_choose)
halves = _compile(_halves)


def _sketch(
    letters: U32,
    size: np.uint64,
    found: np.int64,
    share: np.uint64,
    chosen: U64,
    changes: U64,
    spare: U64,
    places: I64,
) -> np.int64:
    """Make the sketch of what `choose` wrote to `chosen`, in the upper halves there; give how many there are."""
    if share == _SHARE:
        # Where there are enough of them, the sketch is all of them: they need not be sorted first.
        count = halves(chosen, found, spare, places)
        if count >= _FEWEST:
            return count
        found, share = choose(letters, size, chosen, changes)
    # Sorting is fast where hashes are spread evenly, so those bits go that are 0.
    for i in range(found):
        chosen[i] <<= share
    sort(chosen[:found], spare, places)
    count = np.int64(distinct(chosen[:found], chosen))
    for i in range(count):
        chosen[i] >>= share
    if count < _FEWEST and share:
        count = lowest_grams(letters, size - _GRAM + _1, chosen)
    kept = min(count, _FEWEST)
    while kept < count and chosen[kept] >> _BELOW == 0:
        kept += 1
    return halves(chosen, kept, spare, places)


sketch = _compile(_sketch)


def _longest(offsets: I64) -> np.int64 | int:
    most = 0
    for row in range(len(offsets) - 1):
        most = max(most, offsets[row + 1] - offsets[row])
    return most


def _halved(hashes: U64) -> U32:
    """Give the upper halves."""
    halves = np.empty(len(hashes), np.uint32)
    for i in range(len(hashes)):
        halves[i] = np.uint32(hashes[i] >> _32)
    return halves


longest = _compile(_longest)
halved = _compile(_halved)


def _scan_texts(data: Bytes, ends: I64, of: Bytes, bits_of: U64) -> tuple[U32, I64, U32, I64, np.int64 | int]:
    """Make the sketches of the letters of texts and hash their figures.

    Args:
        data: the folded texts in UTF-8, and `pipeline.sign.hashing.AHEAD` bytes more.
        ends: (texts + 1,): where each begins and the last one ends.
        of: that of `pipeline.sign.classes.Classes`.
        bits_of: what `pipeline.sign.reading.bits_of_bytes` gives.

    Gives the sketches and where they begin, the hashes of figures and where they begin, and a character whose class is
    missing, or -1: with one, all the rest is void.
    """
    texts = len(ends) - 1
    most = longest(ends)
    letters, chosen, changes = np.zeros(most + 16, np.uint32), np.empty(most + 16, np.uint64), np.empty(most, np.uint64)
    spare, places = np.empty(1024, np.uint64), np.empty(2304, np.int64)
    sketches = np.empty(1024, np.uint32)
    # Between figures there is a byte at least.
    bounds = np.empty(ends[texts] - ends[0] + texts, np.uint64)
    sketch_offsets, figure_offsets = np.zeros(texts + 1, np.int64), np.zeros(texts + 1, np.int64)
    done, counted = np.int64(0), _0
    for text in range(texts):
        begin, stop = np.uint64(ends[text]), np.uint64(ends[text + 1])
        size, counted, unmet = scan_text(data, begin, stop, of, bits_of, letters, bounds, counted)
        if unmet >= 0:
            return sketches, sketch_offsets, np.empty(0, np.uint32), figure_offsets, unmet
        found, share = choose(letters, size, chosen, changes)
        if found > len(spare):
            spare, places = np.empty(2 * found, np.uint64), np.empty(4 * found + 256, np.int64)
        kept = sketch(letters, size, found, share, chosen, changes, spare, places)
        if done + kept > len(sketches):
            sketches = roomier(sketches, done, done + kept)
        for i in range(kept):
            sketches[done + i] = np.uint32(chosen[i] >> _32)
        done += kept
        sketch_offsets[text + 1], figure_offsets[text + 1] = done, counted // _2
    figures = hash_tokens(data, bounds[:counted])
    most = longest(figure_offsets)
    spare, places = np.empty(most, np.uint64), np.empty(2 * most + 256, np.int64)
    for text in range(texts):
        sort(figures[figure_offsets[text] : figure_offsets[text + 1]], spare, places)
    return sketches[:done], sketch_offsets, halved(figures), figure_offsets, np.int64(-1)


scan_texts = _compile(_scan_texts)
