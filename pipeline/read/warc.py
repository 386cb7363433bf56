"""WARC and WET: the records of a web archive.

Written by hand because fastwarc 2.0 and warcio 1.8 both stop at the first broken record (tried on a wrong, a negative
and a huge Content-Length and on bytes between records: the one raises OSError, the other ArchiveLoadFailed), and a
crawl's archive must not end there. Source of the layout: ISO 28500 (WARC 1.0 and 1.1).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from pipeline.errors import Unreadable
from pipeline.read.http import Response, media_type, parse_headers, parse_response, without_encoding
from pipeline.read.pieces import Found, Lost, Piece, lost, sha256_of, too_large
from pipeline.read.sniff import HEAD_BYTES, looks_like_html
from pipeline.read.stream import CHUNK, Stream
from pipeline.values import Format, Given, Media

_HEADER_LIMIT = 64 * 1024  # bytes; the headers of one record
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_VERSION = re.compile(rb"WARC/\d\.\d{1,2}[ \t]{0,8}\r?\n")
# Where a record begins inside what was taken for another: at the start of a line, and followed by a named field.
_BOUNDARY = re.compile(rb"(?<=\n)WARC/\d\.\d{1,2}[ \t]{0,8}\r?\n(?=[A-Za-z-]{1,64}:)")
_BOUNDARY_REACH = 128  # bytes; more than _BOUNDARY ever sees
_DOCUMENTS = frozenset({"response", "resource", "conversion"})
_MEDIA: dict[str, Media] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


class _Header(NamedTuple):
    offset: int
    kind: str
    fields: dict[str, str]
    length: int


def read_warc(stream: Stream, limit: int) -> Iterator[Piece]:
    """Give the documents of a web archive: responses and resources that are HTML or plain text, and conversions (WET).

    Other records (requests, metadata, revisits, images, answers other than 2xx) are no documents and not counted. A
    record whose length is wrong is quarantined, and reading goes on with the next one. `limit` is the largest size of a
    record's block, in bytes.
    """
    while True:
        told = yield from _records(stream, limit)
        if stream.failure is None:
            return
        if not told:
            yield lost(stream.failure, byte_offset=stream.offset)
        # A broken gzip member costs what it held; the next one begins with a record.
        if not stream.resume():
            return


def _records(stream: Stream, limit: int) -> Generator[Piece, None, bool]:
    """Give the records up to the end or the next failure; return whether that failure has been told."""
    while True:
        _skip_newlines(stream)
        if not stream.peek(1):
            return False
        offset = stream.offset
        try:
            header = _take_header(stream)
        except Unreadable as error:
            skipped = _skip(stream, None)
            yield _broken(stream, error.detail, skipped, offset)
            if not skipped.found:
                return True
            continue
        read = _oversized if header.length > limit else _record
        piece, whole = read(stream, header, limit)
        if piece is not None:
            yield piece
        if not whole:
            return True


def _skip_newlines(stream: Stream) -> None:
    while stream.peek(1) in (b"\r", b"\n"):
        stream.read(1)


def _take_header(stream: Stream) -> _Header:
    offset = stream.offset
    head = stream.peek(4096)
    version = _VERSION.match(head)
    if version is None:
        raise Unreadable("corrupt", "these bytes stand between two records and belong to neither")
    end = _HEADER_END.search(head) or _HEADER_END.search(head := stream.peek(_HEADER_LIMIT))
    if end is None:
        raise Unreadable("corrupt", f"its headers do not end within {_HEADER_LIMIT:,} bytes")
    fields = parse_headers(head[version.end() : end.start()])
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        raise Unreadable("corrupt", f"its Content-Length is {length[:40]!r}; expected a number of bytes")
    stream.read(end.end())
    return _Header(offset, fields.get("warc-type", "").lower(), fields, int(length))


class _Skipped(NamedTuple):
    size: int
    sha256: str
    found: bool
    """Whether a record begins where the skipping ended."""


def _skip(stream: Stream, length: int | None, start: bytes = b"") -> _Skipped:
    """Pass over bytes, at most `length`, until a record begins; `start` was read before and counts."""
    digest = hashlib.sha256(start)
    size = len(start)
    while length is None or size < length:
        want = CHUNK if length is None else min(CHUNK, length - size)
        window = stream.peek(want)
        boundary = _BOUNDARY.search(window)
        if boundary:
            step = boundary.start()
        elif len(window) < want or want < CHUNK:
            step = len(window)
        else:
            step = want - _BOUNDARY_REACH  # a boundary may stand across two windows
        part = stream.read(step)
        digest.update(part)
        size += step
        if boundary or not window:
            return _Skipped(size, digest.hexdigest(), boundary is not None)
    return _Skipped(size, digest.hexdigest(), False)


def _broken(stream: Stream, detail: str, skipped: _Skipped, offset: int) -> Lost:
    if stream.failure and not skipped.found:
        return Lost(stream.failure.reason, stream.failure.detail, skipped.size, skipped.sha256, offset)
    return Lost("corrupt", detail, skipped.size, skipped.sha256, offset)


def _oversized(stream: Stream, header: _Header, limit: int) -> tuple[Piece | None, bool]:
    """Pass over a record that says it is over the limit; its length may be a lie, so a record inside it ends it."""
    is_document = _may_be_document(header, stream.peek(HEAD_BYTES))
    skipped = _skip(stream, header.length)
    if skipped.found:
        return _broken(stream, _wrong_length(header, skipped.size), skipped, header.offset), True
    if skipped.size < header.length:
        return _cut(stream, header, skipped.size, skipped.sha256), False
    if is_document:
        return too_large(skipped.size, skipped.sha256, limit, header.offset), True
    return None, True


def _record(stream: Stream, header: _Header, limit: int) -> tuple[Piece | None, bool]:
    """Read a record: give its document, or what is wrong with it, if anything; and whether another may follow."""
    block = stream.read(header.length)
    if len(block) == header.length and _ends_here(stream):
        return _document(header, block, limit), True
    inner = _BOUNDARY.search(block)
    if inner:
        stream.unread(block[inner.start() :])
        detail = _wrong_length(header, inner.start())
        return Lost("corrupt", detail, inner.start(), sha256_of(block[: inner.start()]), header.offset), True
    if len(block) < header.length:
        return _cut(stream, header, len(block), sha256_of(block)), False
    skipped = _skip(stream, None, block)
    return _broken(stream, _wrong_length(header, skipped.size), skipped, header.offset), skipped.found


def _ends_here(stream: Stream) -> bool:
    """Say whether a record ends here: at its two line ends, at the next record, or at the end of the file."""
    tail = stream.peek(_BOUNDARY_REACH)
    rest = tail.lstrip(b"\r\n")
    return tail.startswith(b"\r\n\r\n") or not rest or _VERSION.match(rest) is not None


def _wrong_length(header: _Header, size: int) -> str:
    return f"its Content-Length is {header.length:,}, but the next record begins after {size:,} bytes"


def _cut(stream: Stream, header: _Header, size: int, sha256: str) -> Lost:
    detail = f"the file ends {header.length - size:,} bytes before the record does; fetch it again"
    reason = "truncated"
    if stream.failure:
        reason, detail = stream.failure.reason, stream.failure.detail
    return Lost(reason, detail, size, sha256, header.offset)


class _Answer(NamedTuple):
    response: Response
    media: Media | None
    """None where nothing says what it is."""
    charset: str | None


def _answer(header: _Header, block: bytes) -> _Answer | None:
    """Tell what a record holds; None if it is no document. The beginning of its block is enough."""
    if header.kind not in _DOCUMENTS:
        return None
    kind, charset = media_type(header.fields.get("content-type"))
    response = Response(None, {}, block)
    if header.kind == "response" and kind in (None, "application/http"):
        response = parse_response(block)
        if response.status is not None and response.status // 100 != 2:
            return None
        kind, charset = media_type(response.headers.get("content-type"))
    kind = kind or header.fields.get("warc-identified-payload-type", "").lower() or None
    if kind is not None and kind not in _MEDIA:
        return None
    return _Answer(response, _MEDIA[kind] if kind else None, charset)


def _may_be_document(header: _Header, head: bytes) -> bool:
    answer = _answer(header, head)
    return answer is not None and (answer.media is not None or looks_like_html(answer.response.body))


def _document(header: _Header, block: bytes, limit: int) -> Piece | None:
    """Give the document of a whole record, or what is wrong with it; None if it is no document."""
    answer = _answer(header, block)
    if answer is None:
        return None
    media, body = answer.media, answer.response.body
    try:
        content = without_encoding(answer.response, limit)
    except Unreadable as error:
        return lost(error, body, header.offset)
    if media is None:
        # Nothing says what it is: only an unmistakable page is one.
        if not looks_like_html(content[:HEAD_BYTES]):
            return None
        media = "html"
    given = Given(
        source_id=header.fields.get("warc-record-id", "").strip("<>") or None,
        url=header.fields.get("warc-target-uri", "").strip("<>") or None,
    )
    # WARC-Date is when the page was fetched, no date of publication.
    form: Format = "wet" if header.kind == "conversion" else "warc"
    return Found(form, media, content, sha256_of(body), header.offset, answer.charset, given)
