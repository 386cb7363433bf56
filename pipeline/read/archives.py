"""zip and tar: files inside a file, read one after another and never unpacked."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipeline.errors import Unreadable
from pipeline.read.names import is_hidden, printable
from pipeline.read.stream import CHUNK, Stream

_BLOCK = 512  # bytes; tar's unit
_NAME_LIMIT = 64 * 1024  # bytes; of a long name or an extended header, beyond which it is an attack
# What zipfile raises on a broken or a crafted archive, beside BadZipFile.
_ZIP_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, OverflowError,
    IndexError, KeyError, RuntimeError, NotImplementedError,
)  # fmt: skip
# Members by which a zip file shows that it is a document or a program: their parts are no articles.
_NOT_AN_ARCHIVE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "AndroidManifest.xml")


class Member(NamedTuple):
    """A file inside an archive, or the place where the archive breaks off."""

    name: str | None
    stream: Stream


def broken(error: Unreadable) -> Stream:
    """Give a stream that holds nothing and breaks off with an error."""
    return Stream(_raising(error))


def _raising(error: Unreadable) -> Iterator[bytes]:
    raise error
    yield b""


def zip_members(source: BinaryIO) -> Iterator[Member]:
    """Give the files of a zip archive in the order of its directory; folders and hidden files are left out.

    An encrypted or broken member is a stream that breaks off; the others go on.

    Args:
        source: the file, open, which can be read at any place.
    """
    try:
        archive = zipfile.ZipFile(source)
    except Unreadable as error:
        yield Member(None, broken(error))
        return
    except _ZIP_BROKEN as error:
        # The directory stands at the end, so a cut file has none.
        detail = f"the zip archive has no directory ({' '.join(str(error).split())[:200]}); fetch it again"
        yield Member(None, broken(Unreadable("truncated", detail)))
        return
    with archive:
        names = archive.namelist()
        if any(name in names[:10] for name in _NOT_AN_ARCHIVE):
            yield Member(
                None, broken(Unreadable("unknown-format", "an office document, book or program; expected an archive"))
            )
            return
        for info in archive.infolist():
            if not info.is_dir() and not is_hidden(info.filename):
                yield Member(printable(info.filename), Stream(_zip_chunks(archive, info)))


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & 1:
        raise Unreadable("unreadable-file", "the member is encrypted; decrypt it first")
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                yield chunk
    except EOFError as error:
        raise Unreadable("truncated", "the member ends before its data do; fetch the archive again") from error
    except _ZIP_BROKEN as error:
        raise Unreadable("corrupt", f"the member is broken ({' '.join(str(error).split())[:200]})") from error


def tar_members(stream: Stream) -> Iterator[Member]:
    """Give the files of a tar archive in their order; folders, links and hidden files are left out.

    Source: POSIX.1-2001 (pax) with GNU's long names. Headers are parsed by `tarfile.TarInfo.frombuf`; the rest is done
    here because `tarfile` keeps every member it has seen and reads an extended header of any size into memory.
    """
    long_name: str | None = None
    pax: dict[str, str] = {}
    while True:
        block = stream.read(_BLOCK)
        if not block.strip(b"\x00"):
            # Two empty blocks end an archive, and some writers leave them out.
            if len(block) == _BLOCK:
                while len(pad := stream.read(_BLOCK)) == _BLOCK and not pad.strip(b"\x00"):
                    pass
                stream.drain()
            if stream.failure:
                yield Member(None, broken(stream.failure))
            return
        try:
            info = _tar_header(block, stream)
        except Unreadable as error:
            yield Member(None, broken(error))
            return
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE) and info.size <= _NAME_LIMIT:
            body = stream.read(info.size)
            stream.read(-info.size % _BLOCK)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                long_name = body.rstrip(b"\x00").decode("utf-8", errors="surrogateescape")
            else:
                pax = _pax(body)
            continue
        name = pax.get("path") or long_name or info.name
        size = int(pax["size"]) if pax.get("size", "").isdigit() else max(0, info.size)
        end = stream.offset + size + -size % _BLOCK
        if info.type in tarfile.REGULAR_TYPES and info.type != tarfile.GNUTYPE_SPARSE and not is_hidden(name):
            yield Member(printable(name), Stream(stream.relay(size)))
        long_name, pax = None, {}
        # Whatever the reader of the member left.
        for _ in stream.chunks(end - stream.offset):
            pass


def _tar_header(block: bytes, stream: Stream) -> tarfile.TarInfo:
    if len(block) < _BLOCK:
        raise stream.failure or Unreadable("truncated", "the tar archive ends inside a header; fetch it again")
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError) as error:
        raise Unreadable("corrupt", f"no tar header where the next member should begin ({error})") from error


def _pax(body: bytes) -> dict[str, str]:
    """Give the records "length key=value" of an extended header; what does not fit the form is passed over."""
    found = {}
    for record in body.split(b"\n"):
        key, equals, value = record.partition(b" ")[2].partition(b"=")
        if equals and key in (b"path", b"size"):
            found[key.decode()] = value.decode("utf-8", errors="surrogateescape")
    return found
