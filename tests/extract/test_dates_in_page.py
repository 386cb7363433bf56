from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.dates_in_page import agree, date_in_address, is_day_first, read_field, read_visible
from tests.extract.pages import STORY, linked, meta, page, read

HEADLINE = "<h1>Tide turns at last</h1>"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-05-03", "2021-05-03"),
        ("2021-05-03T23:59:00-11:00", "2021-05-03"),
        ("2021-5-3 10:00", "2021-05-03"),
        ("20210503", "2021-05-03"),
        ("20210503T101500Z", "2021-05-03"),
        ("Mon, 03 May 2021 10:00:00 GMT", "2021-05-03"),
        ("Mon May 03 2021", "2021-05-03"),
        ("1620036000", "2021-05-03"),
        ("1620036000123", "2021-05-03"),
        ("2021/05/03", "2021-05-03"),
        ("1905-05-03", "1905-05-03"),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01", None),
        ("2100-01-01", None),
        ("2021-02-30", None),
        ("2021-13-01", None),
        ("99999999", None),
        ("12345678901234567890", None),
        ("soon", None),
        ("", None),
    ],
)
def test_fields(value: str, day: str | None) -> None:
    assert read_field(value, day_first=False) == day


@pytest.mark.parametrize(
    ("language", "host", "day"),
    [
        ("en-US", "mole.example", "2025-03-04"),
        (None, "mole.example", "2025-03-04"),
        ("en-GB", "mole.example", "2025-04-03"),
        ("en", "mole.co.uk", "2025-04-03"),
        ("de", "mole.example", "2025-04-03"),
        ("fr-CA", "mole.example", "2025-04-03"),
    ],
)
def test_figures_are_read_by_language(language: str | None, host: str, day: str) -> None:
    assert read_visible("03/04/2025", day_first=is_day_first(language, host)) == day


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)))
def test_addresses(day: datetime.date) -> None:
    assert date_in_address(f"https://mole.example/{day:%Y/%m/%d}/tide") == day.isoformat()
    assert date_in_address(f"https://mole.example/news/{day:%Y-%m-%d}-tide.html") == day.isoformat()


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://mole.example/2021/may/03/tide", "2021-05-03"),
        ("https://mole.example/tide-20210503.html", "2021-05-03"),
        ("https://mole.example/2021-05/03/tide", "2021-05-03"),
        ("https://mole.example/2021/05/tide", None),
        ("https://mole.example/2021/13/03/tide", None),
        ("https://mole.example/tide?date=2021-05-03", None),
        ("https://mole.example/id/120210503", None),
        ("https://2021-05-03.example/tide", None),
        ("no address", None),
        (None, None),
    ],
)
def test_odd_addresses(url: str | None, day: str | None) -> None:
    assert date_in_address(url) == day


def test_the_address_is_in_local_time_and_older_than_the_system() -> None:
    assert agree("2021-05-04", "2021-05-03") == "2021-05-03"
    assert agree("2021-05-03", "2021-05-04") == "2021-05-04"
    assert agree("2021-05-03", "2015-05-03") == "2015-05-03"
    assert agree("2021-05-03", "2021-08-01") == "2021-05-03"


def date(head: str = "", body: str = "", *, root: str = ' lang="en"') -> str | None:
    return read(page(head, body + STORY, root=root)).date


@pytest.mark.parametrize(
    "head",
    [
        meta(article__published_time="2021-05-03"),
        '<meta name="date" content="2021-05-03">',
        '<meta name="DC.date.issued" content="2021-05-03">',
        '<meta name="citation_publication_date" content="2021/05/03">',
        '<meta name="parsely-pub-date" content="2021-05-03T10:00:00Z">',
        '<meta itemprop="datePublished" content="3 May 2021">',
        meta(article__modified_time="2022-01-01") + '<meta name="date" content="2021-05-03">',
        linked({"@type": "Article", "datePublished": "2021-05-03", "dateModified": "2022-01-01"}),
        linked({"@type": "Article", "dateCreated": "2021-05-03"}),
        # The later of two is that of a change.
        meta(article__published_time="2022-01-01") + linked({"@type": "Article", "datePublished": "2021-05-03"}),
        # A video may be older than what shows it, and is the best there is where it stands alone.
        meta(article__published_time="2021-05-03") + linked({"@type": "VideoObject", "uploadDate": "2020-01-01"}),
        linked({"@type": "VideoObject", "uploadDate": "2021-05-03"}),
        meta(article__published_time="0000-00-00", article__modified_time="2021-05-03"),
    ],
)
def test_declared_dates(head: str) -> None:
    assert date(head, HEADLINE + "<p class=date>1 January 2020</p>" * ("modified" not in head)) == "2021-05-03"


@pytest.mark.parametrize(
    "body",
    [
        '<time datetime="2021-05-03T10:00">yesterday</time>',
        "<time>May 3, 2021</time>",
        '<time class="updated">2022-01-01</time><time class="entry-date published" datetime="2021-05-03"></time>',
        '<span itemprop="datePublished" content="2021-05-03">3.5.</span>',
        '<p class="post-meta">Posted on May 3, 2021 by Jane Roe</p>',
        '<p class="byline">Jane Roe<br>May 3rd, 2021, 10:30 am</p>',
        "<p>Published: 3 May 2021</p>",
        "<p>3 May 2021</p>",
        "<p id class>3 May 2021</p>",
        "<p><b>Harbour</b> – 3 May 2021</p>",
        '<span class="when" title="x"></span><abbr class="post-time" title="May 3, 2021">long ago</abbr>',
        '<relative-time datetime="2021-05-03T10:00:00Z">x</relative-time>',
        "<p>Last updated: 1 January 2022</p><p>Published: 3 May 2021</p>",
        '<p class="modified-date">Updated 3 May 2021</p>',
    ],
)
def test_visible_dates(body: str) -> None:
    assert date(body=HEADLINE + body) == "2021-05-03"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("de", "3. Mai 2021"),
        ("de", "03.05.2021"),
        ("de", "3.5.21"),
        ("fr", "le 3 mai 2021"),
        ("es", "3 de mayo de 2021"),
        ("pt", "3 de maio de 2021"),
        ("it", "3 maggio 2021"),
        ("nl", "3 mei 2021"),
        ("ru", "3 мая 2021"),
        ("ar", "3 مايو 2021"),
        ("zh", "2021年5月3日"),
        ("ja", "2021年5月3日"),
        ("ko", "2021년 5월 3일"),
        ("en-GB", "03/05/2021"),
        ("en-US", "05/03/2021"),
        ("fr", "03/05/2021"),
    ],
)
def test_dates_in_twelve_languages(language: str, written: str) -> None:
    assert date(body=f'{HEADLINE}<p class="date">{written}</p>', root=f' lang="{language}"') == "2021-05-03"


@pytest.mark.parametrize(
    "body",
    [
        '<section id="comments"><time datetime="2021-05-03">x</time><p class="date">May 3, 2021</p></section>',
        "<footer>© 2021-05-03 The Mole</footer>",
        '<div class="footer">Copyright May 3, 2021</div>',
        '<aside class="sidebar"><p class="date">May 3, 2021</p></aside>',
        '<div class="related-articles"><time datetime="2021-05-03">x</time></div>',
        '<p class="event-date">Until May 3, 2021</p>',
        "<p>Member since May 3, 2021</p>",
        "<p>It was on May 3, 2021 that the ferry first stayed in the harbour for longer than the tide.</p>",
        "<p>Accessed on May 3, 2021</p>",
        '<p class="date">May 3, 1889</p>',
    ],
)
def test_dates_of_something_else(body: str) -> None:
    assert date(body=HEADLINE + STORY + body) is None


def test_the_nearest_to_the_headline_wins() -> None:
    teaser = '<div><p class="date">May {}, 2020</p><h3>Other</h3></div>'
    body = teaser.format(1) + HEADLINE + '<p class="date">May 3, 2021</p>' + STORY * 30 + teaser.format(2)
    assert date("<title>Tide turns at last</title>", body) == "2021-05-03"


def test_a_footer_may_tell_the_last_change_where_nothing_else_is_told() -> None:
    footer = '<footer id="footer"><p>© 2019 The Mole</p><p>This page was last edited on 3 May 2021.</p></footer>'
    assert date(body=HEADLINE + STORY + footer) == "2021-05-03"
    assert date(body=f'{HEADLINE}<p class="date">1 May 2021</p>{STORY}{footer}') == "2021-05-01"


def test_the_foot_of_an_article_may_hold_its_date() -> None:
    foot = '<div class="footer"><time itemprop="datePublished" datetime="2021-05-03">x</time></div>'
    assert date(body=f'<div class="article">{HEADLINE}{STORY}{foot}</div>') == "2021-05-03"


def test_a_button_that_is_never_closed_hides_nothing() -> None:
    assert (
        date(body=f'<header><button>Menu</header><main>{HEADLINE}<p class="date">3 May 2021</p></main>') == "2021-05-03"
    )


def test_a_class_cannot_hide_what_holds_the_headline() -> None:
    assert date(body=f'<div class="latest popular">{HEADLINE}<p class="date">3 May 2021</p></div>') == "2021-05-03"
