"""Marks come back from their bytes, but for the lower bytes that are not kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match.marks import join_hashes, pack_hashes, part_hashes, unpack_hashes

hashes = st.integers(0, 2**64 - 1) | st.integers(0, 2**57)
documents = st.lists(st.sets(hashes, max_size=6).map(sorted), max_size=6)


def cut(values: list[int], size: int) -> list[int]:
    bits = 64 - 8 * size
    return [value >> bits << bits for value in values]


@given(documents, st.integers(2, 8))
def test_sorted_hashes_come_back_from_their_two_rows(corpus, size):
    values = [value for one in corpus for value in one]
    offsets = np.cumsum([0, *map(len, corpus)])
    lower, steps = part_hashes(np.array(values, np.uint64), offsets, size)
    assert (len(lower), len(steps)) == ((size - 1) * len(values), len(values))
    assert join_hashes(lower, steps, offsets, size).tolist() == cut(values, size)


@given(st.lists(hashes, max_size=8), st.integers(1, 8))
def test_hashes_come_back_from_their_bytes(values, size):
    packed = pack_hashes(np.array(values, np.uint64), size)
    assert unpack_hashes(packed, size).tolist() == cut(values, size)


@given(documents)
def test_the_rows_of_a_document_are_those_that_it_has_alone(corpus):
    values = [value for one in corpus for value in one]
    offsets = np.cumsum([0, *map(len, corpus)])
    together = part_hashes(np.array(values, np.uint64), offsets, 5)
    alone = [part_hashes(np.array(one, np.uint64), np.array([0, len(one)]), 5) for one in corpus]
    for row, parts in zip(together, zip(*alone, strict=True), strict=False):
        assert row.tobytes() == b"".join(part.tobytes() for part in parts)
