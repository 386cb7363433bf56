"""The benchmark of pages tells what each stage costs, and the ratio; Winnow stays far cheaper than trafilatura."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "benchmarks" / "pages_speed.py"
SHARED = Path(os.environ.get("WINNOW_SHARED") or ROOT.parent / "shared") / "bench" / "html" / "dev.parquet"
STORY = "<p>The ferry to Skerry Holm sails again on Monday, said the harbour master, once the storm has passed.</p>" * 5


def measured(*words: str | Path) -> tuple[dict[str, float], float, int]:
    """Give the ms of each stage, how many times as much trafilatura costs, and the number of pages."""
    done = subprocess.run(
        [sys.executable, PROGRAM, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    first, *stages, last = done.stdout.splitlines()
    ratio, pages = re.search(r"1/([0-9.]+) of", last), re.match(r"([0-9,]+) pages", first)
    assert ratio is not None
    assert pages is not None
    told = dict(line.split() for line in stages)
    return {stage: float(ms) for stage, ms in told.items()}, float(ratio[1]), int(pages[1].replace(",", ""))


def test_it_tells_what_each_stage_costs(tmp_path):
    deep = "<div>" * 3000 + "x" + "</div>" * 3000
    pages = [f"<html><body><h1>Ferry {n}</h1>{STORY * 20}</body></html>" for n in range(4)] + [deep]
    table = {"url": [f"https://skerry.example/{n}" for n in range(5)], "html": [page.encode() for page in pages]}
    pq.write_table(pa.table(table), tmp_path / "pages.parquet")
    told, ratio, count = measured(tmp_path / "pages.parquet", "--every", "1", "--rounds", "1")
    assert list(told) == ["size", "tree", "metadata", "walk", "judge", "pieces", "all", "trafilatura"]
    # What is refused is left out on both sides.
    assert count == 4
    assert all(told[stage] > 0 for stage in ("judge", "all", "trafilatura"))
    assert ratio == pytest.approx(told["trafilatura"] / told["all"], rel=0.05)


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_on_labelled_pages_it_costs_a_small_part_of_what_trafilatura_costs():
    # 4.1 to 4.5 were measured; 2.5 before trees were compiled for pages. Between them is room for a busy machine.
    assert measured(SHARED, "--every", "16", "--rounds", "2")[1] >= 3.3
