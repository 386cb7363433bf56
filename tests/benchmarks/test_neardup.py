"""The benchmark tells duplicates from near misses, and counts pairs as the Rand index does."""

import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.run.stories import story

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "neardup.py"


def test_it_scores_a_folder(tmp_path):
    one, two = (" ".join(story(random.Random(seed), 20)) for seed in (1, 2))
    texts = {"a": one, "b": one.upper(), "c": two}
    pq.write_table(
        pa.table({"doc_id": list(texts), "text": list(texts.values()), "url": pa.nulls(3, pa.string())}),
        tmp_path / "docs.parquet",
    )
    pq.write_table(
        pa.table({"doc_id": list(texts), "cluster_id": ["x", "x", "y"], "ignore": [False] * 3}),
        tmp_path / "clusters.parquet",
    )
    pq.write_table(
        pa.table({"doc_id_a": ["a", "a"], "doc_id_b": ["b", "c"], "kind": ["case", "other"], "is_dup": [1, 0]}),
        tmp_path / "truth.parquet",
    )
    done = subprocess.run(
        [sys.executable, PROGRAM, tmp_path], capture_output=True, text=True, check=True, cwd=PROGRAM.parents[1]
    )
    assert "ARI 1.000  P 1.000  R 1.000  3 documents" in done.stdout
    assert "duplicate case                       merged 1.000 of 1" in done.stdout
    assert "negative  other                      merged 0.000 of 1" in done.stdout
