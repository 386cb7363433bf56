"""A batch: what is wrong with a record is told of that record; what is wrong with the machine stops the run."""

from __future__ import annotations

import pytest

from pipeline import batch, record
from pipeline.config import Config
from pipeline.record import raw_record


def failing(error):
    def clean(*_):
        raise error

    return clean


def test_a_stage_that_fails_quarantines_its_record_alone(monkeypatch):
    monkeypatch.setattr(record, "split_blocks", failing(IndexError("no block")))
    [row] = batch.clean_batch([raw_record("One.", "text", None)], Config()).tables["quarantine"].to_pylist()
    assert (row["reason"], row["bytes_read"]) == ("stage-failed", 4)
    assert row["detail"].endswith("record 0: IndexError: no block")


def test_a_missing_library_is_not_told_of_every_record(monkeypatch):
    monkeypatch.setattr(record, "split_blocks", failing(ImportError("lxml.html.clean is now a separate project")))
    with pytest.raises(ImportError, match="separate project"):
        batch.clean_batch([raw_record("One.", "text", None)], Config())
