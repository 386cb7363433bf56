"""Arrays of a page: what stands within what, and what stands so many rows on."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.tree import load_tree
from pipeline.extract.walk import walk
from pipeline.judge.page_measures import measure
from pipeline.judge.page_sketch import is_within, nearest, shifted
from pipeline.judge.spans import Spans

PAGE = "<html><body><ul><li>one<ul><li><p>two</p></li></ul></li></ul><div><p>three</p><p>four</p></div></body></html>"


@given(st.sets(st.integers(0, 9)))
def test_what_is_within_has_a_nearest(chosen: set[int]) -> None:
    tree = load_tree(PAGE)
    assert tree is not None
    page = walk(tree)
    sketch, _ = measure([page])
    places = np.array(sorted(chosen & set(range(len(page.tags)))), np.int64)
    expected = []
    for element in range(len(page.tags)):
        at = element
        while at >= 0 and at not in chosen:
            at = page.parents[at]
        expected.append(at)
    marks = np.zeros(len(page.tags), bool)
    marks[places] = True
    assert nearest(marks, sketch).tolist() == expected
    assert is_within(places, sketch).tolist() == [at >= 0 for at in expected]


def test_beyond_the_ends_of_a_page_stands_what_is_given() -> None:
    blocks = Spans.of(np.array([0, 3]), 5)
    given = shifted(np.array([5, 6, 7, 8, 9]), (-1, 2), -9, blocks)
    assert [values.tolist() for values in given] == [[-9, 5, 6, -9, 8], [7, -9, -9, -9, -9]]
