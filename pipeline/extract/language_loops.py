"""Asking the model of languages in compiled code: texts → samples → sums of vectors → labels.

Importing this loads numba. What each does is told by `pipeline.extract.language` and
`pipeline.extract.language_model`, whose results these are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import lane
from pipeline.sign.reading import between

Bytes = NDArray[np.uint8]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
F64 = NDArray[np.float64]

DIMENSIONS = 16
"""Of a vector. That compilers know it makes an addition two instructions."""
AHEAD = 16
"""Bytes past the last sample that are looked at, and count for nothing."""
BUCKETS = 2_000_000
"""Of hashes of grams: a remainder of a known number is a product."""
NOTHING = -1
"""Stands for the label of a text without words."""

# FNV-1a, by which fastText hashes.
_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)
_SPACE, _OPENS, _CLOSES = 0x20, 0x3C, 0x3E
# What fastText adds to a probability before it takes the logarithm.
_ABOVE_NOTHING = 1e-5
# By so much the sum of logarithms can grow on the way to a leaf, since a probability is a little more than 1 at most.
_GROWTH = 1e-3
_WAITING = 512
# Sums of so many words are kept. To fetch one from afar costs a tenth of making it.
_WORDS = 1 << 14
# In compiled code a signed and an unsigned integer make a float.
_0, _1, _2, _7, _8, _16, _32, _56 = (np.uint64(number) for number in (0, 1, 2, 7, 8, 16, 32, 56))
# A bit of each of eight bytes, and eight line feeds.
_HIGH, _LOW, _FEEDS = (np.uint64(byte * 0x0101010101010101) for byte in (0x80, 0x01, 0x0A))
_BYTE, _MOST, _MIX = np.uint64(0xFF), np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0x9E3779B97F4A7C15)

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)


def _space(data: Bytes, at: np.uint64, stop: np.uint64) -> int:
    """Give the bytes of the white space at a place, as `str.isspace` knows it, and of what ends a word of fastText's
    beside it, the null; 0 for other characters."""
    byte = data[at]
    if byte < 0x80:
        return int(byte in (0, _SPACE) or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F)
    if byte == 0xC2 and at + _1 < stop:
        return 2 * int(data[at + _1] == 0x85 or data[at + _1] == 0xA0)
    if not 0xE1 <= byte <= 0xE3 or at + _2 >= stop:
        return 0
    code = int(byte & 0xF) << 12 | int(data[at + _1] & 0x3F) << 6 | int(data[at + _2] & 0x3F)
    is_space = code in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A
    return 3 * int(is_space)


space = _inline(_space)


def _passed(
    data: Bytes, begin: np.uint64, stop: np.uint64, most: np.uint64, room: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Pass over the first characters of data[begin:stop], two line feeds as one; give where they end, and the count.

    Args:
        data: in UTF-8, and eight bytes more.
        begin, stop: see above.
        most: how many characters at most.
        room: how many where each line feed counts.
    """
    at, count, seconds = begin, _0, _0
    while at < stop and count < most and count + seconds < room:
        eight = lane(data, at)
        feeds = eight ^ _FEEDS
        if (
            at + _8 <= stop
            and count + _8 <= most
            and count + _8 + seconds <= room
            and not (feeds - _LOW) & ~feeds & _HIGH
        ):
            # Of eight bytes without a line feed those that begin a character count.
            count += _8 - (((eight & ~(eight << _1) & _HIGH) >> _7) * _LOW >> _56)
            at += _8
            continue
        byte = data[at]
        at += _1
        if byte & 0xC0 != 0x80:
            count += _1
            if byte == 0x0A and at < stop and data[at] == 0x0A:
                seconds += _1
                at += _1
    while at < stop and data[at] & 0xC0 == 0x80:
        at += _1
    return at, count


passed = _compile(_passed)


def _in_words(
    data: Bytes, at: np.uint64, stop: np.uint64, size: np.uint64, out: Bytes, to: int
) -> tuple[np.uint64, int, int, int, int]:
    """Write a piece of so many characters of a text to out[to:], cut into words, two line feeds as one.

    Gives where it ends in the text and in `out`, and its characters of ASCII, small letters and capitals.
    """
    inside, count = False, _0
    total = small = capital = 0
    while at < stop:
        eight = lane(data, at)
        ascii_ = eight & ~_HIGH
        others = (eight & _HIGH) | between(ascii_, 0x00, _SPACE)
        # Letters and signs of ASCII come by eights; of what stands before the others each has a high bit.
        before = (others ^ (others - _1)) & ~others
        plain = min(((before >> _7) & _LOW) * _LOW >> _56, size - count, stop - at)
        if plain:
            if not inside:
                out[to] = _OPENS
                to += 1
                inside = True
            for number in range(8):
                out[to + number] = np.uint8(eight >> np.uint64(8 * number) & _BYTE)
            theirs = _MOST >> ((_8 - plain) * _8)
            small += int(((between(ascii_, 0x61, 0x7A) & theirs) >> _7) * _LOW >> _56)
            capital += int(((between(ascii_, 0x41, 0x5A) & theirs) >> _7) * _LOW >> _56)
            total += int(plain)
            to += int(plain)
            at += plain
            count += plain
            continue
        byte = data[at]
        if byte & 0xC0 != 0x80:
            if count == size:
                break
            count += _1
        blank = space(data, at, stop)
        total += int(byte < 0x80)
        if blank:
            if inside:
                out[to], out[to + 1] = _CLOSES, _SPACE
                to += 2
            inside = False
            at += np.uint64(blank)
            if byte == 0x0A and at < stop and data[at] == 0x0A:
                at += _1
            continue
        if not inside:
            out[to] = _OPENS
            to += 1
            inside = True
        out[to] = byte
        to += 1
        at += _1
    if inside:
        out[to], out[to + 1] = _CLOSES, _SPACE
        to += 2
    return at, to, total, small, capital


in_words = _compile(_in_words)


def _sampled(
    data: Bytes, offsets: I64, longest: int, spare: int, piece: int, pieces: int, capitals_to_one: int
) -> tuple[Bytes, I64, NDArray[np.bool_]]:
    """Take the samples of texts that the model is asked of, cut into words.

    Args:
        data: texts in UTF-8, with a line end as any, or their beginnings; and eight bytes more.
        offsets: (texts + 1,): where each begins, and the last one ends.
        longest, spare, piece, pieces, capitals_to_one: the numbers of `pipeline.extract.language`.

    Gives the samples as `_likeliest` takes them; where each begins, and the last one ends; and which texts are
    left out, since more has to be known of characters: those without a letter of ASCII or with many capitals.
    """
    texts = len(offsets) - 1
    # A character has four bytes, and a word with the space after it becomes three bytes longer.
    out = np.empty(texts * 8 * piece * pieces + AHEAD, np.uint8)
    ends, left = np.zeros(texts + 1, np.int64), np.zeros(texts, np.bool_)
    most, room = np.uint64(longest), np.uint64(longest + spare)
    to = 0
    for text in range(texts):
        at = np.uint64(offsets[text])
        stop, chars = passed(data, at, np.uint64(offsets[text + 1]), most, room)
        parts, size, gap = 1, chars, _0
        if chars > piece * pieces:
            parts, size = pieces, np.uint64(piece)
            gap = (chars - size) // np.uint64(pieces - 1) - size
        begun = to
        small = total = capital = 0
        for part in range(parts):
            if part:
                at, _ = passed(data, at, stop, gap, room)
                # The space between two parts.
                total += 1
            at, to, more_total, more_small, more_capital = in_words(data, at, stop, size, out, to)
            total, small, capital = total + more_total, small + more_small, capital + more_capital
        if small + capital == 0 or small * capitals_to_one <= total:
            left[text] = True
            to = begun
        ends[text + 1] = to
    return out[: to + AHEAD], ends, left


sampled = _compile(_sampled)


def _known(data: Bytes, begin: np.uint64, end: np.uint64, words: Bytes, bounds: I64, slots: I32) -> np.int64 | int:
    """Give the number of a word in a table of words; -1 where it is none of them."""
    hashed = _BASIS
    for at in range(begin, end):
        hashed = np.uint32((hashed ^ np.uint32(data[at])) * _PRIME)
    slot = np.int64(hashed) & (len(slots) - 1)
    while slots[slot] >= 0:
        number = np.int64(slots[slot])
        first, size = np.uint64(bounds[number]), np.uint64(bounds[number + 1] - bounds[number])
        if size == end - begin:
            same = _0
            while same < size and words[first + same] == data[begin + same]:
                same += _1
            if same == size:
                return number
        slot = (slot + 1) & (len(slots) - 1)
    return -1


known = _inline(_known)


def _table(words: Bytes, bounds: I64, slots: I32) -> None:
    """Fill a table of words: `slots` are -1, a power of two, and more than there are words."""
    for number in range(len(bounds) - 1):
        hashed = _BASIS
        for at in range(bounds[number], bounds[number + 1]):
            hashed = np.uint32((hashed ^ np.uint32(words[at])) * _PRIME)
        slot = int(hashed) & (len(slots) - 1)
        while slots[slot] >= 0:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = number


table = _compile(_table)


def _sum_word(
    data: Bytes,
    begin: np.uint64,
    end: np.uint64,
    words: Bytes,
    bounds: I64,
    slots: I32,
    of_words: I64,
    shortest: int,
    longest: int,
    rows: NDArray[np.uint16],
    vectors: I32,
    met: NDArray[np.uint16],
    totals: I32,
    into: np.int64,
) -> None:
    """Add up the vectors of a word and its grams in totals[into], and after them how many they are.

    `met` has room for the rows of all of these.
    """
    number = known(data, begin + _1, end - _1, words, bounds, slots)
    met[0] = of_words[max(number, 0)]
    count = _0 if number < 0 else _1
    first = begin
    while first < end:
        after = first
        hashed = _BASIS
        for size in range(1, longest + 1):
            if after == end:
                break
            # A byte beyond ASCII counts as a number below 0, as compilers take it.
            hashed = np.uint32((hashed ^ np.uint32(np.int8(data[after]))) * _PRIME)
            after += _1
            while after < end and data[after] & 0xC0 == 0x80:
                hashed = np.uint32((hashed ^ np.uint32(np.int8(data[after]))) * _PRIME)
                after += _1
            if size >= shortest:
                # Without a branch: it would go either way as often, and wait for memory.
                gram = rows[hashed % np.uint32(BUCKETS)]
                met[count] = gram
                count += np.uint64(gram != 0)
        first += _1
        while first < end and data[first] & 0xC0 == 0x80:
            first += _1
    for d in range(DIMENSIONS):
        totals[into, d] = 0
    for at in range(count):
        row = met[at]
        for d in range(DIMENSIONS):
            totals[into, d] += vectors[row, d]
    totals[into, DIMENSIONS] = count


sum_word = _compile(_sum_word)


def _summed(
    data: Bytes,
    begin: np.uint64,
    stop: np.uint64,
    words: Bytes,
    bounds: I64,
    slots: I32,
    of_words: I64,
    shortest: int,
    longest: int,
    rows: NDArray[np.uint16],
    vectors: I32,
    keys: NDArray[np.uint64],
    totals: I32,
    met: NDArray[np.uint16],
    sums: I32,
) -> int:
    """Add up the vectors of a sample's words and grams, and that of a line's end; give how many they are.

    Args:
        data, begin, stop: the sample is data[begin:stop].
        words, bounds, slots, of_words, shortest, longest, rows, vectors: as `_likeliest` takes them.
        keys, totals: (2, places), (places + 1, `DIMENSIONS` + 1): the sums of words that were met before, and their
            first sixteen bytes, zeros at first. A longer word is made each time, and one whose place another one took.
        met: has room for the rows of the grams of a word.
        sums: (`DIMENSIONS`,).
    """
    count = 1
    for d in range(DIMENSIONS):
        sums[d] = vectors[0, d]
    places = keys.shape[1]
    at = begin
    while at < stop:
        end = at
        while data[end] != _SPACE:
            end += _1
        size = end - at
        place = np.int64(places)
        is_met = False
        if size <= _16:
            one, two = lane(data, at), _0
            if size < _8:
                one &= (_1 << (size * _8)) - _1
            elif size > _8:
                two = lane(data, at + _8) & (_MOST >> ((_16 - size) * _8))
            place = np.int64(((one ^ (two * _MIX)) * _MIX >> _32) & np.uint64(places - 1))
            is_met = keys[0, place] == one and keys[1, place] == two
            keys[0, place], keys[1, place] = one, two
        if not is_met:
            sum_word(
                data, at, end, words, bounds, slots, of_words, shortest, longest, rows, vectors, met, totals, place
            )
        count += totals[place, DIMENSIONS]
        for d in range(DIMENSIONS):
            sums[d] += totals[place, d]
        at = end + _1
    return count


summed = _compile(_summed)


def _likeliest_leaf(
    hidden: F64, weights: F64, left: I32, right: I32, nodes: I32, scores: F64, labels: int
) -> tuple[int, float]:
    """Give the likeliest label, the first of several, and the logarithm of its probability.

    A way down the tree is not followed where it can lead to none that is as likely as one that was found.
    """
    best, most = NOTHING, -np.inf
    nodes[0], scores[0] = 2 * labels - 2, 0.0
    waiting = 1
    while waiting:
        waiting -= 1
        node, score = nodes[waiting], scores[waiting]
        if score + _GROWTH < most:
            continue
        if node < labels:
            if score > most or (score == most and node < best):
                best, most = int(node), score
            continue
        fork = node - labels
        odds = 0.0
        for d in range(DIMENSIONS):
            odds += weights[fork, d] * hidden[d]
        chance = 1.0 / (1.0 + np.exp(-odds))
        # The likelier one is looked at first.
        for turn in range(2):
            is_right = (turn == 1) == (chance >= 0.5)
            nodes[waiting] = right[fork] if is_right else left[fork]
            scores[waiting] = score + np.log((chance if is_right else 1.0 - chance) + _ABOVE_NOTHING)
            waiting += 1
    return best, most


likeliest_leaf = _compile(_likeliest_leaf)


def _likeliest(
    data: Bytes,
    ends: I64,
    words: Bytes,
    bounds: I64,
    slots: I32,
    of_words: I64,
    shortest: int,
    longest: int,
    rows: NDArray[np.uint16],
    vectors: I32,
    scale: float,
    weights: F64,
    left: I32,
    right: I32,
    keys: NDArray[np.uint64],
    totals: I32,
) -> tuple[I64, F64]:
    """Give the number of the likeliest label of each sample, and its probability; `NOTHING` for one without words.

    Args:
        data: the samples in UTF-8, each word between angle brackets and a space after it, and `AHEAD` bytes more.
        ends: (samples + 1,): where each begins, and the last one ends.
        words, bounds, slots, of_words: known words one after the other, where each begins, the table that `table` fills
            and the row of each.
        shortest, longest, rows, vectors, weights: the fields of `LanguageModel`; `scale` is that of `vectors`.
        left, right: what lies left and right of each fork: a label, or, from the number of labels on, a fork.
        keys, totals: what `kept` gave, used by nobody else meanwhile.
    """
    texts = len(ends) - 1
    labels = len(left) + 1
    most = 0
    for text in range(texts):
        most = max(most, ends[text + 1] - ends[text])
    met = np.empty(longest * most + 2, np.uint16)
    sums, hidden = np.empty(DIMENSIONS, np.int32), np.empty(DIMENSIONS, np.float64)
    nodes, scores = np.empty(_WAITING, np.int32), np.empty(_WAITING, np.float64)
    found, chances = np.full(texts, NOTHING, np.int64), np.zeros(texts, np.float64)
    for text in range(texts):
        if ends[text] == ends[text + 1]:
            continue
        begin, stop = np.uint64(ends[text]), np.uint64(ends[text + 1])
        count = summed(
            data, begin, stop, words, bounds, slots, of_words, shortest, longest, rows, vectors, keys, totals, met, sums
        )
        for d in range(DIMENSIONS):
            hidden[d] = sums[d] / (count * scale)
        label, score = likeliest_leaf(hidden, weights, left, right, nodes, scores, labels)
        found[text], chances[text] = label, np.exp(score)
    return found, chances


likeliest: Callable[..., tuple[I64, F64]] = _compile(_likeliest)


def kept() -> tuple[NDArray[np.uint64], I32]:
    """Give room for the sums of words that were met (`_summed`): the same few stand in most texts of a corpus."""
    return np.zeros((2, _WORDS), np.uint64), np.empty((_WORDS + 1, DIMENSIONS + 1), np.int32)
