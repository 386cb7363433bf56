"""Folding: what is the same to a reader becomes the same to the machine. Used to compare, never to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from pipeline.words.characters import taken_apart, unusual
from pipeline.words.marks import in_order

NORMALISER = "nfkc-casefold-1"
"""Names this folding and the tokens of `pipeline.words.tokens`. Signatures made under another cannot be compared."""

# Soft hyphen, zero-width and direction marks, word joiners, byte order mark: seen by no reader.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
INVISIBLE_KINDS = frozenset(_INVISIBLE.findall("".join(map(chr, range(0x10000)))))
"""Characters that folding leaves out."""
PLAIN = {
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
"""Quotes and dashes, and what each becomes once normalised and case-folded."""
# Vowels and final consonants of Hangul compose with what stands before them, as marks do.
_HANGUL_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
# Each kind of character that changes is a walk over the text; a text with more kinds is folded as a whole.
_MOST_CHANGES = 24


def fold(text: str) -> str:
    """Fold case, width, quotes, dashes, invisible characters and white space.

    >>> fold("  “Ｅlections”\u00a0—  STRASSE, Straße ")
    '"elections" - strasse, strasse'
    """
    return " ".join(fold_characters(text).split())


def fold_characters(text: str) -> str:
    """Fold all but white space. No line feed comes or goes, so a text can be folded whole and cut into lines after.

    >>> fold_characters("Über\\n „Straße“ ").split("\\n")
    ['über', ' "strasse" ']
    """
    return fold_whole(text)[0]


def fold_whole(text: str) -> tuple[str, bool]:
    """Fold all but white space, and say whether white space certainly stands as it stood.

    Where no character joins with its neighbours, as nearly everywhere, the fold of a text is the folds of its
    characters, and few kinds of them change: these are replaced in the text's bytes.
    """
    if text.isascii():
        return text.lower().replace("`", "'"), True
    data, kept_spaces = fold_data(text)
    return data.decode("utf-8", "surrogatepass"), kept_spaces


def fold_data(text: str) -> tuple[bytes, bool]:
    """Give what `fold_whole` gives, in UTF-8: lower case is made of bytes at a tenth of the price."""
    data, kinds, marks = taken_apart(text)
    changes = [change for change in map(change_of, kinds) if change is not None]
    if len(changes) > _MOST_CHANGES or any(change.folded is None for change in changes):
        return _fold_together(text).encode("utf-8", "surrogatepass"), False
    data = data.lower()
    if "`" in marks:
        data = data.replace(b"`", b"'")
    for change in changes:
        data = data.replace(change.char, change.folded or b"")
    return data, all(change.keeps_spaces for change in changes)


class Change(NamedTuple):
    """What folding makes of a character, both in UTF-8."""

    char: bytes
    folded: bytes | None
    """None where its neighbours matter, or where it may need a second fold."""
    keeps_spaces: bool
    """Whether white space certainly stands as it stood."""


class _Changes(dict[str, Change | None]):
    """The change of each character that was met; None where there is none, or lower case of ASCII is all."""

    def __missing__(self, char: str) -> Change | None:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        change = self[char] = None if char.isascii() else _change(char)
        return change


change_of: Callable[[str], Change | None] = _Changes().__getitem__
"""Gives what folding changes of a character; None where there is nothing, or lower case of ASCII is all."""
_MOST_KNOWN = 1 << 16


def _change(char: str) -> Change | None:
    folded = _fold_together(char)
    data = char.encode("utf-8", "surrogatepass")
    joins = any(unicodedata.category(part)[0] == "M" for part in char + folded) or _HANGUL_JAMO.search(char + folded)
    if joins or _fold_together(folded) != folded:
        return Change(data, None, keeps_spaces=False)
    if folded == char:
        return None
    keeps_spaces = bool(folded) and not any(map(str.isspace, folded + char))
    return Change(data, folded.encode("utf-8", "surrogatepass"), keeps_spaces)


def _fold_together(text: str) -> str:
    folded = normalised(text).casefold().replace("`", "'")
    # str.translate looks every character up, at ten times the cost of replacing the few kinds that there are.
    for kind in unusual(folded) & PLAIN.keys():
        folded = folded.replace(kind, PLAIN[kind])
    return folded


def normalised(text: str) -> str:
    """Do the part of folding in which a character's neighbours matter: NFKC, without what no reader sees."""
    seen = _INVISIBLE.sub("", text) if INVISIBLE_KINDS & unusual(text) else text
    return unicodedata.normalize("NFKC", in_order(seen, "NFKD"))
