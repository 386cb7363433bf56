"""Files made byte for byte the same each time: no clock, no random ids, no name of a machine."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import uuid
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import zstandard

_EPOCH = (2026, 1, 1, 0, 0, 0)


def gz(data: bytes) -> bytes:
    """Compress with gzip, without name and time."""
    return gzip.compress(data, 9, mtime=0)


def bz(data: bytes) -> bytes:
    """Compress with bzip2."""
    return bz2.compress(data)


def xz(data: bytes) -> bytes:
    """Compress with xz."""
    return lzma.compress(data)


def zst(data: bytes) -> bytes:
    """Compress with Zstandard."""
    return zstandard.ZstdCompressor(level=9).compress(data)


def cut_gz(whole: bytes, torn: bytes) -> bytes:
    """Give a gzip file that ends in the middle of its stream: all of `whole` can be read, `torn` only in part."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    # Flushed, so that a reader gets the first part however it buffers the rest.
    start = packer.compress(whole) + packer.flush(zlib.Z_SYNC_FLUSH)
    rest = packer.compress(torn) + packer.flush()
    return start + rest[: len(rest) // 2]


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Put members into a zip archive, in the order given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def jsonl(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write rows as JSON lines."""
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def table(rows: Sequence[Sequence[str]], separator: str) -> bytes:
    """Write rows as CSV (RFC 4180) or, with a tabulator, TSV. Cells are quoted where they have to be."""

    def cell(value: str) -> str:
        if any(mark in value for mark in (separator, '"', "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value

    return "".join(separator.join(cell(value) for value in row) + "\r\n" for row in rows).encode()


def png() -> bytes:
    """Draw a picture of 8 by 8 grey pixels (PNG specification, second edition)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((8 * x * y) % 256 for x in range(8)) for y in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


@dataclass(frozen=True, slots=True)
class Warc:
    """A record of a WARC file (WARC 1.1, ISO 28500)."""

    kind: str
    content: bytes
    content_type: str
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def response(url: str, page: bytes, content_type: str) -> Warc:
    """Give the record of a page as a server sent it."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(page)}\r\n\r\n"
    return Warc("response", head.encode() + page, "application/http; msgtype=response", url)


def request(url: str) -> Warc:
    """Give the record of a question to a server."""
    host, path = url.removeprefix("https://").split("/", 1)
    head = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: example-crawler/1.0\r\n\r\n"
    return Warc("request", head.encode(), "application/http; msgtype=request", url)


def warcinfo(file_name: str) -> Warc:
    """Give the record that opens a file."""
    fields = "software: example-crawler/1.0\r\nformat: WARC File Format 1.1\r\n"
    return Warc("warcinfo", fields.encode(), "application/warc-fields", headers={"WARC-Filename": file_name})


def conversion(url: str, text: str) -> Warc:
    """Give the record of a page's text, as WET files hold it."""
    return Warc("conversion", text.encode(), "text/plain", url)


def warc(records: Sequence[Warc], date: str) -> list[bytes]:
    """Write records, each as bytes of its own, so that a caller can compress them one by one.

    Ids derive from the content; `date` stands in each record (ISO 8601, UTC).
    """
    written = []
    for number, record in enumerate(records):
        seed = f"{date} {number} {record.kind} {record.url} {zlib.crc32(record.content)}"
        head = {
            "WARC-Type": record.kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}>",
            "WARC-Date": date,
            **({"WARC-Target-URI": record.url} if record.url else {}),
            **record.headers,
            "Content-Type": record.content_type,
            "Content-Length": str(len(record.content)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        written.append(b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + record.content + b"\r\n\r\n")
    return written
