"""Texts of staged batches: read where they lie, without their files counting as memory."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.batch import clean_batch
from pipeline.config import Config
from pipeline.record import raw_record
from pipeline.run.aside import write_aside
from pipeline.run.stage import Shard
from pipeline.run.texts import Texts, texts_of_run
from pipeline.sign.texts import string_of
from pipeline.store.corpus import Corpus
from pipeline.store.layout import Layout

WRITTEN = ["Ein Satz.", "", "Größer.", "四つ目の文。", "", "Last one."]


def staged(folder: Path, batches: list[list[str]]) -> Texts:
    segments = []
    for batch in batches:
        tables = clean_batch(
            [raw_record("A sentence that is kept as it is.", "text", None)] * len(batch), Config()
        ).tables
        cleaned = tables["cleaned"]
        at = cleaned.schema.get_field_index("text")
        cleaned = cleaned.set_column(at, cleaned.schema.field(at), pa.array(batch, pa.string()))
        segments.append(write_aside({**tables, "cleaned": cleaned}, folder))
    return texts_of_run([Shard(folder, segments=segments)], Corpus(Layout(folder / "no corpus")))


@pytest.mark.parametrize("numbers", [[0], [5, 6], [0, 1, 2, 3], [1, 3, 4, 9, 9, 11], list(range(12)), [1, 4]])
def test_texts_are_those_of_their_numbers(tmp_path: Path, numbers: list[int]) -> None:
    texts = staged(tmp_path, [WRITTEN, [], WRITTEN])
    assert len(texts) == 12
    wanted = [(WRITTEN * 2)[number] for number in numbers]
    taken = texts.take(np.array(numbers))
    assert [string_of(taken, row) for row in range(len(numbers))] == wanted
    assert texts.sizes(np.array(numbers)).tolist() == [len(text.encode()) for text in wanted]


def test_a_batch_of_empty_texts_is_read(tmp_path: Path) -> None:
    assert staged(tmp_path, [["", ""]])[1] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="memory of files is told by /proc")
def test_looking_at_texts_all_over_a_file_takes_no_memory_of_it(tmp_path: Path) -> None:
    batch = [f"{number} " + "word " * 200 for number in range(500)]
    texts = staged(tmp_path, [batch] * 40)
    before = mapped()
    numbers = np.arange(0, len(texts), 50)
    for some in np.array_split(numbers, 4):
        texts.sizes(some)
        texts.take(some)
    assert mapped() - before < 2 << 20


def mapped() -> int:
    """Give the bytes of files that are resident in this process."""
    told = re.search(r"RssFile:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert told
    return int(told[1]) * 1024
