"""Pieces hold every file once, in order, within their limits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flows.pieces import cut


@dataclass(frozen=True)
class File:
    size: int


SIZES = st.lists(st.integers(0, 50), max_size=40)


@given(SIZES, st.integers(1, 10), st.integers(1, 100))
def test_cut(sizes, most_files, most_bytes):
    files = [File(size) for size in sizes]
    pieces = list(cut(files, most_files, most_bytes))
    assert [file for piece in pieces for file in piece] == files
    for piece in pieces:
        assert 1 <= len(piece) <= most_files
        assert len(piece) == 1 or sum(file.size for file in piece) <= most_bytes
    for piece, following in pairwise(pieces):
        # None is cut short without need.
        assert len(piece) == most_files or sum(file.size for file in piece) + following[0].size > most_bytes
