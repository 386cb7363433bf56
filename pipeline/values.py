"""The values that travel through Winnow. They hold data and no behaviour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar, get_args

Row = TypeVar("Row", bound=tuple[Any, ...])

Media = Literal["html", "text", "markdown"]
"""What the content of a record is, whatever file it came in."""

Format = Literal["html", "text", "markdown", "jsonl", "csv", "parquet", "warc", "wet"]
"""The format of the file that a record came in."""

Kind = Literal[
    "navigation",
    "advertisement",
    "newsletter",
    "subscription",
    "login",
    "share",
    "comment-form",
    "comments",
    "related-posts",
    "cookie-notice",
    "copyright",
    "image-credit",
    "disclaimer",
    "pagination",
    "category",
    "byline",
    "date-line",
    "date-prefix",
    "title",
    "repeated-headline",
    "repeated-paragraph",
    "learned",
    "site-template",
]
"""What a removed span was."""

KINDS: tuple[Kind, ...] = get_args(Kind)

MaskKind = Literal["email", "phone", "card", "iban", "ip"]
"""What a masked span was."""

MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)

MASK_RULE = "privacy."
"""How the rules of masks begin, in `removals`; their kind follows."""

Relation = Literal["exact", "near", "contained", "altered", "update"]
"""How a duplicate stands to the document that represents it.

exact: the same folded text. near: Jaccard similarity at or over the threshold. contained: mostly inside the other.
altered: the other with other words or letters all over, or with long passages in common. update: an earlier version
of the same page.
"""

QUARANTINE_REASONS: dict[str, str] = {
    "unreadable-file": "the file could not be opened or read",
    "unknown-format": "neither the name nor the content tells a format that Winnow reads",
    "truncated": "the file ends in the middle of a record or of its compressed data",
    "corrupt": "the file's or the record's structure is broken",
    "bad-json": "a line is not valid JSON",
    "bad-row": "a row does not fit its table",
    "no-text": "the record has no field that holds a text or a page",
    "wrong-type": "a field holds something else than a text",
    "binary": "the content is not a text",
    "undecodable": "no character set reads the bytes",
    "extraction-failed": "the page could not be parsed",
    "stage-failed": "a stage stopped on this record: a defect of Winnow",
    "too-large": "the record is larger than the configured limit",
    "expands-too-far": "compressed data grow more than the configured ratio: a bomb, or the rest of one",
    "too-many-members": "an archive holds more files than the configured limit",
    "too-slow": "cleaning the record took longer than the configured limit",
    "too-much-memory": "cleaning the record took more memory than the configured limit",
    "crashed": "cleaning the record ended the process, twice",
}
"""Every reason for quarantine, with its meaning. The names are stable."""


class Place(NamedTuple):
    """Where a record stands. `file_path` is relative to the root that was read, with forward slashes."""

    file_path: str
    record: int
    """Number of the record in its file, from 0, in reading order, members of an archive counted through."""
    member: str | None = None
    """Name of the file inside an archive."""
    byte_offset: int | None = None
    """Where the record begins in the uncompressed file, when that is known."""


class Given(NamedTuple):
    """What the source itself says of a record (a JSON field, a CSV column, a WARC header)."""

    source_id: str | None = None
    url: str | None = None
    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    site_name: str | None = None
    category: str | None = None


def of_columns(kind: type[Row], *columns: Iterable[Any]) -> list[Row]:
    """Make named tuples of their fields in columns; to call each costs three times as much.

    >>> of_columns(Place, ["a"], [7], [None], [None])
    [Place(file_path='a', record=7, member=None, byte_offset=None)]
    """
    return list(map(partial(tuple.__new__, kind), zip(*columns, strict=False)))


class RawRecord(NamedTuple):
    """One record as it was read, before anything is done to it."""

    place: Place
    format: Format
    media: Media
    content: bytes | str
    """Bytes where the file holds bytes; a str where its format already decoded it (JSON, Parquet)."""
    sha256: str
    """Hex digest of the record's bytes; of its canonical JSON where the format has rows and no bytes of its own."""
    charset: str | None = None
    """Character set declared outside the content (an HTTP header)."""
    given: Given = Given()


class Quarantined(NamedTuple):
    """A record, or the rest of a file, that could not be read, and why."""

    place: Place
    reason: str
    """One of `QUARANTINE_REASONS`."""
    detail: str
    """For people: what was found, where, and what was expected."""
    bytes_read: int
    """How many bytes of the record were read before it failed."""
    sha256: str
    """Hex digest of those bytes."""


class FileRead(NamedTuple):
    """Said once a file has been read to its end (or as far as it can be)."""

    file_path: str
    size: int
    sha256: str
    records: int


@dataclass(frozen=True, slots=True)
class Removal:
    """A span that was cut from a text. Offsets are in characters (code points) of the text before cutting.

    `text` is exactly `before[start:end]`, white space included, so putting all removals back restores the text.
    """

    rule: str
    """Stable name of the rule that decided, such as `newsletter.sign-up`."""
    kind: Kind
    start: int
    end: int
    text: str
    score: float | None = None
    """How sure a model was, where one decided."""
    weighed: str | None = None
    """What weighed most with it, in words."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A span that a placeholder stands for. Offsets are those of the placeholder in the text before cutting."""

    kind: MaskKind
    start: int
    end: int
    told: str
    """What is told of the masked text, as `[privacy] told` says: a `•` for each character, a keyed hash, or itself."""


class Metadata(NamedTuple):
    """What is known of a document beside its text. Dates are ISO 8601, languages ISO 639-1."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    url: str | None = None
    site_name: str | None = None
    category: str | None = None
    language: str | None = None


class Sketch(NamedTuple):
    """The blocks that are left of a text once the rules have cut (`pipeline.sites.sketch`): little-endian arrays."""

    blocks: bytes
    """uint64, one a block."""
    anchors: bytes
    """uint32, one for each block that is long enough to tell stories apart: a hash of its end."""
    spans: bytes
    """uint32, start and end of each block in the text before cutting."""


class Document(NamedTuple):
    """A cleaned text and how it became so."""

    text: str
    before: str
    """The text before cutting, masked where that is asked for; `restore(text, removals)` gives it again."""
    metadata: Metadata
    language: str | None
    language_score: float | None
    encoding: str | None
    """The character set that the bytes were read with; None where the source gave text."""
    extractor: str
    removals: tuple[Removal, ...] = ()
    sketch: Sketch | None = None
    """What the site model knows of it; None where that is off."""
    masks: tuple[Mask, ...] = ()
    """What of the text before cutting is masked, in order; empty unless the configuration asks for it."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a document is not kept, by a filter's stable name."""

    reason: str
    detail: str
