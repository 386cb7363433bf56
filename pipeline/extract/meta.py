"""Metadata of a page: title, authors, day of publication, address, site, section and language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pipeline.extract.address import absolute, bare_address, canonical_address, host_labels, host_of
from pipeline.extract.dates_in_page import agree, date_in_address, declared_date, is_day_first
from pipeline.extract.declared import Declared, in_order, read_declared
from pipeline.extract.headline import Candidate, choose_headline, fits_host, folded, site_beside, site_key
from pipeline.extract.linked_data import Linked, read_linked
from pipeline.extract.people import is_person, may_name_a_site, read_names
from pipeline.extract.visible import read_visible_head
from pipeline.strip.rule import names
from pipeline.values import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST_SITE = 100
# Fields that are not meant for the site's name hold longer things as well.
_LONGEST_OTHER_SITE = 40
_MOST_HEADINGS = 5
_NO_SITE = re.compile(r"https?:|www\.|@|©|\(c\)|copyright\b|\S+@", re.IGNORECASE)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_,;\s])")
_NO_LANGUAGE = names("und|mul|zxx|mis|xx")
# ISO 639-2 codes that pages write where ISO 639-1 has one, and countries that they take for languages.
_TWO_LETTERS = dict(
    pair.split(":", 1)
    for pair in in_order(
        "eng:en|deu:de|ger:de|fra:fr|fre:fr|spa:es|por:pt|ita:it|nld:nl|dut:nl|rus:ru|ara:ar|zho:zh|chi:zh|jpn:ja|kor:ko",
        "pol:pl|tur:tr|swe:sv|dan:da|nor:no|nob:nb|fin:fi|ces:cs|cze:cs|hun:hu|ron:ro|rum:ro|ukr:uk|ell:el|gre:el|heb:he",
        "hin:hi|ind:id|vie:vi|tha:th|cat:ca|cn:zh|jp:ja|kr:ko|iw:he|in:id",
    )
)

# Names of meta tags, the surest first.
_AUTHORS = in_order(
    "author|article:author|og:article:author|og:author|article:author_name|parsely-author|sailthru.author|byl|authors",
    "dc.creator|dcterms.creator|dc.creator.aut|dc:creator|dcterms.creator.aut|creator|rbauthors|dcsext.author",
    "atc-metaauthor|shareaholic:article_author_name|cxenseparse:author|dc.contributor.author|twitter:data1",
)
_SITES = in_order(
    "citation_journal_title|dc.publisher|dcterms.publisher|dc:publisher|sailthru.publisher|rbpubname|application-name",
    "apple-mobile-web-app-title",
)
_SECTIONS = in_order("article:section|og:article:section|parsely-section|cxenseparse:recs:category|category|section")
_TITLES = in_order("citation_title|dc.title|dcterms.title|parsely-title|sailthru.title|headline|rbtitle|fb_title|title")
_LANGUAGES = in_order("content-language|og:locale|inlanguage|dc.language|language")


def read_metadata(tree: _Element, url: str | None) -> Metadata:
    """Read what a page says of itself.

    Args:
        tree: the page, as `pipeline.extract.tree.load_tree` gives it; it is left as it is.
        url: where it was fetched, where that is known.

    Returns:
        The metadata: the date as YYYY-MM-DD, the language as ISO 639-1 (639-3 where it has none), the address absolute.
        What the page does not tell is None. Nothing is raised for what a page holds. The time is linear in the page.
    """
    declared = read_declared(tree)
    said = [*declared.canonical, *declared.metas.get("og:url", ()), *declared.metas.get("twitter:url", ())]
    titles = [title for title in (declared.first("og:title"), declared.title, *declared.headings) if title]
    linked = read_linked(
        declared.scripts,
        {bare_address(address) for address in (url, *said[:2]) if address},
        {folded(title) for title in titles},
    )
    address = canonical_address(said, declared.base, url) or absolute(linked.url, url)
    host = host_of(address) or host_of(url)
    language = _language_tag(tree, declared, linked)
    sites = _sites(declared, linked)
    title = _title(declared, linked, [*sites, *host_labels(host)])
    site = _site(sites, declared, linked, title, host)
    others = {folded(name) for name in (*sites, site, host, title) if name and not may_name_a_site(name)}
    authors, date = _authors_and_date(tree, declared, linked, others, title, address, url, language)
    return Metadata(
        title=title,
        authors=authors,
        date=date,
        url=address,
        site_name=site,
        category=linked.section or declared.first(*_SECTIONS),
        language=_language(language),
    )


def page_language(tree: _Element) -> str | None:
    """Give the language that a page declares, as ISO 639-1 in lower case (639-3 where it has none)."""
    declared = read_declared(tree)
    return _language(_language_tag(tree, declared, read_linked(declared.scripts, (), ())))


def _language_tag(tree: _Element, declared: Declared, linked: Linked) -> str | None:
    root = tree.getroottree().getroot()
    body = root.find("body")
    said = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        body.get("lang") if body is not None else None,
        *(declared.first(name) for name in _LANGUAGES),
        linked.language,
    )
    return next((tag.strip()[:50] for tag in said if tag and _language(tag)), None)


def _language(tag: str | None) -> str | None:
    match = _LANGUAGE.match((tag or "").strip()[:50])
    code = match.group().lower() if match else None
    return None if code is None or code in _NO_LANGUAGE else _TWO_LETTERS.get(code, code)


def _sites(declared: Declared, linked: Linked) -> list[str]:
    """Give what fields call the site, the surest first."""
    said = (declared.first("og:site_name"), linked.site, linked.publisher, *map(declared.first, _SITES))
    return [name for name in said if name and len(name) <= _LONGEST_SITE and not _NO_SITE.match(name)]


def _site(sites: list[str], declared: Declared, linked: Linked, title: str | None, host: str | None) -> str | None:
    """Choose the name of the site: what fields and the page's title call it, those that fit the host before others."""
    labels = [key for label in host_labels(host) if len(key := site_key(label)) > 2]
    named = [name for name in sites if folded(name) != folded(title or "")]
    if named and named[0] in (declared.first("og:site_name"), linked.site) and not _is_bare(named[0], host):
        return named[0]
    beside = site_beside(declared.title or "", title or "", labels)
    handle = (declared.first("twitter:site") or "").lstrip("@")
    others = (handle, declared.first("publisher"), declared.first("copyright"), declared.first("author"))
    fitting = [name for name in (*named, *filter(_may_be_site, (beside, *others))) if name and _fits(name, labels)]
    fitting.sort(key=lambda name: _is_bare(name, host))
    publisher = declared.first("publisher")
    return next(iter((*fitting, *named, *sites, *filter(_may_be_site, [publisher]))), host)


def _fits(name: str, labels: Collection[str]) -> bool:
    return any(fits_host(name, label) for label in labels)


def _is_bare(name: str, host: str | None) -> bool:
    """Say whether a name is a host's rather than one for readers."""
    return folded(name).removeprefix("www.") == host or (name.islower() and " " not in name)


def _may_be_site(name: str | None) -> bool:
    return name is not None and 0 < len(name) <= _LONGEST_OTHER_SITE and not _NO_SITE.match(name)


def _title(declared: Declared, linked: Linked, sites: Collection[str]) -> str | None:
    said = (
        ("og", declared.first("og:title")),
        ("headline", linked.headline),
        *(("heading", heading) for heading in declared.headings[:_MOST_HEADINGS]),
        ("title", declared.title),
        ("field", declared.first("twitter:title")),
        ("field", declared.first(*_TITLES)),
    )
    candidates = [Candidate(text, source) for source, text in said if text]
    return choose_headline(candidates, sites, headings=len(declared.headings))


def _authors_and_date(
    tree: _Element,
    declared: Declared,
    linked: Linked,
    others: Collection[str],
    title: str | None,
    address: str | None,
    url: str | None,
    language: str | None,
) -> tuple[tuple[str, ...], str | None]:
    """Give authors and date: what is declared, else what readers see, for which alone the page is walked over.

    Args:
        others: folded names that are no authors.
    """
    host = host_of(address) or host_of(url)
    day_first = is_day_first(language, host)
    authors = _declared_authors(declared, linked, others)
    # One word is a first name, but as often a login name or the site's.
    is_doubtful = len(authors) == 1 and not is_person(authors[0])
    published, changed = declared_date(declared, linked, day_first=day_first)
    published = agree(published, date_in_address(url) or date_in_address(address))
    if authors and not is_doubtful and published:
        return authors, published
    seen = read_visible_head(
        tree,
        title,
        authors=is_doubtful or not authors,
        date=not published,
        day_first=day_first,
        not_authors=others,
    )
    if is_doubtful and (any(map(is_person, seen.authors)) or _is_hosts(authors[0], host)):
        authors = seen.authors
    return authors or seen.authors, published or seen.published or changed or seen.changed


def _declared_authors(declared: Declared, linked: Linked, others: Collection[str]) -> tuple[str, ...]:
    cited = _names(declared.values("citation_author"), (), reversed_names=True)
    if cited:
        return cited
    found = _names(linked.authors, others)
    for name in _AUTHORS:
        said = _names(declared.values(name), others)
        # Systems that allow one author in linked data name all of them in the field.
        if said and (not found or set(map(folded, found)) < set(map(folded, said))):
            return said
    return found


def _names(values: Iterable[str], others: Collection[str], *, reversed_names: bool = False) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for value in values
            for name in read_names(value, trusted=True, reversed_names=reversed_names, not_these=others)
        )
    )


def _is_hosts(name: str, host: str | None) -> bool:
    """Say whether a name is that of the site's host."""
    return len(site_key(name)) > 1 and site_key(name) in site_key(host or "")
