"""The built corpus opened again with plain tools, for tests to look into."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pyarrow.parquet as pq
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.sample.corpus import corpus
from tests.sample.pieces import Entry, File
from tests.sample.truth import RAW

CUT_SHORT = "broken/cut-short.jsonl.gz"


@cache
def made() -> list[File]:
    """Build the corpus once for all tests."""
    return corpus()


def entries() -> list[tuple[str, Entry]]:
    """Give every entry with the path of its file."""
    return [(file.path, entry) for file in made() for entry in file.entries]


def named(name: str) -> Entry:
    """Find an entry by its name."""
    return next(entry for _, entry in entries() if entry.name == name)


def unpacked(path: str, data: bytes) -> bytes:
    """Undo a file's compression, by its name. What is packed in it stays packed: zip and Parquet."""
    return _UNPACK.get(path.rsplit(".", 1)[-1], bytes)(data)


def said(path: str, data: bytes) -> object:
    """Give what a file says, whatever the release of the library that packed it.

    Compressors and Parquet writers give other bytes for the same content from one release to the next.
    """
    if path.endswith(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        return [(name, archive.read(name)) for name in archive.namelist()]
    if path.endswith(".parquet"):
        return pq.read_table(io.BytesIO(data)).to_pylist()
    if path == CUT_SHORT:
        return whole_lines(data)
    return unpacked(path, data)


def whole_lines(data: bytes) -> list[bytes]:
    """Give the lines that a gzip file cut short holds whole.

    Raises:
        ValueError: the file is not cut short.
    """
    reader = zlib.decompressobj(31)
    text = reader.decompress(data)
    if reader.eof or not text:
        raise ValueError("the stream is whole or empty")
    return text.split(b"\n")[:-1]


def contents(path: str) -> bytes:
    """Read a file of `raw/` and undo its compression."""
    return unpacked(path, (RAW / path).read_bytes())


def counted(path: str) -> int:
    """Count the records of a file of `raw/` in the plainest way that its format allows."""
    if path == CUT_SHORT:
        return len(whole_lines((RAW / path).read_bytes())) + 1
    if not (RAW / path).read_bytes():
        # An empty file is one record without a text, whatever its format, so that it is accounted for.
        return 1
    format_ = path.removesuffix(".gz").removesuffix(".bz2").removesuffix(".zst").rsplit(".", 1)[-1]
    return _COUNT[format_](contents(path)) if format_ in _COUNT else 1


def _rows(data: bytes, delimiter: str) -> int:
    return len(list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))) - 1


def _web_records(data: bytes) -> int:
    kinds = WarcRecordType.response | WarcRecordType.conversion
    return sum(1 for _ in ArchiveIterator(io.BytesIO(data), record_types=kinds))


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.decompress,
    "bz2": bz2.decompress,
    "xz": lzma.decompress,
    "zst": lambda data: zstandard.ZstdDecompressor().decompress(data),
}

_COUNT: dict[str, Callable[[bytes], int]] = {
    "zip": lambda data: len(zipfile.ZipFile(io.BytesIO(data)).namelist()),
    "parquet": lambda data: pq.ParquetFile(io.BytesIO(data)).read().num_rows,
    "warc": _web_records,
    "wet": _web_records,
    "csv": lambda data: _rows(data, ","),
    "tsv": lambda data: _rows(data, "\t"),
    "jsonl": lambda data: len(data.splitlines()),
}
