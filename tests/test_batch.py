"""A batch: what is wrong with a record is told of that record; what is wrong with the machine stops the run."""

from __future__ import annotations

import pytest

from pipeline import batch
from pipeline.config import Config
from pipeline.record import Readied, raw_record

ITEMS = [raw_record(text, "text", None) for text in ("One.", "Two.", "Three.")]


def listed(work):
    return work if isinstance(work, list) else [work]


def failing_on(text, stage, error):
    """Make a stage fail wherever one record's text takes part."""

    def failing(work, *arguments):
        parts = [part.blocks.source if isinstance(part, Readied) else str(part) for part in listed(work)]
        if any(text in part for part in parts):
            raise error
        return stage(work, *arguments)

    return failing


@pytest.mark.parametrize("stage", ["ready", "strip_and_collapse", "sign"])
def test_a_stage_that_fails_quarantines_its_record_alone(monkeypatch, stage):
    monkeypatch.setattr(batch, stage, failing_on("Two.", getattr(batch, stage), IndexError("no block")))
    tables = batch.clean_batch(ITEMS, Config()).tables
    [row] = tables["quarantine"].to_pylist()
    assert (row["reason"], row["bytes_read"]) == ("stage-failed", 4)
    assert row["detail"].endswith("record 0: IndexError: no block")
    assert tables["cleaned"]["text"].to_pylist() == ["One.", "Three."]


@pytest.mark.parametrize("stage", ["ready", "strip_and_collapse", "sign"])
def test_a_missing_library_is_not_told_of_every_record(monkeypatch, stage):
    error = ImportError("lxml.html.clean is now a separate project")
    monkeypatch.setattr(batch, stage, failing_on("Two.", getattr(batch, stage), error))
    with pytest.raises(ImportError, match="separate project"):
        batch.clean_batch(ITEMS, Config())
