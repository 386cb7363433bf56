from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.decode import normalise
from pipeline.sign.texts import Strings
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.find import is_prose_at, surely_prose
from pipeline.strip.rows import Rows
from pipeline.strip.split import split_texts

_LINE = st.one_of(
    st.sampled_from(["Ein Satz, „größer“ als 90 Zeichen. " * 4, "# A title", "- an item", "7. Juni", "Ends so:", "]("]),
    st.sampled_from(
        ["`code`", "A [link](x)", "A [1] (b)", "*Bold*", "~~~", "ẞ İ ﬁ ½ №", "e\u0301", "\u200b", "㍿ ㋀", "· dot"]
    ),
    st.text(alphabet="aBz É’…。日", max_size=12),
    st.text(max_size=12),
)
_TEXT = st.lists(st.one_of(_LINE, st.just("")), max_size=8).map("\n".join).map(normalise)


def _columns(blocks: Blocks) -> tuple[object, ...]:
    held = blocks.texts, blocks.shapes, blocks.starts, blocks.spaced, blocks.data, blocks.folded
    return blocks.source, len(blocks), blocks.whole, blocks.high, blocks.marked, blocks.is_lined, *held, list(blocks)


@given(st.lists(_TEXT, max_size=6))
@settings(max_examples=400)
@example(["", "A", "Ǆ" * 9, "12345678\n\n1234567\n\n123456é", "x]", "(y"])
@example(["½" * 40, "a\n\nb", "\u1e9e\u01c4" * 30])
def test_each_text_is_split_as_by_itself(texts: list[str]) -> None:
    alone = [split_blocks(text, tidy=True) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", 0)
        together = split_texts(texts)
    assert list(map(_columns, together)) == list(map(_columns, alone))
    one, other = Rows.of(together), Rows.of(alone)
    for name in ("starts", "sizes", "chars", "last_chars", "places", "marked"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.whole == other.whole


def test_texts_of_paragraphs_are_split_in_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    monkeypatch.setattr("pipeline.strip.split.split_blocks", None)
    (blocks,) = split_texts(["Größer als „zuvor“ – so – hieß es…\n\nThe End."])
    assert blocks.folded == ['grösser als "zuvor" - so - hiess es...', "the end."]


@given(st.lists(_TEXT, min_size=1, max_size=6))
def test_what_is_surely_prose_is_prose(texts: list[str]) -> None:
    rows = Rows.of([split_blocks(text, tidy=True) for text in texts])
    sure = surely_prose(rows)
    for at in np.flatnonzero(sure).tolist():
        text = int(rows.text[at])
        assert is_prose_at(rows.batch[text], at - int(rows.firsts[text]))


def test_texts_that_were_settled_are_split_as_they_are_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "WORTH_NS", 0)
    came = Strings(["As it came.\n\nThe End.", " Untidy \r\n\ttext\x00 ", "- One\n- Two", ""])
    texts = came.changed({1: "Tidy\ntext"})
    assert list(map(_columns, split_texts(texts))) == [_columns(split_blocks(text, tidy=True)) for text in texts]


@given(st.permutations(range(6)), st.lists(_TEXT, min_size=6, max_size=6))
def test_texts_that_were_split_together_may_stand_in_any_order(order: list[int], texts: list[str]) -> None:
    alone = [split_blocks(text, tidy=True) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", 0)
        together = split_texts(texts)
    one, other = Rows.of([together[at] for at in order]), Rows.of([alone[at] for at in order])
    for name in ("whole", "starts", "sizes", "chars", "last_chars", "places", "marked"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
