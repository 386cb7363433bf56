"""Files that hold one document: HTML, plain text, Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pipeline.read.pieces import Found, Piece, lost, too_large
from pipeline.read.sniff import HEAD_BYTES, head_as_text, looks_like_html
from pipeline.read.stream import Stream


def read_page(stream: Stream, shape: Literal["html", "text", "markdown"], limit: int) -> Iterator[Piece]:
    """Give the whole of a stream as one record; `limit` is its largest size in bytes.

    An empty one is a record too: a filter rejects it, so it is accounted for. A stream that broke off is not: half a
    page looks like a whole one.
    """
    content, size, sha256 = stream.read_record(limit)
    if stream.failure:
        yield lost(stream.failure, content or b"")
    elif content is None:
        yield too_large(size, sha256, limit)
    elif shape == "text" and b"<" in content and looks_like_html(head_as_text(content[:HEAD_BYTES]) or ""):
        yield Found("html", "html", content, sha256, 0)
    else:
        yield Found(shape, shape, content, sha256, 0)
