"""Each promise has a line that keeps it and a test; `python -m tests.safety.promises` sees that fail without it."""

from __future__ import annotations

import pytest

from tests.safety.promises import PROMISES, ROOT, Promise


def test_all_promises_are_named() -> None:
    assert {promise.number for promise in PROMISES} == set(range(1, 9))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: f"{one.number}-{one.test.rpartition('::')[2]}")
def test_line_and_test_are_there(promise: Promise) -> None:
    assert (ROOT / promise.file).read_text(encoding="utf-8").count(promise.line) == 1
    file, name = promise.test.split("::")
    assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: f"{one.number}-{one.test.rpartition('::')[2]}")
def test_the_operations_page_names_it(promise: Promise) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert promise.test.rpartition("::")[2] in page
    assert f"`{promise.file}`" in page
