"""The benchmark of the site model counts right and wrong cuts; the model holds its floors on labelled pages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sites.towns import SCRIPTS, plain_frame, stories

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "benchmarks" / "sites.py"
SHARED = Path(os.environ.get("WINNOW_SHARED") or ROOT.parent / "shared") / "bench" / "lines"


def measured(*words: str | Path) -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, PROGRAM, *words, "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told: dict[str, dict[str, float]] = json.loads(done.stdout)
    return told


def test_it_counts_what_is_cut_rightly_and_wrongly(tmp_path):
    pages = stories("left.example", SCRIPTS["latin"], 10, 3, plain_frame(SCRIPTS["latin"], 4))
    rows = [
        {
            "page_id": page.name,
            "dataset": "towns",
            "url": page.url,
            "netloc": page.site,
            "lines": [line.text for line in page.lines],
            # The first line is said to be content, which it is not: all cuts of it count as wrong.
            "labels": [int(not line.template or at == 0) for at, line in enumerate(page.lines)],
        }
        for page in pages
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "towns.parquet")
    told = measured(tmp_path / "towns.parquet")["towns"]
    assert told["pages"] == 10
    assert told["wrong"] == 10 * 2
    assert told["right"] == told["boilerplate"] > 10 * 2


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled lines are not beside the checkout (CONTRIBUTING.md)")
@pytest.mark.parametrize(
    ("file", "name", "precision", "found"),
    [
        ("human_dev", "all", 0.99, 0.15),
        ("human_dev", "jp", 0.99, 0.38),
        ("human_dev", "thai", 0.99, 0.25),
        ("visible_dev", "all", 0.99, 0.015),
        ("visible_dev", "cleanportal", 0.99, 0.5),
    ],
)
def test_it_is_precise_on_labelled_lines(file, name, precision, found):
    told = _once(SHARED / f"{file}.parquet")[name]
    assert told["right"] / (told["right"] + told["wrong"]) >= precision
    assert told["right"] / told["boilerplate"] >= found


_MEASURED: dict[Path, dict[str, dict[str, float]]] = {}


def _once(path: Path) -> dict[str, dict[str, float]]:
    if path not in _MEASURED:
        _MEASURED[path] = measured(path)
    return _MEASURED[path]
