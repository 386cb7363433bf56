"""Carriers: who ran each story over all runs, and who was first."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.config import Config, MatchConfig, RunConfig
from pipeline.errors import Damaged, NotACorpus, Refused
from pipeline.inspect import carriers as module
from pipeline.inspect.carried import render_most, render_story
from pipeline.inspect.carriers import CARRIERS, all_stories, carriers, instant, most_carried, story_of, write_csv
from pipeline.inspect.explain import explain, render_text
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from tests.corpora import make_corpus
from tests.inspect.damage import copied, id_of, rewrite
from tests.run.stories import records, story, write_jsonl


@pytest.fixture(scope="module", params=[False, True], ids=["dropped", "labelled"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("carriers"), keep_duplicates=request.param)


def grown(folder: Path, *, runs: int = 4, seed: int = 1, **match: bool) -> Corpus:
    """A corpus of several runs with chains of fuller versions, a date on about every second record."""
    chance = random.Random(seed)
    items = records(seed, 30 * runs)
    for item in items:
        if chance.random() < 0.5:
            item["date"] = f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    config = Config(run=RunConfig(workers=1), match=MatchConfig(**match))
    for run in range(runs):
        write_jsonl(folder / "raw" / f"{run}.jsonl", items[30 * run : 30 * (run + 1)])
        clean_folder(folder / "raw", folder / "clean", config)
    return read_corpus(folder / "clean")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return grown(tmp_path_factory.mktemp("grown"))


def by_hand(corpus: Corpus) -> dict[str, list[tuple[str, str, str | None]]]:
    """The stories, from the tables by plain loops: document → fate, id, date of each record, in order of arrival."""
    heirs = {row["id"]: row["superseded_by"] for row in corpus.table("superseded").to_pylist()}
    gathered: dict[str, list[tuple[object, ...]]] = {}
    kept = [row for row in corpus.table("documents").to_pylist() if row["duplicate_of"] is None]
    for row in [*kept, *corpus.table("duplicates").to_pylist()]:
        document = row["duplicate_of"] or row["id"]
        while document in heirs:
            document = heirs[document]
        fate = "duplicate" if row["duplicate_of"] else "superseded" if row["id"] in heirs else "document"
        arrival = (row["run_id"], row["file_path"], row["record"])
        gathered.setdefault(document, []).append((*arrival, fate, row["id"], row["date"]))
    order = [row["id"] for row in kept if row["id"] not in heirs]
    return {document: [row[3:] for row in sorted(gathered[document])] for document in order}


def test_all_that_was_collapsed_over_all_runs(corpus: Corpus) -> None:
    frame = carriers(corpus)
    names = {id_of(corpus, name): name for name in ("one", "one-copy", "one-edited", "two", "two-lead", "two-again")}
    of_two = frame[frame["document"] == id_of(corpus, "two")]
    assert [names[identity] for identity in of_two["id"]] == ["two", "two-lead", "two-again"]
    assert of_two["relation"].dropna().to_list() == ["contained", "exact"]
    assert set(of_two["of"].dropna()) == {id_of(corpus, "two")}
    assert of_two["source_domain"].to_list() == ["alpha.example", "beta.example", "delta.example"]
    assert of_two["run_id"].nunique() == 2
    full = frame[frame["document"] == id_of(corpus, "three-full")]
    assert full["fate"].to_list() == ["superseded", "document"]
    assert full["first"].to_list() == [True, False]
    assert full["first_seen"].isna().all()
    assert len(frame) == 10


def test_the_dated_come_first_whenever_they_arrived(corpus: Corpus) -> None:
    story = story_of(corpus, "one-edited")
    assert story.document == id_of(corpus, "one")
    assert (story.first_seen, story.first) == ("2024-03-01", id_of(corpus, "one"))
    assert (len(story.carriers), story.sites) == (3, 3)


@pytest.mark.parametrize("match", [{}, {"keep_duplicates": True}], ids=["dropped", "labelled"])
def test_it_is_what_the_tables_say(tmp_path: Path, match: dict[str, bool]) -> None:
    corpus = grown(tmp_path, seed=2, **match)
    wanted = by_hand(corpus)
    stories = {story.document: story for story in all_stories(corpus)}
    assert list(stories) == list(wanted)
    assert any(len({one.of for one in story.carriers}) > 3 for story in stories.values())
    for document, told in stories.items():
        ordered = sorted(wanted[document], key=lambda row: row[2] or "9999")
        assert [(one.fate, one.id, one.date) for one in told.carriers] == ordered
        assert told.first == ordered[0][1]
        assert told.first_seen == min((row[2] for row in ordered if row[2]), default=None)
    rows = sum(manifest.counts.documents + manifest.counts.duplicates for manifest in corpus.manifests)
    assert sum(len(story.carriers) for story in stories.values()) == rows == len(carriers(corpus))


@pytest.mark.parametrize("at_once", [1, 7, 40])
def test_what_is_written_aside_changes_nothing(large: Corpus, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    whole = carriers(large)
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    monkeypatch.setattr(module, "_ROWS_WRITTEN", 3)
    monkeypatch.setattr(module, "_MOST_PARTS", 20)
    assert len(list(module.carrier_batches(large))) > 1
    pd.testing.assert_frame_equal(carriers(large), whole)


def test_any_record_of_a_story_names_it(large: Corpus) -> None:
    story = max(all_stories(large), key=lambda story: len(story.carriers))
    for one in story.carriers:
        assert story_of(large, one.id).carriers == story.carriers
        frame = carriers(large.layout.root, one.id)
        assert frame["id"].to_list() == [each.id for each in story.carriers]


def test_the_most_carried(large: Corpus) -> None:
    stories = sorted(all_stories(large), key=lambda story: (-len(story.carriers), story.document))
    assert [story.document for story in most_carried(large, 5)] == [story.document for story in stories[:5]]
    assert all(len(story.carriers) > 1 for story in most_carried(large, 10_000))
    assert "The most carried stories" in render_most(most_carried(large, 5))
    assert render_most([]) == "No story was run by more than one record."


@pytest.mark.parametrize("name", ["nothing", "a/wire.jsonl:7"])
def test_no_document_stands_for_what_was_turned_away(corpus: Corpus, name: str) -> None:
    with pytest.raises(Refused, match="so no document stands for it"):
        carriers(corpus, name)


def test_csv_holds_every_row(large: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "carriers.csv"
    assert write_csv(large, None, out) == len(carriers(large))
    with out.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == CARRIERS.names
    assert [row[2] for row in rows] == carriers(large)["id"].to_list()
    with pytest.raises(Refused, match="is there already"):
        write_csv(large, None, out)
    with pytest.raises(Refused, match="inside the corpus"):
        write_csv(large, None, large.layout.root / "x.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["carriers.csv"]


def test_the_package_exports_it(corpus: Corpus) -> None:
    assert pipeline.carriers is carriers
    assert "carriers" in pipeline.__all__
    with pytest.raises(NotACorpus):
        pipeline.carriers(corpus.layout.root / "none")


def test_explain_tells_who_was_first(tmp_path: Path) -> None:
    text = " ".join(story(random.Random(1)))
    rows = [
        ("late", "2024-05-02", "late.example"),
        ("none", "", "none.example"),
        ("early", "2024-05-01", "early.example"),
    ]
    write_jsonl(
        tmp_path / "raw/a.jsonl",
        [{"id": name, "date": date, "url": f"https://{site}/x", "text": text} for name, date, site in rows],
    )
    clean_folder(tmp_path / "raw", tmp_path / "clean", Config(run=RunConfig(workers=1)))
    corpus = read_corpus(tmp_path / "clean")
    for name in ("late", "none", "early"):
        told = explain(corpus, name)
        assert told.first_seen is not None
        assert (told.first_seen.date, told.first_seen.id) == ("2024-05-01", id_of(corpus, "early"))
        assert (told.first_seen.carriers, told.first_seen.sites) == (3, 3)
        assert "The story was run by 3 records on 3 sites; first seen 2024-05-01:" in render_text(told)
    shown = render_story(story_of(corpus, "none"))
    assert shown.index("early.example") < shown.index("late.example") < shown.index("no date")
    assert f"first seen 2024-05-01, {id_of(corpus, 'early')} (early.example)." in shown
    assert json.loads(json.dumps(story_of(corpus, "none").to_dict()))["first_seen"] == "2024-05-01"


def test_a_document_that_nobody_copied_needs_no_such_line(corpus: Corpus) -> None:
    told = explain(corpus, "six")
    assert told.first_seen is not None
    assert told.first_seen.carriers == 1
    assert "The story was run" not in render_text(told)
    assert explain(corpus, "nothing").first_seen is None


def test_a_damaged_corpus_is_told(corpus: Corpus, tmp_path: Path) -> None:
    damaged = copied(corpus, tmp_path)

    def elsewhere(rows):
        rows[0]["duplicate_of"] = "f" * 32

    rewrite(damaged, "duplicates", elsewhere)
    with pytest.raises(Damaged, match="ffff stands for others"):
        carriers(damaged)


def test_a_circle_of_superseded_is_told(corpus: Corpus, tmp_path: Path) -> None:
    damaged = copied(corpus, tmp_path)

    def circle(rows):
        rows.append(rows[0] | {"id": rows[0]["superseded_by"], "superseded_by": rows[0]["id"]})

    rewrite(damaged, "superseded", circle, run=1)
    for look in (lambda: carriers(damaged), lambda: carriers(damaged, id_of(corpus, "three"))):
        with pytest.raises(Damaged, match="in a circle"):
            look()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2024-03-01", "2024-03-02"),
        ("2024-03-01", "2024-03-01T08:00:00"),
        ("2024-03-01T09:00:00+02:00", "2024-03-01T08:00:00Z"),
        ("2024-02-29T23:30:00-02:00", "2024-03-01T02:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01"),
    ],
)
def test_dates_are_put_in_order_whatever_their_precision_and_zone(earlier: str, later: str) -> None:
    first, second = instant(earlier), instant(later)
    assert first is not None
    assert second is not None
    assert first < second


@given(st.datetimes(), st.text(max_size=30))
def test_any_date_has_an_instant_and_any_text_may_have_none(moment, text):
    assert instant(moment.isoformat()) is not None
    instant(text)
