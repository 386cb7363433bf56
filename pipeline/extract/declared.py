"""What a page declares of itself: meta tags, links, linked data, its title and its headings, read in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

# A page has some thirty meta tags; one of a million is read no further than this.
_MOST_TAGS = 2_000
_MOST_OF_A_NAME = 50
_MOST_HEADINGS = 20
_MOST_SCRIPTS = 40
# Longer values are no titles, names or dates; they are cut before anything is matched on them.
_LONGEST_VALUE = 2_000
_LONGEST_SCRIPT = 1_000_000
_LONGEST_SCRIPTS = 2_000_000
_LONGEST_TEXT = 600
# A heading or byline of more elements than half of this is none.
_MOST_EVENTS = 150
_CODE = ("script", "style")
# Text on both sides of these stands apart.
_BREAKS = frozenset(["br", "p", "div", "li", "dt", "dd", "td", "tr", "section", "h1", "h2", "h3", "h4", "h5", "h6"])

_MARKUP = re.compile(r"<[^<>]*+>")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(slots=True)
class Declared:
    """What stands in a page for machines, in the order of the page."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    """Values by the lower-case name of a meta tag (its name, property, itemprop or http-equiv)."""
    scripts: list[str] = field(default_factory=list)
    """Texts of JSON-LD scripts."""
    canonical: list[str] = field(default_factory=list)
    base: str | None = None
    title: str | None = None
    headings: list[str] = field(default_factory=list)
    """Texts of the h1."""

    def first(self, *names: str) -> str | None:
        """Give the first value that is not empty, of the first name that has one."""
        return next(self.values(*names), None)

    def values(self, *names: str) -> Iterator[str]:
        """Give all values of these names that are not empty, name by name, as plain text."""
        for name in names:
            for value in self.metas.get(name, ()):
                if plain := plain_text(value):
                    yield plain


def in_order(*lines: str) -> tuple[str, ...]:
    """Make a tuple of names from lines in which a stroke stands between two names.

    >>> in_order("og:title|title", "headline")
    ('og:title', 'title', 'headline')
    """
    return tuple(name for line in lines for name in line.split("|"))


def read_declared(tree: _Element) -> Declared:
    """Read what a page declares. Takes time linear in the page; what is too long or too much is left unread."""
    found = Declared()
    tags = scripted = 0
    for element in tree.iter("meta", "link", "script", "title", "h1", "base"):
        tag = element.tag
        if tag == "meta":
            tags += 1
            if tags <= _MOST_TAGS:
                _read_meta(element, found.metas)
        elif tag == "script":
            kind = element.get("type")
            if kind and "ld+json" in kind[:100].lower() and len(found.scripts) < _MOST_SCRIPTS:
                text = element.text
                if text and len(text) <= _LONGEST_SCRIPT and (scripted := scripted + len(text)) <= _LONGEST_SCRIPTS:
                    found.scripts.append(text)
        elif tag == "link":
            _read_link(element, found)
        elif tag == "h1":
            if len(found.headings) < _MOST_HEADINGS and (text := text_of(element)):
                found.headings.append(text)
        elif tag == "title":
            # An image drawn in the page has titles too.
            if found.title is None and _parent_tag(element) in ("head", "html", "body"):
                found.title = plain_text(text_of(element)) or None
        elif found.base is None:
            found.base = (element.get("href") or "")[:_LONGEST_VALUE] or None
    return found


def text_of(element: _Element, limit: int = _LONGEST_TEXT) -> str:
    """Give the text of an element with single spaces; only its first pieces and characters are read."""
    pieces = pieces_of(element, limit)
    return " ".join("".join(pieces).split())


def pieces_of(element: _Element, limit: int = _LONGEST_TEXT) -> list[str]:
    """Give the pieces of text of an element, as its mark-up parts them, up to a number and a length."""
    from lxml.etree import iterwalk

    if not len(element):
        return [element.text[:limit]] if element.text and element.tag not in _CODE else []
    pieces: list[str] = []
    # `itertext` passes over elements without text, a million of them if need be; here they count.
    for event, inner in islice(iterwalk(element, events=("start", "end")), _MOST_EVENTS):
        if inner.tag in _BREAKS:
            pieces.append(" ")
        if event == "start":
            piece = None if inner.tag in _CODE or (inner.tag == "a" and _is_label(inner)) else inner.text
        else:
            piece = None if inner is element else inner.tail
        if piece:
            pieces.append(piece[:limit])
            limit -= len(piece)
            if limit <= 0:
                break
    return pieces


def _is_label(link: _Element) -> bool:
    """Say whether a link leads to what else bears a label: it is no part of a name or headline."""
    return "tag" in (link.get("rel") or "")[:50].split()


def plain_text(value: str) -> str:
    """Give a value of a field as a reader would see it: no entities, mark-up, control characters or double spaces.

    >>> plain_text(" Tea &amp;amp; <b>cake</b> ")
    'Tea & cake'
    """
    value = value[:_LONGEST_VALUE]
    if "&" in value:
        value = unescape(value)
        # Fields are often escaped twice, by the content system and by its template.
        if "&" in value:
            value = unescape(value)
    if "<" in value:
        value = _MARKUP.sub(" ", value)
    if not value.isascii() or not value.isprintable():
        value = _UNSEEN.sub("", value)
    return " ".join(value.split())


def _read_meta(element: _Element, metas: dict[str, list[str]]) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
    content = element.get("content")
    if not name or not content:
        return
    values = metas.setdefault(name[:100].strip().lower(), [])
    if len(values) < _MOST_OF_A_NAME:
        values.append(content[:_LONGEST_VALUE])


def _read_link(element: _Element, found: Declared) -> None:
    rel = element.get("rel")
    if rel and rel[:100].strip().lower() == "canonical" and len(found.canonical) < 5:
        href = element.get("href")
        if href:
            found.canonical.append(href[:_LONGEST_VALUE])


def _parent_tag(element: _Element) -> object:
    parent = element.getparent()
    return None if parent is None else parent.tag
