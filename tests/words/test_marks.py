"""Sorting marks beforehand changes no normal form, whatever they are and stand on."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.words.marks import _FEW, in_order

# Of several classes, some of which are taken apart into others; letters and what is no mark to every Unicode between.
_PIECES = st.text(alphabet="\u0301\u0316\u0327\u0344\u0345\u0e38\u0e48\u05b0\u0f73\u0f81\uff9e\u3099", max_size=12)
_TEXTS = st.lists(
    st.one_of(
        st.tuples(_PIECES, st.integers(1, _FEW)).map(lambda pair: pair[0] * pair[1]),
        st.sampled_from(["a", "é", "ｶ", " ", "\u200d", "\u034f", "\u1acf", "\U0001e08f"]),
    ),
    max_size=6,
).map("".join)


@given(_TEXTS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
@example("\u0316\u0301" * _FEW + "\u1acf" + "\u0301\u0316" * _FEW, "NFC")
def test_normal_forms_stay_the_same(text, form):
    taken_apart = "NFKD" if "K" in form else "NFD"
    assert unicodedata.normalize(form, in_order(text, taken_apart)) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("run", ["\u0301\u0316", "\u0f73", "\uff9e\u0316"])
def test_a_long_run_comes_out_sorted(run):
    classes = [unicodedata.combining(char) for char in in_order("a" + run * 2 * _FEW, "NFKD")]
    assert classes == sorted(classes)


@pytest.mark.parametrize("text", ["", "plain " * 100, "a\u0301\u0316" * 200, "\u0301\u0316" * (_FEW // 2 - 1)])
def test_any_other_text_stays_as_it_is(text):
    assert in_order(text) == text
