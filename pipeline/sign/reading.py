"""Texts → folded texts and where their tokens stand, compiled: no object is made for a character or a token.

Importing this loads numba (see `pipeline.sign.compiled`). What folding and tokens are is told by `pipeline.words.fold`
and `pipeline.words.tokens`, whose results these are. A text is decided character by character, from tables, where none
joins with its neighbours (the quick check of Unicode Standard Annex 15, section 9, with the pairs that it leaves open
looked up); another text is handed back.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.sign.hashing import AHEAD, lane
from pipeline.words import tables

Bytes = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

DONE, UNDECIDED, UNSOUND, UNMET, FULL = range(5)
"""What came of a text: it was read; only the whole text tells its normal form; it is no UTF-8; it holds a character of
a block that the tables lack; the arrays for what is made of it are too small."""

_LENGTH, _KIND = np.uint64(tables.LENGTH), np.uint64(tables.KIND)
_FIRST_CLASS, _LAST_CLASS = np.uint64(tables.FIRST_CLASS), np.uint64(tables.LAST_CLASS)
_SECOND, _STARTER = np.uint64(tables.SECOND), np.uint64(tables.STARTER)
_ALONE, _MANY = np.uint64(tables.ALONE), np.uint64(tables.MANY)
_SPACE, _NOTHING = np.uint64(tables.SPACE), np.uint64(tables.NOTHING)
_UNSPACED_LETTER = np.uint64(tables.UNSPACED_LETTER)

# In compiled code a signed and an unsigned integer make a float, so all are unsigned.
_0, _1, _2, _3, _4, _6, _7, _8 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 6, 7, 8))
_BYTE, _PLACE, _16 = np.uint64(0xFF), np.uint64(0xFFFF), np.uint64(16)
_BITS_OF_COUNT = np.uint64(24)
# For what is written ahead of what counts.
_ROOM = np.uint64(64)

_A, _SMALL_A, _ZERO, _GRAVE, _APOSTROPHE, _BLANK = (np.uint8(ord(char)) for char in "Aa0`' ")
_LETTERS, _DIGITS, _CASE, _FLAG, _NO_FLAG = (np.uint8(number) for number in (26, 10, 0x20, 0x80, 0))
# White space of ASCII: five separators, of which the last is the blank, and five from the tab on.
_SEPARATORS, _TAB, _5 = (np.uint8(number) for number in (0x1C, 0x09, 5))

# Between tokens; in a word; in the token of an unspaced letter.
_OUT, _WORD, _UNSPACED = _0, _1, _2
# The state after a character of a kind, by the state before.
_THEN = np.full((3, 8), _OUT, np.uint64)
_THEN[:, tables.LETTER] = _WORD
_THEN[:, tables.UNSPACED_LETTER] = _UNSPACED
_THEN[:, tables.MARK] = _WORD, _WORD, _UNSPACED
_THEN[:, tables.UNSPACED_MARK] = _OUT, _OUT, _UNSPACED

_compile = njit
# A call that takes an array counts a reference to it, which costs more than these do.
_inline = partial(njit, inline=True)

# A bit, or all, of each of eight bytes; and what gathers their highest bits in one byte.
_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)


def _write_eight(data: Bytes, at: np.uint64, eight: np.uint64) -> None:
    for number in range(8):
        shift = np.uint64(number)
        data[at + shift] = np.uint8(eight >> (_8 * shift) & _BYTE)


def _gathered(high: np.uint64) -> np.uint64:
    return (high >> _7) * _GATHER >> np.uint64(56)


def _between(eight: np.uint64, first: int, last: int) -> np.uint64:
    """Set the high bit of each byte, all below 128, that is in a range."""
    return (eight + _LOW * np.uint64(128 - first)) & ~(eight + _LOW * np.uint64(127 - last)) & _HIGH


write_eight = _inline(_write_eight)
gathered = _inline(_gathered)
between = _inline(_between)


def _fold_ascii(data: Bytes, begin: np.uint64, size: np.uint64, folded: Bytes, words: Bytes, spaces: Bytes) -> None:
    """Fold the bytes data[begin:begin + size] that are below 128, and copy the others.

    Where there is a character of words, and where white space, the highest bit is set in `words` and in `spaces`. A
    loop without a branch, of which compilers make one over 32 bytes at once.
    """
    for number in range(size):
        at = np.uint64(number)
        byte = data[begin + at]
        # Capitals become small letters, a grave accent an apostrophe.
        lower = np.uint8(byte | _CASE) if np.uint8(byte - _A) < _LETTERS else byte
        word = (np.uint8(lower - _SMALL_A) < _LETTERS) | (np.uint8(byte - _ZERO) < _DIGITS)
        space = (np.uint8(byte - _SEPARATORS) < _5) | (np.uint8(byte - _TAB) < _5)
        other = _APOSTROPHE if byte == _GRAVE else lower
        folded[at] = _BLANK if space else other
        words[at] = _FLAG if word else _NO_FLAG
        spaces[at] = _FLAG if space else _NO_FLAG
    # Eight are looked at together, also at the end.
    for number in range(8):
        at = size + np.uint64(number)
        words[at] = spaces[at] = _NO_FLAG


def _decoded(data: Bytes, at: np.uint64, stop: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Give a character and its size; one beyond Unicode for what is no UTF-8."""
    byte = np.uint64(data[at])
    if byte < 0x80:
        return byte, _1
    size = _2 if byte < 0xE0 else _3 if byte < 0xF0 else _4
    if at + size > stop:
        return np.uint64(0x110000), size
    code = byte & (_BYTE >> (size + _1))
    for number in range(1, size):
        code = code << _6 | np.uint64(data[at + np.uint64(number)]) & np.uint64(0x3F)
    return code, size


def _joins(first: int, second: int, pairs: U64) -> bool:
    """Say whether two characters compose."""
    if 0x1161 <= second <= 0x1175:
        return 0x1100 <= first <= 0x1112
    if 0x11A8 <= second <= 0x11C2:
        return 0xAC00 <= first <= 0xD7A3 and (first - 0xAC00) % 28 == 0
    pair = np.uint64(first) << np.uint64(32) | np.uint64(second)
    place = np.searchsorted(pairs, pair)
    return bool(place < len(pairs) and pairs[place] == pair)


decoded = _inline(_decoded)
joins = _compile(_joins)
fold_ascii = _compile(_fold_ascii)


def _read_text(  # noqa: PLR0911, PLR0912, PLR0915 - a call for each character would cost as much as all it does
    data: Bytes,
    begin: np.uint64,
    stop: np.uint64,
    whole: bool,
    entries: U64,
    first: U32,
    starter: U32,
    pool: U64,
    pairs: U64,
    bits_of: U64,
    out: Bytes,
    into: np.uint64,
    bounds: U64,
    counted: np.uint64,
    folded: Bytes,
    words: Bytes,
    spaces: Bytes,
) -> tuple[int, np.uint64, np.uint64]:
    """Fold the text data[begin:stop] to out[into:], and write where tokens begin and end to bounds[counted:].

    Gives what came of it, and how far `out` and `bounds` are filled then; with `UNMET`, the character instead.
    """
    fold_ascii(data, begin, stop - begin, folded, words, spaces)
    at, to, count = begin, into, counted
    state, spaced = _OUT, _1
    last, last_class = _0, _0
    room, bounds_room = np.uint64(len(out)), np.uint64(len(bounds))
    while at < stop:
        # A byte of ASCII makes one byte and one bound at most.
        left = stop - at + _ROOM
        if to + left > room or count + left > bounds_room:
            return FULL, to, count
        # A blank between words of another script goes the way of these.
        if data[at] < 0x80 and (at + _1 == stop or data[at + _1] < 0x80):
            bounds[count] = to
            count += np.uint64(state == _UNSPACED)
            state &= _WORD
            valid = _8
            while at < stop:
                # Eight bytes at once, or as many of them as are ASCII and of this text.
                eight = lane(folded, at - begin)
                valid = min(stop - at, _8)
                beyond = eight & _HIGH
                if beyond:
                    valid = min(valid, bits_of[gathered(beyond)] & _7)
                    if valid == _0:
                        break
                blank = lane(spaces, at - begin)
                # White space that follows white space ends what is taken at once, and is not kept.
                doubled = blank & (blank << _8 | spaced << _7)
                kept = valid
                if doubled:
                    ended = (bits_of[gathered(doubled)] & _7) + _1
                    if ended <= valid:
                        valid, kept = ended, ended - _1
                bits = gathered(lane(words, at - begin))
                change = (bits ^ (bits << _1 | state)) & ((_1 << valid) - _1)
                write_eight(out, to, eight)
                told = bits_of[change]
                for number in range(4):
                    bounds[count + np.uint64(number)] = to + (told >> np.uint64(3 * number) & _7)
                if told >> _BITS_OF_COUNT > _4:
                    for number in range(4, 8):
                        bounds[count + np.uint64(number)] = to + (told >> np.uint64(3 * number) & _7)
                count += told >> _BITS_OF_COUNT
                to += kept
                at += valid
                state = bits >> (valid - _1) & _1
                spaced = blank >> (valid * _8 - _1) & _1
            last, last_class = np.uint64(data[at - _1]), _0
            continue
        code, size = decoded(data, at, stop)
        if code >= 0x110000:
            return UNSOUND, to, count
        at += size
        entry = entries[code]
        if entry == _0:
            return UNMET, code, count
        if entry >> _KIND & _7 == _NOTHING:
            continue
        if not whole:
            first_class = entry >> _FIRST_CLASS & _BYTE
            if entry & _ALONE or (first_class and first_class < last_class):
                return UNDECIDED, to, count
            if entry & _SECOND and joins(starter[last], first[code], pairs):
                return UNDECIDED, to, count
            last_class = entry >> _LAST_CLASS & _BYTE
            last = code if entry & _STARTER else last
        place, pieces = _0, _1
        if entry & _MANY:
            place, pieces = entry & _PLACE, entry >> _16 & _PLACE
            left += pieces * _4
            if to + left > room or count + left > bounds_room:
                return FULL, to, count
        for number in range(pieces):
            piece = pool[place + np.uint64(number)] if entry & _MANY else entry
            kind = piece >> _KIND & _7
            then = _THEN[state, kind]
            begins = then != _OUT and (then != state or kind == _UNSPACED_LETTER)
            # A bound is written in any case, and counts where it is one.
            bounds[count] = to
            count += np.uint64(state != _OUT and (begins or then == _OUT))
            bounds[count] = to
            count += np.uint64(begins)
            state = then
            for byte in range(4):
                shift = np.uint64(byte)
                out[to + shift] = np.uint8(piece >> (_8 * shift) & _BYTE)
            space = np.uint64(kind == _SPACE)
            to += (piece >> _LENGTH & _7) - (space & spaced)
            spaced = space
    bounds[count] = to
    count += np.uint64(state != _OUT)
    return DONE, to - (spaced & np.uint64(to > into)), count


read_text = _compile(_read_text)


def _roomier(array: Any, used: Any, least: Any) -> Any:
    more = np.empty(max(len(array) + len(array) // 2, least), array.dtype)
    # A loop takes seconds less to compile than a slice.
    for i in range(used):
        more[i] = array[i]
    return more


roomier = _compile(_roomier)


def _read_texts(
    data: Bytes,
    offsets: I64,
    whole: bool,
    entries: U64,
    first: U32,
    starter: U32,
    pool: U64,
    pairs: U64,
    bits_of: U64,
) -> tuple[Bytes, I64, U64, I64, Bytes, np.int64 | int]:
    """Fold texts and find their tokens.

    Args:
        data: the texts in UTF-8, one after the other; lone surrogates as three bytes.
        offsets: (texts + 1,): where each begins and the last one ends.
        whole: they went through `pipeline.words.fold.normalised`: no character joins with its neighbours.
        entries, first, starter, pool, pairs: the fields of `pipeline.words.tables.Tables`.
        bits_of: what `bits_of_bytes` gives.

    Gives the folded texts and where each begins (with `AHEAD` bytes after the last one's end), where tokens begin and
    end in them, by turns, and which token is each text's first; what came of each text (one that is not `DONE` has
    neither bytes nor tokens); and a character whose entry is missing, or -1: with one, all the rest is void.
    """
    texts = len(offsets) - 1
    size = offsets[texts] - offsets[0]
    out, bounds = np.empty(size + 256, np.uint8), np.empty(size // 2 + 256, np.uint64)
    out_offsets, token_offsets = np.zeros(texts + 1, np.int64), np.zeros(texts + 1, np.int64)
    results = np.zeros(texts, np.uint8)
    most = 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    folded, words, spaces = np.empty(most + 8, np.uint8), np.empty(most + 8, np.uint8), np.empty(most + 8, np.uint8)
    to, count = _0, _0
    for text in range(texts):
        begin, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        result = FULL
        while result == FULL:
            result, then, counted = read_text(
                data,
                begin,
                stop,
                whole,
                entries,
                first,
                starter,
                pool,
                pairs,
                bits_of,
                out,
                to,
                bounds,
                count,
                folded,
                words,
                spaces,
            )
            if result == FULL:
                # What was made so far, as much again, and what is left if it were ASCII.
                out = roomier(out, to, np.int64(then + (then - to) + (stop - begin) + _ROOM * _4))
                bounds = roomier(bounds, count, np.int64(counted + (counted - count) + (stop - begin) + _ROOM * _4))
        if result == UNMET:
            return out, out_offsets, bounds, token_offsets, results, np.int64(then)
        results[text] = result
        if result == DONE:
            to, count = then, counted
        out_offsets[text + 1] = to
        token_offsets[text + 1] = count // _2
    if len(out) < to + np.uint64(AHEAD):
        out = roomier(out, to, np.int64(to) + AHEAD)
    return out, out_offsets, bounds[:count], token_offsets, results, -1


read_texts = _compile(_read_texts)


def bits_of_bytes() -> U64:
    """Tell of each byte where its bits are, three bits for each from bit 0 on, and from bit 24 on how many."""
    told = []
    for byte in range(256):
        bits = [bit for bit in range(8) if byte >> bit & 1]
        told.append(sum(bit << 3 * number for number, bit in enumerate(bits)) | len(bits) << int(_BITS_OF_COUNT))
    return np.array(told, np.uint64)
