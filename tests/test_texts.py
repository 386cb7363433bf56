"""Labelled texts: each line of a case in `tests/cases/texts` says "keep", or the kind that it is cut as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.collapse.repeats import find_repeats
from pipeline.config import StripConfig
from pipeline.cuts import apply_cuts, restore
from pipeline.extract.head import read_head
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate
from pipeline.values import Metadata

CASES = sorted((Path(__file__).parent / "cases" / "texts").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("separator", ["\n\n", "\n"], ids=["spaced", "tight"])
def test_each_line_is_kept_or_cut_as_labelled(path: Path, separator: str) -> None:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    before = separator.join(line for _, line in case["lines"])
    blocks = split_blocks(before)
    metadata, cuts = read_head(blocks, Metadata(), case["media"])
    cuts += find_boilerplate(blocks, cuts, StripConfig())
    cuts += find_repeats(blocks, cuts, metadata.title)
    text, removals = apply_cuts(before, cuts)
    assert restore(text, removals) == before
    kinds = {cut.start: cut.kind for cut in cuts}
    assert [[kinds.get(block.start, "keep"), block.text] for block in blocks] == case["lines"]
    assert text.split(separator) == [line for label, line in case["lines"] if label == "keep"]
    found = (metadata.title, metadata.date, metadata.category, list(metadata.authors))
    assert found == (case["title"], case["date"], case["category"], case["authors"])


def test_there_are_cases() -> None:
    assert CASES
