"""zip and tar: files inside a file, read one after another and never unpacked."""

from __future__ import annotations

import copy
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from pipeline.errors import Unreadable
from pipeline.read.compress import Allowance, Bounded, decompress
from pipeline.read.names import is_hidden, printable
from pipeline.read.stream import CHUNK, Stream

_BLOCK = 512  # bytes; tar's unit
_NAME_LIMIT = 64 * 1024  # bytes; of a long name or an extended header, beyond which it is an attack
# An entry of a zip's directory: all that is of interest are the lengths of its name, extra field and comment.
_ENTRY = struct.Struct("<28xHHH12x")
# The end of a directory, in the plain form and in that of large archives: of interest is the directory's size.
_END, _END_64, _LOCATOR_BYTES = struct.Struct("<12xL6x"), struct.Struct("<40xQ8x"), 20
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


class Counted:
    """A file that is read here and there, and counts what is read of it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._taken = 0
        # Members may lie one over the other, so that a file of any size has endless bytes to read.
        self._most = source.seek(0, 2) * 5 // 4 + 2**20
        source.seek(0)

    def taken(self) -> int:
        """Give the bytes that were read, but no more than there are, and some twice."""
        return min(self._taken, self._most)

    def most(self) -> int:
        """Give what `taken` comes to at most."""
        return self._most

    def read(self, size: int = -1) -> bytes:
        """Read as the file does."""
        content = self._source.read(size)
        self._taken += len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, as the file does."""
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        """Tell the place, as the file does."""
        return self._source.tell()

    def seekable(self) -> bool:
        """Say that it can be read at any place."""
        return True


def zip_members(source: Counted, max_members: int, allowance: Allowance) -> Iterator[Member]:
    """Give the files of a zip archive in the order of its directory; folders and hidden files are left out.

    An encrypted or broken member is a stream that breaks off; the others go on.

    Args:
        source: the file, open.
        max_members: files that it may hold.
        allowance: how far all of them together may expand.
    """
    try:
        _check_members(source, max_members)
        archive = zipfile.ZipFile(cast(BinaryIO, source))
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
                yield Member(printable(info.filename), Stream(Bounded(_zip_chunks(archive, info), allowance)))


def _check_members(source: Counted, most: int) -> None:
    """Count the entries of a zip's directory, which `zipfile` holds all in memory, without holding any.

    Raises:
        Unreadable: "too-many-members".
    """
    place, size = _directory(source)
    source.seek(place)
    count = 0
    while size >= _ENTRY.size and count <= most:
        length = sum(_ENTRY.unpack(source.read(_ENTRY.size).ljust(_ENTRY.size, b"\x00")))
        source.seek(length, 1)
        size -= _ENTRY.size + length
        count += 1
    source.seek(0)
    if count > most:
        raise Unreadable("too-many-members", f"over {most:,} files; raise read.max_members to take it")


def _directory(source: Counted) -> tuple[int, int]:
    """Find where a zip's directory begins and how long it is: right before its end, whatever stands before it all."""
    length = source.seek(0, 2)
    source.seek(max(0, length - _END.size - 2**16))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return 0, 0
    (size,) = _END.unpack_from(tail, at)
    place = length - len(tail) + at
    ahead = _END_64.size + _LOCATOR_BYTES
    if at >= ahead and tail[at - ahead : at].startswith(b"PK\x06\x06"):
        (size,) = _END_64.unpack_from(tail, at - ahead)
        place -= ahead
    return max(0, place - size), size


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & 1:
        raise Unreadable("unreadable-file", "the member is encrypted; decrypt it first")
    if info.compress_type == zipfile.ZIP_BZIP2:
        # zipfile decompresses all it has read of bz2 at once, which may be a thousand times as much.
        info = copy.copy(info)
        info.compress_type, info.file_size, info.CRC = zipfile.ZIP_STORED, info.compress_size, None  # type: ignore[assignment]
        yield from decompress("bz2", _zip_chunks(archive, info))
        return
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                yield chunk
    except EOFError as error:
        raise Unreadable("truncated", "the member ends before its data do; fetch the archive again") from error
    except _ZIP_BROKEN as error:
        raise Unreadable("corrupt", f"the member is broken ({' '.join(str(error).split())[:200]})") from error


def tar_members(stream: Stream, max_members: int) -> Iterator[Member]:
    """Give the files of a tar archive in their order; folders, links and hidden files are left out.

    Source: POSIX.1-2001 (pax) with GNU's long names. Headers are parsed by `tarfile.TarInfo.frombuf`; the rest is done
    here because `tarfile` keeps every member it has seen and reads an extended header of any size into memory.
    """
    long_name: str | None = None
    pax: dict[str, str] = {}
    count = 0
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
            count += 1
            if count > max_members:
                told = f"over {max_members:,} files; read no further. Raise read.max_members to take it"
                yield Member(None, broken(Unreadable("too-many-members", told)))
                return
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
