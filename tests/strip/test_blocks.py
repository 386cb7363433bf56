from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decode import normalise
from pipeline.strip.blocks import is_bold, plain, split_blocks
from pipeline.words.fold import fold


@settings(deadline=None)
@given(st.text(st.sampled_from("ab#*-_`>|1. \n\t東é[]()")))
def test_blocks_are_the_non_empty_lines(text: str) -> None:
    blocks = split_blocks(text)
    assert [block.text for block in blocks] == [line.strip() for line in text.split("\n") if line.strip()]
    assert all(text[block.start : block.end] == block.text for block in blocks)


@pytest.mark.parametrize(
    ("line", "shape", "folded"),
    [
        ("# The **Port**", "heading", "the port"),
        ("#hashtag", "paragraph", "#hashtag"),
        ("- One", "list", "one"),
        ("• Ein", "list", "ein"),
        ("  1. Tariffs", "list", "tariffs"),
        ("> Quoted", "quote", "quoted"),
        ("| a | b |", "table", "| a | b |"),
        ("**Bold line**", "paragraph", "bold line"),
        ("[Read more](https://example.org)", "paragraph", "read more"),
        ("***", "paragraph", "***"),
        ("-", "paragraph", "-"),
        ("5.2 percent more", "paragraph", "5.2 percent more"),
        ("snake_case stays", "paragraph", "snake_case stays"),
    ],
)
def test_shape_and_folded_text(line: str, shape: str, folded: str) -> None:
    (block,) = split_blocks(line)
    assert (block.shape, block.folded) == (shape, folded)


def test_lines_between_fences_are_code() -> None:
    blocks = split_blocks("Text\n```python\n# no heading\n- no list\n```\n- list")
    assert [block.shape for block in blocks] == ["paragraph", "code", "code", "code", "code", "list"]


def test_blank_lines_before_are_known() -> None:
    assert [block.spaced for block in split_blocks("a\nb\n\nc")] == [True, False, True]


def test_bold_lines() -> None:
    assert [is_bold(block) for block in split_blocks("**A b**\n**A** b **c**\nA\n****")] == [True, False, False, False]


def test_plain_leaves_signs_of_the_text() -> None:
    assert plain("a footnote* and 2*3") == "a footnote* and 2*3"


@pytest.mark.parametrize("text", ["x" * 10_000_000, "[" * 2_000_000, "a\n" * 500_000, "* " * 2_000_000])
def test_splitting_is_linear(text: str) -> None:
    began = time.process_time()
    split_blocks(text)
    assert time.process_time() - began < 15


@settings(deadline=None)
@given(st.text(alphabet="aÉ“’`—…ﬁß \n\u0301\u00ad\u2028", max_size=80))
def test_each_line_is_folded_as_if_it_stood_alone(text: str) -> None:
    assert all(block.folded == fold(block.text) for block in split_blocks(text))


@settings(deadline=None)
@given(st.text(alphabet="aÉ“¨´\u200b\ufdfa-•1.#>*_`~[]() \n\u0301", max_size=60).map(normalise))
def test_a_tidy_text_need_not_be_looked_at(text: str) -> None:
    assert list(split_blocks(text, tidy=True)) == list(split_blocks(text))


def test_columns_agree_with_blocks() -> None:
    blocks = split_blocks("  One\n\n- **Two**\nThree ")
    assert [block.folded for block in blocks] == blocks.folded == ["one", "two", "three"]
    assert (blocks.starts, blocks.spaced) == ([2, 7, 17], [True, True, False])
    assert [blocks.span(index) for index in range(3)] == [(block.start, block.end) for block in blocks]
    assert blocks[1:] == list(blocks)[1:]


TIDY = st.text(alphabet="aÉ“\u200b-•1.#>*_` \n", max_size=60).map(normalise)


@settings(deadline=None)
@given(TIDY)
def test_the_bytes_of_a_block_are_those_of_its_folded_text(text: str) -> None:
    for blocks in (split_blocks(text, tidy=True), split_blocks(text)):
        assert [data.decode() for data in blocks.data] == blocks.folded
