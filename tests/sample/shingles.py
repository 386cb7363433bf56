"""Likeness by its definition: sets of word 5-grams, no signatures. What the truth is checked against."""

from __future__ import annotations

from pipeline.words.tokens import tokens

SHINGLE = 5


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    found = tokens(text)
    return frozenset(tuple(found[at : at + SHINGLE]) for at in range(max(1, len(found) - SHINGLE + 1)))


def alike(one: str, other: str) -> tuple[float, float]:
    """Give the Jaccard similarity, and the share of the first text's shingles that the second has."""
    left, right = shingles(one), shingles(other)
    return len(left & right) / len(left | right), len(left & right) / len(left)
