"""Done by the process that workers are forked from: what cleaning loads is loaded once, and its memory shared.

So a new worker begins at once, and its first record is not charged with what all need.
"""

from __future__ import annotations

from contextlib import suppress
from time import process_time

from pipeline.batch import clean_batch
from pipeline.compiling import WORTH_NS, worth_loading
from pipeline.config import Config
from pipeline.lean import begin_lean
from pipeline.record import raw_record
from pipeline.run.deaf import IN_SERVER

_TEXT = "The bridge at Hallin opened on Monday, two years late. The council had voted for it in March.\n\nSign up!"


def warm_up(*, compiled: bool = False, pages: bool = True) -> None:
    """Clean a text and a page; load the compiled code for it too where much is to be cleaned.

    Args:
        compiled: whether to load it.
        pages: whether to clean the page.
    """
    begin_lean()
    worth_loading(WORTH_NS if compiled else 0)
    records = [raw_record(_TEXT, "text", None)]
    if pages:
        page = f"<html><head><title>Hallin</title></head><body><article><p>{_TEXT}</p></article></body></html>"
        records.append(raw_record(page, "html", None))
    # What is wrong with the installation a worker meets again, and tells.
    with suppress(Exception):
        clean_batch(records, Config())


if IN_SERVER:
    warm_up()

SECONDS = process_time() if IN_SERVER else 0.0
"""Processor time that the server took to come so far; none where there is no server."""
