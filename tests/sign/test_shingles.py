import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.sign.shingles import sorted_set, token_hashes


@given(arrays(np.uint64, st.integers(0, 40), elements=st.integers(0, 9)))
def test_a_sorted_set_is_what_numpy_calls_unique(hashes: np.ndarray) -> None:
    found = sorted_set(hashes)
    assert found.dtype == np.uint64
    assert found.tolist() == np.unique(hashes).tolist()


@given(st.lists(st.text(max_size=3), max_size=20))
def test_each_token_has_its_hash_where_it_stands(tokens: list[str]) -> None:
    assert token_hashes(tokens).tolist() == [int(token_hashes([token])[0]) for token in tokens]
