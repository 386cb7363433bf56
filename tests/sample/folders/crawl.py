"""Crawls: pages in WARC, one file compressed member by member, and texts in WET."""

from __future__ import annotations

from dataclasses import replace

from tests.sample.packing import Warc, conversion, gz, request, response, warc, warcinfo
from tests.sample.pages import page, page_entry
from tests.sample.pieces import Entry, File, drop, keep, plain_entry, raw
from tests.sample.sites import BOTE, BRASSAC, HERALD, Site
from tests.sample.stories import story


def files() -> list[File]:
    """Make the folder of crawls."""
    return [_april(), _may(), _june()]


def _april() -> File:
    phare = page(story("phare"), BRASSAC, "patrimoine/phare", charset="windows-1252").encode("cp1252")
    records = [
        warcinfo("2026-04.warc"),
        *_visit("tannery", HERALD, "2026/04/08/roman-tannery"),
        *_visit("bees", HERALD, "2026/04/11/heather-honey"),
        request(BRASSAC.url("patrimoine/phare")),
        response(BRASSAC.url("patrimoine/phare"), phare, "text/html; charset=windows-1252"),
    ]
    entries = [
        page_entry("tannery", story("tannery"), HERALD),
        page_entry("bees", story("bees"), HERALD),
        page_entry("phare", story("phare"), BRASSAC, encoding="cp1252"),
    ]
    return File("crawl/2026-04.warc", b"".join(warc(records, "2026-04-30T02:00:00Z")), entries)


def _may() -> File:
    calls = {
        2: "ADVERTISEMENT",
        4: "Like what you are reading? Sign up for our weekly newsletter here.",
        5: "Read more: Fleece prices fall for a third year",
    }
    bridge = story("bruecke")
    # Says iso-8859-1, in its head and to the server, and is UTF-8.
    wrong = page(bridge, BOTE, "lokales/holzbruecke", charset="iso-8859-1").encode()
    mill = page(story("mill"), HERALD, "2026/03/27/wool-mill", among=calls).encode()
    records = [
        warcinfo("2026-05.warc.gz"),
        response(BOTE.url("lokales/holzbruecke"), wrong, "text/html; charset=iso-8859-1"),
        response(HERALD.url("2026/03/27/wool-mill"), mill, "text/html; charset=utf-8"),
        *_visit("signal", HERALD, "2026/05/09/telephone-mast"),
    ]
    entries = [
        page_entry("bruecke", bridge, BOTE, encoding="utf-8"),
        page_entry("mill", story("mill"), HERALD, among=calls),
        page_entry("signal", story("signal"), HERALD),
    ]
    return File(
        "crawl/2026-05.warc.gz", b"".join(gz(record) for record in warc(records, "2026-05-31T02:00:00Z")), entries
    )


def _visit(key: str, site: Site, slug: str) -> list[Warc]:
    url = site.url(slug)
    return [request(url), response(url, page(story(key), site, slug).encode(), "text/html; charset=utf-8")]


def _june() -> File:
    """Whole pages as text: what an extraction without judgement leaves."""
    swifts, kiosk = story("swifts"), story("kiosk")
    first = [
        *drop("navigation", "Home | News | Nature | Events | About us", after="\n"),
        *drop("title", swifts.title, after="\n"),
        *drop("share", "Share this article: Facebook Twitter WhatsApp", after="\n"),
        *keep(*swifts.plain(), after="\n"),
        *drop("copyright", "© 2026 Brinwich Observer. All rights reserved.", after="\n"),
    ]
    second = [
        *drop("title", kiosk.title, after="\n"),
        *keep(*kiosk.plain(), after="\n"),
        *drop("newsletter", "Subscribe to our newsletter to get the latest news delivered to your inbox.", after="\n"),
        *drop("pagination", "« Previous 1 2 3 4 Next »", after="\n"),
    ]
    records = [
        warcinfo("2026-06.wet.gz"),
        conversion("https://brinwich-observer.example/nature/swifts", raw(first)),
        conversion("https://tramline.example.net/kiosk", raw(second)),
    ]
    entries = [
        _from(plain_entry("swifts", swifts, first), "brinwich-observer.example"),
        _from(plain_entry("kiosk", kiosk, second), "tramline.example.net"),
    ]
    return File(
        "crawl/2026-06.wet.gz", b"".join(gz(record) for record in warc(records, "2026-06-30T02:00:00Z")), entries
    )


def _from(entry: Entry, domain: str) -> Entry:
    return replace(entry, source_domain=domain)
