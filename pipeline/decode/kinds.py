"""Which texts mojibake repair and normalising would leave as they are: looked up, character by character, in a table.

ftfy tries its pattern of mojibake on each character, at a hundred times the price. The pattern tells characters apart
only by the sets that it names, so characters that are in the same sets are one kind; a text without any kind that
matters has no mojibake, and of another one the pattern sees what stands round these. There are few such surroundings,
written in kinds, and nearly all have been met before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES, is_bad
from ftfy.chardata import CONTROL_CHARS, LIGATURES
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.decode.spaces import UNTIDY
from pipeline.jit import can_compile
from pipeline.sign.marked import bits_of
from pipeline.sign.texts import bytes_of, size_of

Ints = NDArray[np.int64]

_SPACE, _NEWLINE = 1, 2
_UNMET = 255
_CODES = 0x110000
# Texts that are looked at together, in characters; what is made of them stays in the processor's cache. Of a longer
# text so many at a time.
_TOGETHER = 1 << 17
# No alternative of ftfy's pattern matches more than seven characters, so what two parts share hides nothing.
_SHARED = 16
# It reaches at most two characters before the first that matters and two after the last, with at most one between;
# three and six leave room. Surroundings that overlap are one.
_MARGIN, _LONGEST_GAP = 3, 6
_MEMO_SIZE = 64  # kinds; longer surroundings hardly repeat
_MOST_KNOWN = 1 << 16
# What a character takes longer without compiled code, in nanoseconds.
_CHARACTER_NS = 3
# Unknown surroundings that compiled code hands over at a time; of most texts all are known.
_ROOM = 1 << 13

FIXABLE, JOINS, LOOSE, MATTERS = 1, 2, 4, 8
"""What a character is, as bits."""

# What ftfy's other steps would change; the escape character of ANSI codes is among the controls.
_FIXABLE = frozenset(map(chr, (*CONTROL_CHARS, *LIGATURES, *range(0x80, 0xA0), *range(0xD800, 0xE000))))
# A vowel or final consonant of Hangul composes with what stands before it, as marks do.
_HANGUL_JAMO = range(0x1100, 0x1200)
# Without a character of another set, or one of these three, no alternative of the pattern matches.
_COMMON = frozenset({"common", "upper_common", "lower_common", "kaomoji"})
_TELLING = frozenset("ЂÙ°")


def named_beside_sets(pattern: str, sets: Iterable[str]) -> frozenset[str]:
    """Give the characters beyond ASCII that a pattern names by themselves, beside sets that stand in it as they are."""
    for characters in sorted(sets, key=len, reverse=True):
        pattern = pattern.replace(characters, "")
    escaped = (chr(int(code, 16)) for code in re.findall(r"\\x([0-9a-f]{2})", pattern))
    return frozenset((*escaped, *filter(lambda char: not char.isascii(), pattern)))


_SETS = {name: re.compile(f"[{characters}]") for name, characters in MOJIBAKE_CATEGORIES.items()}
_IN_A_SET = re.compile(f"[{''.join(MOJIBAKE_CATEGORIES.values())}]")
_NAMED = named_beside_sets(BADNESS_RE.pattern, MOJIBAKE_CATEGORIES.values())


_NONE = np.empty(0, np.int64)


class Met(NamedTuple):
    """What is known of surroundings, as compiled code takes it."""

    keys: NDArray[np.uint64]
    verdicts: NDArray[np.uint8]
    taken: int


def _nothing_met(room: int = 0) -> Met:
    # A power of two, and more than twice as many slots as are ever taken.
    slots = 2 << max(_MOST_KNOWN, room).bit_length()
    return Met(np.zeros((2, slots), np.uint64), np.zeros(slots, np.uint8), 0)


class Look(NamedTuple):
    """What is seen of texts, a row each."""

    sound: NDArray[np.bool_]
    """Certainly ftfy would change nothing, entities aside."""
    tidy: NDArray[np.bool_]
    """Certainly `pipeline.decode.normalise` would change nothing."""
    joined: NDArray[np.bool_]
    """Some character of it may join with its neighbours; where this is false, none does."""


class Kinds:
    """The kind of each character that was met."""

    def __init__(self) -> None:
        self._of = np.full(_CODES, _UNMET, np.uint8)
        self._fixable, self._joins, self._untidy, self._matters = (np.zeros(_CODES, bool) for _ in range(4))
        self._kinds: dict[tuple[object, ...], int] = {}
        self._example: dict[int, str] = {}
        self._plain, self._noted = 0, _UNMET
        self._bad: dict[bytes, bool] = {}
        self._traits = np.zeros(_CODES, np.uint8)
        self._met = _nothing_met()
        self._learning = Lock()
        for char in " \n":
            self._learn(char)

    def look(self, texts: Sequence[str]) -> Look:
        """Look at texts."""
        if worth_loading(_CHARACTER_NS * size_of(texts)) and can_compile():
            seen = self._look_compiled(texts)
        else:
            seen = Look(np.ones(len(texts), bool), np.ones(len(texts), bool), np.zeros(len(texts), bool))
            for numbers, parts in _parts(texts):
                here = self._look(parts)
                seen.sound[numbers] &= here.sound
                seen.tidy[numbers] &= here.tidy
                seen.joined[numbers] |= here.joined
        for row in np.flatnonzero(seen.joined & seen.sound).tolist():
            seen.sound[row] = unicodedata.is_normalized("NFC", texts[row])
        return seen

    def _look_compiled(self, texts: Sequence[str]) -> Look:
        """Do the same but for what a normal form says, in compiled code."""
        from pipeline.decode.kinds_loops import BAD, look

        data, offsets = bytes_of(texts)
        seen = Look(*(np.empty(len(texts), bool) for _ in range(3)))
        room = _ROOM
        at = 0
        while at < len(texts):
            unknown = np.empty((3, room), np.uint64)
            met = self._met
            then, count, unmet = look(
                data, offsets, self._of, self._traits, met.keys, met.verdicts, *seen, unknown, bits_of(), at
            )
            verdicts = self._verdicts(unknown[1:, :count])
            seen.sound[unknown[0, :count][verdicts == BAD].astype(np.int64)] = False
            if unmet >= 0:
                with self._learning:
                    for char in sorted(set(texts[then])):
                        if self._of[ord(char)] == _UNMET:
                            self._learn(char)
            elif then == at:
                # The surroundings in one text are more than there is room for.
                room *= 4
            at = then
        return seen

    def _verdicts(self, surroundings: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Say of surroundings, (2, n), what they are, and remember it."""
        from pipeline.decode.kinds_loops import AFTER, BAD, BEFORE, GOOD, keep

        if not surroundings.shape[1]:
            return np.empty(0, np.uint8)
        different, which = np.unique(surroundings, axis=1, return_inverse=True)
        told = np.full(different.shape[1], GOOD, np.uint8)
        for at, (one, two) in enumerate(different.T.tolist()):
            around = (two << 64 | one).to_bytes(16, "big")[-(BEFORE + 1 + AFTER) :]
            # Some alternatives stand at the begin of a line, where this is none: nothing matches from a nought on.
            if self._holds_bad("0" + "".join(map(self._example.__getitem__, around))):
                told[at] = BAD
        with self._learning:
            if self._met.taken + len(told) > _MOST_KNOWN:
                # Not emptied: others may be reading.
                self._met = _nothing_met(len(told))
            for (one, two), verdict in zip(different.T, told, strict=True):
                keep(one, two, verdict, self._met.keys, self._met.verdicts)
            self._met = self._met._replace(taken=self._met.taken + len(told))
        verdicts: NDArray[np.uint8] = told[which.ravel()]
        return verdicts

    def _look(self, texts: Sequence[str]) -> Look:
        sound, tidy, joined = np.ones(len(texts), bool), np.ones(len(texts), bool), np.zeros(len(texts), bool)
        stream = "\n".join(["", *texts, ""])
        codes = np.frombuffer(stream.encode("utf-32-le", "surrogatepass"), "<u4")
        kinds, noted = self._told(codes)
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(sizes + 1)
        if len(noted):
            met = codes[noted]
            sound[_rows(ends, noted[self._fixable[met]])] = False
            tidy[_rows(ends, noted[self._untidy[met]])] = False
            joined[_rows(ends, noted[self._joins[met]])] = True
            sound[_rows(ends, self._mojibake(kinds, noted[self._matters[met]]))] = False
        blank = kinds <= _NEWLINE
        tidy[blank[ends - sizes] | blank[ends - 1]] = False
        tidy[_rows(ends, _untidy_blanks(kinds, np.flatnonzero(blank[1:] & blank[:-1])))] = False
        return Look(sound, tidy, joined)

    def _told(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], Ints]:
        """Give the kind of each character, and where those stand that may matter."""
        while True:
            kinds = self._of.take(codes)
            noted = np.flatnonzero(kinds >= self._noted)
            unmet = noted[kinds[noted] == _UNMET]
            if not len(unmet):
                return kinds, noted
            with self._learning:
                for code in np.unique(codes[unmet]).tolist():
                    if self._of[code] == _UNMET:
                        self._learn(chr(code))

    def _mojibake(self, kinds: NDArray[np.uint8], places: Ints) -> Ints:
        """Give where there is mojibake, of where there may be."""
        if not len(places):
            return places
        firsts = np.flatnonzero(np.diff(places, prepend=-_CODES) > _LONGEST_GAP + 1)
        lasts = np.append(firsts[1:], len(places)) - 1
        starts, ends = np.maximum(places[firsts] - _MARGIN, 0), places[lasts] + _MARGIN + 1
        data = kinds.tobytes()
        around = [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        bad = {one for one in set(around) if self._is_bad(one)}
        held = [at for at, one in enumerate(around) if one in bad] if bad else []
        return np.concatenate([_NONE, *(places[firsts[at] : lasts[at] + 1] for at in held)])

    def _is_bad(self, around: bytes) -> bool:
        verdict = self._bad.get(around)
        if verdict is None:
            verdict = self._holds_bad("".join(map(self._example.__getitem__, around)))
            if len(around) <= _MEMO_SIZE:
                if len(self._bad) >= _MOST_KNOWN:
                    self._bad.clear()
                self._bad[around] = verdict
        return verdict

    def _holds_bad(self, text: str) -> bool:
        """Say whether a text holds mojibake, line by line, each with its line feed, as ftfy takes them."""
        *lines, last = text.split("\n")
        return any(is_bad(line + "\n") for line in lines) or is_bad(last)

    def _learn(self, char: str) -> None:
        code = ord(char)
        sets = tuple(name for name, of in _SETS.items() if of.match(char)) if _IN_A_SET.match(char) else ()
        matters = char in _TELLING or not _COMMON.issuperset(sets)
        fixable, joins, untidy = char in _FIXABLE, may_join(char), char in UNTIDY
        noted = matters or fixable or joins or untidy
        kind = (noted, char if char in _NAMED or char in " \n" else "", sets, *_ascii_sets(char))
        number = self._kinds.get(kind)
        if number is None:
            number = self._noted - 1 if noted else self._plain + 1
            if number in self._example:
                raise ValueError("ftfy's pattern tells more kinds of characters apart than a byte can hold")
            self._kinds[kind] = number
            self._example[number] = char
            self._plain, self._noted = (self._plain, number) if noted else (number, self._noted)
        self._fixable[code], self._joins[code] = fixable, joins
        self._untidy[code], self._matters[code] = untidy, matters
        self._traits[code] = FIXABLE * fixable | JOINS * joins | LOOSE * untidy | MATTERS * matters
        # The last, as others may be reading.
        self._of[code] = number


def _ascii_sets(char: str) -> tuple[bool, ...]:
    """Say which of the sets that ftfy's pattern names without a name a character is in."""
    letter = char.isascii() and char.isalpha()
    return (letter and char.islower(), letter, char.isalnum() or char == "_", char.isspace(), char in ".,?!")


def may_join(char: str) -> bool:
    """Say whether a character may make a text another than its normal form NFC."""
    return (
        unicodedata.category(char)[0] == "M" or ord(char) in _HANGUL_JAMO or unicodedata.normalize("NFC", char) != char
    )


def _rows(ends: Ints, places: Ints) -> Ints:
    """Give the text that each place is in; what parts two texts counts to either."""
    return np.minimum(np.searchsorted(ends, places), len(ends) - 1)


def _untidy_blanks(kinds: NDArray[np.uint8], pairs: Ints) -> Ints:
    """Give the places of spaces and newlines, by twos, that are not one blank line."""
    spaced = (kinds[pairs] == _SPACE) | (kinds[pairs + 1] == _SPACE)
    spaced[1:] |= np.diff(pairs) == 1
    untidy: Ints = pairs[spaced]
    return untidy


def _parts(texts: Sequence[str]) -> Iterator[tuple[Ints, list[str]]]:
    """Give texts some at a time, with the number of each; a long one comes in parts that share their ends."""
    numbers: list[int] = []
    parts: list[str] = []
    size = 0
    for number, text in enumerate(texts):
        for start in range(0, max(1, len(text)), _TOGETHER):
            part = text[max(0, start - _SHARED) : start + _TOGETHER] if len(text) > _TOGETHER else text
            numbers.append(number)
            parts.append(part)
            size += len(part)
            if size >= _TOGETHER:
                yield np.array(numbers, np.int64), parts
                numbers, parts, size = [], [], 0
    if numbers:
        yield np.array(numbers, np.int64), parts


@cache
def _kinds() -> Kinds:
    return Kinds()


def look(texts: Sequence[str]) -> Look:
    """Look at texts, with what was learned of characters before."""
    return _kinds().look(texts)
