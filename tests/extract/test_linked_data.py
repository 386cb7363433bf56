from __future__ import annotations

import json

import pytest

from pipeline.extract.linked_data import Linked, read_linked

ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Tide turns",
    "datePublished": "2021-05-03",
    "author": {"name": "Jane Roe"},
}
TEXT = json.dumps(ARTICLE)


def linked(*scripts: object) -> Linked:
    return read_linked([script if isinstance(script, str) else json.dumps(script) for script in scripts], (), ())


@pytest.mark.parametrize(
    "script",
    [
        TEXT,
        f"[{TEXT}]",
        f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebPage"}}, {TEXT}]}}',
        f'{{"@type": "WebPage", "mainEntity": {TEXT}}}',
        json.dumps({**ARTICLE, "@type": ["NewsArticle", "Article"]}),
        json.dumps({**ARTICLE, "@type": "http://schema.org/NewsArticle"}),
        f"<!-- {TEXT} -->",
        f"//<![CDATA[\n{TEXT}\n//]]>",
        f"/*<![CDATA[*/{TEXT}/*]]>*/",
        f"{TEXT};",
        TEXT.replace("}}", ",},}"),
        TEXT.replace("Tide turns", "Tide\n turns"),
        TEXT.replace('"', "&quot;"),
        # No JSON at all any more: what a pattern finds.
        TEXT[:-1],
        TEXT.replace("}}", '}, "articleBody": "She said "no" to it"}'),
    ],
)
def test_an_article_is_read_in_every_wrapping(script: str) -> None:
    found = linked(script)
    assert (found.headline, found.published, found.authors) == ("Tide turns", "2021-05-03", ["Jane Roe"])


def test_the_main_article_is_told_by_address_and_title() -> None:
    teasers = [{**ARTICLE, "headline": f"Other {n}", "url": f"https://a.example/{n}"} for n in range(9)]
    scripts = [json.dumps([*teasers, {**ARTICLE, "url": "https://www.a.example/tide/"}])]
    assert read_linked(scripts, {"a.example/tide"}, ()).headline == "Tide turns"
    assert read_linked(scripts, (), {"tide turns - the mole"}).headline == "Tide turns"
    assert read_linked(scripts, (), ()).headline is None


def test_an_article_goes_before_its_page_and_the_page_completes_it() -> None:
    page = {"@type": "WebPage", "name": "Page", "datePublished": "2020-01-01", "dateModified": "2022-01-01"}
    found = linked([page, ARTICLE])
    assert (found.headline, found.published, found.modified) == ("Tide turns", "2021-05-03", "2022-01-01")
    assert linked([page]).headline is None
    assert linked([page]).published == "2020-01-01"


def test_names_by_reference() -> None:
    graph = [
        {"@type": "WebSite", "@id": "#s", "name": "Mole Online"},
        {"@type": "Organization", "@id": "#o", "name": "The Mole"},
        {"@type": "Person", "@id": "#p", "name": "John Doe"},
        {**ARTICLE, "author": {"@id": "#p"}, "publisher": {"@id": "#o"}},
    ]
    found = linked({"@graph": graph})
    assert (found.authors, found.publisher, found.site) == (["John Doe"], "The Mole", "Mole Online")


@pytest.mark.parametrize(
    "value",
    [None, 3, True, [], {}, [[[]]], [{}], {"name": {}}, {"name": [1, None]}, {"@id": {"x": 1}}, "", {"@id": "#me"}],
)
def test_wrong_types_are_nothing(value: object) -> None:
    keys = ("headline", "author", "datePublished", "publisher", "articleSection", "inLanguage", "url", "@id", "@graph")
    found = linked({"@type": "Article", **dict.fromkeys(keys, value)})
    assert found.authors in ([], ["#me"])
    assert found.headline is None
    assert found.publisher is None


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"author": {' * 20_000,
        '"headline": "\\' * 20_000,
        "{" + " " * 500_000,
        "{" + ", " * 250_000,
        "/" * 500_000,
        "1" * 10_000,
        '"\ud800"',
        json.dumps([{"@graph": [ARTICLE] * 50}] * 200),
    ],
    ids=range(10),
)
def test_hostile_scripts(script: str) -> None:
    assert read_linked([script] * 5, (), ()).section is None
