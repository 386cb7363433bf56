"""One text or page stripped, and what went and why: as lines, or as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import Refused, Unreadable
from pipeline.inspect.pieces import pieces_of
from pipeline.mask.key import with_key
from pipeline.read.listing import list_inputs
from pipeline.read.reader import read_file
from pipeline.read.sniff import HEAD_BYTES, tell_shape
from pipeline.record import clean_record, raw_record
from pipeline.store.page import Html, Part, page, percent, section, tag, text, tiles
from pipeline.strip.reasons import why
from pipeline.values import Document, Media, Quarantined, RawRecord

_ONE_TEXT: dict[str, Media] = {"html": "html", "text": "text", "markdown": "markdown"}


def strip_file(path: str, config: Config) -> Document:
    """Strip a file that holds one text or page, compressed or not.

    Raises:
        SourceMissing: there is no such file.
        Refused: it cannot be read, or holds a table or an archive of records.
    """
    if Path(path).is_dir():
        raise Refused(f"{path}: is a folder. `winnow strip` takes one text or page; `winnow clean` takes folders.")
    (file,) = list_inputs([path], None, (), ())
    item = next(iter(read_file(file, config.read)))
    if isinstance(item, Quarantined):
        raise Refused(f"{item.detail}. Nothing was stripped.")
    if not isinstance(item, RawRecord) or item.format not in _ONE_TEXT:
        raise Refused(f"{path}: holds records, not one text or page. `winnow clean {path} --out CLEAN` takes it.")
    return _clean(item, path, config)


def strip_bytes(content: bytes, url: str | None, config: Config) -> Document:
    """Strip a text or page that comes from no file; its content tells which it is.

    Raises:
        Refused: it is no text, or a table of records.
    """
    try:
        shape = tell_shape("", content[:HEAD_BYTES], lambda _: False) if content.strip() else "text"
    except Unreadable as error:
        raise Refused(f"standard input: {error.detail}. Nothing was stripped.") from error
    if shape not in _ONE_TEXT:
        raise Refused(f"standard input: holds {shape}, not one text or page. `winnow clean` takes files of it.")
    return _clean(raw_record(content, _ONE_TEXT[shape], url), "standard input", config)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the text before cutting."""

    text: str
    kind: str | None
    """What it was, if it was cut; None where it is kept."""
    rule: str | None


def diff_lines(document: Document) -> Iterator[DiffLine]:
    """Give the text before cutting line by line, each piece of a line that was cut in part as a line of its own."""
    for piece in pieces_of(document.before, document.removals):
        cut = None if piece.cut is None else document.removals[piece.cut]
        for line in piece.text.strip("\n").split("\n"):
            yield DiffLine(line, cut.kind if cut else None, cut.rule if cut else None)


def diff_page(document: Document, name: str) -> str:
    """Show the same as a page that stands alone; everything in it is escaped."""
    before, after = len(document.before), len(document.text)
    facts: list[tuple[str, Part, Part]] = [
        ("Title", document.metadata.title or "none found", ""),
        ("Date", document.metadata.date or "none found", ""),
        ("Language", document.language or "unknown", ""),
        ("Cut", percent((before - after) / before if before else 0.0), f"{before - after:,} of {before:,} characters"),
    ]
    if document.masks:
        facts.append(("Masked", f"{len(document.masks):,}", ", ".join(sorted({mask.kind for mask in document.masks}))))
    return page(
        f"{name}, stripped",
        tag("header", tag("p", "Winnow, strip", class_="eyebrow"), tag("h1", name)),
        section("What it is", tiles(facts)),
        section(
            "The text", *map(_line, diff_lines(document)), note="What was cut is struck through, its kind beside it."
        ),
    )


def _line(line: DiffLine) -> Html:
    if line.kind is None:
        return tag("p", text(line.text))
    reason = why(line.rule or "") or ""
    label = tag("small", f" {line.kind}", title=f"{line.rule}: {reason}")
    return tag("p", tag("s", text(line.text, "soft")), label)


def _clean(record: RawRecord, name: str, config: Config) -> Document:
    try:
        return clean_record(record, with_key(config))
    except Unreadable as error:
        raise Refused(f"{name}: {error.detail}. Nothing was stripped.") from error
