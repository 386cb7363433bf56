"""How the blocks begin that a pattern may match: what lets most blocks be passed over for the price of a look-up.

A rule's pattern stands for the whole block, so nearly all of them tell the first letters. They are read off the pattern
by walking its alternatives; where that gives out (any character, a large class, syntax that is not known here), what
has been read so far is the head, and the empty head lets every block through: a head never hides a match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Letters of a head that are looked at. Of five letters the blocks of labelled pages pass half as often as of three.
LETTERS = 5
_FIRST = 3
# After one of a larger class (digits, letters) anything may follow: else alternatives would multiply.
_LARGEST_CLASS = 8
_MOST_VERDICTS = 1 << 16
_PLACE_BITS = 16

Node = tuple["Item", ...]
"""A concatenation of items."""


class Item(NamedTuple):
    """A piece of a pattern: one of a class of characters, or one of several alternatives, repeated; or some letters."""

    chars: frozenset[str] | None = None
    """None for a group, for letters, and for any character."""
    letters: str = ""
    """Characters that stand for themselves, one after the other, no line feed among them."""
    branches: tuple[Node, ...] = ()
    fewest: int = 1
    most: int | None = 1
    """None where there is no limit."""


_ANY = Item()
_END = Item(frozenset("\n"))  # which no block holds


class Heads:
    """How the blocks begin that some of a set of patterns may match."""

    def __init__(self, before: str, after: str) -> None:
        """Begin with no pattern.

        Args:
            before: the characters that may stand before any pattern, in any number.
            after: those that may stand after it.
        """
        self._before = before
        self._after = frozenset(after)
        self._open: set[str] = set()
        self._whole: set[str] = set()
        self._first: set[str] = set()
        self.any = False
        """Whether some pattern may begin with anything, so that no block is passed over."""

    def add(self, pattern: str) -> bool:
        """Add a pattern (RE2 syntax, matched from the beginning of a block); False if it may begin with anything."""
        try:
            heads = _heads((*_Parser(pattern).parsed(), _END), frozenset(self._before))
        except _UnknownSyntaxError:
            heads = {""}
        heads_open = {head for head in heads if not head.endswith("\n")}
        self._first |= {head.rstrip("\n")[:_FIRST] for head in heads}
        self._open |= heads_open
        self._whole |= {head[:-1] for head in heads - heads_open}
        for name in ("_verdicts", "_known_heads", "_longest"):
            self.__dict__.pop(name, None)
        self.any = self.any or "" in self._open | self._whole
        return "" not in heads and "\n" not in heads

    def likely(self, begins: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Say of many blocks at once which may be `passed`, without seeing more of them than their first bytes.

        Args:
            begins: uint8[LETTERS + 1, n], the first bytes of n blocks, folded, in UTF-8; what follows of a shorter
                one doesn't matter, if it is a line feed first.

        Returns:
            bool[n]; a few are true of which `passed` says no, but never the other way about.
        """
        # Speech begins with a quote, and paragraphs with speech: one character of dress is passed over.
        dressed = self._looked_at[begins[0]] & (begins[0] < 0x80)
        begins = np.where(dressed, begins[1:], begins[:-1])
        found: NDArray[np.bool_] = self._looked_at[begins[0]]
        if self.any:
            return np.ones_like(found)
        letters = _ALIKE[begins]
        head = np.zeros(begins.shape[1], np.uint64)
        for size, known in enumerate(self._known_heads):
            head |= letters[size] << np.uint64(8 * size)
            may = known[_place(head)]
            if size + 1 == LETTERS:
                # Of so many letters there are so many heads that places tell little.
                asked = np.flatnonzero(may)
                may[asked] = _among(head[asked], self._longest)
            found |= may
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Give what is worth keeping: a verdict is quickly found again."""
        state = {**vars(self), "_known_heads": self._known_heads, "_longest": self._longest}
        state.pop("_verdicts", None)
        return state

    @cached_property
    def _verdicts(self) -> _Verdicts:
        return _Verdicts(self._may_begin)

    @cached_property
    def _looked_at(self) -> NDArray[np.bool_]:
        """Which first bytes say nothing: dress may be of any length."""
        return np.isin(np.arange(256), [char.encode()[0] for char in self._before])

    @cached_property
    def _known_heads(self) -> NDArray[np.bool_]:
        """For each length, whether there is a head at a `_place`: some are taken for others, none is missed."""
        known = np.zeros((LETTERS, 1 << _PLACE_BITS), bool)
        for size in range(1, LETTERS + 1):
            known[size - 1, _place(self._of_bytes(size))] = True
        return known

    @cached_property
    def _longest(self) -> NDArray[np.uint64]:
        """The heads of `LETTERS` bytes or more, by their first bytes."""
        return self._of_bytes(LETTERS)

    def _of_bytes(self, size: int) -> NDArray[np.uint64]:
        """Give the heads of so many bytes, of longer ones those, as sorted numbers, the first byte lowest."""
        heads = {head.encode()[:LETTERS] for head in self._open | self._whole}
        return np.array(sorted(int.from_bytes(head, "little") for head in heads if len(head) == size), np.uint64)

    def passed(self, blocks: Iterable[str]) -> list[str]:
        """Give the folded blocks that begin as one of the patterns may."""
        if self.any:
            return list(blocks)
        verdicts, before = self._verdicts, self._before
        # Of the first letters there are few kinds, so that nearly all verdicts on them are known.
        passed = [block for block in blocks if verdicts[block[:_FIRST]]]
        return [block for block in passed if verdicts[block.lstrip(before)[:LETTERS]]]

    def _may_begin(self, head: str) -> bool:
        """Say whether a block with these first letters may match; with dress before it, it must be looked at."""
        if head and head[0] in self._before:
            return True
        head = _digits_alike(head)
        return (len(head) == _FIRST and head in self._first) or any(
            head[:size] in self._open or (head[:size] in self._whole and self._after.issuperset(head[size:]))
            for size in range(1, len(head) + 1)
        )


class _Verdicts(dict[str, bool]):
    """What has been found of heads; forgotten when there are too many, which an odd text could make."""

    def __init__(self, judge: Callable[[str], bool]) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, head: str) -> bool:
        if len(self) >= _MOST_VERDICTS:
            self.clear()
        verdict = self[head] = self._judge(head)
        return verdict


def _heads(node: Node, dress: frozenset[str]) -> set[str]:
    """Give the heads of a concatenation; one that is shorter than `LETTERS` may go on with anything."""
    closed: set[str] = set()
    return _extended({""}, node, dress, closed) | closed


def _extended(heads: set[str], node: Node, dress: frozenset[str], closed: set[str]) -> set[str]:
    """Lengthen heads by what a concatenation may begin with; those that are at their end go to `closed`."""
    for item in node:
        if not heads:
            break
        once = heads
        heads = set() if item.fewest else set(heads)
        # As many rounds as letters, and one for leading dress, leave no head open that could still grow.
        for round_ in range(1, min(item.most if item.most is not None else LETTERS + 1, LETTERS + 1) + 1):
            once = _once(once, item, dress, closed)
            if round_ >= min(item.fewest, LETTERS + 1):
                if once <= heads:
                    break
                heads |= once
    return heads


def _once(heads: set[str], item: Item, dress: frozenset[str], closed: set[str]) -> set[str]:
    if item.branches:
        found: set[str] = set()
        for branch in item.branches:
            found |= _extended(heads, branch, dress, closed)
        return found
    if item.letters:
        letters = _digits_alike(item.letters)
        longer = {(head + letters if head else letters.lstrip("".join(dress)))[:LETTERS] for head in heads}
        done = {head for head in longer if len(head) == LETTERS}
        closed |= done
        return longer - done
    if item.chars is None:
        closed |= heads
        return set()
    chars = {_digits_alike(char) for char in item.chars}
    longer = {"" if not head and char in dress else head + char for head in heads for char in chars}
    if len(chars) > _LARGEST_CLASS:
        closed |= longer - {""}
        return longer & {""}
    done = {head for head in longer if len(head) >= LETTERS or head.endswith("\n")}
    closed |= done
    return longer - done


def _digits_alike(text: str) -> str:
    return text.translate(_DIGITS_ALIKE)


_DIGITS_ALIKE = str.maketrans("123456789", "000000000")


_ALIKE = np.array([ord(_digits_alike(chr(byte))) for byte in range(256)], np.uint64)


def _place(heads: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Give a place for each head, given as a number: an odd factor without pattern (of xxHash) spreads them."""
    return (heads * np.uint64(0x9E3779B185EBCA87) >> np.uint64(64 - _PLACE_BITS)).astype(np.int64)


def _among(numbers: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say of numbers whether they are among sorted ones."""
    if not len(known):
        return np.zeros(len(numbers), bool)
    found: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
    return found


class _UnknownSyntaxError(Exception):
    pass


_ESCAPED_CLASSES = {
    "d": frozenset("0123456789"),
    "s": frozenset("\t\n\f\r "),
    "w": None,
    "D": None,
    "S": None,
    "W": None,
}
_ESCAPED_CHARS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_RANGE_LIMIT = 256
# Characters that stand for themselves, but for the last one where it is counted.
_LETTERS = re.compile(r"(?:[^\\\[\](){}|.*+?^$\n](?![*+?{]))+")
# What ends no concatenation, and what does unless it stands in a group.
_WITHIN = re.compile(r"(?:[^\\\[()|]|\\.)+|\[\^?\]?(?:[^\]\\]|\\.)*\]|[()|]", re.DOTALL)


def parsed(pattern: str) -> Node | None:
    """Read a pattern (RE2 syntax); None where it holds something else than `_Parser` knows."""
    try:
        return _Parser(pattern, whole=True).parsed()
    except _UnknownSyntaxError:
        return None


class _Parser:
    """Reads the part of RE2's syntax that rules use."""

    def __init__(self, pattern: str, *, whole: bool = False) -> None:
        """Begin.

        Args:
            pattern: what is read.
            whole: whether all of it is wanted, or of each concatenation no more than makes a head.
        """
        self._pattern = pattern
        self._whole = whole
        self._at = 0

    def parsed(self) -> Node:
        """Read the whole pattern.

        Raises:
            _UnknownSyntaxError: it holds something else than characters, classes, groups, alternatives and counts.
        """
        node = (Item(branches=tuple(self._alternatives())),)
        if self._at < len(self._pattern):
            raise _UnknownSyntaxError
        return node

    def _alternatives(self) -> Iterator[Node]:
        yield tuple(self._items())
        while self._next_is("|"):
            yield tuple(self._items())

    def _items(self) -> Iterator[Item]:
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            if letters := _LETTERS.match(self._pattern, self._at):
                self._at = letters.end()
                yield Item(letters=letters[0])
                if not self._whole and letters[0][:LETTERS].isalpha() and len(letters[0]) >= LETTERS:
                    self._pass_over()
            else:
                item = self._atom()
                yield self._counted(item)

    def _pass_over(self) -> None:
        """Go to the end of a concatenation: what follows so many letters is part of no head."""
        depth = 0
        while found := _WITHIN.match(self._pattern, self._at):
            match found[0][0]:
                case "(":
                    depth += 1
                case ")" | "|" if not depth:
                    return
                case ")":
                    depth -= 1
                case "[" if "[:" in found[0]:
                    raise _UnknownSyntaxError
            self._at = found.end()

    def _atom(self) -> Item:
        char = self._pattern[self._at]
        self._at += 1
        match char:
            case "(":
                if self._next_is("?") and not self._next_is(":"):
                    raise _UnknownSyntaxError
                item = Item(branches=tuple(self._alternatives()))
                if not self._next_is(")"):
                    raise _UnknownSyntaxError
                return item
            case "[":
                return Item(self._class())
            case ".":
                return _ANY
            case "\\":
                escaped = self._escaped()
                return _EMPTY if escaped == "" else Item(frozenset(escaped)) if escaped is not None else _ANY
            case "^" | "$" | "*" | "+" | "?" | "{":
                raise _UnknownSyntaxError
        return Item(frozenset(char))

    def _escaped(self) -> frozenset[str] | str | None:
        """Give the characters that an escape stands for; none for a boundary, None where they are too many."""
        char = self._pattern[self._at : self._at + 1]
        self._at += 1
        if char in ("b", "B"):
            return ""
        if char in _ESCAPED_CLASSES:
            return _ESCAPED_CLASSES[char]
        if char in _ESCAPED_CHARS:
            return _ESCAPED_CHARS[char]
        if not char or char.isalnum():
            raise _UnknownSyntaxError
        return char

    def _class(self) -> frozenset[str] | None:
        """Read a class in brackets; None where it holds too many characters."""
        negated = self._next_is("^")
        chars: set[str] = set()
        large = negated
        first = True
        while first or not self._next_is("]"):
            first = False
            char = self._pattern[self._at : self._at + 1]
            self._at += 1
            if not char or (char == "[" and self._pattern[self._at : self._at + 1] == ":"):
                raise _UnknownSyntaxError
            members: frozenset[str] | str | None = self._escaped() if char == "\\" else char
            if members is None:
                large = True
                continue
            if len(members) == 1 and self._pattern[self._at : self._at + 1] == "-" and self._range_goes_on():
                self._at += 1
                last = self._pattern[self._at]
                self._at += 1
                if last in "\\[":
                    raise _UnknownSyntaxError
                low, high = ord(next(iter(members))), ord(last)
                if high - low > _RANGE_LIMIT:
                    large = True
                    continue
                members = frozenset(map(chr, range(low, high + 1)))
            chars |= frozenset(members)
        return None if large else frozenset(chars)

    def _range_goes_on(self) -> bool:
        return self._pattern[self._at + 1 : self._at + 2] not in ("", "]")

    def _counted(self, item: Item) -> Item:
        bounds: tuple[int, int | None]
        if self._next_is("*"):
            bounds = (0, None)
        elif self._next_is("+"):
            bounds = (1, None)
        elif self._next_is("?"):
            bounds = (0, 1)
        elif count := _COUNT.match(self._pattern, self._at):
            self._at = count.end()
            low = int(count[1])
            bounds = (low, low) if not count[2] else (low, int(count[3]) if count[3] else None)
        else:
            return item
        self._next_is("?")  # what is preferred doesn't matter
        return Item(branches=((item,),), fewest=bounds[0], most=bounds[1])

    def _next_is(self, char: str) -> bool:
        if self._pattern.startswith(char, self._at):
            self._at += 1
            return True
        return False


_EMPTY = Item(branches=((),))
