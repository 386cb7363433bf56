"""Data that expand without end are read no further than 64 MB ahead, in whatever they are packed."""

from __future__ import annotations

import bz2
import copy
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from pipeline.config import ReadConfig
from pipeline.read.listing import list_inputs
from pipeline.read.reader import read_file
from pipeline.values import Quarantined, RawRecord
from tests.read.files import COMPRESS, TEXTS, jsonl, read, tarred, write, zipped

MB = 2**20
# Each of the compressions makes a thousandth of it at the most.
LONG = jsonl() + b'{"text": "' + b"0" * (100 * MB) + b'"}\n'

PACKED: dict[str, Callable[[], bytes]] = {
    "a.jsonl.gz": lambda: gzip.compress(LONG),
    "a.jsonl.bz2": lambda: bz2.compress(LONG),
    "a.jsonl.xz": lambda: lzma.compress(LONG, preset=0),
    "a.jsonl.zst": lambda: zstandard.ZstdCompressor().compress(LONG),
    "a.zip": lambda: zipped({"a.jsonl": LONG}),
    "b.zip": lambda: zipped({"a.jsonl": LONG}, zipfile.ZIP_BZIP2),
    "c.zip": lambda: zipped({"a.jsonl": LONG}, zipfile.ZIP_LZMA),
    "a.tar.gz": lambda: gzip.compress(tarred({"a.jsonl": LONG})),
    "b.tar": lambda: tarred({"a.jsonl.gz": gzip.compress(LONG)}),
    "d.zip": lambda: zipped({"a.jsonl.gz": gzip.compress(LONG)}),
}


def _compressed(ending: str, content: bytes) -> bytes:
    return lzma.compress(content, preset=0) if ending == ".xz" else COMPRESS[ending](content)


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_read_no_further_than_64_mb(tmp_path: Path, name: str) -> None:
    outcome = read(write(tmp_path, name, PACKED[name]()))
    assert outcome.contents == TEXTS
    lost = outcome.quarantined[0]
    assert lost.reason == "expands-too-far"
    assert lost.bytes_read <= 64 * MB
    assert sum(one.bytes_read for one in outcome.quarantined) <= 64 * MB


@pytest.mark.parametrize("ending", [ending for ending in COMPRESS if ending])
def test_a_bomb_behind_much_that_is_sound_is_stopped_as_soon(tmp_path: Path, ending: str) -> None:
    chance = random.Random(1)
    lines = b"".join(json.dumps({"text": chance.randbytes(250).hex()}).encode() + b"\n" for _ in range(3000))
    outcome = read(write(tmp_path, f"a.jsonl{ending}", _compressed(ending, lines + LONG)))
    assert len(outcome.records) == 3003
    (lost,) = outcome.quarantined
    assert lost.reason == "expands-too-far"
    assert lost.bytes_read <= 64 * MB


@pytest.mark.parametrize("ending", [ending for ending in COMPRESS if ending])
def test_what_is_merely_repetitive_is_read_whole(tmp_path: Path, ending: str) -> None:
    chance = random.Random(1)
    lines = [json.dumps({"text": chance.randbytes(700).hex() + "0" * 25_000}).encode() for _ in range(1500)]
    packed = _compressed(ending, b"\n".join(lines))
    assert 10 < sum(map(len, lines)) / len(packed) < 100
    outcome = read(write(tmp_path, f"a.jsonl{ending}", packed))
    assert (len(outcome.records), outcome.reasons) == (1500, [])


def test_the_ratio_is_a_setting(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl.gz", gzip.compress(LONG))
    assert read(path, max_expansion=2000).reasons == ["too-large"]


def test_a_thousand_small_bombs_are_one_large_one(tmp_path: Path) -> None:
    packed = gzip.compress(b"0" * (30 * MB))
    outcome = read(write(tmp_path, "a.tar", tarred({f"{n}.txt.gz": packed for n in range(20)})))
    assert sum(one.bytes_read for one in outcome.quarantined) <= 64 * MB + 100 * 20 * len(packed)
    assert outcome.reasons.count("expands-too-far") > 10


def test_members_that_lie_one_over_the_other_are_bounded_by_the_file(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * (30 * MB))
        archive.filelist.extend(copy.copy(archive.filelist[0]) for _ in range(30))
    outcome = read(write(tmp_path, "a.zip", out.getvalue()))
    assert len(outcome.quarantined) == 31
    # The file of 30 kB may be read a little more than once, and a megabyte.
    assert sum(one.bytes_read for one in outcome.quarantined) <= 64 * MB + 100 * 1.3 * MB


@pytest.mark.parametrize("count", [11, 70_000])
def test_a_zip_with_too_many_members_is_not_opened(tmp_path: Path, count: int) -> None:
    path = write(tmp_path, "a.zip", zipped({f"{n}.txt": b"x" for n in range(count)}))
    outcome = read(path, max_members=count - 1)
    assert (outcome.records, outcome.reasons) == ([], ["too-many-members"])
    (file,) = list_inputs([path], None, (), ())
    assert isinstance(next(read_file(file, ReadConfig(max_members=count))), RawRecord)


def test_behind_other_bytes_a_zip_is_counted_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", b"PK\x03\x04" + bytes(1000) + zipped({f"{n}.txt": b"x" for n in range(11)}))
    assert read(path, max_members=10).reasons == ["too-many-members"]
    assert len(read(path, max_members=11).records) == 11


def test_a_directory_that_says_it_is_longer_than_the_file_is_not_gone_through(tmp_path: Path) -> None:
    """Each of the million entries that it might have was looked for behind the end."""
    content = zipped({"a.txt": b"The harbour reopened."})
    end = content.rindex(b"PK\x05\x06")
    longer = content[: end + 12] + b"\xff\xff\xff\x7f" + content[end + 16 :]
    assert read(write(tmp_path, "a.zip", longer)).reasons == ["truncated"]


def test_of_a_tar_the_members_up_to_the_limit_are_read(tmp_path: Path) -> None:
    outcome = read(write(tmp_path, "a.tar", tarred({f"{n}.txt": b"x" for n in range(11)})), max_members=10)
    assert (len(outcome.records), outcome.reasons) == (10, ["too-many-members"])


def test_archives_are_opened_one_deep(tmp_path: Path) -> None:
    inner = zipped({"a.txt": b"The harbour reopened."})
    for name, content in {"a.zip": zipped({"b.zip": inner}), "a.tar": tarred({"b.zip": inner})}.items():
        outcome = read(write(tmp_path, name, content))
        assert (outcome.records, outcome.reasons) == ([], ["unknown-format"])
    twice = gzip.compress(gzip.compress(b"The harbour reopened."))
    assert read(write(tmp_path, "a.txt.gz", twice)).reasons == ["unknown-format"]


@pytest.mark.parametrize("name", ["../../outside.txt", "/srv/outside.txt", "a/../../../outside.txt"])
def test_a_name_in_an_archive_is_a_name_and_no_place(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a" / "b"
    for made in (write(folder, "a.zip", zipped({name: b"x"})), write(folder, "a.tar", tarred({name: b"x"}))):
        outcome = read(made)
        assert [one.place.member for one in outcome.records] == [name]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.tar", "a.zip"]


def test_links_in_a_tar_lead_nowhere(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            info = tarfile.TarInfo("link.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    outcome = read(write(tmp_path, "a.tar", out.getvalue()))
    assert [one for one in outcome.items if isinstance(one, RawRecord | Quarantined)] == []
