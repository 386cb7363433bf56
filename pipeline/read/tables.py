"""CSV and TSV: rows of a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.decode import decode_bytes
from pipeline.decode.labels import resolve
from pipeline.errors import Unreadable
from pipeline.read.fields import Fields, canonical_json
from pipeline.read.pieces import Found, Lost, Piece, lost, sha256_of, too_large
from pipeline.read.stream import Line, Stream

_SAMPLE = 256 * 1024  # bytes; what the character set and the delimiter are told from
_SAMPLE_ROWS = 20
_DELIMITERS = (",", ";", "\t", "|")
_RESTARTS = 16
"""How often a quote that is never closed may send the reader back: each time it reads to the end of the file."""


class _TooLarge(Exception):
    pass


class Dialect(NamedTuple):
    """How a table is written."""

    codec: str
    delimiter: str


def read_table(stream: Stream, fields: Fields, limit: int) -> Iterator[Piece]:
    """Give the rows of a CSV or TSV stream, each a record; the first row names the columns.

    A row with more or fewer cells than there are columns is quarantined and the rest goes on. `limit` is the largest
    size of a row, in bytes. A record's digest is that of the row as canonical JSON.
    """
    head = stream.peek(_SAMPLE)
    if b"\n" not in head and b"\r" in head:
        stream = Stream(chunk.replace(b"\r", b"\n") for chunk in stream.relay())
    # The module's limit is one for the process and counts characters; a row's bytes are watched by `_Lines`.
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    try:
        dialect = tell_dialect(stream.peek(_SAMPLE), fields)
    except Unreadable as error:
        size, sha256 = stream.drain()
        yield Lost(error.reason, error.detail, size, sha256, 0)
        return
    lines = _Lines(stream, dialect.codec, limit)
    header: list[str] | None = None
    for row in _rows(lines, dialect.delimiter):
        if isinstance(row, Lost):
            yield row
        elif header is None:
            header = [name.strip().removeprefix("\ufeff") for name in row]
        else:
            yield _record(row, header, fields, lines)
    if lines.failure and not lines.told:
        yield lost(lines.failure, byte_offset=stream.offset)


def _rows(lines: _Lines, delimiter: str) -> Iterator[list[str] | Lost]:
    """Give the rows that can be read, and what is wrong with the others; blank lines are none."""
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin_row()
        try:
            row = next(rows)
        except StopIteration:
            return
        except _TooLarge:
            yield lines.too_large()
            continue
        except csv.Error as error:
            yield lines.lost(Unreadable("bad-row", f"not a row of a table: {error}"))
            continue
        if lines.cut and lines.failure:
            yield lines.lost(lines.failure)
        elif lines.problem:
            yield lines.lost(lines.problem)
        elif lines.cut:
            yield lines.never_closed()
        elif row:
            yield row


def _record(row: list[str], header: list[str], fields: Fields, lines: _Lines) -> Piece:
    if len(row) != len(header):
        detail = f"{len(row)} cells where the table has {len(header)} columns; expected as many"
        return lines.lost(Unreadable("bad-row", detail))
    named = dict(zip(header, row, strict=True))
    try:
        found = fields.read(named)
    except Unreadable as error:
        return lines.lost(error)
    return Found("csv", found.media, found.content, sha256_of(canonical_json(named)), lines.offset, None, found.given)


class _Lines:
    """The physical lines of a table as text, for `csv.reader`; a row may take several."""

    def __init__(self, stream: Stream, codec: str, limit: int) -> None:
        self._stream = stream
        self._lines = stream.lines(limit)
        self._codec = codec
        self._limit = limit
        self._again: list[Line] = []  # lines to be read once more, last first
        self._taken: list[Line] = []  # lines of this row
        self._size = 0
        self._restarts = _RESTARTS
        self.cut = False
        """Whether the stream ended in the middle of this row."""
        self.told = False
        self.problem: Unreadable | None = None
        """Why this row cannot be decoded, if it cannot."""

    @property
    def failure(self) -> Unreadable | None:
        """What broke the stream off, if anything did."""
        return self._stream.failure

    @property
    def offset(self) -> int:
        """Where this row begins, in bytes."""
        return self._taken[0].offset if self._taken else self._stream.offset

    def begin_row(self) -> None:
        """Say that the next line begins a row."""
        self._taken.clear()
        self._size = 0
        self.cut = False
        self.problem = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines, None)
        if line is None:
            self.cut = bool(self._taken)
            raise StopIteration
        self._taken.append(line)
        self._size += line.size + 1
        if line.content is None or self._size > self._limit:
            raise _TooLarge
        if not line.ended and self._stream.failure:
            self.cut = True
        return self._decoded(line.content)

    def _decoded(self, content: bytes) -> str:
        content = content.removesuffix(b"\r")
        try:
            text = content.decode(self._codec)
        except UnicodeDecodeError:
            try:
                text = decode_bytes(content, None, "text")[0]
            except Unreadable as error:
                self.problem = error  # told once the row has been read, so that the next one begins where it should
                text = content.decode(self._codec, errors="replace")
        # A NUL, and a carriage return that is no line end, would end the row for the csv module.
        return text.replace("\x00", "").replace("\r", "\u2028") + "\n"

    def never_closed(self) -> Lost:
        """Tell that a quote was opened in this row and never closed; go back to the line after the first, if any."""
        if len(self._taken) > 1 and self._restarts:
            self._restarts -= 1
            self._again.extend(reversed(self._taken[1:]))
            del self._taken[1:]
            return self.lost(Unreadable("bad-row", "a quote is opened in this line and never closed; double it"))
        return self.lost(Unreadable("truncated", "the file ends inside a quoted cell; fetch it again"))

    def _bytes(self) -> bytes:
        return b"\n".join(line.content or b"" for line in self._taken)

    def lost(self, error: Unreadable) -> Lost:
        """Tell an error of this row."""
        self.told = self.told or error is self.failure
        return lost(error, self._bytes(), self.offset)

    def too_large(self) -> Lost:
        """Tell that this row is over the limit."""
        last = self._taken[-1]
        sha256 = last.sha256 if last.sha256 and len(self._taken) == 1 else sha256_of(self._bytes())
        return too_large(self._size, sha256, self._limit, self.offset)


def tell_dialect(head: bytes, fields: Fields) -> Dialect:
    """Tell the character set and the delimiter of a table from its first bytes.

    The delimiter is the one whose first row names a field that holds a text, then the one by which most rows have as
    many cells as the first.

    Raises:
        Unreadable: "binary".
    """
    whole = head if len(head) < _SAMPLE else head[: head.rfind(b"\n") + 1] or head
    codec, text = _codec(whole)
    lines = text.splitlines(keepends=True)[: _SAMPLE_ROWS * 5]
    best = max(_DELIMITERS, key=lambda delimiter: _fit(lines, delimiter, fields))
    return Dialect("utf-8-sig" if codec == "utf-8" else codec, best)


def _codec(sample: bytes) -> tuple[str, str]:
    """Give the codec that reads most lines, and the sample as it reads it; single lines may be in another."""
    beyond = [line for line in sample.splitlines() if not line.isascii()]
    sound = sum(_is_utf8(line) for line in beyond)
    if not beyond or sound * 2 < len(beyond):
        try:
            text, name = decode_bytes(sample, None, "text")
        except Unreadable as error:
            if error.reason == "binary":
                raise
        else:
            charset = resolve(name)
            return charset.codec if charset else "utf-8", text
    return "utf-8", sample.decode("utf-8", errors="replace").removeprefix("\ufeff")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fit(lines: list[str], delimiter: str, fields: Fields) -> tuple[bool, float, int]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        return False, 0.0, 0
    if not rows or len(rows[0]) < 2:
        return False, 0.0, 0
    names = [name.strip() for name in rows[0]]
    alike = sum(len(row) == len(names) for row in rows) / len(rows)
    return fields.holds_content(names), alike, len(names)
