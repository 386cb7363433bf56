"""Input from an S3 store gives what the same files on a disk give; a store that fails now and then does, too."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store.corpus import read_corpus
from tests.cli.program import environment
from tests.corpora import first_instalment, second_instalment
from tests.read.files import zipped
from tests.s3 import SECRET, Faulty, credentials, faulty, put


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("s3") / "raw"
    first_instalment(raw)
    second_instalment(raw)
    (raw / "packed.jsonl.gz").write_bytes(gzip.compress((raw / "z.jsonl").read_bytes(), mtime=0))
    (raw / "pages.zip").write_bytes(zipped({"a.html": b"<p>The ferry to Hallin was sold on Monday.</p>"}))
    shutil.copytree(raw / "a", raw / "b")
    return raw


@pytest.fixture(scope="module")
def store(raw: Path, s3_port: int) -> int:
    """A store with the files in it; gives its port."""
    put(s3_port, "/news")
    for path in sorted(raw.rglob("*")):
        if path.is_file():
            put(s3_port, f"/news/raw/{path.relative_to(raw).as_posix()}", path.read_bytes())
    return s3_port


def clean(port: int, out: Path) -> subprocess.CompletedProcess[str]:
    """Clean as a user does; the credentials stand in the environment."""
    command = [sys.executable, "-m", "pipeline", "clean", "s3://news/raw", "--out", str(out), "--workers", "1"]
    return subprocess.run(command, env=environment() | credentials(port), capture_output=True, text=True, check=False)


def parquet(clean: Path) -> dict[str, bytes]:
    return {path.relative_to(clean).as_posix(): path.read_bytes() for path in sorted(clean.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def on_disk(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("disk") / "clean"
    command = [sys.executable, "-m", "pipeline", "clean", str(raw), "--out", str(out), "--workers", "1"]
    subprocess.run(command, env=environment(), capture_output=True, check=True)
    return parquet(out)


@pytest.fixture(scope="module")
def cleaned(store: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of what is in the store."""
    out = tmp_path_factory.mktemp("store") / "clean"
    done = clean(store, out)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return out


def test_a_store_gives_what_a_disk_gives(cleaned: Path, on_disk: dict[str, bytes]) -> None:
    assert parquet(cleaned) == on_disk
    for path in (path for path in cleaned.rglob("*") if path.is_file()):
        assert SECRET.encode() not in path.read_bytes()


def test_what_is_known_of_a_store_is_not_written_again(store: int, cleaned: Path) -> None:
    again = clean(store, cleaned)
    assert again.returncode == 0, again.stderr
    assert len(read_corpus(cleaned).manifests) == 1


@pytest.fixture
def front(store: int) -> Iterator[Faulty]:
    with faulty(store, 0.05) as server:
        yield server


def test_requests_that_fail_are_repeated(front: Faulty, on_disk: dict[str, bytes], tmp_path: Path) -> None:
    """The floor is a twentieth that fail; of so few requests a third does here, so that some do for sure."""
    front.share = 1 / 3
    done = clean(front.port, tmp_path / "clean")
    assert done.returncode == 0, done.stderr
    assert parquet(tmp_path / "clean") == on_disk
    assert front.failed > 2


def test_a_store_that_never_answers_is_told_and_the_corpus_is_as_it_was(cleaned: Path, front: Faulty) -> None:
    before = parquet(cleaned)
    front.share = 1.0
    done = clean(front.port, cleaned)
    assert done.returncode == 1
    assert "did not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    assert parquet(cleaned) == before
    assert not list((cleaned / ".staging").iterdir())
