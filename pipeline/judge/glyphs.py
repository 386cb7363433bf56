"""Looking at the bytes of many lines at once: counts by class of character, ends, and hashes of words.

A line is looked at in its first and last part only, if it is long: more says no more, and the work is bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.masks import Compiled, loaded

Ints = NDArray[np.int64]
Array = NDArray[Any]

# Of a longer line so many characters are looked at, at its beginning and at its end.
HEAD_CHARS = 192
TAIL_CHARS = 64

CLASSES = (
    "lower", "upper", "digit", "space", "stop", "comma", "colon", "call", "bar", "bullet", "dash", "quote", "bracket",
    "sign", "money", "at", "slash", "other", "two", "three", "unspaced", "four", "tail",
)  # fmt: skip
"""What a byte can be. two, three, four: the first byte of a letter of so many bytes; tail: its other bytes."""
_NUMBER = {name: number for number, name in enumerate(CLASSES)}

# Typographic characters and those of other scripts, as the single byte that says the same. Longest first.
_ONE_BYTE: tuple[tuple[str, str], ...] = (
    ("“”„‟″«»「」『』《》", '"'),
    ("‘’‚‛′", "'"),
    ("‐‑‒–—―−", "-"),
    ("。．｡۔।॥։", "."),
    ("…", "\x03"),
    ("，、､،；؛", ","),
    ("：", ":"),
    ("！", "!"),
    ("？؟", "?"),
    ("（【［〔", "("),
    ("）】］〕", ")"),
    ("\u00a0\u3000\u2009\u202f\u200b\u200e\u200f\ufeff\u2028\u2029\u0085", " "),
    ("›→▶►▸⟩❯▼", "\x04"),
    ("‹←◀", "\x04"),
    ("•·●▪◦‣■★☆", "\x05"),
    ("｜│", "|"),
    ("©®™", "\x06"),
    ("€£¥₹￥", "$"),
    ("＠", "@"),
    ("／", "/"),
)
_REPLACED = {char: one for chars, one in _ONE_BYTE for char in chars}
_LOWER = bytes(range(ord("a"), ord("z") + 1))


def _class_table() -> bytes:
    table = [_NUMBER["other"]] * 256
    named = {
        "lower": "abcdefghijklmnopqrstuvwxyz", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digit": "0123456789",
        "space": " \t\r\x0b\x0c", "stop": ".\x03", "comma": ",;", "colon": ":", "call": "!?", "bar": "|\x04",
        "bullet": "\x05*+#", "dash": "-_", "quote": "\"'`", "bracket": "()[]{}<>", "sign": "\x06", "money": "$",
        "at": "@", "slash": "/\\",
    }  # fmt: skip
    for name, chars in named.items():
        for char in chars:
            table[ord(char)] = _NUMBER[name]
    for byte in range(0x80, 0xC0):
        table[byte] = _NUMBER["tail"]
    for first, last, name in ((0xC0, 0xE0, "two"), (0xE0, 0xF0, "three"), (0xF0, 0x100, "four")):
        table[first:last] = [_NUMBER[name]] * (last - first)
    # Kana, Han. Thai and Lao are told by their second byte.
    table[0xE3:0xEA] = [_NUMBER["unspaced"]] * (0xEA - 0xE3)
    return bytes(table)


_CLASS_TABLE = _class_table()
_CLASS_OF = np.frombuffer(_CLASS_TABLE, np.uint8)
_NEWLINE = 0x0A


def _fold_table() -> bytes:
    """Lower case, every digit a nought, everything that is not of a word a space."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        name = CLASSES[_CLASS_TABLE[byte]]
        if name == "upper":
            table[byte] = byte + 32
        elif name == "digit":
            table[byte] = ord("0")
        elif name in ("lower", "two", "three", "unspaced", "four", "tail"):
            table[byte] = byte
    return bytes(table)


_FOLD_TABLE = _fold_table()
# Symbols and pictures (E2 and F0) are of no word.
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(8)] + [2**64 - 1], np.uint64)
_MIX = tuple(
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
MIXERS = (_MIX[3], _MIX[0], _MIX[1])
"""The factors of `mix`, and what it adds between them."""
_32, _29 = np.uint64(32), np.uint64(29)


class Lines(NamedTuple):
    """What is seen of n lines."""

    chars: Ints
    """Characters of each line, all of them."""
    counts: NDArray[np.int64]
    """int64[n, classes]: bytes of each class in what was looked at."""
    first: NDArray[np.uint8]
    """Class of the first byte; `other` for an empty line."""
    last: NDArray[np.uint8]
    final: NDArray[np.uint8]
    """Class of the last byte before closing quotes, brackets and digits of a footnote."""
    data: bytes
    """The lines' bytes, a line feed after each, typographic characters made plain."""
    starts: Ints
    ends: Ints
    """Where each line stands in `data`."""


def look(lines: Sequence[str]) -> Lines:
    """Look at lines.

    Args:
        lines: texts without a line feed in them.
    """
    chars = np.fromiter(map(len, lines), np.int64, len(lines))
    seen = HEAD_CHARS + TAIL_CHARS
    long = np.flatnonzero(chars > seen).tolist()
    if long:
        lines = list(lines)
        for at in long:
            lines[at] = lines[at][:HEAD_CHARS] + lines[at][-TAIL_CHARS:]
    data = "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")
    if lines and (fast := loaded()):
        return _looked(chars, data, fast)
    data = _plain(data)
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets == _NEWLINE)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if len(ends) else ends
    # Most letters are small ones of ASCII: they are what is left when all else has been counted.
    rest = np.frombuffer(data.translate(_REST_TABLE, _LOWER), np.uint8)
    bounds = np.flatnonzero(rest == _END)
    sizes = np.diff(bounds, prepend=-1)
    of_line = np.repeat(np.arange(len(ends)), sizes)
    width = len(CLASSES) + 1
    counts = np.bincount(of_line * width + rest, minlength=len(ends) * width).reshape(len(ends), width)[:, :-1]
    counts[:, 0] = ends - starts - (sizes - 1)
    padded = np.concatenate([octets, np.full(1, 0x20, np.uint8)])
    empty = starts == ends
    first = _CLASS_OF[padded[starts]]
    last = _CLASS_OF[padded[np.maximum(ends - 1, 0)]]
    final = _final(octets, starts, ends)
    for classes in (first, last, final):
        classes[empty] = _NUMBER["other"]
    return Lines(chars, counts, first, last, final, data, starts, ends)


def _looked(chars: Ints, data: bytes, fast: Compiled) -> Lines:
    """Do the same in compiled code."""
    # Where a line holds a line feed after all, as what a page says of itself may, it counts as two.
    lines = data.count(b"\n")
    out, ends = np.empty(len(data), np.uint8), np.empty(lines, np.int64)
    counts = np.zeros((lines, len(CLASSES)), np.int64)
    edges = np.full((3, lines), _NUMBER["other"], np.uint8)
    size = fast.look(np.frombuffer(data, np.uint8), _LOOKED_UP, _ONE, out, ends, counts, edges)
    starts = np.concatenate([[0], ends[:-1] + 1])
    return Lines(chars, counts, edges[0], edges[1], edges[2], out[:size].tobytes(), starts, ends)


_END = len(CLASSES)
_REST_TABLE = bytes(_END if byte == _NEWLINE else number for byte, number in enumerate(_CLASS_TABLE))
_CLOSING = np.isin(np.arange(len(CLASSES)), [_NUMBER[name] for name in ("quote", "bracket", "digit", "space")])


def _final(octets: NDArray[np.uint8], starts: Ints, ends: Ints) -> NDArray[np.uint8]:
    """Give the class of what ends each line once up to six closing quotes, brackets and digits are passed over."""
    at = np.maximum(ends - 1, starts)
    size = max(0, len(octets) - 1)
    found = _CLASS_OF[octets[np.minimum(at, size)]] if len(octets) else np.zeros(0, np.uint8)
    for _ in range(6):
        moves = _CLOSING[found] & (at > starts)
        if not moves.any():
            break
        at = at - moves
        found = np.where(moves, _CLASS_OF[octets[at]], found)
    return found


def _plain(data: bytes) -> bytes:
    """Replace typographic characters; control characters that would stand for some are made spaces first."""
    octets = np.frombuffer(data.translate(_NO_CONTROLS) + b"  ", np.uint8).copy()
    at = np.flatnonzero(octets >= 0xC2)
    first = octets[at]
    at, first = at[_LEADS[first]], first[_LEADS[first]]
    long = first >= 0xE0
    second, third = octets[at + 1] & 0x3F, np.where(long, octets[at + 2] & 0x3F, 0)
    one = _ONE[long.view(np.uint8), first & 0x1F, second, third]
    known = one > 0
    at, long = at[known], long[known]
    octets[at] = one[known]
    stays = np.ones(len(octets), bool)
    stays[at + 1] = False
    stays[at[long] + 2] = False
    stays[-2:] = False
    return octets[stays].tobytes()


_NO_CONTROLS = bytes(0x20 if byte < 0x20 and byte != _NEWLINE else byte for byte in range(256))


def _one_bytes() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Give what replaces a character by its bytes: whether they are three, and their lower bits."""
    one, leads = np.zeros((2, 32, 64, 64), np.uint8), np.zeros(256, bool)
    for char, replaced in _REPLACED.items():
        code = char.encode()
        leads[code[0]] = True
        third = code[2] & 0x3F if len(code) == 3 else 0
        one[len(code) - 2, code[0] & 0x1F, code[1] & 0x3F, third] = ord(replaced)
    return one, leads


_ONE, _LEADS = _one_bytes()
_LOOKED_UP = (np.frombuffer(_NO_CONTROLS, np.uint8), _LEADS, _CLASS_OF, _CLOSING)


class Words(NamedTuple):
    """The words of lines: folded, digits alike; where words aren't spaced, pairs of neighbouring characters."""

    line: Ints
    """The line of each word, in order."""
    hashes: NDArray[np.uint64]
    size: Ints
    """Bytes of each word."""


def words_of(seen: Lines) -> Words:
    """Hash the words of lines: their first 16 bytes and their length."""
    folded = seen.data.translate(_FOLD_TABLE)
    octets = np.frombuffer(folded + b" " * 17, np.uint8).copy()
    size = len(folded)
    if not folded.isascii():
        # Symbols (E2 ...) are no letters.
        symbols = np.flatnonzero(octets == 0xE2)
        octets[(symbols[:, None] + np.arange(3)).ravel()] = 0x20
    lead = np.zeros(len(octets), bool)
    if not folded.isascii():
        lead = (octets >= 0xE3) & (octets < 0xEA)
        thai = np.flatnonzero((octets[:-1] == 0xE0) & (octets[1:] >= 0xB8) & (octets[1:] < 0xBC))
        lead[thai] = True
    if len(seen.ends) and (fast := loaded()):
        most = size // 2 + 1
        line, hashes, lengths = np.empty(most, np.int64), np.empty(most, np.uint64), np.empty(most, np.int64)
        count = fast.words(octets, lead, seen.ends, _MASKS, np.array(_MIX), line, hashes, lengths)
        return Words(line[:count].copy(), hashes[:count].copy(), lengths[:count].copy())
    inside = octets != 0x20
    unspaced = np.flatnonzero(lead)
    if len(unspaced):
        three = (unspaced[:, None] + np.arange(3)).ravel()
        inside[three] = False
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if len(inside) and inside[0]:
        edges = np.concatenate([[0], edges])
    starts, lengths = edges[0::2], edges[1::2] - edges[0::2]
    if len(unspaced):
        paired = np.zeros(size + 32, bool)
        paired[unspaced] = True
        pair_lengths = np.where(paired[unspaced + 3], 6, 3)
        starts = np.concatenate([starts, unspaced])
        lengths = np.concatenate([lengths, pair_lengths])
        order = np.argsort(starts, kind="stable")
        starts, lengths = starts[order], lengths[order]
    windows: NDArray[np.uint64] = np.ndarray((size + 9,), "<u8", octets.data, 0, (1,))
    hashes = (windows[starts] & _MASKS[np.minimum(lengths, 8)]) * _MIX[0]
    long = np.flatnonzero(lengths > 8)
    if len(long):
        more = windows[starts[long] + 8] & _MASKS[np.minimum(lengths[long] - 8, 8)]
        hashes[long] = (hashes[long] ^ (hashes[long] >> _29) ^ more) * _MIX[1]
    hashes = (hashes ^ (hashes >> _32) ^ lengths.astype(np.uint64)) * _MIX[2]
    hashes ^= hashes >> _29
    line = np.searchsorted(seen.ends, starts, side="right")
    return Words(line, hashes, lengths)


def mix(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash two hashes, in this order, into one."""
    mixed = (one * MIXERS[0] ^ (two + MIXERS[1])) * MIXERS[2]
    return mixed ^ (mixed >> _32)
