"""Whatever is changed in a corpus, `check` finds something."""

from __future__ import annotations

from math import isclose
from operator import eq

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inspect.check import check
from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus
from tests.corpora import make_corpus
from tests.inspect.damage import Rows, copied, rewrite


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("check"))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_goes_unseen(sound: Corpus, data: st.DataObject) -> None:
    entries = [entry for manifest in sound.manifests for entry in manifest.files]
    entry = data.draw(st.sampled_from(entries))
    path = sound.layout.root / entry.path
    whole = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(whole)
    changed[at] ^= 1 << bit
    try:
        path.write_bytes(bytes(changed))
        wrong = check(sound)
    finally:
        path.write_bytes(whole)
    assert ("files", entry.path) in [(finding.promise, finding.where) for finding in wrong]


# Columns that only the record itself could bear out: nothing else in the corpus depends on them.
HEARSAY = {
    *("url", "date", "title", "authors", "language", "language_score", "source_domain", "site_name", "category"),
    *("source_id", "format", "media", "encoding", "extractor", "pipeline_version", "detail", "bytes_read"),
    *("byte_offset", "size", "rule", "score", "weighed", "ended_share", "digit_share", "repeated_share", "tokens"),
}


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_changed_value_goes_unseen_even_with_the_manifest_made_to_fit(
    sound: Corpus, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    table = data.draw(st.sampled_from(sorted(TABLES)))
    run = data.draw(st.sampled_from([0, 1]))
    if not sound.files_of(sound.manifests[run], table):
        return
    corpus = copied(sound, tmp_path_factory.mktemp("changed"))
    column = data.draw(st.sampled_from([name for name in TABLES[table].names if name not in HEARSAY]))

    def change(rows: Rows) -> None:
        row = data.draw(st.sampled_from(rows))
        row[column] = data.draw(other_than(row[column], TABLES[table].field(column).type))

    rewrite(corpus, table, change, run=run)
    assert check(corpus.layout.root) != []


def other_than(value: object, kind: pa.DataType) -> st.SearchStrategy[object]:
    choices: dict[pa.DataType, st.SearchStrategy[object]] = {
        pa.string(): st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
        pa.int32(): st.integers(0, 10**6),
        pa.int64(): st.integers(0, 10**6),
        pa.float64(): st.floats(0, 1),
        pa.binary(): st.binary(max_size=64),
        pa.binary(16): st.binary(min_size=16, max_size=16),
    }
    if pa.types.is_list(kind):
        return st.lists(st.text("abc"), max_size=3).filter(lambda other: other != value)
    # Shares are held to be the same up to their last digits, as machines round.
    close = isclose if isinstance(value, float) else eq
    return choices[kind].filter(lambda other: not close(other, value))
