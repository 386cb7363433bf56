"""Plain text put together from what must stay and what must go, so that the expected text is known by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.values import Kind, Relation
from tests.sample.stories import Story
from tests.sample.truth import Cut, End


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a raw text; with a kind, one that must be removed."""

    text: str
    kind: Kind | None = None
    after: str = "\n\n"
    """What stands between it and the next piece."""


def keep(*texts: str, after: str = "\n\n") -> list[Piece]:
    """Give blocks that must stay."""
    return [Piece(text, None, after) for text in texts]


def drop(kind: Kind, *texts: str, after: str = "\n\n") -> list[Piece]:
    """Give blocks that must be removed."""
    return [Piece(text, kind, after) for text in texts]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record's truth before it has an address: other records are named by their `name`."""

    name: str
    cleaned: str = ""
    """The text that is expected, as well as it can be known; what the likeness of records is measured on."""
    end: End = "document"
    reason: str | None = None
    duplicate_of: str | None = None
    relation: Relation | None = None
    superseded_by: str | None = None
    member: str | None = None
    title: str | None = None
    date: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    category: str | None = None
    source_domain: str | None = None
    encoding: str | None = None
    exact: bool = False
    """Whether `cleaned` is certain to the line."""
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    removed: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file of the corpus and the truth of its records, in their order."""

    path: str
    data: bytes
    entries: list[Entry] = field(default_factory=list)


def raw(pieces: Sequence[Piece]) -> str:
    """Give the raw text that the pieces make."""
    return "".join(piece.text + piece.after for piece in pieces).rstrip("\n")


def cleaned(pieces: Iterable[Piece]) -> str:
    """Give what must be left of the pieces."""
    return "\n\n".join(piece.text for piece in pieces if piece.kind is None)


def plain_entry(name: str, told: Story, pieces: Sequence[Piece]) -> Entry:
    """Give the truth of a plain text: what its pieces say, and the facts that a removed line states."""
    kinds = {piece.kind for piece in pieces}
    left = cleaned(pieces)
    cuts = tuple(Cut(piece.kind, piece.text.strip()) for piece in pieces if piece.kind is not None)
    return Entry(
        name,
        cleaned=left,
        exact=True,
        title=told.title if "title" in kinds else None,
        date=told.date if kinds & {"date-line", "date-prefix"} else None,
        authors=(told.author,) if "byline" in kinds and told.author else (),
        category=told.section if "category" in kinds else None,
        language=told.language,
        lacks=tuple(line.strip() for cut in cuts for line in cut.text.split("\n") if line.strip() not in left),
        removed=cuts,
    )


def given_entry(name: str, told: Story, domain: str | None = None, *, exact: bool = True) -> Entry:
    """Give the truth of a record whose fields state the story's facts and whose text is the story's, unadorned."""
    return Entry(
        name,
        cleaned=told.text(),
        exact=exact,
        title=told.title,
        date=told.date,
        authors=(told.author,) if told.author else (),
        language=told.language,
        source_domain=domain,
    )


def duplicate(entry: Entry, of: str, relation: Relation) -> Entry:
    """Let a record be a duplicate of the record of that name."""
    return replace(entry, end="duplicate", duplicate_of=of, relation=relation)


def superseded(entry: Entry, by: str) -> Entry:
    """Let a document be superseded by the fuller record of that name."""
    return replace(entry, superseded_by=by)


def quarantined(name: str, reason: str) -> Entry:
    """Give the truth of a record that cannot be read."""
    return Entry(name, end="quarantined", reason=reason)
