"""A zip archive whose members are a text, a page and a Markdown note."""

from __future__ import annotations

from dataclasses import replace

from tests.sample.packing import zipped
from tests.sample.pages import page, page_entry
from tests.sample.pieces import Entry, File, drop, keep, plain_entry, raw
from tests.sample.sites import PARISH
from tests.sample.stories import story


def files() -> list[File]:
    """Make the archive."""
    allotments, bells, hedge = story("allotments"), story("bells"), story("hedge")
    pieces = [
        *drop("title", allotments.title),
        *drop("date-line", "Posted on 8 March 2026"),
        *keep(*allotments.plain()),
    ]
    members = [
        ("allotments.txt", raw(pieces).encode(), plain_entry("allotments", allotments, pieces)),
        ("bells.html", page(bells, PARISH, "bells").encode(), page_entry("bells", bells, PARISH)),
        (
            "notes/hedge.md",
            f"# {hedge.title}\n\n{hedge.text()}\n".encode(),
            Entry("hedge", cleaned=hedge.text(), title=hedge.title, language="en", holds=hedge.blocks),
        ),
    ]
    data = zipped([(name, content) for name, content, _ in members])
    return [File("archive/parish.zip", data, [replace(entry, member=name) for name, _, entry in members])]
