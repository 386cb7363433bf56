"""All of a text that verification looks at."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

from pipeline.match.passages import Letters
from pipeline.sign.figures import figures_of
from pipeline.sign.letters import letters_of
from pipeline.sign.shingles import U64, shingle_sequence, shingle_set, token_hashes
from pipeline.words.fold import fold, fold_characters
from pipeline.words.tokens import tokens_of

# Above the prose stand at most so many lines, and none that is longer or a sentence of some length.
HEAD_LINES = 4
PROSE_LETTERS = 95
LONGEST_LINE = 400
SENTENCE_LETTERS = 48
SENTENCE_ENDS = frozenset('.!?…。！？"”’»」』')
# What stands below them must be most of the text, and a text still.
BODY_SHARE = 0.5
BODY_LETTERS = 64


class Profile:
    """One text, measured as far as it is asked for."""

    def __init__(self, text: str, shingle_tokens: int) -> None:
        """Take it; shingles are of so many tokens."""
        self.text = text
        self._shingle_tokens = shingle_tokens

    @cached_property
    def _folded(self) -> str:
        return fold(self.text)

    @cached_property
    def _words(self) -> list[str]:
        return tokens_of(self._folded)

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return len(self._words)

    @cached_property
    def shingles(self) -> U64:
        """Distinct shingle hashes, sorted."""
        return shingle_set(shingle_sequence(token_hashes(self._words), self._shingle_tokens))

    @cached_property
    def figures(self) -> list[str]:
        """The figures of the text, in order."""
        return figures_of(self._folded)

    @cached_property
    def words(self) -> Counter[Any]:
        """How often each token without a digit does."""
        counted = Counter(self._words)
        # Most tokens are letters alone, which one call tells.
        return Counter({token: n for token, n in counted.items() if token.isalpha() or not _has_digit(token)})

    def own_words(self, other: Profile) -> int:
        """Count the tokens without a digit that another text lacks, or has less often."""
        return (self.words - other.words).total()

    @cached_property
    def lines(self) -> list[tuple[int, str]]:
        """The lines that hold letters, each with the number of letters before it."""
        lines: list[tuple[int, str]] = []
        before = 0
        every = self.text.split("\n")
        for line, size in zip(every, self._sizes(every), strict=True):
            if size:
                lines.append((before, line.strip()))
                before += size
        return lines

    def _sizes(self, lines: list[str]) -> list[int]:
        """Count the letters of its lines."""
        return list(map(_count_letters, lines))

    @cached_property
    def letters(self) -> Letters:
        """Its letters."""
        codes = letters_of(self._folded)
        return Letters(codes, head_of(letters_above(self.text), len(codes)))


def profile(text: str, shingle_tokens: int) -> Profile:
    """Measure one text."""
    return Profile(text, shingle_tokens)


def letters_above(text: str) -> int:
    """Count the letters above the prose, if there is any: a headline, a place, a byline."""
    above = at = lines = 0
    while lines < HEAD_LINES and at <= len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        at = end + 1 if end >= 0 else len(text) + 1
        # A longer line is prose, however many of its characters are letters.
        size = _count_letters(line) if len(line) <= LONGEST_LINE else LONGEST_LINE
        if size > PROSE_LETTERS or (size > SENTENCE_LETTERS and line.rstrip()[-1] in SENTENCE_ENDS):
            break
        above += size
        lines += size > 0
    return above


def head_of(above: int, letters: int) -> int:
    """Give how many of its letters are a text's head, of those above the prose: none where too little stands below."""
    return above if letters - above >= max(BODY_LETTERS, BODY_SHARE * letters) else 0


def _count_letters(line: str) -> int:
    # Folding changes no letter or digit of ASCII into another number of them.
    return len(letters_of(line if line.isascii() else fold_characters(line)))


def _has_digit(token: str) -> bool:
    return any(map(str.isdigit, token))
