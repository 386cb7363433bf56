"""Folding: what is the same to a reader becomes the same to the machine. Used to compare, never to write."""

from __future__ import annotations

import re
import unicodedata

NORMALISER = "nfkc-casefold-1"
"""Names this folding and the tokens of `pipeline.words.tokens`. Signatures made under another cannot be compared."""

# Soft hyphen, zero-width and direction marks, word joiners, byte order mark: seen by no reader.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_PLAIN = {
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
# str.translate looks every character up, at ten times the cost of finding the few that change.
_UNPLAIN = re.compile("[" + "".join(_PLAIN) + "]")


def fold(text: str) -> str:
    """Fold case, width, quotes, dashes, invisible characters and white space.

    >>> fold("  “Ｅlections”\u00a0—  STRASSE, Straße ")
    '"elections" - strasse, strasse'
    """
    if text.isascii():
        folded = text.lower().replace("`", "'")
    else:
        folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
        folded = _UNPLAIN.sub(lambda found: _PLAIN[found[0]], folded)
    return " ".join(folded.split())
