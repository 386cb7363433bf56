"""Tokens: words, and single characters in scripts that do not space their words."""

from __future__ import annotations

import regex

from pipeline.words.fold import fold

# Scripts written without spaces between words; a shingle of their characters is a character n-gram.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_TOKEN = regex.compile(rf"(?V1)[[{_UNSPACED}]--\p{{M}}--\p{{P}}]\p{{M}}*|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+")


def tokens(text: str) -> list[str]:
    """Cut a text into folded tokens; punctuation is none of them.

    >>> tokens("The “Straße” isn't 東京, is it?")
    ['the', 'strasse', 'isn', 't', '東', '京', 'is', 'it']
    """
    return _TOKEN.findall(fold(text))


def count_tokens(text: str) -> int:
    """Count the tokens of a text."""
    return len(tokens(text))
