"""A file becomes raw records."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from pipeline.config import ReadConfig
from pipeline.errors import Unreadable
from pipeline.read.archives import Counted, Member, tar_members, zip_members
from pipeline.read.compress import Allowance, Bounded, compression, decompress
from pipeline.read.fields import Fields
from pipeline.read.jsonl import Lines, read_jsonl
from pipeline.read.listing import InputFile
from pipeline.read.pages import read_page
from pipeline.read.parquet import read_parquet
from pipeline.read.pieces import NOTHING_SHA256, Found, Lost, Piece, lost, too_large
from pipeline.read.rows import Rows
from pipeline.read.sniff import HEAD_BYTES, Shape, tell_shape, wide_codec, without_compression
from pipeline.read.source import open_source
from pipeline.read.stream import Stream, Tally, read_chunks
from pipeline.read.tables import read_table
from pipeline.read.warc import read_warc
from pipeline.records import Records
from pipeline.sign.texts import Strings
from pipeline.values import FileRead, Place, Quarantined, RawRecord, of_columns


class Block(NamedTuple):
    """Records of a file that stand one after another and are not yet taken apart, which another process can do."""

    file_path: str
    member: str | None
    first: int
    """Number of the first record."""
    raw: Lines | Rows

    def parted(self, count: int) -> tuple[Block, Block]:
        """Cut the first records off."""
        first, rest = self.raw.parted(count)
        return self._replace(raw=first), self._replace(raw=rest, first=self.first + count)


def read_file(file: InputFile, config: ReadConfig) -> Iterator[RawRecord | Quarantined | FileRead]:
    """Give the records of a file, one by one, and at the end exactly one `FileRead`; as `read_blocks` otherwise."""
    for one in read_blocks(file, config):
        if isinstance(one, Block):
            yield from records_of(one, config)
        else:
            yield one


def records_of(block: Block, config: ReadConfig) -> Iterable[RawRecord | Quarantined]:
    """Take a block apart."""
    fields, limit = Fields(config), config.max_record_bytes
    file_path, member, first, raw = block
    if (columns := raw.columns(fields, limit)) is not None:
        form, media, content, sha256, offsets, given = columns
        places = of_columns(Place, repeat(file_path), range(first, first + len(raw)), repeat(member), offsets)
        rows = len(places)
        are_texts = "html" not in media and not isinstance(content, Strings)
        if are_texts and all(type(one) is str for one in content):
            content = Strings(cast(Sequence[str], content))
        return Records(places, [form] * rows, media, content, sha256, [None] * rows, given)
    pieces = enumerate(raw.pieces(fields, limit), start=first)
    return (_placed(file_path, number, member, piece) for number, piece in pieces)


def read_blocks(file: InputFile, config: ReadConfig) -> Iterator[Block | RawRecord | Quarantined | FileRead]:
    """Give the records of a file, one by one or many in a block, and at the end exactly one `FileRead`.

    Nothing is unpacked to disk, and of the file no more than a record is in memory (of a zip archive: its directory
    too; of Parquet: a batch of rows). What is wrong with the data becomes `Quarantined`, and the rest goes on wherever
    it can. Records are numbered from 0 through the whole file, quarantined ones included, so (file_path, record) is
    unique.

    Raises, when iterated:
        Transient: a store did not answer; the same call may succeed later.
    """
    tally = Tally()
    count = 0
    try:
        source = open_source(file.location, file.is_local, file.size)
    except Unreadable as error:
        yield _placed(file.file_path, count, None, lost(error))
        yield FileRead(file.file_path, 0, tally.sha256(), 1)
        return
    with source:
        chunks = read_chunks(source, tally)
        opened = _open(Stream(chunks), file.file_path, Fields(config), Allowance(config.max_expansion, tally.taken))
        for member, piece in _pieces_of_file(opened, source, tally, config):
            if isinstance(piece, Found | Lost):
                yield _placed(file.file_path, count, member, piece)
                count += 1
            else:
                yield Block(file.file_path, member, count, piece)
                count += len(piece)
        try:
            if isinstance(opened, _Opened) and opened.anywhere:
                # It was read here and there: the digest takes a pass of its own.
                tally = Tally()
                source.seek(0)
                chunks = read_chunks(source, tally)
            for _ in chunks:
                pass
        except Unreadable as error:
            yield _placed(file.file_path, count, None, lost(error))
            count += 1
    yield FileRead(file.file_path, tally.size, tally.sha256(), count)


class _Opened(NamedTuple):
    """A file, or a file inside an archive, with its compression off and its shape known."""

    stream: Stream
    shape: Shape
    is_compressed: bool
    fields: Fields

    @property
    def anywhere(self) -> bool:
        """Whether it is read at any place rather than from begin to end."""
        return self.shape in ("zip", "parquet") and not self.is_compressed


def _open(stream: Stream, name: str, fields: Fields, allowance: Allowance) -> _Opened | Lost:
    """Take the compression off and tell the shape; or tell why that cannot be done."""
    scheme = compression(stream.peek(HEAD_BYTES))
    if scheme:
        stream = Stream(Bounded(iter(decompress(scheme, stream.relay())), allowance))
    try:
        shape = _shape(stream, name, scheme is not None, fields)
    except Unreadable as error:
        size, sha256 = stream.drain()
        return Lost(error.reason, error.detail, size, sha256)
    return _Opened(stream, shape, scheme is not None, fields)


def _shape(stream: Stream, name: str, is_compressed: bool, fields: Fields) -> Shape:
    head = stream.peek(HEAD_BYTES)
    if stream.failure and not head:
        raise stream.failure
    bare = without_compression(name)
    if is_compressed and compression(head):
        raise Unreadable("unknown-format", "compressed twice; take one compression off")
    if bare == name or is_compressed:
        return tell_shape(bare, head, fields.holds_content)
    # Named as compressed, and it is not: clients undo compression unasked, so what can be read is.
    suffix = PurePosixPath(name).suffix.lower()
    if not head:
        raise Unreadable("truncated", f"named {suffix}, but empty; fetch it again")
    try:
        return tell_shape(bare, head, fields.holds_content)
    except Unreadable as error:
        raise Unreadable("corrupt", f"named {suffix}, but its content is not compressed so; fetch it again") from error


def _pieces_of_file(
    opened: _Opened | Lost, source: BinaryIO, tally: Tally, config: ReadConfig
) -> Iterator[tuple[str | None, Piece | Lines | Rows]]:
    """Give what a file holds, with the name of the member it stands in where the file is an archive."""
    if isinstance(opened, Lost):
        yield None, opened
        return
    members: Iterator[Member] | None = None
    taken = tally.taken
    if opened.shape == "zip" and opened.anywhere:
        counted = Counted(source)
        taken = counted.taken
        members = zip_members(counted, config.max_members, Allowance(config.max_expansion, taken))
    elif opened.shape == "tar":
        members = tar_members(opened.stream, config.max_members)
    if members is None:
        for piece in _pieces(opened, source if opened.anywhere else None, config):
            yield None, piece
        return
    within = Allowance(config.max_expansion, taken)
    for name, stream in members:
        inner = _open(stream, name or "", opened.fields, within)
        if isinstance(inner, Lost):
            yield name, inner
            continue
        for piece in _pieces(inner, None, config):
            yield name, piece


def _pieces(opened: _Opened, source: BinaryIO | None, config: ReadConfig) -> Iterator[Piece | Lines | Rows]:
    """Give what a file of one format holds; `source` is the file itself, where it can be read at any place."""
    stream, shape, fields, limit = opened.stream, opened.shape, opened.fields, config.max_record_bytes
    if not stream.peek(1) and stream.failure is None:
        yield _empty(shape)
        return
    match shape:
        case "jsonl":
            yield from read_jsonl(_in_utf8(stream), fields, limit)
        case "csv":
            yield from read_table(_in_utf8(stream), fields, limit)
        case "warc":
            yield from read_warc(stream, limit)
        case "parquet":
            yield from _read_parquet(stream, source, fields, config)
        case "zip" | "tar":
            size, sha256 = stream.drain()
            yield Lost("unknown-format", "an archive inside another; unpack the outer one", size, sha256)
        case _:
            yield from read_page(stream, shape, limit)


def _empty(shape: Shape) -> Piece:
    """An empty file is a record without content: a filter rejects it, so it is accounted for."""
    match shape:
        case "html" | "markdown":
            return Found(shape, shape, b"", NOTHING_SHA256, 0)
        case "zip" | "tar":
            return Found("text", "text", b"", NOTHING_SHA256, 0)
        case _:
            return Found(shape, "text", b"", NOTHING_SHA256, 0)


def _read_parquet(stream: Stream, source: BinaryIO | None, fields: Fields, config: ReadConfig) -> Iterator[Rows | Lost]:
    limit = config.max_record_bytes
    if source is None:
        # It must be read at any place, and here it comes in one row only: it is held in memory, if it is small.
        content, size, sha256 = stream.read_record(limit)
        if stream.failure:
            yield lost(stream.failure, content or b"")
            return
        if content is None:
            yield too_large(size, sha256, limit)
            return
        source = io.BytesIO(content)
    yield from read_parquet(source, fields, limit, config.max_expansion)


def _in_utf8(stream: Stream) -> Stream:
    """Give a stream in which a line end is one byte: UTF-16 and UTF-32 as UTF-8, all else as it is."""
    codec = wide_codec(stream.peek(HEAD_BYTES))
    return Stream(_transcoded(stream, codec)) if codec else stream


def _transcoded(stream: Stream, codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for chunk in stream.relay():
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _placed(file_path: str, number: int, member: str | None, piece: Piece) -> RawRecord | Quarantined:
    place = Place(file_path, number, member, piece.byte_offset)
    if isinstance(piece, Found):
        return RawRecord(place, piece.format, piece.media, piece.content, piece.sha256, piece.charset, piece.given)
    # What a library says of broken data may hold the data.
    detail = "".join(char if char.isprintable() else "\ufffd" for char in piece.detail)
    where = f"{file_path}, {member}" if member else file_path
    return Quarantined(
        place=place,
        reason=piece.reason,
        detail=f'{where}, record {number}: {detail}; quarantined as "{piece.reason}"',
        bytes_read=piece.bytes_read,
        sha256=piece.sha256,
    )
