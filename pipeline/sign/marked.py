"""Texts → the hashes of their tokens and the marks that are made of folded bytes, by compiled code.

Tables of characters are learned where a text needs them, and texts that tables do not decide go another way.
"""

from __future__ import annotations

import hashlib
import itertools
from functools import cache
from typing import NamedTuple

import numpy as np

from pipeline.sign.classes import Classes
from pipeline.sign.compiled import Compiled
from pipeline.sign.rows import Rows, filled
from pipeline.sign.sets import I64, read_only
from pipeline.sign.shingles import U64
from pipeline.sign.texts import Bytes, Texts, packed, string_of
from pipeline.words.fold import normalised
from pipeline.words.tables import BLOCK, Tables


class Marked(NamedTuple):
    """What is made of folded bytes alone, a row for each text."""

    keys: Bytes
    """(texts, 16)"""
    letters: Rows
    """Sketches."""
    figures: Rows
    """Hashes, sorted."""


class Folded(NamedTuple):
    """Texts on the way to shingles."""

    data: Bytes
    """Folded, in UTF-8."""
    ends: I64
    """(texts + 1,): where each begins in `data`, and the last one ends."""
    bounds: U64
    """(2 * tokens,): where each begins and ends in `data`, by turns."""
    hashes: Rows
    """Of tokens."""
    undecided: list[int]
    """Rows of texts, with nothing made of them, that tables of characters do not decide."""


def hashed(fast: Compiled, texts: Texts, first: int) -> Rows:
    """Hash the tokens of texts; `first` is the number of the first one."""
    done = folded(fast, texts, first)
    if not done.undecided:
        return done.hashes
    return filled(done.hashes, done.undecided, decided(fast, texts, first, done.undecided).hashes)


def hashed_and_marked(fast: Compiled, texts: Texts, first: int) -> tuple[Rows, Marked]:
    """Hash the tokens of texts and make their marks; `first` is the number of the first one."""
    done = folded(fast, texts, first)
    marked, rows = _marked(fast, done), done.undecided
    if not rows:
        return done.hashes, marked
    again = decided(fast, texts, first, rows)
    theirs = _marked(fast, again)
    marked.keys[rows] = theirs.keys
    letters = filled(marked.letters, rows, theirs.letters)
    figures = filled(marked.figures, rows, theirs.figures)
    return filled(done.hashes, rows, again.hashes), Marked(marked.keys, letters, figures)


def decided(fast: Compiled, texts: Texts, first: int, rows: list[int]) -> Folded:
    """Fold texts in which characters join with their neighbours: once normalised they do so no more."""
    return folded(fast, packed([normalised(string_of(texts, row, first)) for row in rows]), first, whole=True)


def folded(fast: Compiled, texts: Texts, first: int, whole: bool = False) -> Folded:
    """Fold and cut texts.

    Args:
        fast: the compiled code.
        texts: some texts.
        first: the number of the first one, for errors.
        whole: they went through `normalised`.
    """
    known = _tables()
    data = read_only(texts.data)
    unmet = 0
    while unmet >= 0:
        out, ends, bounds, offsets, results, unmet = fast.read_texts(
            data, texts.offsets, whole, known.entries, known.first, known.starter, known.pool, known.pairs, bits_of()
        )
        if unmet >= 0:
            known.learn([unmet >> BLOCK])
    from pipeline.sign.reading import UNDECIDED, UNSOUND

    if (results == UNSOUND).any():
        raise ValueError(f"text {first + int((results == UNSOUND).argmax())}: no UTF-8")
    hashes = Rows(fast.hash_tokens(out, bounds), offsets)
    return Folded(out, ends, bounds, hashes, np.flatnonzero(results == UNDECIDED).tolist())


def _marked(fast: Compiled, done: Folded) -> Marked:
    known = classes()
    unmet = 0
    while unmet >= 0:
        letters, letter_offsets, figures, figure_offsets, unmet = fast.scan_texts(
            done.data, done.ends, known.of, bits_of()
        )
        if unmet >= 0:
            known.learn([unmet >> BLOCK])
    view = done.data.data
    digests = [hashlib.sha256(view[begin:end]).digest()[:16] for begin, end in itertools.pairwise(done.ends.tolist())]
    keys = np.frombuffer(bytearray(b"".join(digests)), np.uint8).reshape(-1, 16)
    return Marked(keys, Rows(letters, letter_offsets), Rows(figures, figure_offsets))


@cache
def _tables() -> Tables:
    return Tables()


@cache
def classes() -> Classes:
    """Give the classes that were learned so far."""
    return Classes()


@cache
def bits_of() -> U64:
    """Give what `pipeline.sign.reading.bits_of_bytes` does."""
    from pipeline.sign.reading import bits_of_bytes

    return bits_of_bytes()
