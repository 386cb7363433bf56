"""The sample corpus is what its builder writes, and its truth is complete and at one with itself."""

from __future__ import annotations

import codecs
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import get_args

import ftfy
import pytest

from pipeline.values import KINDS, QUARANTINE_REASONS, Relation
from pipeline.words.tokens import tokens
from tests.sample import corpus as sample
from tests.sample.opened import contents, counted, entries, made, said
from tests.sample.pieces import Entry, File
from tests.sample.stories import all_keys, edited, story
from tests.sample.truth import RAW, ROOT, TRUTH, Truth, dump_truth, lines, load_truth

# What stands in the repository


def test_raw_holds_what_the_builder_writes() -> None:
    there = {path.relative_to(RAW).as_posix() for path in RAW.rglob("*") if path.is_file()}
    assert there == {file.path for file in made()} | {"_about.md"}
    assert (RAW / "_about.md").read_bytes() == sample.ABOUT.read_bytes()
    for file in made():
        assert said(file.path, (RAW / file.path).read_bytes()) == said(file.path, file.data), file.path


def test_truth_is_what_the_builder_writes() -> None:
    assert TRUTH.read_text(encoding="utf-8") == dump_truth(sample.truth(made()))
    assert load_truth() == sample.truth(made())


def test_building_twice_gives_the_same_bytes_also_as_a_program(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "tests/sample/build.py", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    for file in made():
        assert (tmp_path / "raw" / file.path).read_bytes() == file.data, file.path
    assert (tmp_path / "truth.json").read_bytes() == TRUTH.read_bytes()


def test_a_file_that_the_builder_does_not_know_is_named(tmp_path: Path) -> None:
    stranger = tmp_path / "raw" / "stray.txt"
    stranger.parent.mkdir()
    stranger.write_text("left over", encoding="utf-8")
    assert sample.write(tmp_path / "raw", tmp_path / "truth.json") == [stranger]


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in RAW.rglob("*") if path.is_file()) < 600_000


def test_every_format_and_compression_occurs() -> None:
    names = " ".join(f"{file.path} " for file in made())
    for ending in (
        *(".html ", ".txt ", ".md ", ".jsonl ", ".json ", ".csv ", ".tsv ", ".parquet ", ".warc ", ".warc.gz "),
        *(".wet.gz ", ".jsonl.gz ", ".jsonl.bz2 ", ".txt.xz ", ".jsonl.zst ", ".zip "),
    ):
        assert ending in names, ending


# Each record has one entry


@pytest.mark.parametrize("file", made(), ids=lambda file: file.path)
def test_each_record_has_one_entry(file: File) -> None:
    of_file = [entry.record for entry in load_truth() if entry.file_path == file.path]
    assert of_file == list(range(counted(file.path)))


def test_entries_stand_in_order_of_arrival() -> None:
    places = [(entry.file_path.encode(), entry.record) for entry in load_truth()]
    assert places == sorted(set(places))
    assert len(places) > 60


def test_references_lead_to_documents_on_the_right_side() -> None:
    found = {entry.address: entry for entry in load_truth()}
    arrival = {address: number for number, address in enumerate(found)}
    for address, entry in found.items():
        assert (entry.end == "duplicate") == (entry.duplicate_of is not None) == (entry.relation is not None)
        assert (entry.reason is not None) == (entry.end in {"rejected", "quarantined"})
        if entry.duplicate_of:
            assert found[entry.duplicate_of].end == "document"
            assert arrival[entry.duplicate_of] < arrival[address]
        if entry.superseded_by:
            assert entry.end == found[entry.superseded_by].end == "document"
            assert arrival[entry.superseded_by] > arrival[address]


def test_every_kind_relation_and_end_occurs() -> None:
    found = load_truth()
    # What a model decides is no truth to be written down.
    assert {cut.kind for entry in found for cut in entry.removed} == set(KINDS) - {"learned"}
    # An update is superseded, not a duplicate.
    assert {entry.relation for entry in found} == {None, *get_args(Relation)} - {"update"}
    assert {entry.end for entry in found} == {"document", "duplicate", "rejected", "quarantined"}
    reasons = {entry.reason for entry in found if entry.end == "quarantined"}
    assert reasons == {"truncated", "bad-json", "no-text", "wrong-type", "bad-row", "binary"}
    assert reasons <= set(QUARANTINE_REASONS)
    assert {entry.language for entry in found} >= {"en", "de", "fr", "es", "zh", "ja", "ar"}
    assert sum(1 for entry in found if entry.superseded_by) >= 3


def test_every_story_is_told() -> None:
    texts = "\n".join(entry.cleaned for _, entry in entries())
    torn = {"rail_more", "vaccine_more", "quarry_more"}
    for key in all_keys():
        # Sub-editors changed some first lines; every last one stands as it was written.
        assert story(key).plain()[-1] in texts or key in torn, key
        assert 60 <= len(tokens(story(key).text())) <= 400, key


# The truth agrees with itself


@pytest.mark.parametrize("entry", load_truth(), ids=lambda entry: f"{entry.file_path}:{entry.record}")
def test_what_must_stay_and_what_must_go_do_not_contradict(entry: Truth) -> None:
    for stretch in (*entry.holds, *entry.lacks):
        assert stretch.strip() == stretch
        assert stretch
        assert "\n" not in stretch
    if entry.encoding:
        assert codecs.lookup(entry.encoding).name == entry.encoding
    if entry.text is not None:
        assert [held for held in entry.holds if held not in entry.text] == []
        assert [lacked for lacked in entry.lacks if lacked in entry.text] == []
    for held in entry.holds:
        assert not any(lacked in held for lacked in entry.lacks)


@pytest.mark.parametrize("path", [file.path for file in made() if file.path.endswith((".txt", ".txt.xz", ".txt.bz2"))])
def test_a_text_is_its_cleaned_lines_and_its_removals(path: str) -> None:
    (entry,) = (entry for entry in load_truth() if entry.file_path == path)
    data = contents(path)
    text = ftfy.fix_encoding(data.decode("utf-16" if entry.encoding == "utf-16-le" else "utf-8"))
    kept = Counter(lines(entry.text or ""))
    cut = Counter(line for one in entry.removed for line in lines(one.text))
    prefix = next((one.text for one in entry.removed if one.kind == "date-prefix"), None)
    if prefix:
        assert text.strip().startswith(prefix)
        text, cut = text.replace(prefix, "", 1), cut - Counter([prefix])
    assert Counter(lines(text)) == kept + cut


def test_an_edit_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="occurs 0 times"):
        edited(story("tea"), {"not in the story": "at all"})
    with pytest.raises(KeyError):
        story("no such story")


def test_truth_has_no_field_that_the_builder_forgets() -> None:
    unstated = {field.name for field in fields(Truth)} - {field.name for field in fields(Entry)}
    assert unstated == {"file_path", "record", "text"}
