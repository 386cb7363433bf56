"""Folding: what is the same to a reader becomes the same to the machine. Used to compare, never to write."""

from __future__ import annotations

import re
import unicodedata

from pipeline.words.characters import unusual

NORMALISER = "nfkc-casefold-1"
"""Names this folding and the tokens of `pipeline.words.tokens`. Signatures made under another cannot be compared."""

# Soft hyphen, zero-width and direction marks, word joiners, byte order mark: seen by no reader.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_INVISIBLE_KINDS = frozenset(_INVISIBLE.findall("".join(map(chr, range(0x10000)))))
_PLAIN = {
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}


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
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text) if _INVISIBLE_KINDS & unusual(text) else text)
    folded = folded.casefold().replace("`", "'")
    # str.translate looks every character up, at ten times the cost of replacing the few kinds that there are.
    for kind in unusual(folded) & _PLAIN.keys():
        folded = folded.replace(kind, _PLAIN[kind])
    return folded
