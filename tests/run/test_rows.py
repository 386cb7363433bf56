"""What is told of documents once all is settled."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.run.rows import Carriers

DOMAINS = st.sampled_from([None, "", "b.example", "a.example", "ä.example"])


@given(st.integers(0, 3), st.lists(st.tuples(st.integers(-1, 8), DOMAINS), max_size=12), st.integers(0, 12))
def test_carriers_are_counted_as_by_hand(first: int, told: list[tuple[int, str | None]], cut: int) -> None:
    of = np.array([kept for kept, _ in told], np.int64)
    domains = pa.array([domain for _, domain in told], pa.string())
    carriers = Carriers(of, [domains[:cut], domains[cut:]], first)
    for begin, count in ((0, 9), (2, 3)):
        records, sites = carriers.columns(begin, count)
        ran = [
            Counter(domain for kept, domain in told if kept == first + number) for number in range(begin, begin + count)
        ]
        assert records.to_pylist() == [one.total() for one in ran]
        assert sites.to_pylist() == [sorted(filter(None, one)) for one in ran]
