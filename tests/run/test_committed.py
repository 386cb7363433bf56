"""Texts of earlier runs are those that stand in their files, however these were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import Damaged
from pipeline.run import committed
from pipeline.run.committed import CommittedTexts
from pipeline.store.tables import TableWriter

SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("text", pa.string(), nullable=False)])
# Of very different lengths, some of them with two bytes a letter, some empty, some alike.
TEXTS = [f"{at % 7}ä" * (at * 7919 % 3000 if at % 5 else at % 3) for at in range(1500)]
TABLE = pa.table({"id": [f"{at}" for at in range(len(TEXTS))], "text": TEXTS}, schema=SCHEMA)

# How others may have written what Winnow wrote.
OTHERS: dict[str, dict[str, Any]] = {
    "by numbers": {"use_dictionary": True},
    "by lengths": {"column_encoding": {"text": "DELTA_LENGTH_BYTE_ARRAY"}},
    "with the text before": {"column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
    "second version": {"data_page_version": "2.0"},
    "another codec": {"compression": "snappy"},
    "no codec": {"compression": "none"},
    "small pages": {"compression": "zstd"},
}


def written(folder: Path) -> list[Path]:
    with TableWriter(folder, SCHEMA) as writer:
        writer.write(TABLE)
    return writer.paths


def check(files: list[Path]) -> None:
    rows = [at for at in range(len(TEXTS)) if at % 4]
    texts = CommittedTexts(files, rows)
    assert len(texts) == len(rows)
    some = np.array([0, 1, 2, 90, 91, 400, 401, 700, len(rows) - 1])
    taken = [text for part in texts.take(some) for text in part.to_pylist()]
    assert taken == [TEXTS[rows[at]] for at in some]
    assert [texts.text(at) for at in range(len(rows))] == [TEXTS[row] for row in rows]
    assert texts.data(5) == TEXTS[rows[5]].encode()
    assert sum(map(len, texts.take(np.empty(0, np.int64)))) == 0


def test_as_winnow_writes_them(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.store.tables._PAGED", SCHEMA.names)
    monkeypatch.setattr("pipeline.store.tables.GROUP_ROWS", 400)
    monkeypatch.setattr("pipeline.store.tables.FILE_ROWS", 800)
    files = written(tmp_path)
    assert len(files) == 2
    monkeypatch.setattr(committed.pq.ParquetFile, "read_row_group", None)
    check(files)


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_as_others_write_them(tmp_path, options):
    path = tmp_path / "part-00000.parquet"
    pq.write_table(
        TABLE, path, row_group_size=400, data_page_size=3000, write_batch_size=16,
        **{"use_dictionary": False, "compression": "zstd"} | options,
    )  # fmt: skip
    check([path])


def test_where_the_column_may_lack_texts(tmp_path):
    path = tmp_path / "part-00000.parquet"
    pq.write_table(TABLE.cast(pa.schema([("id", pa.string()), ("text", pa.string())])), path, compression="zstd")
    check([path])


def test_little_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(committed, "_HELD", 1)
    check(written(tmp_path))


def test_a_page_that_is_no_longer_whole_is_named(tmp_path):
    (path,) = written(tmp_path)
    begin = pq.read_metadata(path).row_group(0).column(1).data_page_offset
    content = bytearray(path.read_bytes())
    content[begin + 100 : begin + 200] = bytes(100)
    texts = CommittedTexts([path], range(len(TEXTS)))
    path.write_bytes(content)
    with pytest.raises(Damaged, match=path.name):
        texts.text(3)
