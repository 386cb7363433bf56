"""Tables: CSV, TSV and Parquet."""

from __future__ import annotations

import datetime as dt
import io

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sample.folders import notices
from tests.sample.packing import bz, table
from tests.sample.pieces import Entry, File, duplicate, given_entry
from tests.sample.stories import joined, lead, story


def files() -> list[File]:
    """Make the folder of tables."""
    return [_digest(), _market(), _museum(), _short()]


def _digest() -> File:
    """Two stories, and the lead of one that the wire had brought whole."""
    maps, theatre = story("maps"), story("theatre")
    vaccine = lead(joined(story("vaccine"), story("vaccine_more")))
    rows = [["id", "headline", "text", "url", "date", "author"]]
    for told, slug in ((maps, "border"), (vaccine, "vaccine"), (theatre, "laundry")):
        url = f"https://digest.example.org/{slug}"
        rows.append([f"d-{slug}", told.title, told.text(), url, told.date, told.author or ""])
    entries = [
        given_entry("maps", maps, "digest.example.org"),
        duplicate(given_entry("vaccine-lead", vaccine, "digest.example.org"), "vaccine", "contained"),
        given_entry("theatre", theatre, "digest.example.org"),
    ]
    return File("tables/digest.csv", table(rows, ","), entries)


def _market() -> File:
    rows = [["id", "body"], *([f"m-{n}", text] for n, text in enumerate(notices.market_reports(), 1))]
    entries = [
        Entry(f"market-{n}", cleaned=text, exact=True, language="en")
        for n, text in enumerate(notices.market_reports(), 1)
    ]
    return File("tables/market.csv.bz2", bz(table(rows, ",")), entries)


def _museum() -> File:
    told = [story("ceramics"), story("parasite"), story("kite")]
    columns = pa.table(
        {
            "doc_id": pa.array([one.key for one in told]),
            "title": pa.array([one.title for one in told]),
            "maintext": pa.array([one.text() for one in told]),
            "lang": pa.array([one.language for one in told]),
            "published_at": pa.array(
                [dt.datetime.fromisoformat(one.date).replace(tzinfo=dt.UTC) for one in told], pa.timestamp("ms", "UTC")
            ),
            "authors": pa.array([[one.author] for one in told], pa.list_(pa.string())),
            "permalink": pa.array([f"https://fieldnotes.example.org/{one.key}" for one in told]),
        }
    )
    out = io.BytesIO()
    pq.write_table(columns, out, compression="zstd")
    return File(
        "tables/museum.parquet", out.getvalue(), [given_entry(one.key, one, "fieldnotes.example.org") for one in told]
    )


def _short() -> File:
    """Texts of fewer than twenty words are compared whole."""
    rows = [["id", "content"], ["s-1", notices.POOL], ["s-2", notices.READING_ROOM], ["s-3", notices.POOL.upper()]]
    pool = Entry("pool", cleaned=notices.POOL, exact=True)
    entries = [
        pool,
        Entry("reading-room", cleaned=notices.READING_ROOM, exact=True),
        duplicate(Entry("pool-again", cleaned=notices.POOL.upper(), exact=True), "pool", "exact"),
    ]
    return File("tables/short.tsv", table(rows, "\t"), entries)
