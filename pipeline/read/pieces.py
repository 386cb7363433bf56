"""What a format's reader finds, before it is numbered and placed in its file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.errors import Unreadable
from pipeline.values import Format, Given, Media

NOTHING_GIVEN = Given()


class Found(NamedTuple):
    """A record, as `pipeline.values.RawRecord` tells it."""

    format: Format
    media: Media
    content: bytes | str
    sha256: str
    byte_offset: int | None = None
    charset: str | None = None
    given: Given = NOTHING_GIVEN


class Columns(NamedTuple):
    """Records of one file that are all found, as `Found` tells each."""

    format: Format
    media: Sequence[Media]
    content: Sequence[bytes | str]
    sha256: Sequence[str]
    byte_offset: Iterable[int | None]
    given: Sequence[Given]


class Lost(NamedTuple):
    """A record, or the rest of a file, that could not be read, as `pipeline.values.Quarantined` tells it."""

    reason: str
    detail: str
    bytes_read: int
    sha256: str
    byte_offset: int | None = None


Piece = Found | Lost

NOTHING_SHA256 = hashlib.sha256(b"").hexdigest()
"""Digest of no bytes: a record of which nothing was read."""


def sha256_of(content: bytes | memoryview) -> str:
    """Digest bytes: SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def lost(error: Unreadable, content: bytes = b"", byte_offset: int | None = None) -> Lost:
    """Tell an error, and the bytes that were read before it."""
    return Lost(error.reason, error.detail, len(content), sha256_of(content), byte_offset)


def too_large(size: int, sha256: str, limit: int, byte_offset: int | None = None) -> Lost:
    """Tell a record over the limit; sizes in bytes."""
    detail = f"{size:,} bytes, over the limit of {limit:,}; raise read.max_record_bytes to take it"
    return Lost("too-large", detail, size, sha256, byte_offset)
