"""The benchmark of candidates finds all pairs by brute force, and those of each tool among them."""

import os
import random
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.recall import BINS, bins, similar
from pipeline.config import MatchConfig
from pipeline.sign.batch import sign_batch
from tests.run.stories import story

ROOT = Path(__file__).parents[2]


def texts() -> list[str]:
    """Ten stories, and of each a copy that lacks some of its sentences."""
    told = [story(random.Random(seed), 12) for seed in range(10)]
    return [" ".join(one) for one in told] + [" ".join(one[: 6 + at % 6]) for at, one in enumerate(told)]


def test_all_pairs_are_found_by_brute_force():
    signed = sign_batch(texts(), MatchConfig(), shingles=True)
    sets = [set(signed.row(at).shingles.tolist()) for at in range(len(signed))]
    expected = {
        later << 32 | earlier: len(sets[earlier] & sets[later]) / len(sets[earlier] | sets[later])
        for later in range(len(sets))
        for earlier in range(later)
    }
    pairs, jaccard = similar(signed)
    assert dict(zip(pairs.tolist(), jaccard.tolist(), strict=True)) == pytest.approx(
        {pair: value for pair, value in expected.items() if value >= 0.3}
    )


def test_a_bin_begins_with_its_similarity():
    import numpy as np

    assert bins(np.array([0.3, 0.349, 0.7, 0.95, 1.0])).tolist() == [0, 0, 8, BINS - 1, BINS - 1]


def test_it_tells_what_is_found_and_draws_it(tmp_path):
    said = texts()
    pq.write_table(
        pa.table(
            {
                "doc_id": [f"d{at}" for at in range(len(said))],
                "text": said,
                "url": pa.nulls(len(said), pa.string()),
            }
        ),
        tmp_path / "docs.parquet",
    )
    done = subprocess.run(
        [sys.executable, "benchmarks/recall.py", tmp_path, "--plot", tmp_path / "recall.svg"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "recall from 0.7 1.0000  recall from 0.8 1.0000" in done.stdout
    assert "winnow" in done.stdout
    assert "datasketch" in done.stdout
    drawn = ElementTree.parse(tmp_path / "recall.svg")  # noqa: S314 -- written by the program above
    assert len(drawn.findall("{*}polyline")) >= 2
