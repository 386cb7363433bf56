"""What of a page's body is text."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.extract.tree import load_tree
from pipeline.extract.walk import walk, walk_elements, walk_written
from pipeline.judge import masks
from pipeline.judge.page import Page

_POST = "<p>The crane was painted again in spring, and nobody here remembers who asked for that shade of green.</p>"
_PLEA = "<noscript>Please switch on JavaScript to see this page.</noscript>"


def _texts(body: str) -> list[str]:
    tree = load_tree(f"<html><head><noscript><link href='x.css'></noscript></head><body>{body}</body></html>")
    assert tree is not None
    return walk(tree).texts


def test_posts_that_only_readers_without_scripts_are_given_are_text() -> None:
    assert len(_texts(f"<div id='app'></div><noscript><div class='post'>{_POST * 5}</div></noscript>")) == 5


def test_a_noscript_that_is_never_closed_holds_the_rest_of_its_page() -> None:
    assert len(_texts(f"<noscript><img src='counter.gif'>{_POST * 8}")) == 8


def test_a_plea_to_switch_scripts_on_is_no_text() -> None:
    assert len(_texts(f"{_PLEA}{_POST * 2}")) == 2
    assert _texts(_PLEA) == []


def test_what_stands_in_a_noscript_beside_a_text_is_none() -> None:
    links = "".join(f"<a href='/{number}'>Another story of the harbour, number {number}</a> " for number in range(10))
    assert len(_texts(f"{_POST * 4}<noscript>{links}</noscript>")) == 4


def test_styles_in_a_noscript_are_no_text() -> None:
    styles = "<style>" + ".crane { color: green } " * 200 + "</style>"
    assert len(_texts(f"<noscript>{styles}</noscript>{_POST * 2}")) == 2


_TAGS = ("p", "div", "a", "b", "span", "pre", "li", "ul", "td", "h1", "svg", "noscript", "custom-element", "o:p", 'x"y')
_NAMES = ("class", "id", "role", "itemprop", "style", "hidden", "aria-hidden", "href", "xml:id", '"q')
_VALUES = st.sampled_from(
    ("note", "entry  big", "", "true", "Display : none", "visibility: hidden;", "a&amp;b&lt;&quot;", "é" * 399 + "ab")
)
_ATTRIBUTE = st.tuples(st.sampled_from(_NAMES), _VALUES | st.text(max_size=3)).map(lambda one: f' {one[0]}="{one[1]}"')
_OPENING = st.tuples(st.sampled_from(_TAGS), st.lists(_ATTRIBUTE, max_size=3)).map(
    lambda one: f"<{one[0]}{''.join(one[1])}>"
)
_WORDS = st.sampled_from(
    (
        "Tide",
        " in \n",
        "\u00a0",
        "\u3000x\u2028",
        "\n",
        "  ",
        "a&lt;b&gt;&amp;",
        "…“é”",
        "😀",
        "\x0c",
        "&#1;",
        "<![CDATA[x]]>",
    )
)
_PIECE = _OPENING | st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>") | _WORDS | st.text(max_size=3) | st.just("<br>")


@pytest.mark.skipif(masks._numba() is None, reason="numba is not there")
@given(st.lists(_PIECE, max_size=30).map("".join))
@example("<pre> one\n <br>two<b> three</b>\n</pre>four<pre>\n<br></pre><pre>five</pre>")
@example("<script>a < b</script><p>one<script>c</script> <a href=x>two </a>three<style>p > a {}</style></p>")
def test_a_page_that_is_written_down_is_walked_as_its_elements_are(body: str) -> None:
    fast = masks._numba()
    tree = load_tree(f"<html><body>{body}</body></html>")
    assert fast is not None
    assert tree is not None
    found = tree.find("body")
    element = tree if found is None else found
    written, walked = walk_written(element, fast), Page()
    walk_elements(element, walked)
    if written is None:
        # Control characters are lost when a tree is written down.
        assert re.search(r"[\x00-\x08\x0b-\x1f]|&#1;", body)
        return
    for field in dataclasses.fields(Page):
        one = getattr(written, field.name)
        assert (one.tolist() if isinstance(one, np.ndarray) else one) == getattr(walked, field.name), field.name
