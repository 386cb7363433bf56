"""Linked data (JSON-LD, schema.org) of a page: what its main item says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import orjson

from pipeline.extract.address import bare_address
from pipeline.extract.declared import plain_text
from pipeline.strip.rule import names
from pipeline.words.fold import fold

_MOST_NODES = 2_000
_MOST_AUTHORS = 30
_DEEPEST = 6
# More articles than this that neither the address nor the title of the page tells apart are a list of teasers.
_MOST_MAIN = 3

_ARTICLES = names(
    "article|newsarticle|blogposting|reportagenewsarticle|opinionnewsarticle|analysisnewsarticle",
    "askpublicnewsarticle|backgroundnewsarticle|reviewnewsarticle|liveblogposting|satiricalarticle",
    "scholarlyarticle|medicalscholarlyarticle|techarticle|advertisercontentarticle|report|socialmediaposting",
)
_OTHERS = names(
    "discussionforumposting|question|recipe|review|product|event|course|book|movie|howto|podcastepisode",
    "jobposting|videoobject|dataset|softwareapplication|creativework|medicalwebpage",
)
_PAGES = names("webpage|itempage|qapage|faqpage|aboutpage|contactpage")
_SITES = names("website")
_ORGANISATIONS = names("organization|newsmediaorganization|corporation|brand")
# How much an item of these types is what the page is about.
_ARTICLE, _OTHER, _PAGE, _NOT_IT = 3, 2, 1, 0
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")

# Marks that keep old browsers and XML from reading a script.
_OPENINGS = ("//", "/*", "*/", "<!--", "<![CDATA[")
_CLOSINGS = ("//", "/*", "*/", "-->", "]]>", ";")
_MOST_MARKS = 6
_TRAILING_COMMA = re.compile(r",(\s*+[}\]])")
_STRING = r'"\s*+:\s*+"((?:[^"\\]|\\.){1,500}+)"'
_BROKEN = {
    name: re.compile(rf'"{name}{_STRING}') for name in ("headline", "datePublished", "dateModified", "articleSection")
}
_BROKEN_AUTHOR = re.compile(rf'"author"\s*+:\s*+\[?\s*+\{{[^{{}}\[\]]{{0,500}}?"name{_STRING}')
_BROKEN_PUBLISHER = re.compile(rf'"publisher"\s*+:\s*+\{{[^{{}}\[\]]{{0,500}}?"name{_STRING}')
_LONGEST_BROKEN = 100_000
_MOST_BROKEN = 3

Node = dict[str, Any]


@dataclass(slots=True)
class Linked:
    """What linked data says of a page. Texts are plain; dates and names are as written."""

    headline: str | None = None
    authors: list[str] = field(default_factory=list)
    """Authors, but for organisations."""
    published: str | None = None
    """When the article or the page came out."""
    shown: str | None = None
    """When another main item did: a video may be older than the article that shows it."""
    modified: str | None = None
    section: str | None = None
    language: str | None = None
    url: str | None = None
    publisher: str | None = None
    site: str | None = None
    """Name of the web site that an item of its own gives."""


def read_linked(scripts: Iterable[str], addresses: Collection[str], titles: Collection[str]) -> Linked:
    """Read the scripts of a page.

    Args:
        scripts: texts of JSON-LD scripts; broken ones are read as far as a pattern can.
        addresses: what the page's address may be, to tell its main item from teasers.
        titles: folded titles of the page, for the same end.
    """
    found = Linked()
    nodes: list[Node] = []
    broken = 0
    for script in scripts:
        data = _parse(script)
        if data is None:
            broken += 1
            if broken <= _MOST_BROKEN:
                _read_broken(script[:_LONGEST_BROKEN], found)
        elif len(nodes) < _MOST_NODES:
            nodes.extend(_nodes(data, _MOST_NODES - len(nodes)))
    if not nodes:
        return found
    known = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    ranked = [(_rank(node), node) for node in nodes]
    for wanted in (_ARTICLE, _OTHER, _PAGE):
        main = _main_of([node for rank, node in ranked if rank == wanted], addresses, titles)
        if main is not None:
            _read_main(main, known, found, titled=wanted != _PAGE)
    for node in nodes:
        if found.site is None and _types(node) & _SITES:
            found.site = _text(node.get("name")) or None
        if found.publisher is None and "publisher" in node and _rank(node):
            found.publisher = _name(node["publisher"], known)
    return found


def _parse(script: str) -> Any:
    """Give the data of a script; None where it is no JSON even after the common repairs."""
    try:
        return orjson.loads(script)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        pass
    text = script.strip()
    for _ in range(_MOST_MARKS):
        for mark in _OPENINGS:
            text = text.removeprefix(mark)
        for mark in _CLOSINGS:
            text = text.removesuffix(mark)
        text = text.strip()
    if '"' not in text and "&quot;" in text:
        text = unescape(text)
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            # Not strict: raw line feeds in strings are the commonest fault.
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: Any, most: int) -> list[Node]:
    """Give the items of a script, without those that are only mentioned inside others."""
    found: list[Node] = []
    todo: list[tuple[Any, int]] = [(data, 0)]
    seen = 0
    while todo and len(found) < most and seen < 10 * _MOST_NODES:
        value, depth = todo.pop()
        seen += 1
        if isinstance(value, list):
            if depth < _DEEPEST:
                todo.extend((inner, depth + 1) for inner in reversed(value[:most]))
        elif isinstance(value, dict):
            found.append(value)
            if depth < _DEEPEST:
                todo.extend(
                    (value[key], depth + 1) for key in reversed(_INSIDE) if isinstance(value.get(key), dict | list)
                )
    return found


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rpartition("/")[2].rpartition(":")[2].lower() for kind in kinds[:10] if isinstance(kind, str)}


def _rank(node: Node) -> int:
    types = _types(node)
    return _ARTICLE if types & _ARTICLES else _OTHER if types & _OTHERS else _PAGE if types & _PAGES else _NOT_IT


def _main_of(nodes: list[Node], addresses: Collection[str], titles: Collection[str]) -> Node | None:
    if len(nodes) <= 1:
        return nodes[0] if nodes else None
    for node in nodes:
        if any(bare_address(link) in addresses for link in _links(node)):
            return node
    for node in nodes:
        headline = _text(node.get("headline")) or _text(node.get("name"))
        if headline and any(fold(headline) in title for title in titles):
            return node
    return nodes[0] if len(nodes) <= _MOST_MAIN else None


def _links(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def _read_main(node: Node, known: dict[str, Node], found: Linked, *, titled: bool) -> None:
    """Complete what has been found by an item."""
    if titled and not found.headline:
        found.headline = _text(node.get("headline")) or _text(node.get("name")) or None
    found.authors = found.authors or _authors(node.get("author") or node.get("creator"), known)
    said = _first_text(node, "datePublished", "dateCreated", "uploadDate", "datePosted")
    if _rank(node) == _OTHER:
        found.shown = found.shown or said
    else:
        found.published = found.published or said
    found.modified = found.modified or _first_text(node, "dateModified")
    section = node.get("articleSection")
    if isinstance(section, list):
        section = next((part for part in section[:10] if isinstance(part, str) and part.strip()), None)
    found.section = found.section or _text(section) or None
    language = node.get("inLanguage")
    if isinstance(language, list):
        language = language[0] if len(language) == 1 else None
    if isinstance(language, dict):
        language = language.get("alternateName") or language.get("name")
    found.language = found.language or _text(language) or None
    if titled and not found.url:
        found.url = next((link for link in _links(node) if link.startswith(("http://", "https://"))), None)
    found.publisher = found.publisher or _name(node.get("publisher"), known)


def _authors(value: Any, known: dict[str, Node]) -> list[str]:
    found: list[str] = []
    for given in (value if isinstance(value, list) else [value])[:_MOST_AUTHORS]:
        author = given[0] if isinstance(given, list) and given else given
        # An author may be a reference to an item of the page, as a string or as an object with nothing else.
        reference = author.get("@id") if isinstance(author, dict) and "name" not in author else author
        author = known.get(reference, author) if isinstance(reference, str) else author
        if isinstance(author, str):
            found.append(plain_text(author))
        elif isinstance(author, dict) and not _types(author) & _ORGANISATIONS:
            found += _names(author)
    return [name for name in found if name]


def _names(author: Node) -> Iterator[str]:
    name = author.get("name")
    if isinstance(name, dict):
        name = name.get("name") or name.get("@value")
    if isinstance(name, list):
        yield from (plain_text(part) for part in name[:_MOST_AUTHORS] if isinstance(part, str))
    elif isinstance(name, str):
        yield plain_text(name)
    else:
        parts = (author.get(key) for key in ("givenName", "additionalName", "familyName"))
        yield " ".join(plain_text(part) for part in parts if isinstance(part, str))


def _name(value: Any, known: dict[str, Node]) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return _text(value) if value not in known else _name(known[value], {})
    if not isinstance(value, dict):
        return None
    if "name" not in value and isinstance(value.get("@id"), str):
        value = known.get(value["@id"], value)
    return _text(value.get("name")) or None


def _first_text(node: Node, *keys: str) -> str | None:
    return next((text for key in keys if (text := _text(node.get(key)))), None)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list) and value:
        value = value[0]
    return plain_text(value) if isinstance(value, str) else ""


def _read_broken(script: str, found: Linked) -> None:
    """Read what a pattern finds in what is no JSON."""

    def search(pattern: re.Pattern[str]) -> str | None:
        match = pattern.search(script)
        if match is None:
            return None
        try:
            return plain_text(str(json.loads(f'"{match[1]}"', strict=False)))
        except ValueError:
            return plain_text(match[1])

    found.headline = found.headline or search(_BROKEN["headline"])
    found.published = found.published or search(_BROKEN["datePublished"])
    found.modified = found.modified or search(_BROKEN["dateModified"])
    found.section = found.section or search(_BROKEN["articleSection"])
    found.publisher = found.publisher or search(_BROKEN_PUBLISHER)
    if not found.authors and (author := search(_BROKEN_AUTHOR)):
        found.authors.append(author)
