"""The benchmark of extractors scores what each gives for the same pages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "benchmarks" / "pages.py"
STORY = "The ferry to Skerry Holm sails again on Monday, said the harbour master, once the storm has passed."
# Of each page the share of its text that was found, and whether its menu came along.
SCORE = """
def score(pages, predictions):
    found = [page["gold_text"] in predictions[page["page_id"]] for page in pages]
    clean = ["Imprint" not in predictions[page["page_id"]] for page in pages]
    return {"towns": {"pages": len(pages), "F1": (sum(found) + sum(clean)) / (2 * len(pages))}}
"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/i'>Imprint</a></li></ul></nav>"
    article = f"<article><h1>Ferry sails</h1>{f'<p>{STORY}</p>' * 9}</article>"
    page = f"<html><head><title>Ferry</title></head><body>{menu}{article}</body></html>"
    rows = [
        {"page_id": name, "dataset": "towns", "url": None, "html": page.encode(), "gold_text": STORY} for name in "ab"
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "pages.parquet")
    (folder / "score.py").write_text(SCORE)
    return subprocess.run(
        [sys.executable, PROGRAM, folder / "pages.parquet", "--score", folder / "score.py", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_extractors_are_scored_on_the_same_pages(tmp_path):
    told = json.loads(run(tmp_path, "--sites", "all", "--only", "winnow", "trafilatura", "--json").stdout)
    assert list(told) == ["winnow", "trafilatura"]
    for one in told.values():
        assert one["sets"] == {"towns": {"pages": 2, "F1": 1.0}}
        assert one["ms"] > 0


def test_of_all_sites_winnow_is_not_scored_unasked(tmp_path):
    told = json.loads(run(tmp_path, "--sites", "all", "--json").stdout)
    assert "trafilatura" in told
    assert not any("winnow" in name or name == "both" for name in told)


def test_an_unknown_extractor_is_told_with_those_that_there_are(tmp_path):
    done = run(tmp_path, "--only", "goose")
    assert done.returncode == 1
    assert "no extractor goose; there are winnow," in done.stderr
