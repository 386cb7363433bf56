import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Unreadable
from pipeline.read.compress import decompress
from pipeline.read.stream import Stream
from tests.read.files import COMPRESS

_CHUNKS = st.lists(st.binary(max_size=12).map(lambda chunk: chunk.replace(b"a", b"\n")), max_size=8)


@given(_CHUNKS, st.integers(1, 20))
def test_lines_are_those_of_the_whole(chunks: list[bytes], limit: int) -> None:
    whole = b"".join(chunks)
    expected = whole.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    lines = list(Stream(iter(chunks)).lines(limit))
    assert [line.size for line in lines] == [len(line) for line in expected]
    for line, content in zip(lines, expected, strict=True):
        assert line.content == (content if len(content) <= limit else None)
        assert line.content is not None or line.sha256 == hashlib.sha256(content).hexdigest()
        assert whole[line.offset : line.offset + line.size] == content


@given(_CHUNKS, st.lists(st.integers(0, 15), max_size=6))
def test_reading_peeking_and_putting_back(chunks: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(chunks)
    stream = Stream(iter(chunks))
    at = 0
    for size in sizes:
        assert stream.peek(size) == whole[at : at + size]
        part = stream.read(size)
        assert part == whole[at : at + size]
        at += len(part)
        assert stream.offset == at
        back = part[len(part) // 2 :]
        stream.unread(back)
        at -= len(back)
        assert stream.offset == at
    assert b"".join(stream.chunks()) == whole[at:]


def test_a_failure_ends_the_stream_and_is_kept() -> None:
    def failing() -> Iterator[bytes]:
        yield b"one\ntw"
        raise Unreadable("truncated", "cut")

    stream = Stream(failing())
    lines = list(stream.lines(100))
    assert [(line.content, line.ended) for line in lines] == [(b"one", True), (b"tw", False)]
    assert stream.failure is not None
    assert stream.failure.reason == "truncated"
    with pytest.raises(Unreadable):
        list(stream.relay())


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 64), st.sampled_from([*COMPRESS][1:]))
def test_parts_in_chunks_of_any_size_decompress_to_the_whole(parts: list[bytes], size: int, ending: str) -> None:
    content = b"".join(COMPRESS[ending](part) for part in parts)
    chunks = (content[at : at + size] for at in range(0, len(content), size))
    name = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}[ending]
    assert b"".join(decompress(name, chunks)) == b"".join(parts)


@given(st.binary(min_size=40, max_size=300), st.data(), st.sampled_from([*COMPRESS][1:]))
def test_a_cut_is_always_told(content: bytes, data: st.DataObject, ending: str) -> None:
    packed = COMPRESS[ending](content)
    cut = packed[: data.draw(st.integers(12, len(packed) - 1))]
    name = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}[ending]
    with pytest.raises(Unreadable) as told:
        list(decompress(name, iter((cut,))))
    assert told.value.reason == "truncated"
