"""Tokens: words, and single characters in scripts that do not space their words."""

from __future__ import annotations

import regex

from pipeline.words.fold import fold

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
"""Scripts written without spaces between words; a shingle of their characters is a character n-gram."""
_TOKEN = regex.compile(rf"(?V1)[[{UNSPACED}]--\p{{M}}--\p{{P}}]\p{{M}}*|[[\p{{L}}\p{{N}}\p{{M}}]--[{UNSPACED}]]+")
_UNSPACED_KIND = regex.compile(rf"(?V1)[{UNSPACED}]")
_SEPARATOR = regex.compile(r"(?V1)[^\p{L}\p{N}\p{M}]")
# Each kind of separator is a walk over the text; a text with more kinds is walked by the pattern, once.
_MOST_SEPARATORS = 32
_ASCII = bytes(range(0x80))
_ASCII_SPACED = bytes(code if code >= 0x80 or chr(code).isalnum() else 0x20 for code in range(0x100))


def tokens(text: str) -> list[str]:
    """Cut a text into folded tokens; punctuation is none of them.

    >>> tokens("The “Straße” isn't 東京, is it?")
    ['the', 'strasse', 'isn', 't', '東', '京', 'is', 'it']
    """
    return tokens_of(fold(text))


def tokens_of(folded: str) -> list[str]:
    """Cut a folded text into tokens."""
    data = folded.encode("utf-8", "surrogatepass")
    kinds = "".join(set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass")))
    separators = _SEPARATOR.findall(kinds)
    if len(separators) > _MOST_SEPARATORS or _UNSPACED_KIND.search(kinds):
        return _TOKEN.findall(folded)
    # Where words are spaced, tokens are what stands between separators; a pattern takes ten times as long to say so.
    spaced = data.translate(_ASCII_SPACED).decode("utf-8", "surrogatepass")
    for separator in separators:
        spaced = spaced.replace(separator, " ")
    return spaced.split()


def count_tokens(text: str) -> int:
    """Count the tokens of a text."""
    return len(tokens(text))
