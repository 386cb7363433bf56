"""The benchmark of the whole job generates what it needs, runs the program, and holds the figures against floors."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.generated import COPIES, KINDS, page, records, write_corpus
from benchmarks.naive import main as naive
from benchmarks.naive import without_boilerplate
from benchmarks.whole import Figure, run
from pipeline import clean_html

ROOT = Path(__file__).parents[2]


def test_the_same_seed_gives_the_same_records():
    assert list(islice(records(30), 10)) == list(records(10))
    assert [one.text for one in records(3, seed=2)] != [one.text for one in records(3)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_corpus_has_as_many_records_in_every_form(tmp_path, kind):
    size = write_corpus(25, tmp_path / "raw", kind, together=10)
    assert sum(len(one.text.encode()) for one in records(25)) == pytest.approx(size * 1e6)
    files = sorted(path for path in (tmp_path / "raw").rglob("*") if path.is_file())
    assert len(files) == (3 if kind in ("parquet", "jsonl") else 25)


def test_a_page_holds_its_text_and_what_is_none():
    (record,) = records(1)
    found = clean_html(page(record), url=record.url)
    assert found.metadata.title == record.title
    for paragraph in record.text.split("\n\n"):
        assert paragraph.split(". ")[0] in found.text
    assert "newsletter" not in found.text
    assert "Comments" not in found.text


def test_the_naive_script_drops_lines_and_copies(tmp_path):
    assert without_boilerplate("Rain fell.\nSign up for our free newsletter\nSnow fell.") == "Rain fell.\nSnow fell."
    write_corpus(300, tmp_path / "raw")
    naive(tmp_path / "raw", tmp_path / "out.parquet")
    kept = pq.read_table(tmp_path / "out.parquet").num_rows
    assert 300 * (1 - COPIES) - 30 < kept < 300


def test_a_floor_is_the_most_or_the_least():
    assert Figure("job", "ms/MB", 61, 60).held is False
    assert Figure("job", "ratio", 21, 20, most=False).held is True
    assert Figure("job", "ms/MB", 61).held is None


def test_what_a_process_and_its_children_take_is_counted():
    child = "import time; held = b'x' * 10**8; time.sleep(1)"
    cost = run([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"])
    assert cost.wall > 1
    assert cost.memory > 10**8
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "1/0"])


def test_what_a_process_takes_that_outlives_its_parent_is_counted():
    busy = "import time; until = time.process_time() + 0.6\nwhile time.process_time() < until: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"
    assert run([sys.executable, "-c", parent]).cpu > 0.6


def test_it_tells_what_a_corpus_takes_on_disk():
    done = subprocess.run(
        [sys.executable, "benchmarks/whole.py", "disk", "--records", "200", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = {one["what"]: one["value"] for one in json.loads(done.stdout)}
    assert told["index and side tables / documents"] > sum(
        value for name, value in told.items() if name.startswith("of it")
    )
