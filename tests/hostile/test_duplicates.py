"""Corpora that nobody writes end with the right documents kept, in linear time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.hostile.growth import grows_linearly, scaled
from tests.match.articles import FERRY, MUSEUM, scanned
from tests.select.test_arrivals import arriving

Texts = list[str]

_NOTICE = (
    "The harbour office reports for {}: north gauge {} metres, south gauge {} metres, flow {} cubic metres a second. "
    "Skippers are asked to keep to the marked channel, to pass the works at the lock slowly, and to listen for further "
    "notices of the office on the usual channel through the whole of the day."
)
_PASSAGE = (
    "We publish this list on behalf of all members of the association and take no responsibility for the content of "
    "any of the entries that follow below or for anything that may result from them in any way. "
)


def fates(texts: Texts) -> list[int | None]:
    """What each is a duplicate of."""
    arrivals = arriving(texts)
    return [arrivals.choose().duplicate_of for _ in texts]


def words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices("abcdefghijklmn", k=5)) for _ in range(count))


def other_figures(count: int) -> Texts:
    chance = random.Random(1)
    return [_NOTICE.format(*(chance.randrange(100_000) for _ in range(4))) for _ in range(count)]


def other_names(count: int) -> Texts:
    chance = random.Random(1)
    return [_NOTICE.format(words(chance, 1), "2.41", "3.07", 180) for _ in range(count)]


def one_passage(count: int) -> Texts:
    chance = random.Random(1)
    return [_PASSAGE + words(chance, 80) for _ in range(count)]


def other_ends(count: int) -> Texts:
    chance = random.Random(1)
    return [f"{_PASSAGE} {words(chance, 4)}" for _ in range(count)]


@dataclass(frozen=True)
class Corpus:
    make: Callable[[int], Texts]
    fate: Callable[[int], int | None]
    """What document number so and so is a duplicate of."""
    size: int = 500
    thorough: int = 50_000


def first(number: int) -> int | None:
    return 0 if number else None


def kept(_: int) -> None:
    return None


CORPORA = {
    "one text": Corpus(lambda count: [FERRY] * count, first),
    "no text": Corpus(lambda count: [""] * count, first),
    "spaces": Corpus(lambda count: [" \n" * (at % 90) for at in range(count)], first),
    "punctuation": Corpus(
        lambda count: ["?!.," * (1 + at % 50) for at in range(count)], lambda at: at % 50 if at >= 50 else None
    ),
    "one letter": Corpus(lambda count: ["x"] * count, first),
    "one token": Corpus(lambda count: ["word " * (20 + at % 300) for at in range(count)], first),
    "other figures": Corpus(other_figures, kept, 400),
    "other names": Corpus(other_names, first),
    "one passage": Corpus(one_passage, kept),
    "other ends": Corpus(other_ends, first),
    "two texts by turns": Corpus(
        lambda count: [(FERRY, MUSEUM)[at % 2] for at in range(count)], lambda at: at % 2 if at > 1 else None
    ),
    "scans of one text": Corpus(lambda count: [scanned(FERRY, 0.03, at) for at in range(count)], first, 120, 2_000),
}


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_takes_linear_time(name: str) -> None:
    corpus = CORPORA[name]

    def choose(texts: Texts) -> None:
        assert fates(texts) == [corpus.fate(number) for number in range(len(texts))]

    assert grows_linearly(choose, corpus.make, scaled(corpus.size, corpus.thorough))


def prose(size: int, seed: int = 1) -> str:
    return words(random.Random(seed), size // 6)


def edited(text: str) -> str:
    """One word in a hundred is another one."""
    told = text.split(" ")
    for at in range(50, len(told), 100):
        told[at] = "meanwhile"
    return " ".join(told)


def lines_of(size: int) -> str:
    return "\n".join(words(random.Random(at), 1) for at in range(size // 6))


# Pairs, each a function of the size in characters, and whether the second one is a copy of the first.
PAIRS: dict[str, tuple[Callable[[int], Texts], bool]] = {
    "a long text twice": (lambda size: [prose(size)] * 2, True),
    "a long text and an edited copy": (lambda size: [prose(size), edited(prose(size))], True),
    "a long text and another": (lambda size: [prose(size), prose(size, 2)], False),
    "a long text and a scan of it": (lambda size: [prose(size), scanned(prose(size), 0.05)], True),
    "a long text and its half": (lambda size: [prose(size), prose(size)[: size // 2]], True),
    "other spaces": (lambda size: [prose(size), prose(size).replace(" ", "").replace("a", "a ")], True),
    "one token many times": (lambda size: ["word " * (size // 5), "word " * (size // 7)], True),
    "two tokens by turns": (lambda size: ["one two " * (size // 8), "two one " * (size // 9)], True),
    "a long token twice": (lambda size: ["x" * size] * 2, True),
    # They are one token each, and too short to be compared otherwise than whole.
    "long tokens that differ at the end": (lambda size: ["x" * size + "a", "x" * size + "b"], False),
    "long tokens among others": (
        lambda size: [f"{_PASSAGE}{'x' * size}a {_PASSAGE}", f"{_PASSAGE}{'x' * size}b {_PASSAGE}"],
        True,
    ),
    "figures without end": (lambda size: ["1.2," * (size // 4) + _PASSAGE] * 2, True),
    "other figures all over": (
        lambda size: ["".join(f"{at * step} gauge, " for at in range(size // 12)) for step in (3, 7)],
        False,
    ),
    "quotes that never end": (lambda size: ['"'.join(prose(size).split("b")), edited(prose(size))], True),
    "nothing but quotes": (lambda size: [_PASSAGE + '"' * size, edited(_PASSAGE) + "“" * size], True),
    "short lines": (lambda size: [lines_of(size), edited(lines_of(size).replace("\n", " "))], True),
    # It is a composite.
    "short lines over another article": (lambda size: [lines_of(size), f"{lines_of(size)}\n{prose(size, 2)}"], False),
    "empty lines": (lambda size: [_PASSAGE * 2 + "\n" * size, "\n" * size + edited(_PASSAGE * 2)], True),
    "nothing but punctuation": (lambda size: ["?!.," * (size // 4), "?!.," * (size // 5)], False),
}


# A line takes longer than its letters.
_SIZES = dict.fromkeys(("short lines", "short lines over another article"), 40_000)


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_takes_linear_time(name: str) -> None:
    make, copy = PAIRS[name]

    def choose(texts: Texts) -> None:
        assert fates(texts) == [None, 0 if copy else None]

    assert grows_linearly(choose, make, scaled(_SIZES.get(name, 120_000), 5_000_000))


def test_megabytes_twice_are_a_text_and_a_copy() -> None:
    text = prose(scaled(1_000_000, 50_000_000))
    assert fates([text, text, text.upper()]) == [None, 0, 0]


def test_megabytes_with_a_word_more_or_half_of_them_are_copies() -> None:
    text = prose(scaled(500_000, 10_000_000))
    assert fates([text, f"{text} more", text[: len(text) // 2]]) == [None, 0, 0]
