"""Records of a block taken apart in columns are those that are taken apart one by one."""

from itertools import repeat

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import ReadConfig
from pipeline.read.fields import Fields
from pipeline.read.jsonl import Lines
from pipeline.read.pieces import Found
from pipeline.read.rows import Rows

TEXTS = st.sampled_from(
    ["One.", "", "  ", "é", "a < b", "<p>One</p>\n<p>Two</p>", "<html><body><p>One</p></body></html>"]
)
ROWS = st.lists(
    st.fixed_dictionaries({"text": TEXTS | st.none(), "url": st.none() | st.just("https://a.example/1"), "id": TEXTS}),
    min_size=1,
    max_size=5,
)


def by_twos(block, limit=1000):
    """Take a block apart in both ways."""
    fields = Fields(ReadConfig())
    columns = block.columns(fields, limit)
    if columns is not None:
        form, *others, given_ = columns
        media, content, sha256, offsets = others
        columns = list(map(Found, repeat(form), media, content, sha256, offsets, repeat(None), given_))
    return columns, list(block.pieces(fields, limit))


@given(ROWS)
def test_they_are_the_same(rows):
    lines = [orjson.dumps({key: row[key] for key in ("text", "url", "id")}) for row in rows]
    schema = pa.schema([("text", pa.string()), ("url", pa.string()), ("id", pa.string())])
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    for block in (Lines(lines, list(range(len(lines)))), Rows(batch)):
        columns, pieces = by_twos(block)
        if all(isinstance(piece, Found) for piece in pieces):
            assert columns == pieces
        else:
            assert columns is None


def test_a_line_may_end_in_a_carriage_return():
    columns, pieces = by_twos(Lines([b'{"text": "One."}\r'], [0]))
    assert columns == pieces
    assert pieces[0].content == "One."


@pytest.mark.parametrize(
    "lines",
    [[b'{"text": "One."}', b"{"], [b'{"text": "One."}', b"[]"], [b'{"text": "One."}', b'{"id": 1, "text": "x"}']],
)
def test_lines_that_are_not_alike_are_taken_one_by_one(lines):
    columns, pieces = by_twos(Lines(lines, [0, 17]))
    assert columns is None
    assert len(pieces) == 2


def test_a_row_over_the_limit_is_told_by_itself():
    columns, pieces = by_twos(Rows(pa.RecordBatch.from_pydict({"text": ["One.", "x" * 100]})), limit=50)
    assert columns is None
    assert [getattr(piece, "reason", None) for piece in pieces] == [None, "too-large"]
