"""The benchmark of plain text tells every stage of texts and of lists of lines, and takes a site's name from a URL."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import plain_speed
from pipeline.config import Config, RunConfig

ROOT = Path(__file__).parents[2]
LINES = ["The ferry to the island ran again on Monday, after eleven years without a boat.", "", "Read more", "Share"]


@pytest.mark.parametrize("rows", [{"text": ["\n".join(LINES)] * 4}, {"lines": [LINES] * 4}], ids=["texts", "lines"])
def test_it_tells_what_each_stage_costs(tmp_path, rows):
    pq.write_table(pa.table({**rows, "url": ["https://left.example/1"] * 4}), tmp_path / "texts.parquet")
    done = subprocess.run(
        [sys.executable, "benchmarks/plain_speed.py", tmp_path / "texts.parquet", "--rounds", "1", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout)
    assert set(told) == {*plain_speed.COUNTED, "all", "words", "ftfy"}
    # Of four small texts each stage but the difference of two times takes some time.
    assert all(told[name] > 0 for name in told if name not in ("split", "learn", "cut template"))


def test_sites_are_told_by_a_name_or_a_url(tmp_path):
    pq.write_table(pa.table({"text": ["One", "Two"], "url": ["https://left.example/1", None]}), tmp_path / "a.parquet")
    assert plain_speed.read(tmp_path / "a.parquet", "text", "netloc", None) == [("left.example", "One"), ("", "Two")]
    pq.write_table(pa.table({"lines": [["One", "Two"]], "netloc": ["right.example"]}), tmp_path / "b.parquet")
    assert plain_speed.read(tmp_path / "b.parquet", "text", "netloc", 1) == [("right.example", "One\nTwo")]


def test_texts_are_cut_into_batches_as_in_a_run():
    texts = [("", "abc" * 400)] * 5
    assert [len(one) for one in plain_speed.batches(texts, Config(run=RunConfig(batch_records=2)))] == [2, 2, 1]
    assert [len(one) for one in plain_speed.batches(texts, Config(run=RunConfig(batch_bytes=2400)))] == [2, 2, 1]
