"""What a run loads: each second of it is paid by every run, and by every worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.store.corpus import read_corpus
from tests.cli.program import REPOSITORY, environment
from tests.read.files import ARTICLES, PAGE, jsonl, parquet, read

IDLE = ("pandas", "scipy.linalg", "yaml.reader", "datasketch", "prefect", "trafilatura", "requests", "urllib3")
"""Installed for what a run does not do, or does by itself."""


def loaded(words: Sequence[str]) -> set[str]:
    """Run a command line in a process of its own; gives the modules that it has loaded at its end."""
    program = (
        "import sys; from pipeline.cli.main import main; status = main(); print(*sys.modules, file=sys.stderr);"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    return set(done.stderr.split())


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, content in {"a.jsonl": jsonl(), "b.parquet": parquet(), "c.html": PAGE.encode()}.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_run_loads_nothing_that_it_has_no_use_for(raw, tmp_path):
    modules = loaded(["clean", str(raw), "--out", str(tmp_path / "clean"), "-q", "--workers", "1"])
    assert {"pyarrow", "numpy"} <= modules
    assert not modules & set(IDLE)
    assert len(read_corpus(tmp_path / "clean").table("documents")) > 0


def test_times_in_nanoseconds_are_read_as_with_pandas(tmp_path):
    """The digest of a row has them as pandas writes them."""
    moments = [datetime(2024, 5, 17, 8, 30, tzinfo=UTC), datetime(2024, 5, 18, 8, 30, 0, 120, tzinfo=UTC)]
    exact = pa.array([pd.Timestamp(moment).value + 7 for moment in moments], pa.timestamp("ns", "UTC"))
    table = pa.table({"text": [row["text"] for row in ARTICLES[: len(moments)]], "date": exact})
    path = tmp_path / "raw" / "a.parquet"
    path.parent.mkdir()
    pq.write_table(table, path)
    modules = loaded(["clean", str(path), "--out", str(tmp_path / "clean"), "-q", "--workers", "1"])
    assert "pandas" in modules
    found = read_corpus(tmp_path / "clean").table("documents", ["source_sha256"])["source_sha256"].to_pylist()
    assert found == [record.sha256 for record in read(path).records]
