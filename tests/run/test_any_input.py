"""Whatever lies in a raw folder, every record has one end, every promise holds, and runs leave no trace."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from tests.run.stories import records, write_jsonl
from tests.run.test_clean import settled

STORIES = records(1, 41)
WORDS = st.lists(
    st.sampled_from(["ferry", "sails", "12", "13", "the", "Sign up!", "\n\n", "“so”", "東京", "😀"]), max_size=40
)
TEXTS = st.text(max_size=80) | WORDS.map(" ".join) | st.integers(0, 40).map(lambda number: STORIES[number]["text"])
VALUES = TEXTS | st.none() | st.integers() | st.lists(TEXTS, max_size=2) | st.floats(allow_nan=False)
ROWS = st.dictionaries(st.sampled_from(["text", "html", "id", "url", "date", "title", "authors", "language"]), VALUES)
LINES = st.lists(ROWS.map(json.dumps) | st.text(max_size=20), max_size=6).map("\n".join)
CONTENT = st.binary(max_size=200) | (LINES | TEXTS).map(lambda text: text.encode("utf-8", "surrogatepass"))
NAMES = st.sampled_from(
    ["a.jsonl", "b.jsonl", "c.txt", "d.html", "e.csv", "f.md", "g.warc", "h.parquet", "i.gz", "j.zip", "k", "l.json"]
)
FOLDERS = st.dictionaries(NAMES, CONTENT, min_size=1, max_size=5)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(FOLDERS, st.integers(0, 5))
def test_any_folder_in_any_two_instalments(files, first):
    with TemporaryDirectory() as folder:
        raw, whole, parts = (Path(folder) / name for name in ("raw", "whole", "parts"))
        raw.mkdir()
        for number, name in enumerate(sorted(files)):
            if number and number == first:
                clean_folder(raw, parts)
            (raw / name).write_bytes(files[name])
        clean_folder(raw, parts)
        counts = clean_folder(raw, whole).manifest.counts
        assert counts.balances()
        assert settled(parts) == settled(whole)
        for corpus in (whole, parts):
            assert check(corpus) == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(0, 40), max_size=8), min_size=2, max_size=4))
def test_a_file_that_changes_as_it_likes_between_runs(versions):
    """Lines are added, taken out, repeated and moved: no record is lost, none is counted twice."""
    with TemporaryDirectory() as folder:
        raw, clean = Path(folder) / "raw", Path(folder) / "clean"
        seen: set[tuple[int, int]] = set()
        for version in versions:
            write_jsonl(raw / "wire.jsonl", [STORIES[number] for number in version])
            outcome = clean_folder(raw, clean)
            fresh = set(enumerate(version)) - seen
            seen |= fresh
            if fresh:
                counts = outcome.manifest.counts
                assert (counts.read, counts.seen_before) == (len(fresh), len(version) - len(fresh))
        assert check(clean) == []
