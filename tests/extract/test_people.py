from __future__ import annotations

import pytest

from pipeline.extract.people import read_names
from tests.extract.pages import STORY, linked, page, read

TWO = ("Jane Roe", "John Doe")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("By Jane Roe", ("Jane Roe",)),
        ("Written by Jane Roe and John Doe", TWO),
        ("BY JANE ROE", ("JANE ROE",)),
        ("Von Jana Rösch und Hans Ehrlich", ("Jana Rösch", "Hans Ehrlich")),
        ("Ein Gastbeitrag von Jana Rösch", ("Jana Rösch",)),
        ("Par Jeanne Dupré et Luc Morel", ("Jeanne Dupré", "Luc Morel")),
        ("Por Juana Ruiz y Pedro Gil", ("Juana Ruiz", "Pedro Gil")),
        ("Por: Joana Sousa e Rui Melo", ("Joana Sousa", "Rui Melo")),
        ("Di Gianna Rossi e Ugo Conti", ("Gianna Rossi", "Ugo Conti")),
        ("Door Janneke de Wit en Piet van Dam", ("Janneke de Wit", "Piet van Dam")),
        ("Автор: Жанна Орлова", ("Жанна Орлова",)),
        ("بقلم: جنى العلي", ("جنى العلي",)),
        ("作者：林小雨", ("林小雨",)),
        ("記者／陳大文", ("陳大文",)),
        ("文：佐藤花子", ("佐藤花子",)),
        ("김하나 기자", ("김하나",)),
        ("Jane Roe, Staff Writer", ("Jane Roe",)),
        ("Jane Roe, MD, and John Doe, PhD", TWO),
        ("Jane Roe (Harbour Mole) & John Doe", TWO),
        ("Jane Roe | Updated May 3, 2021", ("Jane Roe",)),
        ("Jane Roe – Lisbon", ("Jane Roe",)),
        ("Jane Roe in Lisbon", ("Jane Roe",)),
        ("Jane Roe for the Quay Agency", ("Jane Roe",)),
        ("Jane Roe jane@mole.example", ("Jane Roe",)),
        ("Jane Roe @janeroe", ("Jane Roe",)),
        ("Jane O'Roe-Smith", ("Jane O'Roe-Smith",)),
        ("Ludwig van der Doe", ("Ludwig van der Doe",)),
        ("April May", ("April May",)),
        ("Jane Roe; Jane Roe", ("Jane Roe",)),
        ("Posted by admin", ()),
        ("https://www.facebook.com/janeroe", ()),
        ("May 3, 2021", ()),
        ("By the end of the year", ()),
        ("By sending a Pull Request", ()),
        ("Follow us", ()),
        ("Harbour Mole Ltd", ()),
        ("Foto: dpa", ()),
        ("", ()),
        ("By", ()),
    ],
)
def test_bylines(written: str, names: tuple[str, ...]) -> None:
    assert read_names(written, trusted=False) == names


@pytest.mark.parametrize(
    "name", ["admin", "Editor", "redaktion", "Unknown", "null", "wpadmin", "Facebook", "88.7k", "编辑"]
)
def test_nobodies_are_no_authors(name: str) -> None:
    assert read_names(name, trusted=True) == ()


@pytest.mark.parametrize("name", ["Jane", "jroe_42", "Madonna", "ابتسام", "Джейн"])
def test_a_field_may_hold_one_word(name: str) -> None:
    assert read_names(name, trusted=True) == (name,)


def test_a_line_that_is_no_field_must_look_like_a_name() -> None:
    assert read_names("Jane", trusted=False) == ()
    assert read_names("jane roe", trusted=False) == ()
    assert read_names("Jane Roe", trusted=False) == ("Jane Roe",)


def authors(head: str = "", body: str = "") -> tuple[str, ...]:
    return read(page(head, f"<h1>Tide turns at last</h1>{body}{STORY}")).authors


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="author" content="Jane Roe, John Doe">',
        '<meta property="article:author" content="Jane Roe"><meta property="article:author" content="John Doe">',
        '<meta name="citation_author" content="Roe, Jane"><meta name="citation_author" content="Doe, John">',
        '<meta name="dc.creator" content="Jane Roe; John Doe">',
        '<meta name="parsely-author" content="Jane Roe"><meta name="parsely-author" content="John Doe">',
        '<meta name="author" content="https://x.example/jane"><meta name="byl" content="By Jane Roe and John Doe">',
        linked({"@type": "Article", "author": ["Jane Roe", "John Doe"]}),
        linked({"@type": "Article", "author": [{"name": "Jane Roe"}, {"@type": "Person", "name": ["John Doe"]}]}),
        linked({"@type": "Article", "author": {"name": "Jane Roe and John Doe"}}),
        linked({"@type": "Article", "creator": [[{"name": "Jane Roe"}], {"givenName": "John", "familyName": "Doe"}]}),
        linked(
            [
                {"@type": "Person", "@id": "#j", "name": "Jane Roe"},
                {"@type": "Article", "author": [{"@id": "#j"}, {"name": "John Doe"}]},
            ]
        ),
        linked({"@type": "Article", "author": "Jane Roe"}) + '<meta name="author" content="Jane Roe, John Doe">',
        linked({"@type": "Article", "author": {"@type": "Organization", "name": "The Mole"}})
        + '<meta name="author" content="Jane Roe, John Doe">',
    ],
)
def test_declared_authors(head: str) -> None:
    assert authors(head) == TWO


@pytest.mark.parametrize(
    "body",
    [
        '<p class="byline">By Jane Roe and John Doe</p>',
        '<div class="Byline_wrap__x1"><span>By</span> <a>Jane Roe</a>, <a>John Doe</a> <span>May 3</span></div>',
        '<a rel="author" href="/j">Jane Roe and John Doe</a>',
        '<span itemprop="author"><span itemprop="name">Jane Roe & John Doe</span></span>',
        "<p>By Jane Roe and John Doe</p>",
        "<p>By <b>Jane Roe</b> and <b>John Doe</b></p>",
        '<div class="author-avatar">JR</div><div class="author-name">Jane Roe, John Doe</div>',
        '<div class="entry-meta"><span>May 3, 2021</span> <span>by</span> <a>Jane Roe</a> and <a>John Doe</a></div>',
        '<div class="related"><p class="byline">By Ann Other</p></div><p class="byline">By Jane Roe and John Doe</p>',
    ],
)
def test_visible_authors(body: str) -> None:
    assert authors(body=body) == TWO


@pytest.mark.parametrize(
    "body",
    [
        '<div id="comments"><p class="author">Ann Other</p></div>',
        '<ul class="comment-list"><li><cite class="comment-author">Ann Other</cite></li></ul>',
        '<aside class="sidebar"><p class="byline">By Ann Other</p></aside>',
        '<nav><a rel="author">Ann Other</a></nav>',
        '<footer><span class="author">Ann Other</span></footer>',
        '<div class="author-bio">Ann likes the sea.</div>',
        '<p class="byline">By the harbour master</p>',
        "<p>By the time that Jane Roe had found the rope, the ferry was gone.</p>",
        '<div class="byline">By Staff</div>',
        '<div class="post-meta">in <a rel="category tag">Harbour Life</a></div>',
        '<div class="author">Harbour Buying Guide</div>',
    ],
)
def test_others_are_no_authors(body: str) -> None:
    assert authors(body=STORY + body) == ()


def test_the_site_is_no_author_but_its_owner_is() -> None:
    named = '<meta property="og:site_name" content="{0}"><meta name="author" content="{0}">'
    assert authors(named.format("Harbour Mole News")) == ()
    assert authors(named.format("Jane Roe")) == ("Jane Roe",)


def test_a_login_name_yields_to_the_name_that_readers_see() -> None:
    head = '<meta name="author" content="harbourmole">'
    assert authors(head) == ()
    assert authors('<meta name="author" content="jroe">', '<p class="byline">By Jane Roe</p>') == ("Jane Roe",)
    assert authors('<meta name="author" content="jroe">') == ("jroe",)
