"""Stories and who ran them, in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.inspect.carriers import Carrier, Story
from pipeline.inspect.plain import one_line
from pipeline.inspect.status import table_lines
from pipeline.store.figures import shorten

# Ever longer names would push what is alike off the screen.
_WHERE = 60
_UNDATED = "no date"


def render_story(story: Story) -> str:
    """Tell who ran a story."""
    rows = [_row(one) for one in story.carriers]
    lines = [
        f"{story.document}  {one_line(shorten(story.title or '', 120))}",
        f"Run by {_run_by(story)}; {_first(story)}.",
        "",
        *table_lines("Who ran it", ["date", "site", "how", "alike", "where", "id"], rows),
    ]
    return "\n".join(lines)


def render_most(stories: Sequence[Story]) -> str:
    """List stories with how many ran them and who was first."""
    if not stories:
        return "No story was run by more than one record."
    rows = [
        (
            f"{len(story.carriers):,}",
            f"{story.sites:,}",
            story.first_seen or _UNDATED,
            story.first_carrier.source_domain or story.first_carrier.file_path,
            story.document,
            shorten(story.title or "", 80),
        )
        for story in stories
    ]
    heads = ["records", "sites", "first seen", "on", "id", "title"]
    return "\n".join(table_lines("The most carried stories", heads, rows))


def _row(carrier: Carrier) -> tuple[str, ...]:
    return (
        carrier.date or _UNDATED,
        carrier.source_domain or "–",
        " ".join(_how(carrier)),
        "–" if carrier.similarity is None else f"{carrier.similarity:.3f}",
        shorten(carrier.url or f"{carrier.file_path}, record {carrier.record}", _WHERE),
        carrier.id,
    )


def _how(carrier: Carrier) -> Iterator[str]:
    if carrier.fate == "document":
        yield "the document"
    if carrier.relation:
        yield carrier.relation
    if carrier.fate == "superseded":
        yield "(superseded)"


def _run_by(story: Story) -> str:
    records, sites = len(story.carriers), story.sites
    told = f"{records:,} record{'' if records == 1 else 's'}"
    return f"{told} on {sites:,} site{'' if sites == 1 else 's'}" if sites else told


def _first(story: Story) -> str:
    first = story.first_carrier
    where = one_line(first.source_domain or first.file_path)
    if story.first_seen is None:
        return f"no date is known, and the first to arrive was {first.id} ({where})"
    return f"first seen {one_line(story.first_seen)}, {first.id} ({where})"
