"""Builds the files that the reader is tested on, in every format and compression."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from pipeline.config import ReadConfig
from pipeline.read.listing import InputFile, list_inputs
from pipeline.read.reader import read_file
from pipeline.values import FileRead, Quarantined, RawRecord

ARTICLES = [
    {
        "id": "a1",
        "url": "https://news.example/1",
        "title": "Harbour reopens",
        "text": "The harbour reopened on Monday.",
    },
    {"id": "a2", "url": "https://news.example/2", "title": "Naïve café", "text": "Le café “naïf” a rouvert, dit-elle."},
    {"id": "a3", "url": "https://news.example/3", "title": "Third", "text": "Two lines,\nwith a comma; and more."},
]
TEXTS = [article["text"] for article in ARTICLES]
PAGE = "<!DOCTYPE html><html><head><title>T</title></head><body><p>The harbour reopened.</p></body></html>"

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def jsonl(rows: Iterable[object] = ARTICLES) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def table(rows: Sequence[dict[str, str]] = ARTICLES, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def parquet(rows: Sequence[dict[str, object]] = ARTICLES, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), out, **options)
    return out.getvalue()


def http(
    body: bytes, content_type: str | None = "text/html; charset=utf-8", status: str = "200 OK", **more: str
) -> bytes:
    headers = [f"HTTP/1.1 {status}"]
    if content_type is not None:
        headers.append(f"Content-Type: {content_type}")
    headers += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + body


def warc_record(
    number: int,
    block: bytes,
    kind: str = "response",
    content_type: str = "application/http; msgtype=response",
    length: object = None,
) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: https://news.example/{number}\r\nWARC-Date: 2024-01-0{number % 9 + 1}T00:00:00Z\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def page(number: int) -> bytes:
    return f"<html><body><p>Page {number} of the harbour.</p></body></html>".encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Outcome:
    """What reading one file gave."""

    def __init__(self, items: list[RawRecord | Quarantined | FileRead]) -> None:
        assert [type(item) for item in items].count(FileRead) == 1
        assert isinstance(items[-1], FileRead)
        self.end = items[-1]
        self.items = [item for item in items if not isinstance(item, FileRead)]
        self.records = [item for item in self.items if isinstance(item, RawRecord)]
        self.quarantined = [item for item in self.items if isinstance(item, Quarantined)]
        assert [item.place.record for item in self.items] == list(range(len(self.items)))
        assert self.end.records == len(self.items)

    @property
    def contents(self) -> list[str]:
        return [one.content.decode() if isinstance(one.content, bytes) else one.content for one in self.records]

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.quarantined]


def read(path: Path, **settings: object) -> Outcome:
    (file,) = list_inputs([path], None, (), ())
    return read_input(file, **settings)


def read_input(file: InputFile, **settings: object) -> Outcome:
    return Outcome(list(read_file(file, ReadConfig(**settings))))  # type: ignore[arg-type]


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
