"""What goes wrong in every collection, beside records that do not."""

from __future__ import annotations

import orjson

from tests.sample.packing import cut_gz, jsonl, png, table
from tests.sample.pages import menu_only
from tests.sample.pieces import Entry, File, given_entry, quarantined
from tests.sample.sites import HARBOUR
from tests.sample.stories import Story, story


def files() -> list[File]:
    """Make the folder of broken things."""
    return [_cut_short(), *_empty(), _menu(), _mixed(), _picture(), _short_row()]


def _row(told: Story) -> dict[str, object]:
    row: dict[str, object] = {"title": told.title, "text": told.text(), "date": told.date}
    return row | ({"author": told.author} if told.author else {})


def _cut_short() -> File:
    """A transfer that broke off: two records, and a part of the third."""
    salt, pier, torn = story("salt"), story("pier"), story("rail_more")
    return File(
        "broken/cut-short.jsonl.gz",
        cut_gz(jsonl([_row(salt), _row(pier)]), jsonl([_row(torn)])),
        [given_entry("salt", salt), given_entry("pier", pier), quarantined("torn", "truncated")],
    )


def _empty() -> list[File]:
    """A text without a character is a record with nothing left; lines without a line hold no record at all."""
    nothing = Entry("empty", end="rejected", reason="empty")
    none = Entry("no-lines", end="rejected", reason="empty")
    return [File("broken/empty.jsonl", b"", [none]), File("broken/empty.txt", b"", [nothing])]


def _menu() -> File:
    entry = Entry("menu-only", end="rejected", reason="nothing-left")
    return File("broken/menu-only.html", menu_only(HARBOUR).encode(), [entry])


def _mixed() -> File:
    library = story("library")
    last = {
        "id": 5,
        "text": "A brown envelope holding four hundred crowns was handed in at the Hallin post office on Tuesday.",
    }
    lines = [
        orjson.dumps(_row(library)),
        b'{"id": 2, "title": "Half a line", "text": "The quotation mark that should',
        b'{"id": 3, "title": "A headline without a story", "url": "https://example.org/3"}',
        b'{"id": 4, "title": "A number for a story", "text": 20260406}',
        orjson.dumps(last),
    ]
    entries = [
        given_entry("library", library),
        quarantined("bad-line", "bad-json"),
        quarantined("textless", "no-text"),
        quarantined("number", "wrong-type"),
        Entry("envelope", cleaned=str(last["text"]), exact=True),
    ]
    return File("broken/mixed.jsonl", b"\n".join(lines) + b"\n", entries)


def _picture() -> File:
    return File("broken/picture.html", png(), [quarantined("picture", "binary")])


def _short_row() -> File:
    rows = [
        ["id", "date", "text"],
        ["1", "2026-05-30", "A grey pony answering to Biscuit has strayed from the common above Tarnbeck."],
        ["2", "2026-05-30"],
        ["3", "2026-05-31", "The pony was found asleep in the vicar’s runner beans and has been led home."],
    ]
    entries = [
        Entry("strayed", cleaned=rows[1][2], exact=True, date="2026-05-30"),
        quarantined("short-row", "bad-row"),
        Entry("found", cleaned=rows[3][2], exact=True, date="2026-05-31"),
    ]
    return File("broken/short-row.csv", table(rows, ","), entries)
