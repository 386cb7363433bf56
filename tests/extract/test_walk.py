"""What of a page's body is text."""

from __future__ import annotations

from pipeline.extract.tree import load_tree
from pipeline.extract.walk import walk

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
