"""The benchmark of near-duplicates scores Winnow and others on the same records, and fails under a floor."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers import joined
from tests.run.stories import story

ROOT = Path(__file__).parents[2]


def write(folder: Path, texts: dict[str, str], clusters: list[str], kinds: list[tuple[str, str, str, int]]) -> Path:
    folder.mkdir()
    pq.write_table(
        pa.table({"doc_id": list(texts), "text": list(texts.values()), "url": pa.nulls(len(texts), pa.string())}),
        folder / "docs.parquet",
    )
    pq.write_table(
        pa.table({"doc_id": list(texts), "cluster_id": clusters, "ignore": [False] * len(texts)}),
        folder / "clusters.parquet",
    )
    names = ["doc_id_a", "doc_id_b", "kind", "is_dup"]
    pq.write_table(
        pa.Table.from_pylist([dict(zip(names, kind, strict=True)) for kind in kinds]), folder / "truth.parquet"
    )
    return folder


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/neardup.py", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def towns() -> dict[str, str]:
    one, two = (" ".join(story(random.Random(seed), 20)) for seed in (1, 2))
    return {"a": one, "b": one.upper(), "c": two}


def test_it_scores_a_folder(tmp_path):
    folder = write(tmp_path / "towns", towns(), ["x", "x", "y"], [("a", "b", "case", 1), ("a", "c", "other", 0)])
    done = run(folder)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["towns:", "3", "documents"]
    assert lines[2][:4] == ["winnow", "1.000", "1.000", "1.000"]
    assert lines[3][:4] == ["datasketch", "1.000", "1.000", "1.000"]
    shares = {line[1]: line[3] for line in lines if line[0] in ("duplicate", "negative")}
    assert shares == {"case": "1.000", "other": "0.000"}


def test_a_missed_floor_fails(tmp_path):
    # Labelled the other way round.
    folder = write(tmp_path / "ctrl", towns(), ["x", "y", "x"], [("a", "b", "case", 0), ("a", "c", "other", 1)])
    done = run(folder, "--only", "winnow")
    assert done.returncode == 1
    assert "MISSED ctrl: ARI -0.500 is under the floor of 0.95" in done.stdout
    assert "MISSED ctrl: 1.000 of the negatives case are merged, over 0.03" in done.stdout


def test_pairs_are_joined_to_clusters():
    assert joined(6, [(4, 5), (1, 2), (2, 5)]) == [0, 1, 1, 3, 1, 1]
