from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import KINDS, Relation
from tests.sample.truth import Cut, End, Truth, dump_truth, lines, load_truth, same_lines

_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_addresses = st.tuples(_texts, st.integers(0, 9))
_truths = st.builds(
    Truth,
    file_path=_texts,
    record=st.integers(0, 9),
    end=st.sampled_from(get_args(End)),
    member=st.none() | _texts,
    reason=st.none() | _texts,
    duplicate_of=st.none() | _addresses,
    relation=st.none() | st.sampled_from(get_args(Relation)),
    superseded_by=st.none() | _addresses,
    title=st.none() | _texts,
    authors=st.lists(_texts, max_size=2).map(tuple),
    text=st.none() | _texts,
    holds=st.lists(_texts, max_size=2).map(tuple),
    removed=st.lists(st.builds(Cut, st.sampled_from(KINDS), _texts), max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_truths, max_size=4))
def test_entries_survive_being_written(tmp_path_factory: pytest.TempPathFactory, entries: list[Truth]) -> None:
    path = tmp_path_factory.getbasetemp() / "truth.json"
    path.write_bytes(dump_truth(entries).encode())
    assert load_truth(path) == entries


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    row = {"file_path": "a", "record": 0, "end": "document", "duplicate_of": None, "superseded_by": None, "colour": 1}
    path = tmp_path / "truth.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(TypeError, match="colour"):
        load_truth(path)


@settings(deadline=None)
@given(st.lists(st.text("ab ", min_size=1).filter(str.strip)), st.sampled_from(["\n", "\n\n", " \n\n  "]))
def test_space_between_lines_is_free_and_lines_are_not(rows: list[str], between: str) -> None:
    assert same_lines(between.join(rows), "\n".join(rows))
    assert len(lines(between.join(rows))) == len(rows)
    assert not same_lines("\n".join([*rows, "c"]), "\n".join(rows))
