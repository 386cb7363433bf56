"""Figures are found as one pattern tells what they are, at a cost that rises with the length of a text only."""

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.sign.figures import figures_of

WHOLE = regex.compile(r"(?<![^\W_])[^\W\d_]*\d+(?:[.,/:\-]\d+|[^\W_]+)*")


@given(st.one_of(st.text(st.characters(exclude_categories=())), st.text("a1é٣²-/.:,_ \u0301\u203f")))
@example("a1b2-3/4x")
@example("_1_2 -3-- 4.-5 x-6 7-x8 9")
def test_figures_are_what_the_pattern_finds(folded: str) -> None:
    assert figures_of(folded) == WHOLE.findall(folded)


def test_a_text_that_is_one_figure() -> None:
    text = "1-a" + "1-" * 1_000_000 + "1"
    assert figures_of(text) == ["1", text[2:]]
