"""Decompression as a stream: never more than a chunk in memory, however far the data expand."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol, Self

from pipeline.errors import Unreadable

CHUNK_OUT = 1024 * 1024
"""Decompressed bytes given at a time, at most (zstd: 32 MiB, see `_ZSTD_STEP`)."""

_XZ_MEMORY = 256 * 2**20  # bytes; xz -9 asks for 65 MiB to decompress
_GZIP_KEPT = 8 * 2**20  # compressed bytes of a member kept to look for the next member in; WARC members are far smaller
_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_TRIAL = 4096  # bytes; three magic bytes stand in compressed data by chance every 16 MiB, and those fail sooner

# A zstd block is at most 128 KiB and can be written in 4 bytes, so this step gives 32 MiB at the very most.
_ZSTD_STEP = 1024

# Beyond the ratio that is allowed, data may expand to so much more: a small file is no danger however it does it.
_EXPANSION_FREE = 32 * 2**20
_READ_AHEAD = 256 * 1024  # compressed bytes that stand ready before any of them is decompressed

MAGIC: tuple[tuple[bytes, str], ...] = (
    (_GZIP_MAGIC, "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
SUFFIXES: dict[str, str] = {
    ".gz": "gzip",
    ".gzip": "gzip",
    ".bz2": "bz2",
    ".xz": "xz",
    ".lzma": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
}
"""Name endings that mean compression."""


def compression(head: bytes) -> str | None:
    """Tell by its first ten bytes how a stream is compressed: gzip, bz2, xz or zstd; None if it is not.

    >>> compression(b"BZh91AY&SY")
    'bz2'
    """
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    # "BZh" alone may begin a text; the number of a block (pi) or of the end (its root) follows it in every bzip2 file.
    if head[:3] == b"BZh" and head[3:4].isdigit() and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    return None


def decompress(name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress chunks of gzip (several members), bz2, xz (several streams) or zstd (several frames).

    Raises, when iterated:
        Unreadable: "truncated" where the data end too early, "corrupt" where they are broken. What stood before has
            been given by then. gzip goes on with the next member that can be read, if it is iterated further.
    """
    return _DECOMPRESSORS[name](chunks)


class Allowance:
    """How far data may expand: a ratio to what has been read of their file, as it is read.

    What was saved up counts no further than for 32 MB, so that what expands a thousand times is stopped within 64 MB
    wherever it stands: those, and what one step of zstd gives at most. Layers have one each, all of them measured by
    the file: a bomb inside another is no better than one.
    """

    def __init__(self, ratio: float, taken: Callable[[], int]) -> None:
        """Begin with nothing given.

        Args:
            ratio: bytes that may come of one.
            taken: tells the bytes that were read of the file so far.
        """
        self._ratio = ratio
        self._taken = taken
        self._counted = taken()
        self._most = max(_EXPANSION_FREE, ratio * _READ_AHEAD)
        self._left = float(_EXPANSION_FREE)

    def give(self, size: int, of: float | None = None) -> None:
        """Account for bytes that came of the file.

        Args:
            size: how many.
            of: of how many they came, where that is known; else of those that were read meanwhile.

        Raises:
            Unreadable: "expands-too-far".
        """
        if of is None:
            taken = self._taken()
            self._left = min(self._most, self._left + self._ratio * (taken - self._counted)) - size
            self._counted = taken
        else:
            self._left = min(self._most, self._left + self._ratio * of - size)
        if self._left < 0:
            raise Unreadable(
                "expands-too-far",
                f"its data grow more than {self._ratio:g} times; read no further. Raise read.max_expansion to take it",
            )


class Bounded:
    """Chunks that came of decompression, up to where they use up their allowance. Errors among them pass through."""

    def __init__(self, chunks: Iterator[bytes], allowance: Allowance) -> None:
        self._chunks = chunks
        self._allowance = allowance
        self._over = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """Give the next chunk."""
        if self._over:
            raise StopIteration
        chunk = next(self._chunks)
        try:
            self._allowance.give(len(chunk))
        except Unreadable:
            self._over = True
            raise
        return chunk


def _truncated(name: str) -> Unreadable:
    return Unreadable("truncated", f"the {name} data end before their end mark; the file is incomplete, fetch it again")


def _corrupt(name: str, error: object) -> Unreadable:
    return Unreadable("corrupt", f"the {name} data are broken ({error}); fetch the file again")


class Gunzip:
    """gzip, member by member. A broken member is told, and the next one is looked for.

    A web archive holds each record in a member of its own, so a broken one need not cost the rest of the file.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._input = b""
        self._kept: list[bytes] = []  # compressed bytes of this member that were consumed
        self._kept_size = 0
        self._member: zlib._Decompress | None = None
        self._members = 0

    def __iter__(self) -> Gunzip:
        return self

    def __next__(self) -> bytes:
        """Give the next bytes, at most `CHUNK_OUT`."""
        while True:
            if not self._input:
                self._input = next(self._chunks, b"")
            if self._member is None:
                if self._members:
                    self._input = self._input.lstrip(b"\x00")  # tapes and some tools pad with NUL bytes
                    if not self._input:
                        self._input = next(self._chunks)
                        continue
                if not self._input:
                    raise StopIteration
                self._member = zlib.decompressobj(wbits=31)
                self._keep_nothing()
                self._members += 1
            out = self._inflate(self._member)
            if out:
                return out

    def _inflate(self, member: zlib._Decompress) -> bytes:
        given = self._input
        try:
            out = member.decompress(given, CHUNK_OUT)
        except zlib.error as error:
            self._seek_member()
            raise _corrupt("gzip", error) from error
        if member.eof:
            self._member, self._input = None, member.unused_data
        else:
            self._input = member.unconsumed_tail
            if not given and not out:
                self._member = None
                self._keep_nothing()
                raise _truncated("gzip")
            if self._kept_size <= _GZIP_KEPT:
                # In pieces: to append to megabytes each time took as long as a fifth of decompressing.
                self._kept.append(given[: len(given) - len(self._input)])
                self._kept_size += len(self._kept[-1])
        return out

    def _keep_nothing(self) -> None:
        self._kept.clear()
        self._kept_size = 0

    def _seek_member(self) -> None:
        """Set the input to the next place where a member begins and can be read a little way."""
        self._member = None
        window = self._input if self._kept_size > _GZIP_KEPT else b"".join([*self._kept, self._input])
        self._input = b""
        self._keep_nothing()
        at = 1
        more = True
        while more or at >= 0:
            at = window.find(_GZIP_MAGIC, at)
            if more and (at < 0 or len(window) - at < _GZIP_TRIAL):
                # The magic, or what it is tried on, may stand across two chunks.
                chunk = next(self._chunks, b"")
                more = bool(chunk)
                window, at = window[at if at >= 0 else -2 :] + chunk, 0
            elif at >= 0 and _begins_member(window[at : at + _GZIP_TRIAL]):
                self._input = window[at:]
                return
            elif at >= 0:
                at += 1


def _begins_member(head: bytes) -> bool:
    try:
        return bool(zlib.decompressobj(wbits=31).decompress(head, _GZIP_TRIAL))
    except zlib.error:
        return False


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def _several(name: str, new: Callable[[], _Decompressor], padding: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress streams that follow each other, for the two modules of the standard library that agree."""
    left = b""
    first = True
    while True:
        left = left.lstrip(padding) if padding and not first else left
        while not left:
            chunk = next(chunks, b"")
            if not chunk:
                if first:
                    raise _truncated(name)
                return
            left = chunk if first else chunk.lstrip(padding)
        first = False
        decompressor = new()
        while not decompressor.eof:
            if decompressor.needs_input and not left:
                left = next(chunks, b"")
                if not left:
                    raise _truncated(name)
            try:
                out = decompressor.decompress(left, CHUNK_OUT)
            except (OSError, ValueError, EOFError, lzma.LZMAError) as error:
                raise _corrupt(name, error) from error
            left = b""
            if out:
                yield out
        left = decompressor.unused_data


def _bunzip2(chunks: Iterator[bytes]) -> Iterator[bytes]:
    return _several("bz2", bz2.BZ2Decompressor, b"", chunks)


def _unxz(chunks: Iterator[bytes]) -> Iterator[bytes]:
    return _several("xz", lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, _XZ_MEMORY), b"\x00", chunks)


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard

    context = zstandard.ZstdDecompressor()
    frame = None
    for chunk in chunks:
        for start in range(0, len(chunk), _ZSTD_STEP):
            step = chunk[start : start + _ZSTD_STEP]
            while step:
                frame = frame or context.decompressobj()
                try:
                    out = frame.decompress(step)
                except zstandard.ZstdError as error:
                    raise _corrupt("zstd", error) from error
                step = frame.unused_data if frame.eof else b""
                frame = None if frame.eof else frame
                if out:
                    yield out
    if frame is not None:
        raise _truncated("zstd")


_DECOMPRESSORS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": Gunzip,
    "bz2": _bunzip2,
    "xz": _unxz,
    "zstd": _unzstd,
}
