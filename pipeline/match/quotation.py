"""Shared quotations: two articles that quote one statement are not versions of each other."""

from __future__ import annotations

import re

import numpy as np

from pipeline.match.passages import Flags
from pipeline.match.profile import Profile
from pipeline.sign.letters import letters_of
from pipeline.words.fold import fold_characters

MARKS = re.compile('["“”„«»「」『』]')
# So much of what is shared is said by somebody, and so much of the shorter text is its own.
_SAID = 0.8
_OWN = 0.1


def is_quotation(shorter: Profile, longer: Profile) -> bool:
    """Say whether nearly all that two texts share is quoted, and the shorter one adds words of its own."""
    said = quoted(shorter.text, len(shorter.letters)) if MARKS.search(shorter.text) else None
    if said is None or 2 * int(np.count_nonzero(said)) < len(said):
        # Of two texts that were taken for copies more than half is shared.
        return False
    shared = shorter.letters.shared(longer.letters)
    both = int(np.count_nonzero(shared))
    own = int(np.count_nonzero(~shared & ~said))
    return int(np.count_nonzero(shared & said)) >= _SAID * both and own >= _OWN * len(shared)


def quoted(text: str, letters: int) -> Flags:
    """Say of each letter of a text whether it stands between quotation marks; a mark without its fellow is none."""
    inside = np.zeros(letters, np.bool_)
    parts = MARKS.split(text)
    at = 0
    for number, part in enumerate(parts):
        size = len(letters_of(fold_characters(part)))
        if number % 2 and number + 1 < len(parts):
            inside[at : at + size] = True
        at += size
    return inside
