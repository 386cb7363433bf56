"""Which files are new: the cache of their times of change saves reading, and is never relied on for more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.run.clean import clean_folder
from pipeline.run.plan import SeenIds
from pipeline.store.layout import Layout

OLD = (1_000_000_000, 1_000_000_000)


def old_file(raw: Path, name: bytes | str = "a.txt") -> None:
    raw.mkdir()
    path = os.fsencode(raw) + b"/" + os.fsencode(name)
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a Path holds no bytes
        file.write("The ferry came into the harbour at noon.")
    os.utime(path, OLD)


def test_a_name_that_is_no_utf8_is_remembered(tmp_path):
    raw = tmp_path / "caf\udce9"
    try:
        old_file(raw, b"caf\xe9.txt")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    manifest = clean_folder(raw, tmp_path / "clean").manifest
    assert manifest.counts.documents == 1
    assert manifest.inputs.sources == (f"{tmp_path}/caf%E9",)
    assert clean_folder(raw, tmp_path / "clean").manifest is None


@pytest.mark.parametrize("broken", [b"\0\0\0\0", b'["a", 1]\n', b"7\n", b"\xff\n"])
def test_a_broken_cache_is_made_again(tmp_path, broken):
    old_file(tmp_path / "raw")
    clean_folder(tmp_path / "raw", tmp_path / "clean")
    cache = Layout(tmp_path / "clean").input_cache
    whole = cache.read_bytes()
    assert whole
    cache.write_bytes(broken)
    assert clean_folder(tmp_path / "raw", tmp_path / "clean").manifest is None
    assert cache.read_bytes() == whole


def test_ids_are_known_again_by_all_their_digits() -> None:
    ids = ["00" * 16, "00" * 15 + "01", "ff" * 15 + "00", "ff" * 16, "0123456789abcdef" * 2]
    seen = SeenIds([bytes.fromhex("".join(ids[:2])), b"", bytes.fromhex("".join(ids[2:]))])
    assert len(seen) == 5
    assert all(identity in seen for identity in ids)
    for other in ("00" * 15 + "02", "ff" * 15 + "fe", "0123456789abcdef" + "0" * 16, "7f" * 16):
        assert other not in seen
    assert not SeenIds()
    assert ids[0] not in SeenIds()
