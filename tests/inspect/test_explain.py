from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import MatchConfig
from pipeline.errors import Damaged, Refused
from pipeline.inspect.difference import difference
from pipeline.inspect.explain import explain, render_text
from pipeline.inspect.plain import one_line, plain
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.strip.reasons import why
from tests.corpora import make_corpus, story
from tests.inspect.damage import copied, id_of, rewrite

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("explain"))


def test_a_document(corpus: Corpus) -> None:
    told = explain(corpus, id_of(corpus, "one"))
    assert told.fate == "document"
    assert (told.place["file_path"], told.place["record"]) == ("a/wire.jsonl", 0)
    assert told.metadata["title"] == "Story one"
    assert [(cut.kind, cut.text.strip()) for cut in told.cuts] == [("newsletter", "Sign up for our newsletter")]
    assert told.cuts[0].why
    assert [copy.id for copy in told.copies] == [id_of(corpus, "one-copy"), id_of(corpus, "one-edited")]
    assert told.copies_in_all == 2


def test_the_pieces_are_the_text_before_cutting(corpus: Corpus) -> None:
    told = explain(corpus, "one")
    before = "".join(piece.text for piece in told.pieces)
    assert before == f"{story(1)}\n\nSign up for our newsletter"
    assert "".join(piece.text for piece in told.pieces if piece.cut is None) == story(1)
    assert [piece.text for piece in told.pieces if piece.cut is not None] == [cut.text for cut in told.cuts]
    assert before[told.cuts[0].start : told.cuts[0].end] == told.cuts[0].text


def test_a_duplicate(corpus: Corpus) -> None:
    told = explain(corpus, "one-edited")
    assert told.fate == "duplicate"
    assert told.duplicate_of is not None
    assert told.difference is not None
    assert (told.duplicate_of.id, told.duplicate_of.relation) == (id_of(corpus, "one"), "near")
    assert told.difference.jaccard == told.duplicate_of.similarity
    assert {hunk.copy for hunk in told.difference.hunks} == {"meanwhile"}
    assert told.difference.complete


def test_a_duplicate_of_a_document_of_an_earlier_run(corpus: Corpus) -> None:
    told = explain(corpus, "two-again")
    assert told.duplicate_of is not None
    assert told.duplicate_of.id == id_of(corpus, "two")
    assert told.difference is not None
    assert told.difference.hunks == ()


def test_superseded_both_ways(corpus: Corpus) -> None:
    earlier, later = explain(corpus, "three"), explain(corpus, "three-full")
    assert earlier.superseded_by is not None
    assert earlier.superseded_by.id == later.id
    assert [linked.id for linked in later.supersedes] == [earlier.id]


def test_a_rejection_and_a_quarantined_record(corpus: Corpus) -> None:
    told = explain(corpus, "nothing")
    assert (told.fate, told.reason) == ("rejected", "nothing-left")
    assert told.meaning
    assert [piece.cut for piece in told.pieces] == [0]
    told = explain(corpus, "a/wire.jsonl:7")
    assert (told.fate, told.reason, told.cuts, told.pieces) == ("quarantined", "bad-json", (), ())
    assert told.detail


@pytest.mark.parametrize("name", ["{id}", "{prefix}", "one", "https://alpha.example/one", "a/wire.jsonl:0", " one "])
def test_every_name_of_a_record(corpus: Corpus, name: str) -> None:
    identity = id_of(corpus, "one")
    assert explain(corpus, name.format(id=identity, prefix=identity[:8])).id == identity


def test_a_file_of_one_record_is_a_name(corpus: Corpus) -> None:
    assert explain(corpus, "note.txt").place["file_path"] == "note.txt"


def test_a_labelled_duplicate_is_found_once(tmp_path: Path) -> None:
    assert explain(make_corpus(tmp_path, keep_duplicates=True), "one-copy").fate == "duplicate"


def test_an_unknown_name_says_where_ids_stand(corpus: Corpus) -> None:
    with pytest.raises(Refused, match=r"no record .* column id of documents/.*FILE:RECORD"):
        explain(corpus, "nowhere")
    with pytest.raises(Refused):
        explain(corpus, id_of(corpus, "one")[:3])


def test_an_ambiguous_name_lists_some(corpus: Corpus) -> None:
    with pytest.raises(Refused, match="of 8 records") as refused:
        explain(corpus, "a/wire.jsonl")
    assert id_of(corpus, "one") in str(refused.value)
    assert "a/wire.jsonl:7" in str(refused.value)


def test_an_ambiguous_beginning_lists_the_ids(corpus: Corpus, tmp_path: Path) -> None:
    damaged = copied(corpus, tmp_path)
    rewrite(damaged, "quarantine", lambda rows: rows[0].update(id="abcd" + "0" * 28))
    rewrite(damaged, "rejections", lambda rows: rows[0].update(id="abcd" + "1" * 28))
    with pytest.raises(Refused, match="beginning of the id of 2 records"):
        explain(damaged, "abcd")
    assert explain(damaged, "abcd" + "1" * 5).fate == "rejected"


def test_damage_is_told_as_such(corpus: Corpus, tmp_path: Path) -> None:
    damaged = copied(corpus, tmp_path)
    rewrite(damaged, "removals", lambda rows: [row | {"start": 10**6, "end": 10**6 + 28} for row in rows])
    with pytest.raises(Damaged, match="winnow check"):
        explain(damaged, "one")
    damaged.files("documents")[0].write_bytes(b"PAR1")
    with pytest.raises(Damaged, match="cannot be read"):
        explain(damaged, "one")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "one",
            ["is a document: it is in the corpus", "Stands for 2 copies", "⟦1: Sign up for our newsletter⟧", "why:"],
        ),
        ("one-edited", ["is a duplicate", "Duplicate (near, similarity 0.8", "+ meanwhile", "shingles are in both"]),
        ("three", ["superseded by a fuller one", "Story three <in full> & more"]),
        ("three-full", ["Supersedes an earlier document, 1.000", "Nothing was cut"]),
        ("nothing", ["rejected: a filter", "nothing-left: no text was left"]),
        ("a/wire.jsonl:7", ["quarantined", "bad-json: a line is not valid JSON"]),
    ],
)
def test_it_reads_as_plain_text_and_as_json(corpus: Corpus, name: str, words: list[str]) -> None:
    told = explain(corpus, name)
    text = render_text(told)
    for word in words:
        assert word in text
    assert "\x1b" not in text
    assert json.loads(json.dumps(told.to_dict()))["id"] == told.id


def test_a_text_cannot_command_the_terminal(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    evil = "\x1b[2J\x9b31m\u202e"
    row = {"id": "evil", "title": f"T {evil}", "text": f"{story(9)} {evil}", "url": "https://e.example/"}
    (raw / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    clean_folder(raw, tmp_path / "clean")
    assert not set(evil[0] + evil[4] + evil[-1]) & set(render_text(explain(tmp_path / "clean", "evil")))


def test_every_rule_that_cuts_the_sample_is_explained(tmp_path: Path) -> None:
    clean_folder(PROJECT / "raw", tmp_path / "clean")
    rules = {str(row["rule"]) for row in read_corpus(tmp_path / "clean").table("removals", ["rule"]).to_pylist()}
    assert len(rules) > 10
    assert [rule for rule in rules if not why(rule)] == []
    assert why("no-such.rule") is None


def test_what_a_document_was_kept_apart_from(tmp_path: Path) -> None:
    clean_folder(PROJECT / "raw", tmp_path / "clean")
    corpus = read_corpus(tmp_path / "clean")
    told = explain(corpus, id_of(corpus, "level-2"))
    assert {other.relation for other in told.apart} == {"figures-differ"}
    assert len(told.apart) == 3
    assert "kept apart from:\n  figures-differ, 0." in render_text(told)


def test_differences_are_found_in_bounded_time_and_told_in_few() -> None:
    kept = " ".join(f"w{n % 7} v{n}" for n in range(20_000))
    copy = " ".join(f"w{n % 5} v{n + n % 3}" for n in range(20_000))
    begun = time.perf_counter()
    found = difference(kept, copy, MatchConfig())
    assert time.perf_counter() - begun < 10
    assert not found.complete
    assert len(found.hunks) <= 25


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.lists(st.sampled_from("abcd"), max_size=30))
def test_texts_that_differ_have_a_hunk(a: list[str], b: list[str]) -> None:
    found = difference(" ".join(a), " ".join(b), MatchConfig())
    assert bool(found.hunks) == (a != b)
    assert found.complete


@given(st.text())
def test_plain_text_keeps_lines_and_drops_controls(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert all(c in "\t\n" or c.isprintable() or c.isspace() or ord(c) >= 0xA0 for c in shown)
    assert "\n" not in one_line(text)
