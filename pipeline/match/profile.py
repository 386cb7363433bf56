"""All of a text that verification looks at."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

import numpy as np

from pipeline.match.passages import Letters
from pipeline.sign.figures import figures_of
from pipeline.sign.letters import letters_of
from pipeline.sign.shingles import U64, shingle_sequence, shingle_set, token_hashes
from pipeline.words.fold import fold, fold_characters
from pipeline.words.tokens import tokens_of

# Above the prose stand at most so many lines, and none that is longer or a sentence of some length.
_HEAD_LINES = 4
_PROSE_LETTERS = 95
_SENTENCE_LETTERS = 48
_SENTENCE_ENDS = frozenset('.!?…。！？"”’»」』')
# What stands below them must be most of the text, and a text still.
_BODY_SHARE = 0.5
_BODY_LETTERS = 64


class Profile:
    """One text, measured as far as it is asked for."""

    def __init__(self, text: str, shingle_tokens: int) -> None:
        """Measure what every comparison needs."""
        folded = fold(text)
        words = tokens_of(folded)
        self.text = text
        self.tokens = len(words)
        self.shingles: U64 = shingle_set(shingle_sequence(token_hashes(words), shingle_tokens))
        """Distinct shingle hashes, sorted."""
        self._folded = folded
        self._words = words

    @cached_property
    def figures(self) -> list[str]:
        """The figures of the text, in order."""
        return figures_of(self._folded)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each token without a digit does."""
        counted = Counter(self._words)
        # Most tokens are letters alone, which one call tells.
        return Counter({token: n for token, n in counted.items() if token.isalpha() or not _has_digit(token)})

    @cached_property
    def lines(self) -> list[tuple[int, str]]:
        """The lines that hold letters, each with the number of letters before it."""
        return self._measured[0]

    @cached_property
    def letters(self) -> Letters:
        """Its letters."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[list[tuple[int, str]], Letters]:
        lines: list[tuple[int, str]] = []
        pieces = [np.empty(0, np.uint32)]
        before = 0
        for line, folded in zip(self.text.split("\n"), fold_characters(self.text).split("\n"), strict=True):
            piece = letters_of(folded)
            if len(piece):
                lines.append((before, line.strip()))
                pieces.append(piece)
                before += len(piece)
        return lines, Letters.of(np.concatenate(pieces), _head(lines, before))


def profile(text: str, shingle_tokens: int) -> Profile:
    """Measure one text."""
    return Profile(text, shingle_tokens)


def _head(lines: list[tuple[int, str]], letters: int) -> int:
    """Count the letters above the prose: a headline, a place, a byline."""
    ends = [start for start, _ in lines[1:]] + [letters]
    above = 0
    for (start, line), end in zip(lines[:_HEAD_LINES], ends, strict=False):
        size = end - start
        if size > _PROSE_LETTERS or (size > _SENTENCE_LETTERS and line[-1] in _SENTENCE_ENDS):
            break
        above = end
    return above if letters - above >= max(_BODY_LETTERS, _BODY_SHARE * letters) else 0


def _has_digit(token: str) -> bool:
    return any(map(str.isdigit, token))
