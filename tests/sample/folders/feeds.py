"""Feeds in JSON, each with its own names for the same fields."""

from __future__ import annotations

from dataclasses import replace

import orjson

from tests.sample.folders import notices
from tests.sample.packing import bz, gz, jsonl, zst
from tests.sample.pages import page, page_entry
from tests.sample.pieces import Entry, File, drop, given_entry, keep, plain_entry, raw, superseded
from tests.sample.sites import HARBOUR, HERALD, QINGHE
from tests.sample.stories import Story, joined, lead, story

WIRE = "lanternwire.example.net"


def files() -> list[File]:
    """Make the folder of feeds."""
    return [_briefs(), _evening(), _item(), _notices(), _pages(), _wire()]


def _briefs() -> File:
    """Leads and first versions, of which fuller ones arrive later."""
    kelp, rail = lead(story("kelp")), story("rail")
    rows = [
        {
            "id": "brief-118",
            "headline": kelp.title,
            "content": kelp.text(),
            "link": HARBOUR.url("2026/05/12/kelp"),
            "published": "2026-05-12T07:10:00Z",
            "author": kelp.author,
        },
        {
            "id": "brief-121",
            "headline": rail.title,
            "content": rail.text(),
            "link": f"https://{WIRE}/travel/sleeper",
            "published": "2026-05-15T21:40:00Z",
            "author": rail.author,
        },
    ]
    entries = [
        superseded(given_entry("kelp-lead", kelp, HARBOUR.domain), "kelp"),
        superseded(given_entry("rail", rail, WIRE), "rail-update"),
    ]
    return File("feeds/briefs.jsonl", jsonl(rows), entries)


def _evening() -> File:
    """A text in mojibake, a Chinese story that a site also ran, and a Spanish one with a subscription call."""
    savings, tea, faro = story("savings"), story("tea"), story("faro")
    garbled = savings.text().replace("Thrift ties up", "Thrift – née Constance – ties up")
    told = replace(savings, blocks=tuple(garbled.split("\n\n")))
    pieces = [
        *keep(*faro.plain()),
        *drop("newsletter", "Suscríbete a nuestro boletín y recibe las noticias cada mañana."),
    ]
    rows = [
        {
            "guid": "ev-1",
            "title": told.title,
            "body": garbled.encode().decode("cp1252"),
            "url": "https://evening.example.org/bank",
            "date": told.date,
            "byline": told.author,
        },
        {
            "guid": "ev-2",
            "title": tea.title,
            "body": tea.text(),
            "url": QINGHE.url("local/night-tea"),
            "date": tea.date,
            "byline": tea.author,
        },
        {
            "guid": "ev-3",
            "title": faro.title,
            "body": raw(pieces),
            "url": "https://www.la-voz-de-almeral.example/tunel",
            "date": faro.date,
            "byline": faro.author,
        },
    ]
    cut = plain_entry("faro", faro, pieces)
    spanish = replace(given_entry("faro", faro, "la-voz-de-almeral.example"), removed=cut.removed, lacks=cut.lacks)
    entries = [given_entry("savings", told, "evening.example.org"), given_entry("tea", tea, QINGHE.domain), spanish]
    return File("feeds/evening.jsonl.zst", zst(jsonl(rows)), entries)


def _item() -> File:
    """One object, on one line, in a file that is called .json."""
    told = story("glass")
    row = {
        "title": told.title,
        "article_body": told.text(),
        "canonical_url": "https://crafts.example.org/green-glass",
        "publish_date": told.date,
        "authors": [told.author],
        "section": told.section,
        "language": "en",
    }
    entry = replace(given_entry("glass", told, "crafts.example.org"), category=told.section)
    return File("feeds/item.json", orjson.dumps(row) + b"\n", [entry])


def _notices() -> File:
    rows = [
        {"uuid": f"level-{n}", "text": text, "source_url": f"https://harbour-office.example.org/levels/{n}"}
        for n, text in enumerate(notices.water_levels(), 1)
    ]
    entries = [
        Entry(f"level-{n}", cleaned=text, exact=True, language="en", source_domain="harbour-office.example.org")
        for n, text in enumerate(notices.water_levels(), 1)
    ]
    return File("feeds/notices.jsonl.bz2", bz(jsonl(rows)), entries)


def _pages() -> File:
    """A row whose text is an abstract and whose page holds the story: the page is what counts."""
    told = story("owl")
    url = HERALD.url("2026/05/28/barn-owl")
    row = {
        "id": "page-1",
        "url": url,
        "raw_html": page(told, HERALD, "2026/05/28/barn-owl"),
        "text": "An owl has laid eggs in the organ of a chapel.",
    }
    return File("feeds/pages.jsonl", jsonl([row]), [page_entry("owl", told, HERALD)])


def _wire() -> File:
    vaccine = joined(story("vaccine"), story("vaccine_more"))
    rail = joined(story("rail"), story("rail_more"))
    told = {
        "comet": story("comet"),
        "chess": story("chess"),
        "soil": story("soil"),
        "vaccine": vaccine,
        "rail-update": rail,
    }
    return File(
        "feeds/wire.jsonl.gz",
        gz(jsonl([_wired(key, one) for key, one in told.items()])),
        [replace(given_entry(key, one, WIRE), category=one.section) for key, one in told.items()],
    )


def _wired(key: str, told: Story) -> dict[str, object]:
    return {
        "_id": f"lw-{told.date}-{key}",
        "title": told.title,
        "text": told.text(),
        "url": f"https://{WIRE}/{told.section.lower()}/{key}",
        "published_at": f"{told.date}T05:00:00+00:00",
        "author": told.author,
        "lang": told.language,
        "category": told.section,
    }
