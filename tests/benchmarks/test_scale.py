"""The benchmark of the global step tells what a document costs, by size, and finds the copies that it made."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

from benchmarks.scale import stories

ROOT = Path(__file__).parents[2]


def test_the_same_seed_tells_the_same_stories():
    assert list(islice(stories(20), 10)) == list(stories(10))
    assert list(stories(3, seed=2)) != list(stories(3, seed=1))


def test_it_tells_what_a_document_costs():
    done = subprocess.run(
        [sys.executable, "benchmarks/scale.py", "100", "300", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout)
    assert list(told) == ["winnow", "datasketch"]
    for way in told.values():
        assert list(way) == ["100", "300"]
        assert all(one["all"] > 0 and one["peak"] > 0 for one in way.values())
        assert "bytes" in way["300"]
    assert 0.1 < told["winnow"]["300"]["found"] < 0.3
