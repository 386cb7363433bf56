"""Parcels: what is handed to a worker is what was read, wherever a batch is cut."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.batch import STAGED, Item, clean_batch
from pipeline.config import Config, RunConfig
from pipeline.read.listing import list_inputs
from pipeline.read.reader import Block, read_blocks, read_file
from pipeline.record import raw_record
from pipeline.run.aside import read_aside, write_aside
from pipeline.run.parcel import Filling, Parcel, Task, handed, opened, packed, unpacked
from pipeline.values import FileRead, Given, Place, Quarantined, RawRecord

LOST = Quarantined(Place("a.warc", 1), "corrupt", "broken", 7, "00")
FOUND = [
    RawRecord(Place("a.warc", 0, "m", 12), "warc", "html", b"<p>", "01", "latin-1", Given(url="u", authors=("A", "B"))),
    RawRecord(Place("a.warc", 2), "warc", "text", "\ud800", "02"),
]


@pytest.mark.parametrize(
    "items", [[], [LOST], FOUND, [LOST, *FOUND], [FOUND[0], LOST, FOUND[1], LOST]], ids=lambda one: str(len(one))
)
def test_columns_give_the_records_back(items: list[Item]) -> None:
    assert unpacked(packed(items)) == items


def lines(path: Path) -> Path:
    long = "x" * 3000
    texts = [
        '{"text": "one"}',
        "",
        "no json",
        f'{{"text": "{long}"}}',
        '{"text": "\\u00e9"}\r',
        '{"text": 7}',
        '{"text": "cu',
    ]
    path.write_text("\ufeff" + "\n".join(texts * 30), encoding="utf-8")
    return path


def rows(path: Path) -> Path:
    texts = pa.array([f"Text {number}. {'word ' * (number % 7)}" for number in range(300)])
    times = pa.array(range(300), pa.timestamp("ns"))
    pq.write_table(pa.table({"text": texts, "date": times, "other": texts}), path, row_group_size=70)
    return path


def odd(path: Path) -> Path:
    """Rows of which Python cannot hold the dates of some, nor say them in words: the row group is lost from there."""
    dates = pa.array([[2**62 if number == 100 else number] for number in range(300)], pa.list_(pa.timestamp("ms")))
    texts = pa.array([f"Text {number}." for number in range(300)])
    pq.write_table(pa.table({"text": texts, "date": dates}), path, row_group_size=150)
    return path


@pytest.mark.parametrize("make", [lines, rows, odd])
@pytest.mark.parametrize("limits", [(1, 2**20), (7, 2**20), (10**6, 1024), (10**6, 2**30)])
def test_records_are_the_same_wherever_batches_end(tmp_path: Path, make, limits: tuple[int, int]) -> None:
    make(tmp_path / "in")
    config = Config(run=RunConfig(batch_records=limits[0], batch_bytes=limits[1]))
    (file,) = list_inputs([tmp_path / "in"], None, (), ())
    *expected, end = read_file(file, config.read)
    told: list[Item] = []
    for number, parcel in enumerate(parcels(read_blocks(file, config.read), config)):
        path = tmp_path / f"{number}.parcel"
        handed(parcel, path)
        items = opened(Task(path, tmp_path).received(), config)
        assert len(items) <= limits[0]
        told += items
    assert told == expected
    assert isinstance(end, FileRead)
    assert end.records == len(told)


def parcels(pieces, config: Config) -> list[Parcel]:
    made: list[Parcel] = []
    filling = Filling(config.run)
    for one in pieces:
        rest = None if isinstance(one, FileRead) else one
        while rest is not None:
            rest = filling.take(rest)
            if filling.is_full:
                made.append(filling.close())
                filling = Filling(config.run)
    return [*made, filling.close()]


def test_blocks_are_no_larger_than_a_batch_may_be(tmp_path: Path) -> None:
    config = Config(run=RunConfig(batch_bytes=1024))
    (file,) = list_inputs([rows(tmp_path / "in")], None, (), ())
    sizes = [
        portion.raw.size
        for parcel in parcels(read_blocks(file, config.read), config)
        for portion in parcel
        if isinstance(portion, Block)
    ]
    assert max(sizes) < 3 * 1024


def test_tables_are_read_as_they_were_written_aside_whatever_a_killed_process_left(tmp_path: Path) -> None:
    batches = [[raw_record("One line.", "text", None)], [], [LOST]]
    tables = [clean_batch(items, Config()).tables for items in batches]
    segments = [write_aside(tables[0], tmp_path)]
    with (tmp_path / segments[0].file).open("ab") as file:
        file.write(b"\xff" * 777)
    segments += [write_aside(one, tmp_path) for one in tables[1:]]
    for name, schema in STAGED.items():
        read = list(read_aside(tmp_path, segments, name))
        assert [pa.table(batch) for batch in read] == [one[name] for one in tables]
        assert all(batch.schema.equals(schema, check_metadata=True) for batch in read)
        assert {buffer.address % 8 for batch in read for column in batch for buffer in column.buffers() if buffer} <= {
            0
        }
