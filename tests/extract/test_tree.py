from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.config import ExtractConfig
from pipeline.errors import Unreadable
from pipeline.extract import tree
from pipeline.extract.html import extract_html
from pipeline.extract.tree import check_size

LEAD = "The harbour master said on Monday that the ferry would not sail before the storm had passed. " * 3
BODY = "Nobody should expect to leave the island by sea, he told the council, which had asked for a date. " * 3
END = "The council thanked him for his candour and ordered candles for the whole of the long winter. " * 3


def nested(depth: int, tag: str = "div") -> str:
    opened, closed = f"<{tag}>" * depth, f"</{tag}>" * depth
    return f"<html><body><p>{LEAD}</p>{opened}<p>{BODY}</p>{closed}<p>{END}</p></body></html>"


def kept(page: str) -> str:
    return extract_html(page, None, ExtractConfig()).text()[1]


@pytest.mark.parametrize("depth", [10, 250, 300, 2000])
def test_a_deeply_nested_page_is_read_whole(depth: int) -> None:
    text = kept(nested(depth))
    assert [part.strip() in text for part in (LEAD, BODY, END)] == [True] * 3


@pytest.mark.parametrize("tag", ["div", "span"])
def test_a_page_nested_too_deeply_is_not_taken_for_an_empty_one(tag: str) -> None:
    with pytest.raises(Unreadable, match=r"extraction-failed: nested 2,048 elements deep"):
        extract_html(nested(20_000, tag), None, ExtractConfig())


def test_a_text_of_many_megabytes_is_read_whole() -> None:
    page = f"<html><body><p>{'The council met again. ' * 500_000}</p></body></html>"
    assert len(kept(page)) > 11_000_000


def test_a_page_of_too_many_tags_is_told_with_its_setting() -> None:
    page = "<html><body>" + "<p>one</p>" * 1000 + "</body></html>"
    assert extract_html(page, None, ExtractConfig(max_tags=2100)).pieces
    with pytest.raises(Unreadable, match=r"too-large: 2,004 tags, over the limit of 2,000; raise extract.max_tags"):
        extract_html(page, None, ExtractConfig(max_tags=2000))


@pytest.mark.parametrize("form", ['a{}="1"', "a{}='x > y'", "a{}=1", "a{}", 'a{} = "1"', "a{}/"])
def test_a_tag_of_too_many_attributes_is_refused(form: str) -> None:
    def page(count: int) -> str:
        return f"<p>x</p><div {' '.join(form.format(number) for number in range(count))}><p>{LEAD}</p></div>"

    check_size(page(5000), 100_000)
    with pytest.raises(Unreadable, match=r"extraction-failed: a tag with 5,001 attributes"):
        check_size(page(5001), 100_000)


def test_attributes_are_counted_over_all_tags() -> None:
    page = "".join(f"<p {' '.join(f'a{number}' for number in range(1000))}>x</p>" for _ in range(30))
    check_size(page, 15_000)
    with pytest.raises(Unreadable, match=r"too-large: 30,000 attributes, over the limit of 28,000"):
        check_size(page, 14_000)


PARTS = [" b=1", ' c="', '"', "'", " = ", ">", "/", "<p ", "<script ", "</script>", "<!--", "-->", "x", " b" * 3000]


@given(st.lists(st.sampled_from(PARTS), max_size=8))
@example([" b" * 3000] * 2)
@example(['""'.join(" b=" for _ in range(5001))])
def test_what_passes_at_one_look_passes_when_it_is_counted(parts: list[str]) -> None:
    page = f"<a{''.join(parts)}>"
    if tree._is_ordinary(page):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tree, "_is_ordinary", lambda _: False)
            check_size(page + " " * 10_000, 100_000)


def test_an_ordinary_page_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_TAG", None)
    page = f"<script type='a>b'>a <b c</script><!-- <b --><p class=\"x > y\" hidden>{LEAD}</p><br/>< " * 100
    check_size(page, 10_000)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_long_values_are_one_attribute(quote: str) -> None:
    words = "state: one > two " * 20_000
    check_size(f"<div data-state={quote}{words}{quote} class=x><p>{words}</p>", 100_000)


@pytest.mark.parametrize(
    "before",
    ["<!-->", "<!--->", "<!-- --!>", "<title><script></title>", "<script></style><!-- </script>", "<xmp><!--</xmp>"],
)
def test_nothing_hides_a_tag(before: str) -> None:
    with pytest.raises(Unreadable, match="a tag with 6,000 attributes"):
        check_size(f"{before}<div{' b=1' * 6000}><p>one</p>", 100_000)


@pytest.mark.parametrize(
    "page",
    [
        "<script>if (a <b && {words}) x()</script><p>one</p>",
        "<STYLE>a <b {words}</STYLE><p>one</p>",
        "<script type='a>b'>a <b {words}",
        "<!-- a <b {words} --><p>one</p>",
    ],
)
def test_scripts_styles_and_comments_hold_no_tags(page: str) -> None:
    check_size(page.replace("{words}", "word " * 10_000), 1000)


@pytest.mark.parametrize("part", ['<a x="1"><b y="', "< ", '<a x="1"y>', "<a =>", "<script>", "<!-- -", "<!--><a "])
def test_tags_that_never_end_are_looked_at_once(part: str) -> None:
    # Looked at from each "<" anew, a megabyte of these would take hours.
    check_size(part * 200_000, 1_000_000)


@pytest.mark.parametrize("part", ['<a x="', "<a x='", "<a x="])
def test_a_tag_that_never_ends_is_refused(part: str) -> None:
    with pytest.raises(Unreadable, match=r"extraction-failed: a tag with [0-9,]+ attributes"):
        check_size(part * 1000 + "<a" + " b" * 6000, 1_000_000)
