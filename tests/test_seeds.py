"""The five raw news texts that the project was founded on come out exactly as their gold says."""

from __future__ import annotations

import json
import os
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
from pipeline.words.fold import fold

SEEDS = Path(os.environ.get("WINNOW_SHARED") or Path(__file__).resolve().parents[2] / "shared") / "seeds"

pytestmark = pytest.mark.skipif(
    not (SEEDS / "gold.json").is_file(),
    reason="the seed texts are not here: set WINNOW_SHARED to the folder that holds seeds/gold.json and seeds/raw",
)


def documents() -> list[Any]:
    if not (SEEDS / "gold.json").is_file():
        return []
    gold = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))["documents"]
    return [pytest.param(document, id=name) for name, document in gold.items()]


@pytest.mark.parametrize("gold", documents())
def test_a_seed_comes_out_as_its_gold(gold: dict[str, Any]) -> None:
    before = (SEEDS / "raw" / gold["source"]).read_text(encoding="utf-8").strip()
    blocks = split_blocks(before)
    metadata, cuts = read_head(blocks, Metadata(), "text")
    cuts += find_boilerplate(blocks, cuts, StripConfig())
    cuts += find_repeats(blocks, cuts, metadata.title)
    text, removals = apply_cuts(before, cuts)
    assert restore(text, removals) == before
    assert [fold(line) for line in text.splitlines() if line.strip()] == [fold(block) for block in gold["kept"]]
    assert [(removal.kind, fold(removal.text)) for removal in removals] == [
        (removed["kind"], fold(removed["text"])) for removed in gold["removed"]
    ]
    assert (metadata.title, metadata.date, metadata.category) == (gold["title"], gold["date"], gold["category"])
