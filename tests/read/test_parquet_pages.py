"""What a row of a Parquet file can come to is told from its pages, of every kind that writers make."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.read import parquet as reading
from pipeline.read import parquet_pages
from pipeline.read.parquet_pages import Leaf, find_pages, groups_of, largest, largest_row, leaf_of
from pipeline.read.thrift import NotThrift, Thrift, TooManyStructs
from tests.read.files import read, write
from tests.read.parquet_made import BY_NUMBER, PLAIN, Long, Structs, numbers, page, struct_of

CHANCE = random.Random(3)
ROWS: list[dict[str, Any]] = [
    {
        "id": f"a{number % 700}",
        "text": CHANCE.choice(["", "Short.", f"The harbour {number} reopened. " * CHANCE.randrange(1, 60)]),
        "title": CHANCE.choice([None, "Harbour", f"Harbour {number}"]),
        "authors": CHANCE.choice([None, [], ["A. B."], [f"Author {number}", None, "C"], ["D"] * CHANCE.randrange(90)]),
        "site": {"name": CHANCE.choice([None, "x" * 80])},
        "date": number,
    }
    for number in range(3000)
]
TABLE = pa.Table.from_pylist(ROWS)
NAMES = ["id", "text", "title", "authors", "site", "date"]
WRITERS: dict[str, dict[str, Any]] = {
    "plain": {"use_dictionary": False},
    "no statistics": {"use_dictionary": False, "write_statistics": False},
    "dictionary": {"use_dictionary": True},
    "mixed": {"dictionary_pagesize_limit": 2000},
    "lengths": {"use_dictionary": False, "column_encoding": {"text": "DELTA_LENGTH_BYTE_ARRAY"}},
    "beginnings": {
        "use_dictionary": False,
        "column_encoding": {
            **dict.fromkeys(("text", "id", "authors.list.element", "site.name"), "DELTA_BYTE_ARRAY"),
            "date": "DELTA_BINARY_PACKED",
        },
    },
    "second version": {"data_page_version": "2.0", "use_dictionary": ["id"]},
    "second version, beginnings": {
        "data_page_version": "2.0",
        "use_dictionary": False,
        "column_encoding": {"text": "DELTA_BYTE_ARRAY", "authors.list.element": "DELTA_LENGTH_BYTE_ARRAY"},
    },
}
CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def _written(**options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(TABLE, out, row_group_size=1700, data_page_size=3000, write_batch_size=64, **options)
    return out.getvalue()


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("writer", WRITERS)
def test_every_page_is_found_and_bounds_the_rows(monkeypatch: pytest.MonkeyPatch, writer: str, codec: str) -> None:
    monkeypatch.setattr(parquet_pages, "_LITTLE", 0)
    made = _written(compression=codec, **WRITERS[writer])

    def look(at: int, size: int) -> bytes:
        return made[at : at + size]

    table = pq.ParquetFile(io.BytesIO(made))
    paths = [table.schema.column(number).path for number in range(len(table.schema))]
    groups = groups_of(made[-8 - int.from_bytes(made[-8:-4], "little") : -8], 10_000)
    assert [group.rows for group in groups] == [1700, 1300]
    assert [group.size for group in groups] == [table.metadata.row_group(at).total_byte_size for at in range(2)]
    for group in range(2):
        rows = ROWS[1700 * group :][:1700]
        for number, path in enumerate(paths):
            leaf = leaf_of(groups[group].columns[number], table.schema.column(number))
            pages, end = find_pages(leaf, look)
            assert end == leaf.begin + leaf.size
            assert sum(page.values for page in pages if page.kind != 2) == leaf.values
            assert largest(pages) <= max(page.unpacked for page in pages) + 12 * leaf.values
            most = largest_row(leaf, pages, look)
            if path == "authors.list.element":
                names = [len(row["authors"] or [1]) for row in rows]
                longest = max(len(name or "") for row in rows for name in row["authors"] or ["x"])
                exact = max(names) * (longest + 16)
                # A dictionary's longest value is told, of other pages their size.
                assert most == exact if writer == "dictionary" else exact <= most <= max(names) * 200_000
            elif path == "text":
                longest = max(len(row["text"]) for row in rows)
                assert most == longest if writer == "dictionary" else 0 < most <= 200_000


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("copies", [1, 3, 9])
@pytest.mark.parametrize("missing", [False, True])
def test_a_dictionary_is_looked_at_only_where_its_values_may_come_to_much(
    monkeypatch: pytest.MonkeyPatch, version: str, copies: int, missing: bool
) -> None:
    names = ["long" * 1000, *(f"{number:x}-" * (number % 40 + 1) for number in range(1000))]
    column = [*[None] * 8 * missing, *names, *names[40:50] * (copies - 1)]
    CHANCE.shuffle(column)
    out = io.BytesIO()
    pq.write_table(pa.table({"text": column}), out, data_page_version=version, data_page_size=500, write_batch_size=64)
    made = out.getvalue()
    (group,) = groups_of(made[-8 - int.from_bytes(made[-8:-4], "little") : -8], 10_000)
    leaf = leaf_of(group.columns[0], pq.ParquetFile(io.BytesIO(made)).schema.column(0))

    def look(at: int, size: int) -> bytes:
        return made[at : at + size]

    pages = find_pages(leaf, look)[0]
    in_dictionary = pages[0].unpacked
    longest = max(map(len, names))
    # Where values are missing, what stands for them at the end of a page may count, too.
    monkeypatch.setattr(parquet_pages, "_LITTLE", copies * in_dictionary - 1)
    assert largest_row(leaf, pages, look) == longest
    monkeypatch.setattr(parquet_pages, "_LITTLE", (copies + missing * 7 * len(pages)) * in_dictionary)
    assert largest_row(leaf, pages, look) == 0


def test_pages_are_gone_through_once_however_many_dictionaries_say_that_they_are_theirs() -> None:
    """Each of them once meant as many looks at each page as there are dictionaries, in a file of a few kilobytes."""
    count, values = 200, 60
    # So many values are said to be in it that those of the pages may all be others.
    said = {1: 2, 2: 2**22 // (count * values) + 9, 3: 8, 7: {1: 2**20, 2: PLAIN}}
    made = (struct_of(said) + b"\4\0\0\0abcd") * count + page(numbers(values, 0), values, BY_NUMBER) * count
    leaf = Leaf(0, len(made), values * count, "BYTE_ARRAY", 0, 0, 0, False)
    looks = 0

    def look(at: int, size: int) -> bytes:
        nonlocal looks
        looks += 1
        return made[at : at + size]

    pages = find_pages(leaf, look)[0]
    assert len(pages) == 2 * count
    looks = 0
    largest_row(leaf, pages, look)
    assert count <= looks <= 2 * count


def test_headers_without_statistics_say_the_same_however_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _written(compression="zstd", **WRITERS["no statistics"])
    group = groups_of(made[-8 - int.from_bytes(made[-8:-4], "little") : -8], 10_000)[0]
    schema = pq.ParquetFile(io.BytesIO(made)).schema
    leaves = [leaf_of(column, schema.column(number)) for number, column in enumerate(group.columns)]

    def pages() -> list[object]:
        return [find_pages(leaf, lambda at, size: made[at : at + size]) for leaf in leaves]

    usual = pages()
    monkeypatch.setattr(parquet_pages, "_usual", lambda *_: None)
    assert pages() == usual
    monkeypatch.undo()
    # They are all read in the short way.
    monkeypatch.setattr(parquet_pages, "Thrift", None)
    assert pages() == usual


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("writer", WRITERS)
def test_whatever_is_looked_at_the_rows_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, at_once: bool
) -> None:
    path = write(tmp_path, "a.parquet", _written(compression="zstd", **WRITERS[writer]))
    plainly = read(path)
    assert [one.content for one in plainly.records] == [row["text"] for row in ROWS]
    assert [one.given.source_id for one in plainly.records] == [row["id"] for row in ROWS]
    assert plainly.records[5].given.authors == tuple(name for name in ROWS[5]["authors"] or () if name)
    monkeypatch.setattr(parquet_pages, "_LITTLE", 0)
    monkeypatch.setattr(reading, "_BATCH_MOST", 50_000)
    if not at_once:
        monkeypatch.setattr(reading, "_AT_ONCE", 0)
        monkeypatch.setattr(reading, "_BIT_BY_BIT", 500)
    assert read(path).items == plainly.items


def test_structs_are_read_as_they_were_written() -> None:
    inner = {1: b"name", 2: -5, 40: Long(2**40)}
    written = struct_of({1: 1, 3: inner, 4: Structs([struct_of({1: 2})] * 20), 5: [1, 2, 3]})
    found = Thrift(written + b"more")
    assert found.struct() == {1: 1, 3: inner, 4: [{1: 2}] * 20, 5: [1, 2, 3]}
    assert found.at == len(written)
    assert Thrift(written).struct({3: {2: None}, 4: {7: None}, 9: None}) == {3: {2: -5}, 4: [{}] * 20}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        struct_of({1: b"name"})[:-1],
        # A list of which there is no end, a value longer than all, a number that does not end, a type that is none.
        *(b"\x19\xf5\xff\xff\xff\x0f", b"\x18\x70", b"\x15" + b"\xff" * 30, b"\x1e\0"),
        # The same field twice: another reader may take the other.
        b"\x15\x02\x05\x02\x04\0",
        # Lists within lists.
        b"\x19" * 5000,
        b"\x1c" * 5000,
    ],
)
def test_what_is_no_struct_is_told(data: bytes) -> None:
    with pytest.raises(NotThrift):
        Thrift(data, most=10_000).struct()


def test_structs_are_counted() -> None:
    written = struct_of({1: Structs([b"\0"] * 100)})
    assert len(Thrift(written, most=101).struct()[1]) == 100
    with pytest.raises(TooManyStructs):
        Thrift(written, most=100).struct()
