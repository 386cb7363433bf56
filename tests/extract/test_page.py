"""The own extractor: what of a page it keeps, what it cuts, as what, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import clean_html
from pipeline.config import Config, ExtractConfig
from pipeline.cuts import restore
from pipeline.extract.html import Extracted, extract_html
from pipeline.extract.page import Piece
from pipeline.values import Document, Metadata

OWN = ExtractConfig(extractor="winnow")


def own(page: str, **changes: Any) -> Document:
    """Clean a page with the own extractor."""
    return clean_html(page, "https://quay.example/ferry", Config(extract=OWN.model_copy(update=changes)))


_SENTENCES = (
    "The ferry to the islands will sail twice a day from June, the harbour office said on Monday.",
    "Last summer it carried 12,400 passengers, most of them on Sundays, and twice had to leave people on the quay.",
    "“We could have filled another boat,” said the harbour master, Ada Lund, who has counted them for nine years.",
    "The council pays for the second sailing until the end of September and then looks at the figures again.",
    "Bicycles travel free; cars have to be booked a week ahead, as before.",
)


def page(body: str, head: str = "") -> str:
    """Wrap a body into a page as news sites build them."""
    return f"""<!DOCTYPE html><html lang="en"><head><title>Ferry sails twice a day | The Quay</title>{head}</head><body>
<header class="site-header"><nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li>
<li><a href="/sport">Sport</a></li><li><a href="/weather">Weather</a></li></ul></nav></header>
<main><article class="article"><h1>Ferry sails twice a day</h1><div class="article-body">{body}</div></article>
<section class="comments" id="comments"><h2>2 comments</h2><div class="comment"><p>About time, we waited an hour in the
rain with two small children last year!</p></div><div class="comment"><p>Who pays for that?</p></div></section></main>
<aside class="related"><h3>More from the harbour</h3><ul><li><a href="/a">Crane out of order for weeks</a></li>
<li><a href="/b">Herring is back</a></li><li><a href="/c">New lights for the pier</a></li></ul></aside>
<footer class="site-footer"><p>© The Quay. All rights reserved.</p><a href="/imprint">Imprint</a></footer>
</body></html>"""


def article(*more: str) -> str:
    """Give the body of an article."""
    return "".join(f"<p>{sentence}</p>" for sentence in _SENTENCES) + "".join(more)


def test_keeps_the_article_and_cuts_what_stands_round_it() -> None:
    document = own(page(article()))
    for sentence in _SENTENCES:
        assert sentence in document.text
    for noise in ("Weather", "Herring", "All rights reserved", "Who pays"):
        assert noise not in document.text
    assert restore(document.text, document.removals) == document.before
    assert "Herring is back" in document.before


def test_cuts_say_what_how_sure_and_why() -> None:
    removals = own(page(article())).removals
    learned = [removal for removal in removals if removal.rule == "learned.page"]
    kinds = {removal.kind for removal in learned}
    assert {"navigation", "comments", "related-posts"} <= kinds
    assert all(removal.score is not None and 0 <= removal.score <= 1 for removal in learned)


def test_comments_stay_where_they_are_wanted() -> None:
    text = own(page(article()), comments=True).text
    assert "About time" in text
    assert "Herring" not in text


@pytest.mark.parametrize("extractor", ["winnow", "trafilatura", "both"])
def test_any_extractor_finds_the_article(extractor: str) -> None:
    document = own(page(article()), extractor=extractor)
    assert _SENTENCES[1] in document.text
    assert document.extractor.startswith("trafilatura" if extractor == "trafilatura" else "winnow")
    assert restore(document.text, document.removals) == document.before


def test_trafilatura_marks_structure_too() -> None:
    body = article("<h2>How to book</h2><ul><li>By telephone until noon</li></ul>", f"<p>{_SENTENCES[2]} So it is.</p>")
    found = extract_html(page(body), None, ExtractConfig(extractor="trafilatura", structure="markdown", mode="recall"))
    lines = [line for piece in found.pieces for line in piece.lines]
    assert {"## How to book", "- By telephone until noon", _SENTENCES[0]} <= set(lines)


def test_structure_becomes_markdown_where_it_is_wanted() -> None:
    body = article(
        "<h2>How to book</h2><ul><li>At the quay, from seven in the morning</li><li>By telephone until noon</li></ul>",
        "<blockquote><p>“Bring a coat, it is cold out there even in July,” says every captain.</p></blockquote>",
        "<p>The timetable that the harbour office sends to its partners as a file looks like this:</p>",
        "<pre>depart 08:10\ndepart 16:40</pre>",
        "<table><tr><th>Day</th><th>First boat</th></tr><tr><td>Monday to Saturday</td><td>08:10</td></tr></table>",
        f"<p>{_SENTENCES[2]} That, she says, is why the second boat was needed so much.</p>",
    )
    lines = own(page(body), structure="markdown", mode="recall").text.splitlines()
    assert "## How to book" in lines
    assert "- By telephone until noon" in lines
    assert any(line.startswith("> “Bring a coat") for line in lines)
    assert "depart 16:40" in lines
    assert "| Monday to Saturday | 08:10 |" in lines


def test_a_layout_table_is_no_table_of_data() -> None:
    long = " ".join(_SENTENCES)
    old = f"<table><tr><td><a href='/'>Home</a></td><td>{long}<br>{long[:200]}</td></tr></table>"
    text = own(f"<html><body>{old}</body></html>").text
    assert " | " not in text
    assert _SENTENCES[3] in text


def test_the_rows_of_a_table_are_lines() -> None:
    rows = "".join(f"<tr><td>Day {day}</td><td>{day}1 passengers</td></tr>" for day in range(1, 6))
    found = extract_html(page(article(f"<table>{rows}</table>")), None, OWN)
    lines = [line for piece in found.pieces for line in piece.lines]
    assert "Day 3 | 31 passengers" in lines


def test_a_table_between_paragraphs_of_the_text_is_of_the_text() -> None:
    rows = "".join(f"<tr><td>Pier {pier}</td><td>{pier} m</td></tr>" for pier in range(1, 5))
    table = f"<table><tr><th>Place</th><th>Depth</th></tr>{rows}</table>"
    end = f"<p>{_SENTENCES[2]} That, she says, is why the second boat was needed so much.</p>"
    assert "Place | Depth" in own(page(article(table, end))).text
    assert "Place" not in own(page(article(table, end)), tables=False).text


def test_a_page_with_little_text_keeps_it() -> None:
    assert own("<html><body><p>The pool is closed today.</p></body></html>").text == "The pool is closed today."


@pytest.mark.parametrize("empty", ["", "<html></html>", "<html><body><script>var a = 1;</script></body></html>"])
def test_a_page_without_text_gives_none(empty: str) -> None:
    assert own(empty).text == ""


def test_scripts_and_styles_are_no_text() -> None:
    noise = (
        "<script>alert('x')</script><style>p {color: red}</style><noscript>Turn on scripts</noscript>"
        "<svg><text>drawn</text></svg>"
    )
    before = own(page(article(noise))).before
    for part in ("alert", "color", "Turn on", "drawn"):
        assert part not in before


def test_a_text_after_what_is_no_text_is_not_lost() -> None:
    before = clean_html(
        page(article("<p>Tickets <script>var a;</script>cost four crowns &lt;each way&gt;.</p>"))
    ).before
    assert "Tickets cost four crowns <each way>." in before


_LINES = st.lists(st.text(max_size=20), max_size=4).map(tuple)
_PIECES = st.lists(st.builds(Piece, lines=_LINES.filter(bool), kept=st.booleans()), max_size=6)


@given(_PIECES)
def test_what_is_cut_and_kept_is_all_there_is(pieces: list[Piece]) -> None:
    plain = [Piece(tuple(" ".join(line.split()) for line in piece.lines), piece.kept) for piece in pieces]
    whole, kept, starts, cuts = Extracted(tuple(plain), Metadata(), "winnow").text()
    assert whole.split("\n") == ([line for piece in plain for line in piece.lines] or [""])
    stays = [line for piece in plain if piece.kept for line in piece.lines if line]
    assert kept.split("\n") == (stays or [""])
    assert [whole[start : start + len(line)] for start, line in zip(starts, stays, strict=True)] == stays
    cut = [line for piece in plain if not piece.kept for line in piece.lines]
    assert [line for cut in cuts for line in whole[cut.start : cut.end].split("\n")] == cut


@given(_PIECES)
def test_lines_stay_lines_whatever_tidying_does(pieces: list[Piece]) -> None:
    def tidy(texts: Sequence[str]) -> list[str]:
        return [text.replace("a", "\n").strip() for text in texts]

    whole, _, _, cuts = Extracted(tuple(pieces), Metadata(), "winnow").text(tidy)
    assert all(0 <= cut.start <= cut.end <= len(whole) for cut in cuts)
