import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.read.files import Outcome, jsonl, read, write


def ends(outcome: Outcome) -> list[str]:
    return [one.reason if hasattr(one, "reason") else str(one.content) for one in outcome.items]  # type: ignore[union-attr]


def test_a_broken_line_costs_itself_only(tmp_path: Path) -> None:
    content = b'{"text": "one"}\n\n  \n{"text": "tw\n[1]\n"word"\nnull\n{}\n{"text": "last"}'
    outcome = read(write(tmp_path, "a.jsonl", content))
    assert ends(outcome) == ["one", "bad-json", "wrong-type", "wrong-type", "wrong-type", "no-text", "last"]
    assert "not valid JSON" in outcome.quarantined[0].detail
    assert outcome.quarantined[0].place.byte_offset == 20


def test_a_file_that_ends_inside_a_line(tmp_path: Path) -> None:
    assert ends(read(write(tmp_path, "a.jsonl", b'{"text": "one"}\n{"text": "tw'))) == ["one", "truncated"]


@pytest.mark.parametrize("stray", [b"]", b"]]] ", b"\x0c", b"\x0b]\x0c", b"}"])
def test_what_ends_no_array_is_a_record_of_its_own(tmp_path: Path, stray: bytes) -> None:
    # It used to be read as nothing, over and over.
    path = write(tmp_path, "a.json", b'{\n"text": "one"\n}\n' + stray + b'\n{\n"text": "two"\n}\n' + stray)
    outcome = read(path)
    assert outcome.contents == ["one", "two"]
    assert set(outcome.reasons) == {"bad-json"}
    assert sum(one.bytes_read for one in outcome.quarantined) == 2 * len(stray.strip(b" "))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"text": "café “x”"}'.encode("cp1252"), "café “x”"),
        (b'{"text": "half \\ud83d a pair"}', "half \ufffd a pair"),
        (b'{"text": "x", "score": NaN}', "x"),
        (b'\xef\xbb\xbf{"text": "mark"}', "mark"),
        (b'{"text": "\x7f"}', "\x7f"),
        (b'{"text": "x", "big": 123456789012345678901234567890}', "x"),
        (b'{"text": "x", "deep": ' + b"[" * 5000 + b"]" * 5000 + b"}", "bad-json"),
    ],
)
def test_what_other_writers_leave_behind(tmp_path: Path, line: bytes, text: str) -> None:
    assert ends(read(write(tmp_path, "a.jsonl", line + b'\n{"text": "next"}\n'))) == [text, "next"]


def test_an_array_with_broken_values(tmp_path: Path) -> None:
    content = b'[{"text": "one"}, {"text": bad}, 5, "a ] word", {"text": "two, [\\"}"}, [], null\n]'
    expected = ["one", "bad-json", "wrong-type", "wrong-type", 'two, ["}', "wrong-type", "wrong-type"]
    assert ends(read(write(tmp_path, "a.json", content))) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]", []),
        (b'[{"text": "one"}', ["one", "truncated"]),
        (b'[{"text": "one"}, {"text": "tw', ["one", "truncated"]),
        (b'[{"text": "one"}] trailing', ["one", "bad-json"]),
        (b'{\n "text": "one"\n}\n{\n "text": "two"\n}\n', ["one", "two"]),
        (b'{\n "text": "one"\n', ["truncated"]),
        (b"}\n", ["bad-json"]),
    ],
)
def test_values_over_several_lines(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    assert ends(read(write(tmp_path, "a.json", content))) == expected


_ROWS = st.lists(st.fixed_dictionaries({"text": st.text(max_size=30), "n": st.integers(0, 9)}), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(_ROWS, st.sampled_from([None, 0, 2]))
def test_lines_and_arrays_say_the_same(tmp_path: Path, rows: list[dict[str, object]], indent: int | None) -> None:
    texts = [row["text"] for row in rows]
    assert [one.content for one in read(write(tmp_path, "a.jsonl", jsonl(rows))).items] == texts  # type: ignore[union-attr]
    array = json.dumps(rows, indent=indent).encode()
    assert [one.content for one in read(write(tmp_path, "a.json", array)).items] == texts  # type: ignore[union-attr]
