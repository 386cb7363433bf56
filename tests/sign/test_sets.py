import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.sign.sets import intersections

_SETS = st.lists(st.sets(st.one_of(st.integers(0, 30), st.integers(0, 2**64 - 1)), max_size=30), min_size=1, max_size=8)


def flat(sets: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.concatenate([[0], np.cumsum(list(map(len, sets)))])
    return offsets, np.array([value for one in sets for value in sorted(one)], np.uint64)


@pytest.mark.parametrize("way", ["numba", "fallback"])
@given(sets=_SETS, data=st.data())
def test_pairs_share_what_sets_share(way: str, sets: list[set[int]], data: st.DataObject) -> None:
    numbers = st.integers(0, len(sets) - 1)
    pairs = data.draw(st.lists(st.tuples(numbers, numbers), max_size=10))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        if way == "numba":
            pytest.importorskip("numba")
        patch.setattr(compiling, "WORTH_NS", 0 if way == "numba" else float("inf"))
        found = intersections(*flat(sets), left, right)
    assert found.tolist() == [len(sets[one] & sets[two]) for one, two in pairs]


def test_what_would_be_read_beyond_is_refused() -> None:
    offsets, values = flat([{1, 2}, {2}])
    nought = np.array([0])
    with pytest.raises(IndexError, match="there are 2"):
        intersections(offsets, values, nought, np.array([2]))
    with pytest.raises(IndexError, match="there are 2"):
        intersections(offsets, values, np.array([-1]), nought)
    with pytest.raises(IndexError, match="to at most 3"):
        intersections(np.array([0, 2, 4]), values, nought, nought)
    with pytest.raises(IndexError, match="to at most 3"):
        intersections(np.array([0, 2, 1]), values, nought, nought)
    with pytest.raises(ValueError, match="a pair needs one of each"):
        intersections(offsets, values, nought, np.array([0, 1]))
