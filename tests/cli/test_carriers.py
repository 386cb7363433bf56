"""`winnow carriers`, in words, as CSV and as JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.inspect.carriers import CARRIERS, carriers
from pipeline.store.corpus import Corpus
from tests.corpora import make_corpus
from tests.inspect.damage import id_of


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("carriers"))


def told(capsys, *words: object) -> str:
    assert main(["carriers", *map(str, words)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_the_most_carried_are_listed(capsys, corpus):
    out = told(capsys, corpus.layout.root)
    assert out.startswith("The most carried stories\n  records  sites  first seen")
    assert id_of(corpus, "one") in out
    assert "Story two" in out
    assert id_of(corpus, "six") not in out


def test_a_story(capsys, corpus):
    out = told(capsys, corpus.layout.root, "two-again")
    assert out.startswith(f"{id_of(corpus, 'two')}  Story two\nRun by 3 records on 3 sites; no date is known, and")
    for name, how in (("two", "the document"), ("two-lead", "contained"), ("two-again", "exact")):
        (line,) = [line for line in out.splitlines()[3:] if line.endswith(id_of(corpus, name))]
        assert how in line


def test_json(capsys, corpus):
    stories = json.loads(told(capsys, corpus.layout.root, "--json"))
    assert [len(story["carriers"]) for story in stories] == [3, 3, 1, 2, 1]
    story = json.loads(told(capsys, corpus.layout.root, "one", "--json"))
    assert story in stories
    assert (story["first_seen"], story["first"]) == ("2024-03-01", id_of(corpus, "one"))


@pytest.mark.parametrize("name", [[], ["one"]])
def test_csv_on_stdout_and_in_a_file(capsys, corpus, tmp_path: Path, name):
    out = told(capsys, corpus.layout.root, *name, "--csv", "-")
    header, *rows = csv.reader(out.splitlines())
    assert header == CARRIERS.names
    assert [row[2] for row in rows] == carriers(corpus, *name)["id"].to_list()
    path = tmp_path / "carriers.csv"
    assert told(capsys, corpus.layout.root, *name, "--csv", path) == f"{path}: {len(rows)} rows written.\n"
    assert path.read_text(encoding="utf-8") == out
    assert main(["carriers", str(corpus.layout.root), "--csv", str(path)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_one_form_at_a_time(capsys, corpus):
    assert main(["carriers", str(corpus.layout.root), "--csv", "-", "--json"]) == 2
    assert "give one of them" in capsys.readouterr().err
