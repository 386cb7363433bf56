"""A spool gives back what it took, a range of it after the other: from memory, and from disk."""

from __future__ import annotations

import tracemalloc
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.match import spool
from pipeline.match.spool import Spool

BITS = 40
numbers = st.one_of(st.integers(0, 5), st.integers(0, 2**BITS - 1), st.just(2**BITS - 1), st.just(2 ** (BITS - 1)))
batches = st.lists(st.lists(numbers, max_size=12), max_size=12)


def taken(made: Spool, given_batches: list[list[int]]) -> list[list[int]]:
    for batch in given_batches:
        made.add(np.array(batch, np.uint64))
    parts = list(made.parts())
    assert all(part.begin <= number < part.end for part in parts for number in part.numbers.tolist())
    return [sorted(part.numbers.tolist()) for part in parts]


def through_disk(given_batches: list[list[int]], bits: int, expected: int, held: int) -> list[list[int]]:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_HELD", held)
        patch.setattr(spool, "_PART", held)
        parts = taken(Spool(Path(name), "some", bits, expected), given_batches)
        assert list(Path(name).iterdir()) == []
    return parts


@settings(deadline=None)
@given(batches, st.integers(0, 5000))
def test_memory_gives_all_numbers_in_order(given_batches, expected):
    told = sorted(chain(*given_batches))
    assert [*chain(*taken(Spool(None, "some", BITS, expected), given_batches))] == told


@settings(deadline=None)
@given(batches, st.integers(0, 5000), st.integers(1, 9))
def test_disk_gives_all_numbers_in_order(given_batches, expected, held):
    told = sorted(chain(*given_batches))
    assert [*chain(*through_disk(given_batches, BITS, expected, held))] == told


@pytest.mark.parametrize("worth", [0, float("inf")], ids=["compiled", "plain"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=9), max_size=9), st.integers(1, 9), st.integers(0, 1000))
@example([[2**63, 1], [5]], 2, 0)
def test_numbers_may_take_all_bits_and_be_more_than_were_expected(monkeypatch, worth, given_batches, held, expected):
    monkeypatch.setattr(compiling, "WORTH_NS", worth)
    assert [*chain(*through_disk(given_batches, 64, expected, held))] == sorted(chain(*given_batches))


def test_equal_numbers_come_in_one_part():
    """What is found by comparing neighbours is not cut in two."""
    chance = np.random.default_rng(3)
    some = chance.integers(0, 2**10, 2000).astype(np.uint64) << np.uint64(BITS - 10)
    parts = through_disk([some.tolist()[at : at + 50] for at in range(0, 2000, 50)], BITS, 2000, 16)
    assert len(parts) > 50
    assert sum(len(set(part)) for part in parts) == len(set(some.tolist()))


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60), st.integers(0, 4000), st.integers(1, 4))
def test_what_belongs_together_comes_in_one_part_however_much_it_is(groups, expected, held):
    numbers = [[group << 30 | number] for number, group in enumerate(groups)]
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_HELD", held)
        patch.setattr(spool, "_PART", held)
        parts = taken(Spool(Path(name), "some", BITS, expected, together=30), numbers)
    assert [*chain(*parts)] == sorted(chain(*numbers))
    told = [{number >> 30 for number in part} for part in parts]
    assert sum(map(len, told)) == len(set(groups))


def test_it_is_empty_once_it_was_read():
    made = Spool(None, "some", BITS, 10)
    assert taken(made, [[3, 1]]) == [[1, 3]]
    assert taken(made, [[2]]) == [[2]]


def test_few_numbers_never_touch_the_disk(tmp_path):
    made = Spool(tmp_path / "not there", "some", BITS, 10**9)
    assert taken(made, [[3, 1], [2]]) == [[1, 2, 3]]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_is_told(tmp_path):
    """Even of the last few numbers, which are written when the file is closed."""
    made = Spool(tmp_path, "few", 64, 3)
    (tmp_path / "few-000").symlink_to("/dev/full")
    made.add(np.arange(3, dtype=np.uint64))
    with pytest.raises(OSError, match="No space left on device"):
        made.spill()


def test_a_file_that_is_too_large_is_parted_in_hardly_more_than_its_own_memory(monkeypatch, tmp_path):
    """It was held more than twice."""
    count = 1 << 18
    monkeypatch.setattr(spool, "_PART", count // 32)
    monkeypatch.setattr(spool, "_HELD", 4 * count)
    made = Spool(tmp_path, "some", BITS, 1)
    made.add(np.random.default_rng(5).integers(0, 2**BITS, count).astype(np.uint64))
    made.spill()
    tracemalloc.start()
    try:
        sizes = [len(part.numbers) for part in made.parts()]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) == count
    assert max(sizes) < count / 16
    assert most < 1.5 * 8 * count
