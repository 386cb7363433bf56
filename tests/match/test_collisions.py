"""Documents with a mark in common are found, whatever they are cut into."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.match import sieve, spool
from pipeline.match.collisions import Channel, Found
from pipeline.match.marks import Packed, pack_hashes

# The first two differ in one bit. Of hashes five bytes are kept.
MARKS = [0, 1 << 39, 2**64 - (1 << 40), *(at * 0x9E3779B97F4A7C15 % 2**64 >> 24 << 24 for at in range(1, 6))]
corpora = st.lists(st.sets(st.integers(0, len(MARKS) - 1), max_size=4), max_size=24)


def found_in(
    documents: list[set[int]], old: int, few: int, folder: Path | None, each: int, most: int = 99, sift: bool = False
) -> list[Found]:
    channel = Channel("some", len(documents), old, few, most, folder, 4 * len(documents))

    def sift_old(marks: np.ndarray, numbers: np.ndarray) -> None:
        first = int(numbers.min(initial=old))
        offsets = np.searchsorted(numbers, np.arange(first, old + 1))
        channel.sift_old(Packed(pack_hashes(marks, 5), None, offsets, 5), first)

    for begin, end, add in (
        (old, len(documents), channel.add_new),
        (0, old, sift_old if sift else channel.add_old),
    ):
        for at in range(begin, end, each):
            of = [(MARKS[mark], number) for number in range(at, min(at + each, end)) for mark in documents[number]]
            add(np.array([mark for mark, _ in of], np.uint64), np.array([number for _, number in of], np.int64))
    return list(map(channel.found, channel.parts()))


def told(found: list[Found], most: int = 99) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Every pair once for each mark, and the documents of each crowd."""
    pairs, crowds = [], []
    for part in found:
        pairs += [(number >> 32, number & 0xFFFFFFFF) for number in part.pairs.tolist()]
        members = defaultdict(list)
        for number in part.members.tolist():
            members[number & 0xFFFFFFFF].append(number >> 32)
        assert sorted(members) == list(range(len(part.sizes)))
        old = np.split(part.old, np.cumsum(part.old_sizes)[:-1])
        of_part = [of_old.tolist() + sorted(members[crowd]) for crowd, of_old in enumerate(old[: len(part.sizes)])]
        assert part.old_sizes.max(initial=0) <= most
        assert [min(len(one), most) for one in of_part] == np.minimum(part.sizes, most).tolist()
        crowds += of_part
    return sorted(pairs), sorted(crowds)


def by_looking(
    documents: list[set[int]], old: int, few: int, most: int = 99
) -> tuple[list[tuple[int, int]], list[list[int]]]:
    pairs, crowds = [], []
    for mark in range(len(MARKS)):
        having = [number for number, marks in enumerate(documents) if mark in marks]
        if not having or having[-1] < old:
            continue
        if len(having) > few:
            crowds.append([one for one in having if one < old][:most] + [one for one in having if one >= old])
        else:
            pairs += [(two, one) for two in having for one in having if one < two and two >= old]
    return sorted(pairs), sorted(crowds)


@settings(max_examples=200, deadline=None)
@given(corpora, st.integers(0, 24), st.integers(2, 6), st.integers(1, 9))
def test_pairs_and_crowds_are_those_of_looking_at_all(documents, old, few, each):
    old = min(old, len(documents))
    assert told(found_in(documents, old, few, None, each)) == by_looking(documents, old, few)


@settings(max_examples=100, deadline=None)
@given(corpora, st.integers(0, 24), st.integers(2, 4), st.integers(0, 4), st.integers(1, 9), st.sampled_from([0, 99]))
def test_of_a_crowd_the_first_old_ones_matter(documents, old, few, more, each, counted):
    pytest.importorskip("numba")
    old, most = min(old, len(documents)), few + more
    looked = by_looking(documents, old, few, most)
    for worth in (0, float("inf")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiling, "WORTH_NS", worth)
            patch.setattr(sieve, "_COUNTED", counted)
            found = found_in(documents, old, few, None, each, most, sift=True)
        assert told(found, most) == looked


@settings(max_examples=100, deadline=None)
@given(corpora, st.integers(0, 24), st.integers(2, 6), st.integers(1, 9))
def test_disk_finds_what_memory_does(documents, old, few, each):
    old = min(old, len(documents))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_HELD", 5)
        patch.setattr(spool, "_PART", 5)
        # So that it lets pass what no new document has.
        patch.setattr(sieve, "_BITS", 3)
        assert told(found_in(documents, old, few, Path(folder), each)) == by_looking(documents, old, few)


def test_old_documents_are_not_paired_among_themselves():
    pairs, crowds = told(found_in([{5}, {5}, {5}], 2, 9, None, 2))
    assert pairs == [(2, 0), (2, 1)]
    assert crowds == []


def test_a_crowd_of_old_documents_alone_is_none():
    assert told(found_in([{5}] * 9 + [{6}], 9, 2, None, 2)) == ([], [])


def test_old_documents_without_new_ones_before_them_are_an_error():
    channel = Channel("some", 2, 0, 2, 2, None, 2)
    with pytest.raises(ValueError, match="no old documents"):
        channel.add_old(np.array([1], np.uint64), np.array([0], np.int64))
