"""`check --deep` finds any flipped bit, lost file and extra file, and names it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline.inspect.check import check
from pipeline.store.lock import write_lock
from tests.corpora import make_corpus
from tests.safety.flips import files_of, named, unseen


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("flips")).layout.root


@pytest.fixture
def clean(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "clean"))


def test_a_sound_corpus_has_no_findings(sound: Path) -> None:
    assert named(sound) == ""


def test_any_flipped_bit_is_found_and_its_file_named(sound: Path) -> None:
    """24 bits; `python -m tests.safety.flips 1000` flips more."""
    assert [(path, bit) for path, bit in unseen(sound, 24, seed=7) if bit is not None] == []


def test_a_bit_of_each_small_file(sound: Path) -> None:
    for path in files_of(sound):
        if path.suffix != ".parquet":
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            told = named(sound)
            path.write_bytes(whole)
            assert path.relative_to(sound).as_posix() in told


def test_each_lost_file_is_named(sound: Path) -> None:
    # The cache may be deleted, and nothing is lost with it.
    for path in files_of(sound):
        if ".cache" not in path.parts:
            aside = path.rename(sound.parent / "aside")
            told = named(sound)
            aside.rename(path)
            assert path.relative_to(sound).as_posix() in told


@pytest.mark.parametrize(
    "place",
    [
        *("note.txt", "documents/x.parquet", "documents/run=1/part-00000.parquet", "index/.hidden", "runs/note.md"),
        *("mine/deep/down", ".cache/other", ".staging/run-7/tables/documents/part-00000.parquet", "caf\udce9"),
    ],
)
def test_each_extra_file_is_named(clean: Path, place: str) -> None:
    extra = clean / place
    extra.parent.mkdir(parents=True, exist_ok=True)
    extra.write_bytes(b"x")
    assert [finding.where for finding in check(clean, deep=True)] == [place.replace("\udce9", "%E9")]


def test_a_link_among_the_tables_is_an_extra_file(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (clean / "documents" / "more").symlink_to(tmp_path / "elsewhere")
    assert [finding.where for finding in check(clean)] == ["documents/more"]


def test_what_a_run_at_work_stages_is_not_extra(clean: Path) -> None:
    (clean / ".staging" / "run-7").mkdir()
    (clean / ".staging" / "run-7" / "file").write_text("staged")
    with write_lock(clean / ".lock"):
        assert check(clean, deep=True) == []
    assert len(check(clean, deep=True)) == 1


def test_without_deep_only_the_corpus_itself_is_looked_at(clean: Path) -> None:
    (clean / "README.md").unlink()
    assert check(clean) == []
    assert [finding.where for finding in check(clean, deep=True)] == ["README.md"]


def test_a_file_that_the_cache_knows_wrongly_is_read(clean: Path) -> None:
    cache = clean / ".cache" / "inputs.jsonl"
    assert [finding.where for finding in check(clean, deep=True)] == []
    os.truncate(cache, 80)
    assert [finding.where for finding in check(clean, deep=True)] == [".cache/inputs.jsonl"]
