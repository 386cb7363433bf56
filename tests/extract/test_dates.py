from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.dates import find_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("date 2025-04-16", "2025-04-16"),
        ("April 25, 2025", "2025-04-25"),
        ("Apr. 5th, 2025 at 10:30", "2025-04-05"),
        ("25 April 2025", "2025-04-25"),
        ("Freitag, 25. März 2025", "2025-03-25"),
        ("le 1er août 2024", "2024-08-01"),
        ("25 de abril de 2025", "2025-04-25"),
        ("25 aprile 2025", "2025-04-25"),
        ("25 maart 2025", "2025-03-25"),
        ("25 апреля 2025", "2025-04-25"),
        ("2025年4月25日", "2025-04-25"),
        ("2025년 4월 25일", "2025-04-25"),
        ("25 أبريل 2025", "2025-04-25"),
        ("25.04.2025", "2025-04-25"),
        ("25/04/2025", "2025-04-25"),
        ("04/25/2025", "2025-04-25"),
        ("04/04/2025", "2025-04-04"),
        ("03/04/2025", None),
        ("31 February 2025", None),
        ("2025-13-01", None),
        ("In 2025 nothing happened", None),
        ("1 of 2025", None),
        ("", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert find_date(text) == date


@settings(deadline=None)
@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_every_date_that_is_written_out_is_read(date: datetime.date) -> None:
    assert find_date(date.isoformat()) == date.isoformat()
    assert find_date(f"{date:%B} {date.day}, {date.year}") == date.isoformat()
    assert find_date(f"{date.day} {date:%b} {date.year}") == date.isoformat()


@settings(deadline=None)
@given(st.text())
def test_what_is_found_is_a_date(text: str) -> None:
    found = find_date(text)
    assert found is None or datetime.date.fromisoformat(found).isoformat() == found
