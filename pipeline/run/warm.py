"""Imported by the server that workers are forked from: what cleaning loads is loaded once, and its memory shared.

So a new worker begins at once, and its first record is not charged with what all need.
"""

from __future__ import annotations

from contextlib import suppress
from time import process_time

from pipeline.batch import clean_batch
from pipeline.config import Config
from pipeline.lean import begin_lean
from pipeline.record import raw_record

_TEXT = "The bridge at Hallin opened on Monday, two years late. The council had voted for it in March.\n\nSign up!"


def warm_up() -> None:
    """Clean a text and a page."""
    begin_lean()
    page = f"<html><head><title>Hallin</title></head><body><article><p>{_TEXT}</p></article></body></html>"
    clean_batch([raw_record(_TEXT, "text", None), raw_record(page, "html", None)], Config())


# What is wrong with the installation a worker meets again, and tells.
with suppress(Exception):
    warm_up()

SECONDS = process_time()
"""Processor time that the server took to come so far."""
