"""Training the judge of lines: on a small set of own pages, twice the same, and gated."""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("lightgbm")

from pipeline.judge.lines import LineJudge
from tests.judge.test_lines import ENGLISH, UNNAMED
from training import lines
from training.pages import ASIDE, read_pages


@pytest.fixture
def folder(tmp_path, monkeypatch):
    head, text, foot = ENGLISH
    rows = []
    for number in range(60):
        body = [f"{line} ({number})" if number % 3 else line for line in text[number % 4 :] + text[: number % 4]]
        parts = ((head[number % 3 :], 0), (body, 1), (foot, 0), (UNNAMED[number % 5 :], 0))
        page = [(line, label) for part, label in parts for line in part]
        rows.append(
            {
                "page_id": f"page {number}",
                "dataset": "aeb" if number % 2 else "own",
                "netloc": f"site{number % 30}.example",
                "lines": [line for line, _ in page],
                "labels": [label for _, label in page],
            }
        )
    (tmp_path / "data").mkdir()
    for variant in ("lenient", "visible", "human", "trafrecall"):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data" / f"{variant}_dev.parquet")
    pq.write_table(pa.table({"other": [1]}), tmp_path / "data" / "other.parquet")
    monkeypatch.setattr(lines, "FIRST", {"num_leaves": 7, "trees": 10})
    monkeypatch.setattr(lines, "SECOND", {"num_leaves": 7, "trees": 10})
    return tmp_path


def train(monkeypatch, folder, out, *options):
    monkeypatch.setattr(sys, "argv", ["lines", str(folder / "data"), "--folds", "2", "--out", str(out), *options])
    lines.main()


def test_twice_trained_the_bytes_are_the_same_and_the_judge_reads_them(folder, monkeypatch, capsys):
    for name in ("one", "two"):
        (folder / name).mkdir()
        train(monkeypatch, folder, folder / name / "lines.forest")
    for name in ("lines.forest", "lines.first.forest"):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()
    judge = LineJudge.read(folder / "one" / "lines.forest")
    assert judge.first.trained_on == read_pages(folder / "data").digest
    document = [*ENGLISH[0], *ENGLISH[1], *ENGLISH[2], *UNNAMED]
    (verdicts,) = judge.judge([document], [[False] * len(document)], "balanced")
    assert not {document[verdict.line] for verdict in verdicts} & set(ENGLISH[1])
    assert len(verdicts) > 10
    assert "balanced, aside" in capsys.readouterr().out


def test_under_a_floor_nothing_is_written(folder, monkeypatch):
    monkeypatch.setattr("training.scores.FLOORS", (("lenient", "news", "page", 1.01),))
    with pytest.raises(SystemExit, match="not written"):
        train(monkeypatch, folder, folder / "lines.forest", "--gate")
    assert not (folder / "lines.forest").exists()


def test_the_texts_of_a_site_are_in_one_fold(folder):
    pages = read_pages(folder / "data")
    folds = {}
    for site, fold in zip(pages.site.tolist(), pages.fold.tolist(), strict=True):
        assert folds.setdefault(site, fold) == fold
    assert ASIDE in folds.values()
    assert set(pages.variant) == {"lenient", "visible", "human", "trafrecall", "clean", "light"}


def test_a_folder_without_labelled_lines_is_named(tmp_path):
    with pytest.raises(SystemExit, match="no Parquet file with the columns page_id"):
        read_pages(tmp_path)
