"""The answer of a web server, as a web archive keeps it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.errors import Unreadable
from pipeline.read.compress import decompress
from pipeline.read.sniff import head_as_text

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]{1,8}(\d{3})[^\n]{0,1000}\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([^\s\"';,]{1,40})", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,256}\r?\n")


class Response(NamedTuple):
    """An HTTP response. `status` is None where the block holds no HTTP; then all of it is the body."""

    status: int | None
    headers: dict[str, str]
    """By their names in lower case; of a header sent twice, the last."""
    body: bytes


def parse_headers(block: bytes) -> dict[str, str]:
    """Give the named fields of a header block, by their names in lower case; folded lines are joined."""
    headers: dict[str, str] = {}
    name = ""
    for line in block.decode("utf-8", errors="replace").splitlines():
        if line[:1] in (" ", "\t") and name:
            headers[name] = f"{headers[name]} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers[name] = value.strip()
    return headers


def parse_response(block: bytes) -> Response:
    """Take an HTTP response apart."""
    status = _STATUS.match(block)
    if status is None:
        return Response(None, {}, block)
    # The status line's own newline may be the first half of the blank line: a response without headers.
    end = _HEADER_END.search(block, status.end() - 2)
    if end is None:
        return Response(int(status.group(1)), parse_headers(block[status.end() :]), b"")
    headers = parse_headers(block[status.end() : end.start()])
    return Response(int(status.group(1)), headers, block[end.end() :])


def media_type(content_type: str | None) -> tuple[str | None, str | None]:
    """Give the media type, in lower case, and the character set of a Content-Type.

    >>> media_type('Text/HTML; charset="windows-1251"')
    ('text/html', 'windows-1251')
    """
    if not content_type:
        return None, None
    charset = _CHARSET.search(content_type)
    return content_type.partition(";")[0].strip().lower() or None, charset.group(1) if charset else None


def without_encoding(response: Response, limit: int) -> bytes:
    """Give the body without its transfer and content encodings.

    Archivers often undo an encoding and leave its header: a body that is a text already is given as it is.

    Raises:
        Unreadable: "corrupt" if the body cannot be decoded, "too-large" if it would be over `limit` bytes.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    named = [name.strip().lower() for name in response.headers.get("content-encoding", "").split(",")]
    for name in reversed([name for name in named if name not in ("", "identity", "utf-8")]):
        try:
            body = _decoded(body, name, limit)
        except Unreadable as error:
            if error.reason == "too-large" or head_as_text(body) is None:
                raise
    return body


def _unchunked(body: bytes) -> bytes:
    """Join the chunks of a body; what is not in chunks is given as it is (RFC 9112, section 7.1)."""
    parts = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size.group(1), 16)
        part = body[size.end() : size.end() + length]
        parts.append(part)
        if length == 0 or len(part) < length:
            return b"".join(parts)
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join(parts) if parts and at >= len(body) else body


def _decoded(body: bytes, name: str, limit: int) -> bytes:
    if name in ("gzip", "x-gzip", "zstd"):
        chunks = decompress("zstd" if name == "zstd" else "gzip", iter((body,)))
    elif name == "deflate":
        chunks = _inflated(body, limit)
    elif name == "br":
        chunks = _unbrotlied(body, limit)
    else:
        raise Unreadable("corrupt", f"its Content-Encoding is {name[:40]!r}; expected gzip, deflate, br or zstd")
    parts = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Unreadable("too-large", f"decompressed it is over the limit of {limit:,} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _inflated(body: bytes, limit: int) -> Iterator[bytes]:
    # The standard says zlib; some servers send the bare deflate data.
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            yield zlib.decompressobj(bits).decompress(body, limit + 1)
        except zlib.error as error:
            problem = error
        else:
            return
    raise Unreadable("corrupt", f"the deflate data are broken ({problem})")


def _unbrotlied(body: bytes, limit: int) -> Iterator[bytes]:
    import brotli

    decompressor = brotli.Decompressor()
    given = body
    size = 0
    try:
        while not decompressor.is_finished():
            out = decompressor.process(given, output_buffer_limit=1 << 20)
            given = b""
            if not out and decompressor.can_accept_more_data():
                raise Unreadable("corrupt", "the br data end before their end mark")
            size += len(out)
            yield out
            if size > limit:
                return
    except brotli.error as error:
        raise Unreadable("corrupt", f"the br data are broken ({error})") from error
