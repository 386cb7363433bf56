from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import ReadConfig
from pipeline.errors import Unreadable
from pipeline.read.fields import Fields, canonical_json
from pipeline.values import Given

FIELDS = Fields(ReadConfig())


def test_fields_whatever_their_case() -> None:
    row = FIELDS.read(
        {
            "ID": 7,
            "Text": "One.",
            "URL": " https://a.example ",
            "headline": "H",
            "Published": "2024-01-02",
            "authors": ["A", {"name": "B"}, "", None],
            "lang": "en",
            "publisher": "P",
            "Section": "S",
        }
    )
    assert (row.media, row.content) == ("text", "One.")
    assert row.given == Given("7", "https://a.example", "H", "2024-01-02", ("A", "B"), "en", "P", "S")


@pytest.mark.parametrize(
    ("row", "media", "content"),
    [
        ({"text": "t", "html": "<p>h</p>"}, "html", "<p>h</p>"),
        ({"text": "t", "html": None}, "text", "t"),
        ({"text": "t", "html": ""}, "text", "t"),
        ({"text": "t", "page": 3}, "text", "t"),
        ({"text": "t", "page": "3"}, "text", "t"),
        ({"text": None, "content": "c"}, "text", "c"),
        ({"text": "", "content": "c"}, "text", "c"),
        ({"text": "  "}, "text", "  "),
        ({"html": "no tags at all"}, "text", "no tags at all"),
        ({"text": "<!doctype html><p>x"}, "html", "<!doctype html><p>x"),
        ({"text": "<p>One</p>\n<p>Two</p>"}, "html", "<p>One</p>\n<p>Two</p>"),
        ({"text": "In HTML, <p> opens a paragraph."}, "text", "In HTML, <p> opens a paragraph."),
        ({"body": b"bytes"}, "text", b"bytes"),
    ],
)
def test_which_field_is_the_content(row: dict[str, Any], media: str, content: object) -> None:
    found = FIELDS.read(row)
    assert (found.media, found.content) == (media, content)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "no-text"),
        ({"text": None}, "no-text"),
        ({"title": "only"}, "no-text"),
        ({"text": 5}, "wrong-type"),
        ({"text": ["a", "b"]}, "wrong-type"),
        ({"content": {"rendered": "x"}}, "wrong-type"),
    ],
)
def test_rows_without_a_text(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        FIELDS.read(row)
    assert refused.value.reason == reason


def test_dotted_names() -> None:
    fields = Fields(ReadConfig(text_fields=("article.Body.text", "text"), title_fields=("meta.title",)))
    row = fields.read({"Article": {"body": {"TEXT": "deep"}}, "meta": "no object"})
    assert (row.content, row.given.title) == ("deep", None)
    assert fields.read({"article.body.text": "flat", "Article": {}}).content == "flat"


@pytest.mark.parametrize(
    ("given_date", "read_date"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        (1700000000, "2023-11-14T22:13:20+00:00"),
        (1700000000.4, "2023-11-14T22:13:20+00:00"),
        (1700000000000, "2023-11-14T22:13:20+00:00"),
        (1700000000000000, "2023-11-14T22:13:20+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("20240102", "20240102"),
        ("20240102030405", "20240102030405"),
        (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02T00:00:00+00:00"),
        (date(2024, 1, 2), "2024-01-02"),
        ({"$date": "2024-01-02"}, "2024-01-02"),
        (True, None),
        (float("nan"), None),
        (-5, None),
        ([2024], None),
    ],
)
def test_dates(given_date: object, read_date: str | None) -> None:
    assert FIELDS.read({"text": "t", "date": given_date}).given.date == read_date


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=9) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(["text", "HTML", "page", "date", "Authors", "id", "url", "title", "site", "x"])


@given(st.dictionaries(_NAMES, _VALUES, max_size=6))
def test_any_row_gives_a_row_or_a_reason(row: dict[str, Any]) -> None:
    outcome: Given | str
    try:
        outcome = FIELDS.read(row).given
    except Unreadable as error:
        outcome = error.reason
    if isinstance(outcome, str):
        assert outcome in {"no-text", "wrong-type"}
    else:
        assert all(value is None or value for value in (outcome.url, outcome.title, outcome.date, outcome.source_id))


@given(
    st.lists(_NAMES, unique=True, max_size=6).flatmap(
        lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, _VALUES) | {"text": st.just("t")}))
    )
)
def test_a_table_says_by_columns_what_it_says_by_rows(rows: list[dict[str, Any]]) -> None:
    fields = Fields(ReadConfig(author_fields=("authors", "x"), title_fields=("title", "x.name")))
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    said = {name: column for name, column in columns.items() if name in fields.said_in(tuple(columns))}
    for some in (columns, said):
        assert fields.given(some, len(rows)) == [fields.read(row).given for row in rows]


def test_canonical_json() -> None:
    one = canonical_json({"b": [1, Decimal("1.10")], "a": b"\xff", "c": datetime(2024, 1, 2, tzinfo=UTC)})
    assert one == b'{"a":"\\\\xff","b":[1,"1.10"],"c":"2024-01-02T00:00:00+00:00"}'
    assert canonical_json({"x": "\ud800", "n": float("nan"), "big": 2**70})
    assert orjson.loads(canonical_json({"é": "“”"})) == {"é": "“”"}
