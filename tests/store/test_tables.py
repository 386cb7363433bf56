import errno
import random
import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import tables
from pipeline.store.tables import TableWriter, describe

SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("text", pa.string())])


def rows(count: int) -> pa.Table:
    chance = random.Random(4)
    return pa.table(
        {"id": [f"{i:05d}" for i in range(count)], "text": ["word " * chance.randrange(200) for _ in range(count)]},
        schema=SCHEMA,
    )


def written(folder, table, cuts, **how):
    with TableWriter(folder, SCHEMA, **how) as writer:
        for start, end in zip([0, *cuts], [*cuts, table.num_rows], strict=True):
            writer.write(table.slice(start, end - start))
    return [path.read_bytes() for path in writer.paths]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=6).map(sorted))
def test_bytes_do_not_depend_on_how_rows_are_handed_over(tmp_path_factory, cuts):
    folder = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "GROUP_ROWS", 60)
        patch.setattr(tables, "GROUP_BYTES", 20_000)
        patch.setattr(tables, "FILE_ROWS", 250)
        whole = rows(700)
        assert written(folder / "a", whole, []) == written(folder / "b", whole, cuts)
        assert written(folder / "a", whole, []) == written(folder / "c", whole, cuts, beside=True)


def test_files_and_groups_are_cut_by_rows_and_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "GROUP_ROWS", 100)
    monkeypatch.setattr(tables, "GROUP_BYTES", 20_000)
    monkeypatch.setattr(tables, "FILE_ROWS", 300)
    with TableWriter(tmp_path, SCHEMA) as writer:
        writer.write(rows(1000))
    counts = [pq.read_metadata(path).num_rows for path in writer.paths]
    assert sum(counts) == writer.rows == 1000
    assert len(counts) > 1
    for path in writer.paths:
        metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            assert metadata.row_group(group).num_rows <= 100
    assert pa.concat_tables(map(pq.read_table, writer.paths)).equals(rows(1000))


def test_a_row_larger_than_a_group_is_written_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "GROUP_BYTES", 100)
    table = pa.table({"id": ["a", "b", "c"], "text": ["x" * 10, "y" * 5000, "z" * 10]}, schema=SCHEMA)
    with TableWriter(tmp_path, SCHEMA) as writer:
        writer.write(table)
    assert pq.read_table(writer.paths[0]).equals(table)


def test_no_rows_give_no_file(tmp_path):
    with TableWriter(tmp_path / "t", SCHEMA) as writer:
        writer.write(SCHEMA.empty_table())
    assert writer.paths == []
    assert not (tmp_path / "t").exists()


def test_null_where_the_schema_allows_none_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="null"), TableWriter(tmp_path, SCHEMA) as writer:
        writer.write(pa.table({"id": pa.array([None], pa.string()), "text": ["x"]}))


def test_what_fails_in_the_thread_fails_the_caller(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(tables.pq, "ParquetWriter", full)
    monkeypatch.setattr(tables, "GROUP_ROWS", 10)
    before = threading.active_count()
    with pytest.raises(OSError, match="no space"), TableWriter(tmp_path, SCHEMA, beside=True) as writer:
        writer.write(rows(30))
    assert threading.active_count() == before


def test_describe_tells_rows_size_and_digest(tmp_path):
    with TableWriter(tmp_path / "t", SCHEMA) as writer:
        writer.write(rows(10))
    entry = describe(writer.paths[0], tmp_path / "t", tmp_path.relative_to(tmp_path) / "t" / "run=1")
    assert (entry.path, entry.rows, entry.size) == (
        "t/run=1/part-00000.parquet",
        10,
        writer.paths[0].stat().st_size,
    )
    assert len(entry.sha256) == 64
