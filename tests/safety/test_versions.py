"""A corpus of any schema version is read and appended to, or refused with the way out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.config import Config, RunConfig
from pipeline.errors import Damaged, OtherConfig, WinnowError
from pipeline.inspect.check import check
from pipeline.inspect.repair import repair
from pipeline.run.clean import clean_folder
from pipeline.schemas import SCHEMA_VERSION
from pipeline.store.corpus import read_corpus
from tests.inspect.damage import edit_manifest

KEPT = Path(__file__).parent / "corpora"
VERSIONS = sorted(int(folder.name[1:]) for folder in KEPT.glob("v*"))
OLDER = [version for version in VERSIONS if version != SCHEMA_VERSION]
ONE = Config(run=RunConfig(workers=1))


def begin(version: int, folder: Path) -> Path:
    return Path(shutil.copytree(KEPT / f"v{version}", folder / "clean"))


def files(clean: Path) -> dict[str, bytes]:
    found = (path for path in clean.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(clean).as_posix(): path.read_bytes() for path in found}


def more(folder: Path) -> Path:
    shutil.copytree(KEPT / "raw", folder / "raw")
    (folder / "raw" / "new.txt").write_text("The ferry to Hallin was sold on Monday, and nobody said why it had to be.")
    return folder / "raw"


def test_a_corpus_of_each_version_is_kept() -> None:
    """Where this fails, the version was raised: `python -m tests.safety.corpora.build`, and keep the older ones."""
    assert list(range(1, SCHEMA_VERSION + 1)) == VERSIONS


def test_one_of_this_version_is_read() -> None:
    corpus = read_corpus(KEPT / f"v{SCHEMA_VERSION}")
    ids = corpus.table("documents", ["source_id"])["source_id"].to_pylist()
    assert sorted(ids) == ["one", "three", "three-full"]
    assert corpus.documents(current=True)["source_id"].tolist() == ["one", "three-full"]


def test_one_of_this_version_is_appended_to_or_refused_with_the_way_out(tmp_path: Path) -> None:
    clean = begin(SCHEMA_VERSION, tmp_path)
    before = files(clean)
    try:
        outcome = clean_folder(more(tmp_path), clean, ONE)
    except OtherConfig as error:
        # A setting that changes results was added since.
        assert "--reprocess" in str(error)  # noqa: PT017
        return
    assert outcome.manifest is not None
    assert outcome.manifest.counts.read == 1
    after = files(clean)
    assert {name: after[name] for name in before if name.endswith(".parquet")} == {
        name: data for name, data in before.items() if name.endswith(".parquet")
    }


@pytest.mark.parametrize("version", OLDER)
def test_an_older_one_is_refused_with_the_way_out_and_left_as_it_is(version: int, tmp_path: Path) -> None:
    clean = begin(version, tmp_path)
    before = files(clean)
    told = rf"has schema version {version}; this Winnow reads version {SCHEMA_VERSION}.*--reprocess"
    for attempt in (
        lambda: read_corpus(clean),
        lambda: clean_folder(more(tmp_path), clean, ONE),
        lambda: repair(clean),
    ):
        with pytest.raises(Damaged, match=told):
            attempt()
    (finding,) = check(clean)
    assert re.search(told, finding.what)
    assert files(clean) == before


@pytest.mark.parametrize("version", OLDER)
@pytest.mark.parametrize("words", [["status"], ["explain", "ID"], ["export", "--out", "x"], ["repair"], ["sites"]])
def test_each_command_says_so(
    version: int, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = begin(version, tmp_path)
    assert main([words[0], str(clean), *words[1:]]) == 1
    assert re.search(rf"has schema version {version}; .*--reprocess", capsys.readouterr().err)


@pytest.mark.parametrize("version", OLDER)
def test_the_way_out_works(version: int, tmp_path: Path) -> None:
    clean = begin(version, tmp_path)
    clean_folder(more(tmp_path), clean, ONE, reprocess=True)
    assert check(clean, deep=True) == []
    assert len(read_corpus(clean).table("documents")) == 4


def test_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    clean = begin(SCHEMA_VERSION, tmp_path)

    def newer(manifest: dict[str, object]) -> None:
        manifest["schema_version"] = SCHEMA_VERSION + 1

    edit_manifest(read_corpus(clean), newer)
    with pytest.raises(WinnowError, match=rf"schema version {SCHEMA_VERSION + 1}; .*Use the Winnow that wrote it"):
        clean_folder(more(tmp_path), clean, ONE)
