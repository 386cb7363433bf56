"""A sieve lets pass what it was given, and next to nothing else; compiled and not it is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.match import sieve as code
from pipeline.match.marks import Packed, pack_hashes
from pipeline.match.sieve import Sieve
from tests.match.packing import stepped

hashes = st.integers(0, 2**64 - 1) | st.integers(0, 2**57)
documents = st.lists(st.sets(hashes, max_size=6).map(sorted), max_size=6)
MIX = 0x9E3779B97F4A7C15


def sifted(sieve: Sieve, packed: Packed, compiled: bool) -> list[tuple[int, int]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", 0 if compiled else float("inf"))
        marks, rows = sieve.sifted(packed)
    return list(zip(marks.tolist(), rows.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(
    documents,
    st.data(),
    st.sampled_from([(4, True), (5, True), (3, False), (4, False), (5, False)]),
    st.sampled_from([(0, 1), (32, MIX)]),
    st.sampled_from([2, 16]),
)
def test_what_it_was_given_passes_with_its_row(corpus, data, form, made, bits):
    pytest.importorskip("numba")
    size, has_steps = form
    down, times = made
    size += has_steps and size < 5
    values = np.array([value for one in corpus for value in one], np.uint64)
    offsets = np.cumsum([0, *map(len, corpus)])
    packed = stepped(values, offsets, size) if has_steps else Packed(pack_hashes(values, size), None, offsets, size)
    below = 64 - 8 * size
    hashes_of = [value >> below << below for value in values.tolist()]
    rows = [row for row, one in enumerate(corpus) for _ in one]
    some = data.draw(st.sets(st.sampled_from(hashes_of), max_size=4)) if hashes_of else set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code, "_BITS", bits)
        sieve, other = (Sieve(size=size, down=down, times=times) for _ in range(2))
    for one, worth in ((sieve, 0), (other, float("inf"))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiling, "WORTH_NS", worth)
            one.add(np.array(sorted(some), np.uint64))
    told = sifted(sieve, packed, compiled=True)
    # Those that stand near, too, are asked there.
    assert set(told) <= set(sifted(other, packed, compiled=False))
    both = list(zip(hashes_of, rows, strict=True))
    assert [one for one in told if one[0] in some] == [one for one in both if one[0] in some]
    assert set(told) <= set(both)


def test_next_to_nothing_else_passes():
    chance = np.random.default_rng(3)
    given_marks, others = (chance.integers(0, 2**40, 100_000, np.uint64) for _ in range(2))
    sieve = Sieve()
    # Small ones, as fingerprints are.
    sieve.add(given_marks)
    assert sieve.has(given_marks).all()
    assert sieve.has(others).mean() < 0.01


@pytest.mark.parametrize("compiled", [True, False])
def test_without_marks_next_to_nothing_passes(compiled):
    pytest.importorskip("numba")
    values = np.arange(1, 1000, dtype=np.uint64) << np.uint64(50)
    packed = Packed(pack_hashes(values, 5), None, np.array([0, len(values)]), 5)
    assert sifted(Sieve(), packed, compiled) == []


def test_what_comes_after_the_first_question_is_an_error():
    sieve = Sieve()
    sieve.has(np.zeros(1, np.uint64))
    with pytest.raises(ValueError, match="asked already"):
        sieve.add(np.zeros(1, np.uint64))
