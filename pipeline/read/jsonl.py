"""JSON: lines of objects, an array of objects, or one object."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.decode import decode_bytes
from pipeline.errors import Unreadable
from pipeline.read.fields import Fields
from pipeline.read.pieces import Columns, Found, Lost, Piece, lost, sha256_of, too_large
from pipeline.read.stream import Line, Stream

_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


# Lines that are given together: enough that what is done once for them does not count.
_LINES_TOGETHER = 256
_BYTES_TOGETHER = 2**20


class Lines:
    """Lines of a file that stand one after another, each an object and a record, until they are parsed."""

    def __init__(self, contents: list[bytes], offsets: list[int], ended: bool = True) -> None:
        """Take lines with the places where they begin.

        Args:
            contents: the lines, without what ends them.
            offsets: where each begins in its file, in bytes.
            ended: whether a newline stood at the end of the last one.
        """
        self._contents = contents
        self._offsets = offsets
        self._ended = ended

    def __len__(self) -> int:
        return len(self._contents)

    @property
    def size(self) -> int:
        """Bytes of all lines."""
        return sum(map(len, self._contents))

    def parted(self, count: int) -> tuple[Lines, Lines]:
        """Cut the first lines off."""
        first = Lines(self._contents[:count], self._offsets[:count], self._ended or count < len(self))
        return first, Lines(self._contents[count:], self._offsets[count:], self._ended)

    def pieces(self, fields: Fields, limit: int) -> Iterator[Piece]:
        """Parse the lines. None is over the limit: those that are were not taken in."""
        del limit
        last = len(self) - 1
        for at, (content, offset) in enumerate(zip(self._contents, self._offsets, strict=True)):
            yield _record(content.removesuffix(b"\r"), fields, offset, self._ended or at < last)

    def columns(self, fields: Fields, limit: int) -> Columns | None:
        """Parse them into columns, at half of the price; None where a record cannot be used, or has fields of its own.

        None is over the limit.
        """
        del limit
        contents = [content.removesuffix(b"\r") for content in self._contents]
        try:
            rows = list(map(orjson.loads, contents))
            keys = list(rows[0]) if type(rows[0]) is dict else []
            if any(type(row) is not dict or list(row) != keys for row in rows):
                return None
            columns = {key: [row[key] for row in rows] for key in keys}
            media, content = fields.contents(columns, rows)
        except (orjson.JSONDecodeError, Unreadable):
            return None
        sha256 = list(map(sha256_of, contents))
        return Columns("jsonl", media, content, sha256, self._offsets, fields.given(columns, len(rows)))


def read_jsonl(stream: Stream, fields: Fields, limit: int) -> Iterator[Piece | Lines]:
    """Give the objects of a JSON stream, each a record; `limit` is the largest size of one, in bytes.

    One object a line is read by lines, so a broken line costs itself only. An array of objects, and objects spread over
    lines, are read by their brackets.
    """
    if stream.peek(3) == _BOM:
        stream.read(3)
    if _is_lines(stream.peek(4096)):
        yield from _by_lines(stream, limit)
    else:
        yield from _by_brackets(stream, fields, limit)


def _is_lines(head: bytes) -> bool:
    start = head.lstrip()
    if start[:1] == b"[":
        return False
    # An object that goes over several lines has its bracket alone, or a first field, on the first.
    first, newline, _ = start.partition(b"\n")
    return not (newline and start[:1] == b"{" and first.rstrip()[-1:] in (b"{", b","))


def _by_lines(stream: Stream, limit: int) -> Iterator[Lost | Lines]:
    taken: list[Line] = []
    size = 0
    for one in _lines(stream, limit):
        if isinstance(one, Line):
            taken.append(one)
            size += one.size
        if taken and (one is not taken[-1] or len(taken) == _LINES_TOGETHER or size >= _BYTES_TOGETHER):
            yield _together(taken)
            taken, size = [], 0
        if isinstance(one, Lost):
            yield one
    if taken:
        yield _together(taken)


def _together(lines: list[Line]) -> Lines:
    return Lines([line.content or b"" for line in lines], [line.offset for line in lines], lines[-1].ended)


def _lines(stream: Stream, limit: int) -> Iterator[Line | Lost]:
    """Give the lines that hold something, and in their place those that are over the limit or cut."""
    while True:
        for line in stream.lines(limit):
            # Where the stream broke off, what follows the last newline is a part of a record even if it parses.
            if not line.ended and stream.failure:
                yield _cut(stream.failure, line)
                break
            if line.content is None:
                yield too_large(line.size, str(line.sha256), limit, line.offset)
            elif line.content and not line.content.isspace():
                yield line
        else:
            if stream.failure:
                yield lost(stream.failure, byte_offset=stream.offset)
        if stream.failure is None or not stream.resume():
            return


def _cut(failure: Unreadable, line: Line) -> Lost:
    sha256 = line.sha256 or sha256_of(line.content or b"")
    return Lost(failure.reason, failure.detail, line.size, sha256, line.offset)


def _record(content: bytes, fields: Fields, offset: int, ended: bool = True) -> Piece:
    try:
        row = parse_object(content)
        found = fields.read(row)
    except Unreadable as error:
        if error.reason == "bad-json" and not ended:
            error = Unreadable("truncated", f"the file ends inside a line ({error.detail}); fetch it again")
        return lost(error, content, offset)
    return Found("jsonl", found.media, found.content, sha256_of(content), offset, None, found.given)


def parse_object(content: bytes) -> dict[str, Any]:
    """Parse the bytes of a JSON object.

    Bytes that are no UTF-8 are decoded as what they are; half a surrogate pair, which some writers leave behind,
    becomes U+FFFD.

    Raises:
        Unreadable: "bad-json", or "wrong-type" where it is JSON but no object.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        value = _parse_leniently(content, error)
    if not isinstance(value, dict):
        raise Unreadable("wrong-type", f"a {type(value).__name__} stands where an object was expected")
    return value


def _parse_leniently(content: bytes, first: orjson.JSONDecodeError) -> Any:
    """Parse what orjson refuses and others write: other character sets, lone surrogates, NaN."""
    try:
        text, _ = decode_bytes(content, None, "text")
        return _without_surrogates(json.loads(text))
    except (ValueError, RecursionError, Unreadable) as error:
        raise Unreadable("bad-json", f"not valid JSON: {first.msg} at character {first.pos + 1}") from error


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


_MARKS = re.compile(rb"[\"{}\[\]\\]")
_WORD_END = re.compile(rb"[\s,\]]")
_GAP = b" \t\r\n,"


class _Value:
    """The bytes of one value while it is read; over the limit only their size and digest are kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.parts: list[bytes] = []
        self.digest: Any = None

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.digest is None and self.size > self.limit:
            self.digest = hashlib.sha256(b"".join(self.parts))
            self.parts.clear()
        if self.digest is None:
            self.parts.append(part)
        else:
            self.digest.update(part)

    def piece(self, fields: Fields, offset: int) -> Piece:
        if self.digest is not None:
            return too_large(self.size, self.digest.hexdigest(), self.limit, offset)
        return _record(b"".join(self.parts), fields, offset)

    def lost(self, error: Unreadable, offset: int) -> Lost:
        sha256 = self.digest.hexdigest() if self.digest else sha256_of(b"".join(self.parts))
        return Lost(error.reason, error.detail, self.size, sha256, offset)


def _by_brackets(stream: Stream, fields: Fields, limit: int) -> Iterator[Piece]:
    """Give the values at the top, or those of an array at the top."""
    _skip_gap(stream)
    in_array = stream.peek(1) == b"["
    if in_array:
        stream.read(1)
    while True:
        _skip_gap(stream)
        head = stream.peek(1)
        if not head or (in_array and head == b"]"):
            break
        offset = stream.offset
        value = _Value(limit)
        whole = _take_value(stream, value)
        if whole:
            yield value.piece(fields, offset)
            continue
        cut = stream.failure or Unreadable("truncated", "the file ends inside a value; fetch it again")
        yield value.lost(cut, offset)
        return
    if stream.failure or (in_array and not stream.peek(1)):
        yield lost(stream.failure or Unreadable("truncated", "the array is not closed; the file may be cut"))
        return
    stream.read(1)
    _skip_gap(stream)
    if stream.peek(1):
        offset = stream.offset
        size, sha256 = stream.drain()
        yield Lost("bad-json", "something follows the end of the array; expected one array", size, sha256, offset)


def _skip_gap(stream: Stream) -> None:
    while head := stream.peek(4096):
        gap = len(head) - len(head.lstrip(_GAP))
        stream.read(gap)
        if gap < len(head):
            return


def _take_value(stream: Stream, value: _Value) -> bool:
    """Read a value to its closing bracket; False if the stream ends before. A bare word ends at a comma or space."""
    bare = stream.peek(1) not in (b"{", b"[", b'"')
    depth = 0
    in_string = escaped = False
    while part := stream.buffered():
        at, escaped = stream.at + escaped, False
        if bare:
            # What ends a word may begin one, where no array is open: it must come to something.
            end = _WORD_END.search(part, at + (value.size == 0))
            value.add(stream.take(end.start() - stream.at if end else None))
            if end:
                return True
            continue
        while mark := _MARKS.search(part, at):
            at = mark.end()
            symbol = mark.group()
            if symbol == b"\\":
                escaped = at == len(part)
                at += 1
            elif symbol == b'"':
                in_string = not in_string
            elif not in_string:
                depth += 1 if symbol in b"{[" else -1
            if depth <= 0 and not in_string:
                value.add(stream.take(at - stream.at))
                return True
        value.add(stream.take(None))
    return bare
