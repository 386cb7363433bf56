"""What a boilerplate rule is: a value with the examples that it is judged by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.values import Kind

Where = Literal["anywhere", "head", "tail"]
"""Where a rule applies: head, before the first prose of the text; tail, after half of its prose."""

Reach = Literal["block", "list", "end"]
"""What goes with a block that matches: nothing; the list or short lines under it; the rest of the text, if that shows
the marks of readers' comments."""

# Arrows, bullets, brackets and stops round a label are dress; no rule wants to say so itself.
DRESS_BEFORE = "[(<>|\"'/*+~=_•·►▶▸→↓✉📷#- \t\n\f\r"
DRESS_AFTER = "])<>|\"'/*+~=_•·►▶▸→↓▼⌄›:;,.!…。- \t\n\f\r"
BEFORE = f"[{re.escape(DRESS_BEFORE)}]*"
_AFTER = f"[{re.escape(DRESS_AFTER)}]*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on single blocks.

    The pattern (RE2 syntax, so linear in the block) is matched on the folded block, on the whole of it but for the
    dress round it; `pipeline.words.fold` says what folding does to letters, quotes and dashes. `drops` are texts whose
    blocks are all cut, `keeps` near misses of which nothing is cut, `misses` what should be cut and isn't yet.
    """

    name: str
    kind: Kind
    why: str
    pattern: str
    drops: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    cue: str | None = None
    """A short pattern found in every block that `free` matches; looking for it is cheap."""
    free: str | None = None
    """More of the pattern: what may begin with anything, such as a name before the words that tell. Needs a cue.

    In `pattern` such an alternative would have to be tried on every block; of all others the first letters are known.
    """
    unless: str | None = None
    """A pattern that, found anywhere in the block, tells that it is prose after all."""
    where: Where = "anywhere"
    reach: Reach = "block"
    max_tokens: int = 25
    """A longer block is never cut by this rule."""

    def whole(self) -> str:
        """Give the pattern for the whole block, dress included; `free` is not part of it."""
        return f"(?s)^{BEFORE}(?:{self.pattern}){_AFTER}$"

    def whole_free(self) -> str | None:
        """Give `free` for the whole block."""
        return f"(?s)^(?:{self.free}){_AFTER}$" if self.free else None


def any_of(*alternatives: str) -> str:
    """Join patterns as alternatives.

    >>> any_of("log ?in", "sign in")
    '(?:log ?in|sign in)'
    """
    return f"(?:{'|'.join(alternatives)})"


def names(*lines: str) -> frozenset[str]:
    """Make a set of folded names from lines in which a stroke stands between two names.

    >>> sorted(names("home|news", "sport"))
    ['home', 'news', 'sport']
    """
    return frozenset(name for line in lines for name in line.split("|"))


# Words that tell of somebody talking or of the past: a call to the reader has neither.
TOLD = (
    r"\b(?:said|says|told|asked|according to|reported|was|were|had|did|"
    r"sagte|erklärte|a déclaré|dijo|disse|ha detto|zei)\b"
)
