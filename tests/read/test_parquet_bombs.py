"""Parquet files that are small and hold much are read in bounded memory, whatever they say of themselves."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.read.files import TEXTS, parquet, read, write
from tests.read.parquet_made import (
    AUTHORS,
    AUTHORS_PATH,
    BY_NUMBER,
    DELTA_LENGTHS,
    DELTA_TEXTS,
    FIXED,
    OPTIONAL,
    PLAIN,
    ZSTD,
    Column,
    Long,
    Structs,
    by_number,
    deltas,
    deltas_of,
    dictionary,
    ended,
    levels,
    many_numbers,
    numbers,
    packed,
    page,
    parquet_file,
    run,
    struct_of,
    texts,
)  # fmt: skip

ROOT = Path(__file__).parents[2]
MB = 2**20
MANY = 2**30
LONG = b"0" * MB
SOUND = (3, [Column(page(texts(*map(str.encode, TEXTS)), 3, PLAIN), 3)])


def _authors(pages: bytes, values: int, rows: int, first_page: int = 0) -> tuple[int, list[Column]]:
    text = by_number(b"The harbour reopened.", rows)
    return rows, [text, Column(pages, values, AUTHORS, AUTHORS_PATH, first_page=first_page)]


def _one_list(count: int) -> bytes:
    """A page of one list, of so many values of a dictionary."""
    body = levels(run(1, 0), run(count - 1, 1)) + levels(run(count, 1)) + numbers(count, 0)
    return page(body, count, BY_NUMBER)


def _every_other() -> Column:
    """A long text, every other row, and short ones of which each stands once."""
    first = dictionary(LONG, *(b"%d" % number for number in range(2047)))
    between = [number for other in range(1, 2048) for number in (0, other)]
    rows = len(between)
    return Column(first + page(many_numbers(*between), rows, BY_NUMBER), rows, first_page=len(first))


def _repeated(name: bytes) -> bytes:
    """A page of a text and many that share all of it with the one before."""
    count = MB
    prefixes, suffixes = deltas_of(0, len(name), count), deltas_of(len(name), 0, count)
    return page(prefixes + suffixes + name, count, DELTA_TEXTS)


ZEROS = packed(bytes(1 << 30))
PIECE = packed(texts(b"0" * (MB - 4)))
OPTIONAL_TEXT = ({1: 6, 3: OPTIONAL, 4: b"text"},)
WIDE = ({1: FIXED, 2: MANY, 3: OPTIONAL, 4: b"text"},)

# What each is quarantined as, if all of it is.
BOMBS: dict[str, tuple[bytes, str]] = {
    "a-long-text-by-number": (parquet_file(SOUND, (MB, [by_number(LONG, MB)])), "expands-too-far"),
    "a-long-text-among-others-by-number": (parquet_file(SOUND, (4094, [_every_other()])), "expands-too-far"),
    "a-short-text-by-number": (parquet_file(SOUND, (MANY, [by_number(b"The harbour.", MANY)])), "expands-too-far"),
    "rows-that-are-not-there": (parquet_file(SOUND, (1 << 60, [by_number(b"The harbour.", 10)])), "corrupt"),
    "nothing-many-times": (
        parquet_file((MANY, [Column(page(levels(run(MANY, 0)), MANY, PLAIN), MANY, OPTIONAL_TEXT)])),
        "expands-too-far",
    ),
    "nothing-of-great-length": (
        parquet_file(
            (MANY, [Column(page(levels(run(MANY, 0)), MANY, PLAIN), MANY, WIDE, kind=FIXED)]),
        ),
        "too-large",
    ),
    "one-page": (
        parquet_file(SOUND, (1, [Column(page(bytes(0), 1, PLAIN, ZEROS, 1 << 30), 1, codec=ZSTD)])),
        "expands-too-far",
    ),
    "a-page-said-to-be-large": (
        parquet_file(SOUND, (1, [Column(page(bytes(0), 1, PLAIN, PIECE, 2**31 - 1), 1, codec=ZSTD)])),
        "expands-too-far",
    ),
    "many-pages": (
        parquet_file(SOUND, (1000, [Column(page(bytes(0), 1, PLAIN, PIECE, MB) * 1000, 1000, codec=ZSTD)])),
        "expands-too-far",
    ),
    "many-row-groups": (
        parquet_file(SOUND, *[(10, [Column(page(bytes(0), 1, PLAIN, PIECE, MB) * 10, 10, codec=ZSTD)])] * 100),
        "expands-too-far",
    ),
    "more-lengths-than-values": (
        parquet_file(SOUND, (10, [Column(page(deltas(0, MANY), 10, DELTA_LENGTHS), 10)])),
        "corrupt",
    ),
    "more-beginnings-than-values": (
        parquet_file(SOUND, (10, [Column(page(deltas(0, 10) + deltas(0, MANY), 10, DELTA_TEXTS), 10)])),
        "corrupt",
    ),
    "many-lengths": (
        parquet_file(SOUND, (MANY, [Column(page(deltas(0, MANY), MANY, DELTA_LENGTHS), MANY)])),
        "too-large",
    ),
    "texts-that-share-all": (parquet_file(SOUND, (MB, [Column(_repeated(LONG), MB)])), "expands-too-far"),
    "a-list-without-end": (parquet_file(_authors(dictionary(b"A. B.") + _one_list(MANY), MANY, 1, 23)), "too-large"),
    "a-list-of-long-names": (
        parquet_file(_authors(dictionary(LONG) + _one_list(5000), 5000, 1, len(dictionary(LONG)))),
        "too-large",
    ),
}
SOUND_FIRST = {name for name, (content, _) in BOMBS.items() if TEXTS[0].encode() in content}


@pytest.fixture(scope="module")
def peaks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("bombs")
    for name, (content, _) in BOMBS.items():
        write(folder, name, content)
    command = [sys.executable, "-m", "tests.read.peaks", str(folder), *BOMBS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped(peaks: dict[str, tuple[int, int, dict[str, int]]], name: str) -> None:
    peak, records, reasons = peaks[name]
    # What came before it, 32 MB of rows, the pages of two columns and Arrow's room for more of them.
    assert peak < 192 * MB
    assert reasons.get(BOMBS[name][1]) == 1
    assert records >= 3 * (TEXTS[0].encode() in BOMBS[name][0])


def test_the_metadata_may_not_be_made_of_empty_structs(tmp_path: Path) -> None:
    columns = Structs([struct_of({2: Long(0)})] * 1000)
    groups = Structs([struct_of({1: columns, 2: Long(0), 3: Long(0)})] * 2000)
    schema = [{4: b"schema", 5: 1}, {1: 6, 3: 1, 4: b"text"}]
    metadata = struct_of({1: 1, 2: schema, 3: Long(0), 4: groups})
    assert read(write(tmp_path, "a.parquet", ended(b"PAR1", metadata))).reasons == ["too-large"]
    # Whatever fills it.
    named = struct_of({1: 1, 2: schema, 3: Long(0), 4: Structs(), 6: b"x" * 17 * MB})
    assert read(write(tmp_path, "b.parquet", ended(b"PAR1", named))).reasons == ["too-large"]


@pytest.mark.parametrize(
    "metadata",
    [
        {1: 1},
        {4: 7},
        {4: [1, 2]},
        {4: Structs([struct_of({1: 7, 2: Long(0), 3: Long(0)})])},
        {4: Structs([struct_of({1: Structs([struct_of({3: 7})]), 2: Long(0), 3: Long(0)})])},
        {4: Structs([struct_of({1: Structs([struct_of({3: {9: 4}})]), 2: Long(0), 3: Long(-1)})])},
    ],
)
def test_metadata_of_another_form_are_told(tmp_path: Path, metadata: dict[int, object]) -> None:
    made = struct_of({2: [{4: b"schema", 5: 1}, {1: 6, 3: 1, 4: b"text"}], 3: Long(0), **metadata})
    assert read(write(tmp_path, "a.parquet", ended(b"PAR1", made))).reasons == ["corrupt"]


def test_metadata_on_which_arrow_ends_the_process(tmp_path: Path) -> None:
    """A histogram of levels that has another length than there are levels; any look at the column ended it."""
    column = replace(by_number(b"The harbour reopened.", 3), more={16: {3: [Long(0)] * 4}})
    path = write(tmp_path, "a.parquet", parquet_file((3, [column])))
    command = [sys.executable, "-m", "tests.read.peaks", str(tmp_path), path.name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_large_metadata_are_read(tmp_path: Path) -> None:
    # A megabyte and more of it, as of a file of many row groups.
    outcome = read(write(tmp_path, "a.parquet", parquet([{"text": "one", "id": "x" * 900}] * 1500, row_group_size=1)))
    assert (len(outcome.records), outcome.reasons) == (1500, [])


def test_columns_may_not_lie_one_over_the_other(tmp_path: Path) -> None:
    column = by_number(b"The harbour reopened.", 3)
    made = parquet_file((3, [column, replace(column, schema=({1: 6, 3: 0, 4: b"title"},), path=(b"title",), back=100)]))
    assert read(write(tmp_path, "a.parquet", made)).reasons == ["corrupt"]


def test_rows_that_repeat_are_bounded_by_a_setting(tmp_path: Path) -> None:
    rows = [{"text": "The harbour reopened on Monday. " * 60}] * 30_000
    path = write(tmp_path, "a.parquet", parquet(rows))
    assert read(path).reasons == ["expands-too-far"]
    outcome = read(path, max_expansion=1_000_000)
    assert (len(outcome.records), outcome.reasons) == (30_000, [])


def test_what_is_merely_repetitive_is_read_whole(tmp_path: Path) -> None:
    chance = random.Random(1)
    rows: list[dict[str, object]] = [{"text": chance.randbytes(700).hex() + "0" * 25_000} for _ in range(1500)]
    outcome = read(write(tmp_path, "a.parquet", parquet(rows, compression="zstd")))
    assert (len(outcome.records), outcome.reasons) == (1500, [])


def test_a_row_far_over_the_limit_is_told_by_itself(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": text} for text in ("one", "x" * 100_000, "y" * 100_000, "two")]
    outcome = read(write(tmp_path, "a.parquet", parquet(rows)), max_record_bytes=5000)
    assert (outcome.contents, outcome.reasons) == (["one", "two"], ["too-large"] * 2)
    assert len({one.sha256 for one in outcome.quarantined}) == 2


def test_a_page_that_is_broken_costs_the_rows_behind_it(tmp_path: Path) -> None:
    content = [f"Line {number} of the harbour." for number in range(4000)]
    table = pa.table({"text": content})
    out = io.BytesIO()
    pq.write_table(table, out, use_dictionary=False, compression="none", data_page_size=4096, write_batch_size=100)
    made = out.getvalue()
    last = made.index(content[-1].encode())
    broken = made[: last - 2000] + b"\xff" * 2000 + made[last:]
    outcome = read(write(tmp_path, "a.parquet", broken))
    assert outcome.reasons == ["corrupt"]
    assert outcome.contents == content[: len(outcome.records)]
    assert len(outcome.records) > 3000
