"""How two texts differ, in words, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

import numpy as np
import regex

from pipeline.config import MatchConfig
from pipeline.match.verify import likeness, profile
from pipeline.words.tokens import UNSPACED

# Words compared on each side, after what both begin and end with. difflib's heuristic for frequent words (which it
# applies from 200 on) keeps the time far below the square of it.
_WORDS = 2000
_HUNKS = 25
_SHOWN = 30
_CONTEXT = 4
# Of what both texts have so many words are shown beside a change.
_ENDS = 6
# So many words in a row are the same in both texts by chance, if more differ on either side of them.
_CHANCE = 3

_UNSPACED = regex.compile(rf"(?V1)[{UNSPACED}]")
_WORD = regex.compile(rf"(?V1)[{UNSPACED}]|[^\s{UNSPACED}]+")
# Nor is there a space beside the punctuation of these scripts.
_TIGHT = rf"{UNSPACED}\u3000-\u303F\uFF00-\uFFEF"
_GAP = regex.compile(rf"(?V1)(?<=[{_TIGHT}]) (?=[{_TIGHT}])")


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where two texts differ."""

    after: str
    """The words before it, which both have."""
    kept: str
    """What the kept document has there."""
    copy: str
    """What the duplicate has there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a duplicate differs from the document that stands for it."""

    shingles_shared: int
    shingles_kept_only: int
    shingles_copy_only: int
    jaccard: float
    copy_in_kept: float
    """Share of the duplicate's shingles that stand in the kept document."""
    hunks: tuple[Hunk, ...]
    """The first places where words differ; none for texts that are the same but for white space."""
    complete: bool
    """Whether these are all the places."""


def difference(kept: str, copy: str, config: MatchConfig) -> Difference:
    """Compare a duplicate with the document that stands for it.

    Shingles are compared whole. Words are compared as they are written, by difflib, up to a few thousand on each side.
    """
    a, b = profile(kept, config.shingle_tokens), profile(copy, config.shingle_tokens)
    shared = len(np.intersect1d(a.shingles, b.shingles, assume_unique=True))
    pair = likeness(a, b, config)
    hunks, complete = _hunks(_words(kept), _words(copy))
    return Difference(
        shingles_shared=shared,
        shingles_kept_only=len(a.shingles) - shared,
        shingles_copy_only=len(b.shingles) - shared,
        jaccard=pair.jaccard,
        copy_in_kept=pair.later_in_earlier,
        hunks=hunks,
        complete=complete,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words of two texts that are laid side by side."""

    what: Literal["same", "gone", "come"]
    """same: both have it. gone: only the earlier one has it. come: only the later one has it."""
    text: str


def marked(earlier: str, later: str) -> tuple[tuple[Part, ...], bool]:
    """Lay two texts side by side, word by word, long runs shortened; says as well whether all of the places are there.

    >>> [part.text for part in marked("The old bridge opened.", "The new bridge opened.")[0]]
    ['The', 'old', 'new', 'bridge opened.']
    """
    a, b = _words(earlier), _words(later)
    changes, complete = _changes(a, b)
    changes = _joined_up(changes)
    parts: list[Part] = []
    at = 0
    for change in changes[:_HUNKS]:
        parts.append(Part("same", _ends(a[at : change.a1], begins=at > 0, ends=True)))
        parts.append(Part("gone", _some(a[change.a1 : change.a2])))
        parts.append(Part("come", _some(b[change.b1 : change.b2])))
        at = change.a2
    complete = complete and len(changes) <= _HUNKS
    if complete:
        parts.append(Part("same", _ends(a[at:], begins=at > 0, ends=False)))
    return tuple(part for part in parts if part.text), complete


class _Change(NamedTuple):
    """Words of one text that the other has others for: from the first up to the last, exclusive."""

    a1: int
    a2: int
    b1: int
    b2: int


def _hunks(a: list[str], b: list[str]) -> tuple[tuple[Hunk, ...], bool]:
    changes, complete = _changes(a, b)
    found = [
        Hunk(_text(a[max(0, one.a1 - _CONTEXT) : one.a1]), _some(a[one.a1 : one.a2]), _some(b[one.b1 : one.b2]))
        for one in changes[:_HUNKS]
    ]
    return tuple(found), complete and len(changes) <= _HUNKS


def _changes(a: list[str], b: list[str]) -> tuple[list[_Change], bool]:
    """Say where the words differ, and whether all words were compared."""
    begin = 0
    while begin < min(len(a), len(b)) and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < min(len(a), len(b)) - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    left, right = a[begin : len(a) - end], b[begin : len(b) - end]
    matcher = SequenceMatcher(None, left[:_WORDS], right[:_WORDS])
    found = [
        _Change(begin + a1, begin + a2, begin + b1, begin + b2)
        for what, a1, a2, b1, b2 in matcher.get_opcodes()
        if what != "equal"
    ]
    return found, max(len(left), len(right)) <= _WORDS


def _joined_up(changes: Sequence[_Change]) -> list[_Change]:
    """Make one of two changes where few words lie between them, fewer than each changes: they are hard to read."""
    out: list[_Change] = []
    for change in changes:
        while out and change.a1 - out[-1].a2 < min(_CHANCE + 1, _size(out[-1]), _size(change)):
            before = out.pop()
            change = _Change(before.a1, change.a2, before.b1, change.b2)  # noqa: PLW2901 - it grows
        out.append(change)
    return out


def _size(change: _Change) -> int:
    return max(change.a2 - change.a1, change.b2 - change.b1)


def _words(text: str) -> list[str]:
    """Cut a text into words; where words are not spaced, into characters."""
    return _WORD.findall(text) if _UNSPACED.search(text) else text.split()


def _text(words: Sequence[str]) -> str:
    """Put words together again.

    >>> _text(["in", "東", "京", "、", "1926"])
    'in 東京、 1926'
    """
    return str(_GAP.sub("", " ".join(words)))


def _some(words: list[str]) -> str:
    if len(words) <= _SHOWN:
        return _text(words)
    return f"{_text(words[: _SHOWN - 8])} … ({len(words) - _SHOWN:,} words) … {_text(words[-8:])}"


def _ends(words: list[str], *, begins: bool, ends: bool) -> str:
    """Shorten what both texts have to the words beside the changes that it follows (`begins`) and precedes (`ends`)."""
    shown = _ENDS * (begins + ends)
    # Two more words take no more room than to say that they are left out.
    if len(words) <= shown + 2:
        return _text(words)
    first, last = _text(words[:_ENDS]) if begins else "", _text(words[-_ENDS:]) if ends else ""
    return f"{first} … ({len(words) - shown:,} words) … {last}".strip()
