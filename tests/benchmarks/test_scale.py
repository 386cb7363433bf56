"""The benchmark of the global step tells what a document costs, by size, and finds the copies that it made."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

from benchmarks.scale import stories, with_growth

ROOT = Path(__file__).parents[2]


def test_the_same_seed_tells_the_same_stories():
    assert list(islice(stories(20), 10)) == list(stories(10))
    assert list(stories(3, seed=2)) != list(stories(3, seed=1))


def test_memory_is_told_by_what_more_documents_take():
    told = with_growth({100: {"peak": 5000.0}, 300: {"peak": 7000.0}})
    assert told == {100: {"peak": 5000.0}, 300: {"peak": 7000.0, "bytes": 10.0}}


def test_it_tells_what_a_document_costs():
    done = subprocess.run(
        [sys.executable, "benchmarks/scale.py", "200", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout)
    assert list(told) == ["winnow", "datasketch"]
    assert all(way["200"]["all"] > 0 and way["200"]["peak"] > 0 for way in told.values())
    assert 0.1 < told["winnow"]["200"]["found"] < 0.3
