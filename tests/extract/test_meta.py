from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.meta import page_language, read_metadata
from pipeline.extract.tree import load_tree
from pipeline.values import Metadata
from tests.extract.pages import STORY, URL, linked, meta, page, read

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Tide turns at last",
    "author": {"@type": "Person", "name": "Jane Roe"},
    "datePublished": "2021-05-03T23:30:00-07:00",
    "dateModified": "2021-06-01",
    "articleSection": ["Weather", "Sea"],
    "publisher": {"@type": "Organization", "name": "The Harbour Mole"},
    "inLanguage": "en-GB",
    "url": "https://www.harbour-mole.example/news/tide",
}
READ = Metadata(
    title="Tide turns at last",
    authors=("Jane Roe",),
    date="2021-05-03",
    url=URL,
    site_name="The Harbour Mole",
    category="Weather",
    language="en",
)


def test_all_of_it_from_linked_data() -> None:
    assert read(page(linked(ARTICLE))) == READ


def test_all_of_it_from_meta_tags() -> None:
    head = (
        meta(
            og__title="Tide turns at last",
            og__site_name="The Harbour Mole",
            og__url=URL,
            og__locale="en_GB",
            article__published_time="2021-05-03T10:00:00Z",
            article__modified_time="2021-06-01",
            article__section="Weather",
        )
        + '<meta name="author" content="Jane Roe">'
    )
    assert read(page(head), None) == READ


def test_all_of_it_from_what_readers_see() -> None:
    body = f"""<header><a href="/">The Harbour Mole</a></header><article><h1>Tide turns at last</h1>
        <p class="byline">By <a href="/staff/roe">Jane Roe</a> | <span class="date">May 3, 2021</span></p>
        {STORY}</article>
        <footer>Copyright 2019 The Harbour Mole</footer>"""
    found = read(page("<title>Tide turns at last - The Harbour Mole</title>", body, root=' lang="en"'))
    assert found == READ._replace(category=None)


def test_a_page_that_says_nothing() -> None:
    assert read(page(), None) == Metadata()
    assert read(page()) == Metadata(url=URL, site_name="harbour-mole.example")


@pytest.mark.parametrize(
    ("root", "head", "language"),
    [
        (' lang="de-AT"', "", "de"),
        (' lang="EN"', '<meta property="og:locale" content="fr_FR">', "en"),
        (' xml:lang="pt-br"', "", "pt"),
        ("", '<meta http-equiv="Content-Language" content="nl, en">', "nl"),
        ("", '<meta property="og:locale" content="ja_JP">', "ja"),
        ("", linked({"@type": "Article", "inLanguage": "ru-RU"}), "ru"),
        ("", linked({"@type": "Article", "inLanguage": {"name": "Korean", "alternateName": "ko"}}), "ko"),
        (' lang="deu"', "", "de"),
        (' lang="und"', '<meta name="language" content="es">', "es"),
        (' lang="gsw"', "", "gsw"),
        (' lang="English"', "", None),
        (' lang=""', "", None),
    ],
)
def test_language(root: str, head: str, language: str | None) -> None:
    text = page(head, root=root)
    assert read(text).language == language
    assert page_language(load_tree(text)) == language


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (
            '<link rel="canonical" href="https://www.harbour-mole.example/tide#top">',
            "https://www.harbour-mole.example/tide",
        ),
        ('<link rel="canonical" href="/tide?utm_source=feed&page=2">', "https://www.harbour-mole.example/tide?page=2"),
        ('<link rel="canonical" href="//other.example/tide">', "https://other.example/tide"),
        (
            '<link rel="canonical" href="/">' + meta(og__url="https://www.harbour-mole.example/tide"),
            "https://www.harbour-mole.example/tide",
        ),
        ('<base href="https://cdn.example/x/"><link rel="canonical" href="/tide">', "https://cdn.example/tide"),
        (meta(og__url="https://www.harbour-mole.example/og"), "https://www.harbour-mole.example/og"),
        ('<link rel="canonical" href="https://www.harbour-mole.example/">', URL),
        ('<link rel="canonical" href="tide.html">', URL),
        ('<link rel="canonical" href="http://localhost/tide">', URL),
        ('<link rel="canonical" href="https://[bad/tide">', URL),
        ('<link rel="canonical" href="https://a.example:port/tide">', URL),
        ('<link rel="canonical" href="javascript:alert(1)">', URL),
        ('<link rel="canonical" href="/https%3A%2F%2Fwww.harbour-mole.example%2Ftide">', URL),
        ("", URL),
    ],
)
def test_address(head: str, address: str) -> None:
    assert read(page(head)).url == address


def test_the_front_page_may_say_that_it_is_it() -> None:
    front = "https://www.harbour-mole.example/"
    assert read(page(f'<link rel="canonical" href="{front}">'), front + "?utm_campaign=x").url == front


@pytest.mark.parametrize(
    ("head", "site"),
    [
        (meta(og__site_name="The Mole") + linked(ARTICLE), "The Mole"),
        (linked({"@graph": [{"@type": "WebSite", "name": "Mole Online"}, ARTICLE]}), "Mole Online"),
        ('<meta name="application-name" content="Mole">', "Mole"),
        ("<title>Tide turns at last | Harbour Mole</title>", "Harbour Mole"),
        ("<title>Harbour Mole: Tide</title>", "harbour-mole.example"),
        ('<meta name="twitter:site" content="@HarbourMole">', "HarbourMole"),
        ('<meta name="twitter:site" content="@weatherwitch">', "harbour-mole.example"),
        ('<meta name="publisher" content="Quay Press Society">', "Quay Press Society"),
        ('<meta name="copyright" content="© 2021 Quay Press">', "harbour-mole.example"),
        (meta(og__site_name="https://www.harbour-mole.example"), "harbour-mole.example"),
    ],
)
def test_site(head: str, site: str) -> None:
    body = f"<h1>Tide turns at last</h1>{STORY}"
    assert read(page(head, body)).site_name == site


def test_entities_mark_up_and_surrogates_are_gone() -> None:
    head = meta(og__title="Tea &amp;amp; &lt;b&gt;cake&lt;/b&gt; \u200b at\x07 four")
    assert read(page(head)).title == "Tea & cake at four"
    broken = r'{"@type": "Article", "headline": "Tide \ud800 turns", "author": "Jane \udfff Roe"}'
    found = read(page(linked(broken)))
    assert (found.title, found.authors) == ("Tide turns", ("Jane Roe",))


def test_the_tree_is_left_as_it_is() -> None:
    from lxml.html import tostring

    tree = load_tree(page(linked(ARTICLE), f"<h1>Tide</h1><p class=byline>By Jane Roe</p>{STORY}"))
    before = tostring(tree)
    read_metadata(tree, URL)
    assert tostring(tree) == before


WORDS = st.sampled_from(
    [
        "by",
        "Jane",
        "Roe",
        "author",
        "date",
        "2021-05-03",
        "3/4/2025",
        "{",
        "}",
        '"@type":"Article"',
        "<h1>",
        "</h1>",
        "|",
        "<p class='byline date'>",
        "<time datetime=",
        ">",
        "<meta name=author content=",
        "'",
        '"',
        "&amp;",
        "\ud800",
        "—",
    ]
)


@given(st.lists(WORDS, max_size=30), st.lists(WORDS, max_size=30))
def test_nothing_is_raised_and_all_is_plain(head: list[str], body: list[str]) -> None:
    tree = load_tree(page(linked(" ".join(head)) + " ".join(head), STORY + " ".join(body)))
    if tree is None:
        return
    found = read_metadata(tree, None)
    for value in (found.title, found.date, found.site_name, found.category, *found.authors):
        assert value is None or (value.strip() == value != "" and value.encode())
    assert found == read_metadata(tree, None)
