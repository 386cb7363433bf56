"""The sample corpus comes out as its truth says."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.cuts import restore
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.values import Removal
from tests.sample.truth import RAW, Address, Truth, lines, load_truth, same_lines

TRUTH = load_truth()


@dataclass
class Outcome:
    corpus: Corpus
    ends: dict[Address, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    superseded: dict[Address, Address] = field(default_factory=dict)
    removals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def outcome(tmp_path_factory):
    clean = tmp_path_factory.mktemp("sample") / "clean"
    clean_folder(RAW, clean)
    found = Outcome(read_corpus(clean))
    tables = {"documents": "document", "duplicates": "duplicate", "rejections": "rejected", "quarantine": "quarantined"}
    for table, end in tables.items():
        for row in found.corpus.table(table).to_pylist():
            address = (row["file_path"], row["record"])
            assert address not in found.ends
            found.ends[address] = (end, row)
            found.addresses[row["id"]] = address
    for row in found.corpus.table("superseded").to_pylist():
        found.superseded[found.addresses[row["id"]]] = found.addresses[row["superseded_by"]]
    for row in found.corpus.table("removals").to_pylist():
        found.removals.setdefault(row["id"], []).append(row)
    return found


def test_no_record_is_missing_and_none_too_many(outcome):
    assert set(outcome.ends) == {entry.address for entry in TRUTH}


def named(entry: Truth) -> str:
    return f"{entry.file_path}-{entry.record}"


@pytest.mark.parametrize("entry", TRUTH, ids=named)
def test_record_ends_as_it_must(outcome, entry):
    end, row = outcome.ends[entry.address]
    assert end == entry.end, row.get("detail") or row.get("text")
    assert row.get("reason") == entry.reason
    assert row["member"] == entry.member
    if end == "duplicate":
        assert outcome.addresses[row["duplicate_of"]] == entry.duplicate_of
        assert row["relation"] == entry.relation
    assert outcome.superseded.get(entry.address) == entry.superseded_by


@pytest.mark.parametrize("entry", [entry for entry in TRUTH if entry.end in ("document", "duplicate")], ids=named)
def test_text_and_columns_are_right(outcome, entry):
    _, row = outcome.ends[entry.address]
    for name in ("title", "language", "category", "source_domain"):
        wanted = getattr(entry, name)
        assert wanted is None or row[name] == wanted, name
    assert entry.date is None or row["date"][:10] == entry.date
    assert not entry.authors or tuple(row["authors"]) == entry.authors
    if entry.encoding:
        assert codecs.lookup(row["encoding"]).name == entry.encoding
    if entry.text is not None:
        assert lines(row["text"]) == lines(entry.text)
        assert same_lines(row["text"], entry.text)
    for stretch in entry.holds:
        assert stretch in row["text"]
    for stretch in entry.lacks:
        assert stretch not in row["text"]
    found = [(removal["kind"], removal["text"].strip()) for removal in outcome.removals.get(row["id"], [])]
    for cut in entry.removed:
        assert (cut.kind, cut.text) in found


def test_every_text_can_be_restored(outcome):
    for end, row in outcome.ends.values():
        if end == "quarantined":
            continue
        removals = [
            Removal(cut["rule"], cut["kind"], cut["start"], cut["end"], cut["text"])
            for cut in outcome.removals.get(row["id"], [])
        ]
        before = restore(row["text"], removals)
        assert len(before) == row["chars_before"]
        assert all(before[cut.start : cut.end] == cut.text for cut in removals)
