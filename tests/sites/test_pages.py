"""Sketches of many pages in one row."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sites import learn
from pipeline.sites.pages import Page, Pages

SKETCHES = st.lists(
    st.builds(
        lambda blocks, anchors: Page(np.array(blocks, np.uint64), np.array(anchors, np.uint32)),
        st.lists(st.integers(0, 2**64 - 1), max_size=4),
        st.lists(st.integers(0, 2**32 - 1), max_size=3),
    ),
    max_size=6,
)


def told(pages: list[Page] | Pages) -> list[tuple[list[int], list[int]]]:
    return [(page.blocks.tolist(), page.anchors.tolist()) for page in pages]


@given(SKETCHES, SKETCHES, st.slices(6))
def test_pages_in_a_row_are_cut_and_joined_as_a_list_of_them(one: list[Page], two: list[Page], part: slice) -> None:
    part = slice(part.start, part.stop)
    assert told(Pages.of(one)) == told(one)
    assert told(Pages.of(one)[part]) == told(one[part])
    both = Pages.of(one)[part] + Pages.of(two)[part]
    assert told(both) == told([*one[part], *two[part]])
    assert both.blocks.tolist() == [block for page in both for block in page.blocks.tolist()]
    assert both.sizes.tolist() == [len(page.blocks) for page in both]


@pytest.mark.parametrize("places", [1 << 16, 4])
def test_few_numbers_are_grouped_as_many_are(places: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "_PLACES", places)
    numbers = np.random.default_rng(1).integers(0, 1 << 48, 40)
    numbers[::3] = numbers[1]
    distinct, place, order, ends = learn._grouped(numbers)
    assert distinct.tolist() == sorted(set(numbers.tolist()))
    assert distinct[place].tolist() == numbers.tolist()
    groups = [order[first:last].tolist() for first, last in pairwise(ends.tolist())]
    assert groups == [[at for at, one in enumerate(numbers.tolist()) if one == key] for key in distinct.tolist()]
    assert [one.tolist() for one in learn._grouped(numbers[:0])] == [[], [], [], [0]]
