"""Records of a block taken apart in columns are those that are taken apart one by one."""

import math
from datetime import date
from itertools import repeat
from unittest.mock import patch

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


def by_twos(block, limit=1000, *, compiled=False):
    """Take a block apart in both ways."""
    fields = Fields(ReadConfig())
    with patch("pipeline.read.rows.worth_loading", return_value=compiled):
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
    blocks = [(Lines(lines, list(range(len(lines)))), False), (Rows(batch), False), (Rows(batch), True)]
    for block, compiled in blocks:
        columns, pieces = by_twos(block, compiled=compiled)
        if all(isinstance(piece, Found) for piece in pieces):
            assert columns == pieces
        else:
            assert columns is None


MANY = {
    "z": pa.array([1, None, -(2**63), 7], pa.int64()),
    "text": pa.array(["One.", 'Two\n"é"', "x" * 99 + "\x1f", ""]),
    "Title": pa.array([" A\tb ", None, "", "\u2028 c"]),
    "large": pa.array(["a", "\\", None, "d"], pa.large_string()),
    "date": pa.array([date(2024, 1, 2), None, date(1, 1, 1), date(9999, 12, 31)]),
    "published": pa.array([" 2024-01-02", "1704164645", None, "\u3000"]),
    "authors": pa.array([["A", None], [], None, [" B "]]),
    "site": pa.array([{"name": "x", "at": 1.5}, None, {"name": None, "at": math.nan}, {"name": "é", "at": -0.0}]),
    "is": pa.array([True, None, False, True]),
    "bytes": pa.array([b"\xff", b"", None, b"a"]),
    "nothing": pa.nulls(4),
    'say "hi"': pa.array(["\x00", "2", "3", "4"]),
    "id": pa.StringArray.from_buffers(
        4, pa.array([b"a", b"b\xff", b"c", b"d"]).buffers()[1], pa.py_buffer(b"ab\xffcd")
    ),
}


@pytest.mark.parametrize("names", [[*MANY], [name for name in MANY if name != "id"], ["text"], ["text", "Title"]])
def test_whatever_stands_beside_the_texts(names):
    batch = pa.RecordBatch.from_pydict({name: MANY[name] for name in names})
    for some in (batch, batch.slice(1, 2), batch.slice(3)):
        assert by_twos(Rows(some))[0] == list(Rows(some).pieces(Fields(ReadConfig()), 1000))
        with patch.object(Rows, "_columns_of_values"):
            columns, pieces = by_twos(Rows(some), compiled=True)
        assert columns == pieces


def test_numbers_that_json_of_orjson_does_not_hold_are_told_one_by_one():
    batch = pa.RecordBatch.from_pydict({"text": ["One.", "Two."], "n": pa.array([1, 2**80], pa.decimal128(30))})
    columns, pieces = by_twos(Rows(batch), compiled=True)
    assert columns == pieces


def test_a_line_may_end_in_a_carriage_return():
    columns, pieces = by_twos(Lines([b'{"text": "One."}\r'], [0]))
    assert columns == pieces
    assert pieces[0].content == "One."


@pytest.mark.parametrize(
    "lines",
    [
        [b"0", b'{"text": "One."}'],
        [b'{"text": "One."}', b"{"],
        [b'{"text": "One."}', b"[]"],
        [b'{"text": "One."}', b'{"id": 1, "text": "x"}'],
    ],
)
def test_lines_that_are_not_alike_are_taken_one_by_one(lines):
    columns, pieces = by_twos(Lines(lines, [0, 17]))
    assert columns is None
    assert len(pieces) == 2


@pytest.mark.parametrize("compiled", [False, True])
def test_a_row_over_the_limit_is_told_by_itself(compiled):
    rows = Rows(pa.RecordBatch.from_pydict({"text": ["One.", "x" * 100]}))
    columns, pieces = by_twos(rows, limit=50, compiled=compiled)
    assert columns is None
    assert [getattr(piece, "reason", None) for piece in pieces] == [None, "too-large"]
