"""Pages that nobody writes: each a function of its size, in characters."""

from __future__ import annotations

from collections.abc import Callable

from pipeline import clean_html
from pipeline.config import Config, ExtractConfig
from pipeline.cuts import restore
from tests.hostile.texts import MARKS, PROSE, Make


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><p>{PROSE * 3}</p>{body}<p>{PROSE * 2}</p></body></html>"


def over(piece: str, before: str = "", after: str = "") -> Make:
    """Repeat a piece in the body."""
    return lambda size: page(before + piece * (size // len(piece) + 1) + after)


def deep(opened: str, closed: str, levels: int) -> Make:
    """Nest elements so deep, again and again."""
    one = opened * levels + "x" + closed * levels
    return lambda size: page(one * (size // len(one) + 1))


def head(piece: str, before: str = "", after: str = "") -> Make:
    """Repeat a piece in the head."""
    return lambda size: page("", before + piece * (size // len(piece) + 1) + after)


def _names(size: int) -> str:
    return page("".join(f"<p class='c{number} post-{number}'>x{number}</p>" for number in range(size // 36 + 1)))


_LD = '<script type="application/ld+json">'

PAGES: dict[str, Make] = {
    # Text.
    "one line": over("word "),
    "no mark-up": lambda size: PROSE * (size // len(PROSE) + 1),
    "one paragraph": over(PROSE, "<p>", "</p>"),
    "marks as entities": over("&#x301;&#x316;"),
    "marks without letters": over(MARKS),
    "entities": over("&amp;amp;"),
    "zero bytes": over("\0a"),
    "preformatted": over("a = 1\n", "<pre>", "</pre>"),
    # Many elements.
    "paragraphs": over("<p>x</p>"),
    "paragraphs of prose": over(f"<p>{PROSE}</p>"),
    "line breaks": over("x<br>"),
    "names": _names,
    "links": over("<li><a href='/x'>Home</a></li>"),
    "headings": over("<h1>Storm over the port</h1>"),
    "dates": over("<time datetime='2024-01-02'>2 January 2024</time>"),
    "authors": over("<p class='byline'>By <a rel='author' href='/a'>Ann Lee</a></p>"),
    "an author without end": over("Ann Lee, ", "<p class='byline'>By ", "</p>"),
    "comments": over("<div class='comment'><p>I do not agree with it.</p></div>"),
    "scripts": over("<script>x</script>"),
    "forms": over("<form><input><button>Send</button></form>"),
    # Tables.
    "rows": over("<tr><td>a</td><td>b</td></tr>", "<table>", "</table>"),
    "cells in one row": over("<td>a</td>", "<table><tr>", "</tr></table>"),
    "rows without a table": over("<tr><td>a<td>b"),
    "tables": over("<table><tr><td>a</td><td>b</td></tr></table>"),
    "tables in tables": deep("<table><tr><td>", "</td></tr></table>", 100),
    # Depth.
    "too deep": lambda size: page("<div>" * (size // 11) + PROSE + "</div>" * (size // 11)),
    "as deep as can be": deep("<div>", "</div>", 1800),
    "letters as deep as can be": deep("<span>", "</span>", 1800),
    "lists in lists": deep("<ul><li>", "</li></ul>", 300),
    "articles in articles": deep("<article><p>x</p>", "</article>", 300),
    "for readers without scripts": lambda size: page(
        "<noscript>" * min(size // 20, 1900) + "<p>x</p>" * (size // 8) + "</noscript>" * min(size // 20, 1900)
    ),
    # What is never closed, or never opened.
    "open elements": over("<div>"),
    "open paragraphs": over("<p>x"),
    "open letters": over("<b><i>x"),
    "open links": over("<a href='/x'>x"),
    "open quotes": over('<a href="x>y '),
    "an open comment": over("<!-- x "),
    "open tags": over("<a b"),
    "open text areas": over("<textarea>x"),
    "less-than signs": over("< "),
    "ends without a beginning": over("</p></div>"),
    "pages in pages": over("<html><body>x"),
    # Attributes.
    "attributes": over(" a=1", "<div", ">x</div>"),
    "some attributes on each": over("<p a=1 b=2 c=3 d=4 e=5 f=6>x</p>"),
    "a long class": over("article ", "<p class='", "'>x</p>"),
    "a long value": over("y", "<p data-x='", "'>x</p>"),
    # Metadata.
    "a long title": head(PROSE, "<title>", "</title>"),
    "titles": head("<title>x</title>"),
    "meta tags": head('<meta name="author" content="Ann Lee"><meta property="og:date" content="2024-01-02">'),
    "linked data": head(f'{_LD}{{"@type":"NewsArticle","headline":"x"}}</script>'),
    "authors in linked data": head('{"name":"Ann Lee"},', f'{_LD}{{"@type":"Article","author":[', "{}]}</script>"),
    "deep linked data": head('[{"a":', _LD, "1</script>"),
}

# On these trafilatura's time grows with the square; `extract.max_tags` bounds it, to minutes.
SLOW_IN_TRAFILATURA = frozenset(
    {"tables", "forms", "articles in articles", "rows without a table", "for readers without scripts"}
)

# These are refused, or hold next to no element: a tenth of a million characters shows nothing of them.
QUICK = frozenset(
    {"too deep", "open elements", "open tags", "attributes", "an open comment", "a long value", "one line"}
)


def cleaner(extractor: str) -> Callable[[str], None]:
    """Give what cleans a page with an extractor, of any number of tags, and sees that nothing is lost."""
    extract = ExtractConfig.model_validate({"extractor": extractor, "max_tags": 10**8})

    def clean(given: str) -> None:
        document = clean_html(given, "https://quay.example/ferry", Config(extract=extract))
        assert restore(document.text, document.removals) == document.before

    return clean
