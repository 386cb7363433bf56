"""Bytes one after another, with a look ahead. What breaks off is told at the end, not raised into the parser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipeline.errors import Unreadable

CHUNK = 256 * 1024
"""Bytes read from a file at a time: large enough that the calls do not count, small enough to hold many."""


class Tally:
    """Size and SHA-256 of the raw bytes of a file, kept while it is read."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        """Take in the next bytes."""
        self.size += len(chunk)
        self._digest.update(chunk)

    def taken(self) -> int:
        """Give the size so far."""
        return self.size

    def sha256(self) -> str:
        """Give the digest of what was taken in, in hex."""
        return self._digest.hexdigest()


def read_chunks(source: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """Give the bytes of an open file in chunks, entered into the tally.

    Raises, when iterated: what the file raises (see `pipeline.read.source.open_source`).
    """
    while chunk := source.read(CHUNK):
        tally.add(chunk)
        yield chunk


class Line(NamedTuple):
    """A line without its newline."""

    offset: int
    """Where it begins, in bytes from the start of the stream."""
    content: bytes | None
    """None if it was longer than the limit: then only its size and digest were kept."""
    size: int
    sha256: str | None
    ended: bool
    """Whether a newline stood at its end."""


class Stream:
    """Chunks of bytes, read as a file is read, forwards only.

    Where the chunks end with `Unreadable`, the stream ends there and `failure` holds the error: what stood before it
    can be used, and the parser says what was cut.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._at = 0
        self._before = 0  # bytes of the stream before the buffer
        self.failure: Unreadable | None = None

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._before + self._at

    def _fill(self) -> bool:
        if self.failure:
            return False
        try:
            chunk = next(self._chunks, b"")
            while chunk == b"":
                # An empty chunk is no end: a decompressor may have nothing to give yet.
                chunk = next(self._chunks)
        except StopIteration:
            return False
        except Unreadable as error:
            self.failure = error
            return False
        rest = self._buffer[self._at :]
        self._before += self._at
        self._buffer = rest + chunk if rest else chunk
        self._at = 0
        return True

    def resume(self) -> bool:
        """Go on behind a failure, where the source found a place to go on from; False if there is none."""
        self.failure = None
        return self._fill()

    def peek(self, size: int) -> bytes:
        """Look at the next bytes without reading them; fewer only at the end."""
        while len(self._buffer) - self._at < size and self._fill():
            pass
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Read so many bytes; fewer only at the end."""
        parts = []
        while size > 0:
            part = self._buffer[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
            if size and not self._fill():
                break
        return b"".join(parts)

    @property
    def at(self) -> int:
        """Where in `buffered()` the next byte stands."""
        return self._at

    def buffered(self) -> bytes:
        """Give the buffer that the next byte stands in, at `at`; empty at the end. For parsers that search in place."""
        return self._buffer if self._at < len(self._buffer) or self._fill() else b""

    def take(self, size: int | None) -> bytes:
        """Read so many bytes of the buffer, or all that it holds."""
        part = self._buffer[self._at :] if size is None else self._buffer[self._at : self._at + size]
        self._at += len(part)
        return part

    def chunks(self, size: int | None = None) -> Iterator[bytes]:
        """Read so many bytes, or all there are, in chunks as they come."""
        left = size
        while left is None or left > 0:
            part = self._buffer[self._at :] if left is None else self._buffer[self._at : self._at + left]
            self._at += len(part)
            if left is not None:
                left -= len(part)
            if part:
                yield part
            elif not self._fill():
                return

    def relay(self, size: int | None = None) -> Iterator[bytes]:
        """Read as `chunks` does, for another stream to read from: what breaks off here breaks off there.

        Raises, when iterated:
            Unreadable: the failure of this stream, or "truncated" if it ends before `size` bytes.
        """
        given = 0
        for chunk in self.chunks(size):
            given += len(chunk)
            yield chunk
        if self.failure:
            raise self.failure
        if size is not None and given < size:
            raise Unreadable("truncated", f"the file ends {size - given:,} bytes too early; fetch it again")

    def unread(self, content: bytes) -> None:
        """Put bytes back that were read last."""
        self._before -= len(content) - self._at
        self._buffer = content + self._buffer[self._at :]
        self._at = 0

    def drain(self) -> tuple[int, str]:
        """Read what is left and keep nothing of it but its size and SHA-256."""
        digest = hashlib.sha256()
        size = 0
        for chunk in self.chunks():
            size += len(chunk)
            digest.update(chunk)
        return size, digest.hexdigest()

    def read_record(self, limit: int) -> tuple[bytes | None, int, str]:
        """Read all that is left as one record: its bytes (None if over `limit` bytes), its size and SHA-256."""
        content = self.read(limit + 1)
        digest = hashlib.sha256(content)
        if len(content) <= limit:
            return content, len(content), digest.hexdigest()
        size = len(content)
        del content
        for chunk in self.chunks():
            size += len(chunk)
            digest.update(chunk)
        return None, size, digest.hexdigest()

    def lines(self, limit: int) -> Iterator[Line]:
        """Read line by line. Of a line longer than `limit` bytes only size and digest are kept."""
        while True:
            offset = self.offset
            found = self._buffer.find(b"\n", self._at)
            if 0 <= found <= self._at + limit:
                content = self._buffer[self._at : found]
                self._at = found + 1
                yield Line(offset, content, len(content), None, True)
                continue
            line = self._long_line(offset, limit)
            if line is None:
                return
            yield line

    def _long_line(self, offset: int, limit: int) -> Line | None:
        """Read a line that does not stand in the buffer whole, or is over the limit."""
        parts: list[bytes] = []
        size = 0
        digest = None
        ended = False
        while True:
            found = self._buffer.find(b"\n", self._at)
            ended = found >= 0
            part = self._buffer[self._at : found] if ended else self._buffer[self._at :]
            self._at = found + 1 if ended else len(self._buffer)
            size += len(part)
            if digest is None and size > limit:
                digest = hashlib.sha256(b"".join(parts))
                parts.clear()
            if digest is None:
                parts.append(part)
            else:
                digest.update(part)
            if ended or not self._fill():
                break
        if not ended and not size:
            return None
        if digest is None:
            return Line(offset, b"".join(parts), size, None, ended)
        return Line(offset, None, size, digest.hexdigest(), ended)
