"""Aligning a page's blocks with its labelled text."""

from __future__ import annotations

from training.page_labels import label_segments, label_text

_ONE = "The council met on Monday evening and spoke for three hours about the old bridge."
_TWO = "Nobody could say who had the plans, which were last seen in nineteen ninety four."


def test_blocks_of_the_text_are_told_from_others() -> None:
    blocks = [
        "Home",
        "Old bridge",
        _ONE,
        "Share this",
        _TWO,
        "Read more about other towns and what they do with theirs",
    ]
    assert label_text(blocks, f"Old bridge\n{_ONE}\n{_TWO}") == [0, 1, 1, 0, 1, 0]


def test_of_copies_the_one_beside_the_text_counts() -> None:
    blocks = ["Menu"] * 20 + [_ONE] + ["Menu"] * 20 + [_ONE, _TWO]
    labels = label_text(blocks, f"{_ONE}\n{_TWO}")
    assert [number for number, label in enumerate(labels) if label] == [41, 42]


def test_a_block_with_more_than_the_text_is_text_in_part() -> None:
    (label,) = label_text([f"{_ONE} And then a call to subscribe to the paper that nobody had asked for today."], _ONE)
    assert 0.4 < label < 0.7


def test_segments_label_the_blocks_that_hold_them() -> None:
    assert label_segments([_ONE, "Share this", _TWO], ["old bridge"], ["Share this"]) == [1.0, 0.0, None]
