"""What each character folds to and is to a token, as numbers in flat arrays that compiled code reads.

They are made of the very functions that fold and cut one text (`pipeline.words.fold`, `pipeline.words.tokens`), a block
of 256 characters once one of it is met: so they hold for any version of Unicode that Python and `regex` know, and
nothing is paid for scripts that nobody writes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from threading import Lock

import numpy as np
import regex
from numpy.typing import NDArray

from pipeline.jit import kept
from pipeline.words.fold import INVISIBLE_KINDS, PLAIN
from pipeline.words.tokens import UNSPACED

SEPARATOR, LETTER, MARK, UNSPACED_MARK, UNSPACED_LETTER, SPACE, NOTHING = range(7)
"""What a folded character is to tokens: between them; part of a word; a mark, which stays in the token before it and
else begins a word; a mark of an unspaced script, which stays in an unspaced letter's token and else is in none; an
unspaced letter, which begins a token; white space; a character that folding leaves out."""

# Where the fields of an entry stand. An entry of 0 is one of a block that was not met yet.
LENGTH, KIND, FIRST_CLASS, LAST_CLASS = 32, 35, 38, 46
"""Bits 0 to 31 are the folded character in UTF-8, its first byte lowest; from bit 32 its length in bytes; from 35 its
kind; from 38 the combining class of the first character of its NFKC form; from 46 that of the last one once all are
taken apart, before which a mark of a lower class would go."""
SECOND, STARTER, ALONE, MANY, KNOWN = (1 << bit for bit in (54, 55, 56, 57, 63))
"""Its NFKC form begins with a character that composes with some character before it; it holds a character of class 0;
it may be joined to what stands before it in ways that only the whole text tells; it folds to several characters: bits 0
to 15 are then the place of the first in `pool`, 16 to 31 how many there are, each an entry of its own."""

_CHARACTERS = 0x110000
# What 16 bits reach; all of Unicode 14 takes 3,300.
_POOL = 1 << 16
BLOCK = 8
"""A block has 2 to the power of this many characters."""

# All characters that are composed of two stand here; a test looks at the others.
_COMPOSED = (range(0xC0, 0x3100), range(0x11000, 0x12000))
# Hangul is composed by rule: consonant, vowel, final consonant.
_VOWELS, _FINALS = range(0x1161, 0x1176), range(0x11A8, 0x11C3)

_LETTERS = regex.compile(rf"(?V1)[[\p{{L}}\p{{N}}]--\p{{M}}--[{UNSPACED}]]")
_MARKS = regex.compile(rf"(?V1)[\p{{M}}--[{UNSPACED}]]")
_UNSPACED_MARKS = regex.compile(rf"(?V1)[\p{{M}}&&[{UNSPACED}]]")
_UNSPACED_LETTERS = regex.compile(rf"(?V1)[[{UNSPACED}]--\p{{M}}--\p{{P}}]")
_KINDS = {LETTER: _LETTERS, MARK: _MARKS, UNSPACED_MARK: _UNSPACED_MARKS, UNSPACED_LETTER: _UNSPACED_LETTERS}


class Tables:
    """An entry for each character, by its code point."""

    def __init__(self) -> None:
        # Pages of zeros that nobody writes to take no memory.
        self.entries: NDArray[np.uint64] = np.zeros(_CHARACTERS, np.uint64)
        self.first: NDArray[np.uint32] = np.zeros(_CHARACTERS, np.uint32)
        """The first character of its NFKC form."""
        self.starter: NDArray[np.uint32] = np.zeros(_CHARACTERS, np.uint32)
        """The last character of class 0 of its NFKC form; 0 without one."""
        # Never moved nor made longer: compiled code in other threads may be reading while more is learned.
        self.pool: NDArray[np.uint64] = np.zeros(_POOL, np.uint64)
        """Entries of the characters that others fold to."""
        self._pooled = 0
        self._lock = Lock()
        pairs = kept("composed", composed)
        self.pairs = np.array(sorted(one << 32 | two for one, two in pairs), np.uint64)
        """Characters that compose with each other: the first in the upper half. Sorted; without Hangul."""
        self._seconds = {chr(two) for _, two in pairs} | set(map(chr, [*_VOWELS, *_FINALS]))
        self._special = self._seconds | INVISIBLE_KINDS | PLAIN.keys()
        self.learn([0])

    def learn(self, blocks: Iterable[int]) -> None:
        """Make the entries of blocks of characters, by their numbers: a millisecond each, ideographs a tenth of one."""
        for block in blocks:
            first = block << BLOCK
            with self._lock:
                if not self.entries[first]:
                    self._learn([chr(code) for code in range(first, first + (1 << BLOCK))])

    def _learn(self, chars: list[str]) -> None:
        together = "".join(chars)
        same = unicodedata.normalize("NFKD", together) == together == together.casefold()
        if same and not self._special.intersection(chars) and not any(map(unicodedata.combining, chars)):
            self._learn_same(chars)
        else:
            self._learn_each(chars)

    def _learn_same(self, chars: list[str]) -> None:
        """Make the entries of characters that stay as they are and join with none."""
        codes = slice(ord(chars[0]), ord(chars[0]) + len(chars))
        kinds = _kinds("".join(chars))
        entries = [KNOWN | STARTER | _piece(char, kinds) for char in chars]
        self.first[codes] = self.starter[codes] = np.arange(codes.start, codes.stop)
        self.entries[codes] = np.array(entries, np.uint64)

    def _learn_each(self, chars: list[str]) -> None:
        normal = [unicodedata.normalize("NFKC", char) for char in chars]
        folded = ["".join(PLAIN.get(one, one) for one in form.casefold().replace("`", "'")) for form in normal]
        kinds = _kinds("".join(folded))
        pool: list[int] = []
        entries: list[int] = []
        for char, form, became in zip(chars, normal, folded, strict=True):
            if char in INVISIBLE_KINDS:
                entries.append(KNOWN | NOTHING << KIND)
                continue
            apart = unicodedata.normalize("NFD", form)
            entry = (
                KNOWN | unicodedata.combining(form[0]) << FIRST_CLASS | unicodedata.combining(apart[-1]) << LAST_CLASS
            )
            if form[0] in self._seconds:
                entry |= SECOND
            if len(form) > 1 and (unicodedata.combining(form[0]) or form[0] in self._seconds):
                entry |= ALONE
            if not all(map(unicodedata.combining, form)):
                entry |= STARTER
            pieces = [_piece(one, kinds) for one in became]
            if len(pieces) == 1:
                entry |= pieces[0]
            else:
                entry |= MANY | self._pooled + len(pool) | len(pieces) << 16
                pool += pieces
            entries.append(entry)
        here = slice(ord(chars[0]), ord(chars[0]) + len(chars))
        self.first[here] = [ord(form[0]) for form in normal]
        self.starter[here] = [_last_starter(form) for form in normal]
        # In this order no entry ever leads nowhere.
        self.pool[self._pooled : self._pooled + len(pool)] = np.array(pool, np.uint64)
        self._pooled += len(pool)
        self.entries[here] = np.array(entries, np.uint64)


def _kinds(folded: str) -> dict[str, int]:
    kinds = {char: kind for kind, pattern in _KINDS.items() for char in pattern.findall(folded)}
    return kinds | {char: SPACE for char in set(folded) if char.isspace()}


def _piece(char: str, kinds: dict[str, int]) -> int:
    kind = kinds.get(char, SEPARATOR)
    # White space of any kind becomes a blank.
    data = b" " if kind == SPACE else char.encode("utf-8", "surrogatepass")
    return int.from_bytes(data, "little") | len(data) << LENGTH | kind << KIND


def _last_starter(form: str) -> int:
    return next((ord(char) for char in reversed(form) if not unicodedata.combining(char)), 0)


@cache
def composed() -> frozenset[tuple[int, int]]:
    """Give the pairs of characters that NFC makes one of, without Hangul syllables."""
    pairs: set[tuple[int, int]] = set()
    for code in (code for codes in _COMPOSED for code in codes):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            one, two = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(one) + chr(two)) == chr(code):
                pairs.add((one, two))
    return frozenset(pairs)
