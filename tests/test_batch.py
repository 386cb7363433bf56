"""A batch: what is wrong with a record is told of that record; what is wrong with the machine stops the run."""

from __future__ import annotations

import pytest

from pipeline import batch, compiling, record
from pipeline.config import Config
from pipeline.errors import BadWeights
from pipeline.record import Readied, raw_record
from pipeline.sign.texts import Strings, Texts
from pipeline.strip.rows import Rows

ITEMS = [raw_record(text, "text", None) for text in ("One.", "Two.", "Three.")]


def listed(work):
    return work if isinstance(work, list) else [work]


def text_of(part):
    match part:
        case Readied():
            return part.blocks.source
        case Rows():
            return " ".join(blocks.source for blocks in part.batch)
        case Strings():
            return " ".join(part)
        case Texts():
            return part.data.tobytes().decode()
        case _:
            return str(part)


def failing_on(text, stage, error):
    """Make a stage fail wherever one record's text takes part."""

    def failing(work, *arguments, **named):
        if any(text in part for part in map(text_of, listed(work))):
            raise error
        return stage(work, *arguments, **named)

    return failing


STAGES = [
    (record, "ready"),
    (record, "strip_and_collapse"),
    (record, "match_rows"),
    (record, "detect"),
    (batch, "sign_batch"),
]


@pytest.mark.parametrize(("module", "stage"), STAGES, ids=[name for _, name in STAGES])
def test_a_stage_that_fails_quarantines_its_record_alone(monkeypatch, module, stage):
    monkeypatch.setattr(module, stage, failing_on("Two.", getattr(module, stage), IndexError("no block")))
    tables = batch.clean_batch(ITEMS, Config()).tables
    [row] = tables["quarantine"].to_pylist()
    assert (row["reason"], row["bytes_read"]) == ("stage-failed", 4)
    assert row["detail"].endswith("record 0: IndexError: no block")
    assert tables["cleaned"]["text"].to_pylist() == ["One.", "Three."]


@pytest.mark.parametrize(("module", "stage"), STAGES, ids=[name for _, name in STAGES])
def test_a_missing_library_is_not_told_of_every_record(monkeypatch, module, stage):
    error = ImportError("lxml.html.clean is now a separate project")
    monkeypatch.setattr(module, stage, failing_on("Two.", getattr(module, stage), error))
    with pytest.raises(ImportError, match="separate project"):
        batch.clean_batch(ITEMS, Config())


def test_a_stage_that_cannot_work_at_all_stops_the_run(monkeypatch):
    error = BadWeights("lines.forest: damaged")
    monkeypatch.setattr(record, "match_rows", failing_on("Two.", record.match_rows, error))
    with pytest.raises(BadWeights):
        batch.clean_batch(ITEMS, Config())


def test_a_batch_is_the_same_with_compiled_signing(monkeypatch):
    pytest.importorskip("numba")
    items = [
        raw_record(text, "text", None) for text in ("The Straße  is “open”.", "東京 का e\u0301t\ud83d", "", "a " * 99)
    ]
    tables = []
    for least in (float("inf"), 0):
        monkeypatch.setattr(compiling, "WORTH_NS", least)
        tables.append(batch.clean_batch(items, Config()).tables)
    assert tables[0] == tables[1]
    assert tables[0]["cleaned"].num_rows > 1
