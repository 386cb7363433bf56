"""pandas in, pandas out."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import Config, MatchConfig, RunConfig
from pipeline.errors import Refused
from pipeline.frames import CleanedFrames, clean_frame
from pipeline.run.clean import clean_folder
from pipeline.schemas import TABLES, without_run
from pipeline.store.corpus import read_corpus
from tests.run.stories import records

TABLE_NAMES = ("documents", "duplicates", "superseded", "removals", "rejections", "quarantine")


def ends(cleaned: CleanedFrames) -> list[object]:
    """The labels of all rows with an end, sorted by where they stood."""
    parts = [cleaned.documents, cleaned.duplicates, cleaned.rejections, cleaned.quarantine]
    return list(pd.concat([part["record"] for part in parts]).sort_values().index)


@pytest.mark.parametrize("batch_records", [1, 7, 512])
def test_a_frame_ends_as_a_file_of_the_same_rows(tmp_path, batch_records):
    rows = records(seed=5, count=120)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    clean_folder(tmp_path / "raw", tmp_path / "clean", Config(run=RunConfig(workers=1)))
    corpus = read_corpus(tmp_path / "clean")
    cleaned = clean_frame(pd.DataFrame(rows), id_column="id", config=Config(run=RunConfig(batch_records=batch_records)))

    sources = {
        row["id"]: row["record"]
        for name in ("documents", "duplicates")
        for row in corpus.table(name, ["id", "record"]).to_pylist()
    }
    ids = {identity: n for part in (cleaned.documents, cleaned.duplicates) for identity, n in part["record"].items()}
    assert ids == {n: n for n in range(120)}
    of_run = [
        (row["record"], sources[row["duplicate_of"]], row["relation"], row["similarity"])
        for row in corpus.table("duplicates").to_pylist()
    ]
    by_id = dict(zip(cleaned.documents["id"], cleaned.documents["record"], strict=True))
    of_frame = [
        (row.record, by_id[row.duplicate_of], row.relation, row.similarity) for row in cleaned.duplicates.itertuples()
    ]
    assert of_frame == of_run
    assert len(of_frame) > 10
    assert list(cleaned.documents["text"]) == corpus.table("documents", ["text"])["text"].to_pylist()
    assert list(cleaned.documents["source_id"]) == corpus.table("documents", ["source_id"])["source_id"].to_pylist()
    assert list(cleaned.documents["carriers"]) == corpus.table("documents", ["carriers"])["carriers"].to_pylist()
    assert [sources[one] for one in corpus.table("superseded")["id"].to_pylist()] == [
        by_id[one] for one in cleaned.superseded["id"]
    ]
    assert len(cleaned.superseded) > 3


def test_rows_come_in_order_of_arrival_with_the_labels_they_had():
    frame = pd.DataFrame(
        {"text": ["One text stands here.", "Another one does.", "ONE text stands here.", None, " "]},
        index=["e", "d", "c", "b", "a"],
    )
    cleaned = clean_frame(frame)
    assert list(cleaned.documents.index) == ["e", "d"]
    assert list(cleaned.duplicates.index) == ["c"]
    assert list(cleaned.rejections.index) == ["a"]
    assert list(cleaned.quarantine.index) == ["b"]


def test_the_columns_are_those_of_the_corpus():
    cleaned = clean_frame(pd.DataFrame({"text": ["Once."]}))
    for name in TABLE_NAMES:
        assert list(getattr(cleaned, name).columns) == without_run(TABLES[name]).names


def test_an_empty_frame_gives_empty_frames():
    cleaned = clean_frame(pd.DataFrame({"text": []}))
    assert [len(getattr(cleaned, name)) for name in TABLE_NAMES] == [0] * 6
    assert "duplicate_of" in cleaned.documents.columns


def test_a_missing_column_is_refused_with_those_that_are_there():
    frame = pd.DataFrame({"body": ["a"], "link": ["b"]})
    with pytest.raises(Refused, match=r"the frame has no column 'text'; it has 'body', 'link'\. Name the right one"):
        clean_frame(frame)
    with pytest.raises(Refused, match="no column 'page'"):
        clean_frame(frame, text_column="body", html_column="page")
    with pytest.raises(Refused, match="no column 'uri', 'key'"):
        clean_frame(frame, text_column="body", url_column="uri", id_column="key")


def test_a_column_that_stands_twice_is_refused():
    frame = pd.DataFrame([["a", "b"]], columns=["text", "text"])
    with pytest.raises(Refused, match="several columns 'text'"):
        clean_frame(frame)


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_no_text_is_quarantined(nothing):
    cleaned = clean_frame(pd.DataFrame({"text": pd.Series([nothing, "A text."], dtype=object)}))
    assert list(cleaned.quarantine["reason"]) == ["no-text"]
    assert "row 0" in cleaned.quarantine["detail"].iloc[0]
    assert list(cleaned.documents["text"]) == ["A text."]


def test_what_is_no_text_is_quarantined():
    cleaned = clean_frame(pd.DataFrame({"text": pd.Series([7, ["a"], {"b": 1}, "A text."], dtype=object)}))
    assert list(cleaned.quarantine["reason"]) == ["wrong-type"] * 3
    assert len(cleaned.documents) == 1


def test_the_page_is_taken_before_the_text_and_the_named_columns_before_their_like():
    page = "<html><head><title>Bridge</title></head><body><article><p>{}</p></article></body></html>".format(
        "The old bridge was opened again on Monday after two years of work, the town said. " * 4
    )
    frame = pd.DataFrame(
        {
            "TEXT": ["Not this text."] * 2,
            "text": ["This text is the second."] * 2,
            "page": [page, None],
            "url": ["https://no.example/"] * 2,
            "where": ["https://www.yes.example/a", None],
            "title": [None, "Second"],
            "key": [12, 13],
        }
    )
    cleaned = clean_frame(frame, html_column="page", url_column="where", id_column="key")
    first, second = cleaned.documents.itertuples()
    assert first.text.startswith("The old bridge was opened")
    assert (first.media, first.source_domain, first.source_id) == ("html", "yes.example", "12")
    assert second.text == "This text is the second."
    assert (second.media, second.title, second.source_id) == ("text", "Second", "13")
    assert pd.isna(second.url)


def test_an_id_of_any_size_is_taken():
    ids = pd.Series([2**80, np.int64(7), "k"], dtype=object)
    cleaned = clean_frame(pd.DataFrame({"text": ["One.", "Two.", "Three."], "key": ids}), id_column="key")
    assert list(cleaned.documents["source_id"]) == [str(2**80), "7", "k"]


def test_removals_tell_what_was_cut_from_which_row():
    texts = [
        "The bridge opened on Monday, two years late.\n\nSign up for our newsletter",
        "Nothing is cut from this one.",
    ]
    cleaned = clean_frame(pd.DataFrame({"text": texts}, index=[10, 20]))
    assert list(cleaned.removals.index) == [10]
    assert list(cleaned.removals["kind"]) == ["newsletter"]
    assert "Sign up for our newsletter" in cleaned.removals["text"].iloc[0]


def test_duplicates_are_labelled_where_they_are_kept():
    text = "The council met on Tuesday and spoke of the harbour, the bridge and the school for three hours."
    config = Config(match=MatchConfig(keep_duplicates=True))
    cleaned = clean_frame(pd.DataFrame({"text": [text, text.upper()]}), config=config)
    assert list(cleaned.documents["duplicate_of"].fillna("kept")) == ["kept", cleaned.documents["id"].iloc[0]]
    assert len(cleaned.duplicates) == 1


CELLS = st.one_of(
    st.none(),
    st.text(),
    st.binary(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.text(), max_size=2),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6))
def test_every_row_has_one_end_whatever_it_holds(rows):
    frame = pd.DataFrame(rows, columns=["text", "url", "title"], dtype=object)
    before = frame.copy(deep=True)
    assert ends(clean_frame(frame)) == list(range(len(rows)))
    pd.testing.assert_frame_equal(frame, before)
