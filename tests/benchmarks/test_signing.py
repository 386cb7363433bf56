"""The benchmark of signing tells what each way costs, with enough words to sign and with none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
WAYS = ["text to bands", "sign_batch", "with sets", "only sets", "fallback", "datasketch", "its MinHash"]


def test_it_tells_what_each_way_costs(tmp_path):
    pytest.importorskip("numba")
    texts = ["The ferry to the island ran again on Monday, after eleven years without a boat.", "Two words", "", None]
    pq.write_table(pa.table({"body": texts}), tmp_path / "texts.parquet")
    done = subprocess.run(
        [
            sys.executable,
            "benchmarks/signing.py",
            tmp_path / "texts.parquet",
            "--column",
            "body",
            "--rounds",
            "1",
            "--json",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout)
    assert list(told) == WAYS
    assert all(value > 0 for value in told.values())
