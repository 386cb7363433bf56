"""The commands that look at a corpus: each in words and as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.cli.main import main
from pipeline.config import Config, load_config, to_toml
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from tests.run.stories import write_raw


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    clean_folder(write_raw(folder / "raw", files=2, each=30), folder / "clean")
    return folder / "clean"


@pytest.fixture
def corpus(made: Path, tmp_path: Path) -> Corpus:
    """A corpus of its own for each test."""
    return read_corpus(shutil.copytree(made, tmp_path / "clean"))


def test_explain_tells_what_became_of_a_record(capsys, corpus):
    duplicate = corpus.table("duplicates").to_pylist()[0]
    assert main(["explain", str(corpus.layout.root), duplicate["id"][:12]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert duplicate["duplicate_of"] in out
    assert duplicate["relation"] in out
    assert main(["explain", str(corpus.layout.root), duplicate["id"], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["fate"]) == (duplicate["id"], "duplicate")


def test_explain_of_nothing_is_refused(capsys, corpus):
    assert main(["explain", str(corpus.layout.root), "nothing-is-called-so"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("winnow: ")
    assert "nothing-is-called-so" in err


def test_status_tells_what_a_corpus_holds(capsys, corpus):
    run = corpus.manifests[0]
    assert main(["status", str(corpus.layout.root)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert run.run_id in out
    assert str(run.counts.documents) in out
    assert main(["status", str(corpus.layout.root), "--json"]) == 0
    first = capsys.readouterr().out
    assert json.loads(first)
    main(["status", str(corpus.layout.root), "--json"])
    assert capsys.readouterr().out == first


def test_check_of_a_whole_corpus(capsys, corpus):
    counts = corpus.manifests[0].counts
    assert main(["check", str(corpus.layout.root)]) == 0
    assert capsys.readouterr() == (
        f"{corpus.layout.root}: whole. 1 run, {counts.documents} documents; every promise holds.\n",
        "",
    )
    assert main(["check", str(corpus.layout.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"whole": True, "findings": []}


def test_check_lists_what_it_finds_and_fails(capsys, corpus):
    stray = corpus.layout.root / "documents" / "mine.parquet"
    stray.write_bytes(b"x")
    assert main(["check", str(corpus.layout.root)]) == 1
    out = capsys.readouterr().out
    assert "documents/mine.parquet" in out
    assert "\n  next: " in out
    assert out.endswith(f"{corpus.layout.root}: not whole; 1 finding.\n")
    assert main(["check", str(corpus.layout.root), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is False
    assert [sorted(finding) for finding in told["findings"]] == [["next", "promise", "what", "where"]]


def test_check_of_a_damaged_manifest_is_a_finding(capsys, corpus):
    (corpus.layout.runs / corpus.manifests[0].run_id / "manifest.json").write_text("{}")
    assert main(["check", str(corpus.layout.root)]) == 1
    assert "manifest" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--format", "parquet"], ["--format", "jsonl", "--current"], []])
def test_export_writes_the_corpus_of_today(capsys, corpus, tmp_path, words):
    rows = len(corpus.documents(current=True))
    out = tmp_path / "today"
    assert main(["export", str(corpus.layout.root), "--out", str(out), *words]) == 0
    assert capsys.readouterr() == (f"{out}: {rows} documents written.\n", "")
    if "jsonl" in words:
        files = [out] if out.is_file() else sorted(path for path in out.rglob("*") if path.is_file())
        written = [json.loads(line)["id"] for path in files for line in path.read_text().splitlines()]
    else:
        written = pq.read_table(out, columns=["id"])["id"].to_pylist()
    assert sorted(written) == sorted(corpus.documents(current=True)["id"])
    assert main(["export", str(corpus.layout.root), "--out", str(out), *words]) == 2
    assert str(out) in capsys.readouterr().err


@pytest.mark.parametrize("words", [["status"], ["check"], ["explain", "ID"], ["export", "--out", "x"]])
def test_a_folder_without_a_corpus_says_how_to_make_one(capsys, tmp_path, words):
    assert main([words[0], str(tmp_path / "none"), *words[1:]]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "holds no corpus. Make one with `winnow clean RAW --out " in err


def test_config_prints_the_defaults_described(capsys, tmp_path):
    assert main(["config"]) == 0
    out = capsys.readouterr().out
    assert out == to_toml(Config()).rstrip("\n") + "\n"
    assert "# near: Jaccard similarity of the shingles at or over this.\njaccard = 0.7" in out
    (tmp_path / "winnow.toml").write_text(out)
    assert load_config(tmp_path / "winnow.toml") == Config()


def test_a_configuration_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "winnow.toml").write_text("\ufeff[match]\njaccard = 0.8\n", encoding="utf-8")
    assert load_config(tmp_path / "winnow.toml").match.jaccard == 0.8


def test_config_resolves_a_file(capsys, tmp_path):
    (tmp_path / "winnow.toml").write_text("[match]\njaccard = 0.8\n")
    assert main(["config", "--config", str(tmp_path / "winnow.toml")]) == 0
    out = capsys.readouterr().out
    assert "\njaccard = 0.8\n" in out
    assert "\nrecall = 0.99\n" in out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[match]\njacard = 0.8", "match.jacard: no such setting; did you mean 'jaccard'?"),
        ("[match]\njaccard = 8", "match.jaccard = 8: "),
        ("[match", "is not valid TOML"),
    ],
)
def test_a_wrong_configuration_is_told_by_its_key(capsys, tmp_path, content, told):
    (tmp_path / "winnow.toml").write_text(content)
    assert main(["config", "--config", str(tmp_path / "winnow.toml")]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"winnow: {tmp_path / 'winnow.toml'}: ")
    assert told in err
