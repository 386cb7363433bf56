"""What reading holds is given back file by file, without Python's search for objects that hold each other."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch import not_collecting
from pipeline.config import ReadConfig
from pipeline.read.listing import list_inputs
from pipeline.read.reader import read_blocks
from tests.read.files import COMPRESS, http, jsonl, parquet, table, tarred, warc_record, write, zipped

_LETTERS = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=200_000)
_TEXT = "".join(_LETTERS)
# Half a megabyte that hardly packs, so that what is left of one file shows.
_ROWS: list[dict[str, str]] = [
    {"id": str(number), "text": _TEXT[number * 20_000 :] + str(number)} for number in range(5)
]
_PAGES = {f"{row['id']}.html": f"<html><body><p>{row['text']}</p></body></html>".encode() for row in _ROWS}

FILES = {
    "rows.parquet": parquet([dict(row) for row in _ROWS], use_dictionary=False),
    "rows.jsonl": jsonl(_ROWS),
    "rows.csv": table(_ROWS).encode(),
    "page.html": b"".join(_PAGES.values()),
    "plain.txt": _TEXT.encode(),
    "pages.zip": zipped(_PAGES),
    "pages.tar": tarred(_PAGES),
    "pages.warc": b"".join(warc_record(number, http(page)) for number, page in enumerate(_PAGES.values())),
} | {f"packed.jsonl{ending}": compress(jsonl(_ROWS)) for ending, compress in COMPRESS.items() if ending}


@pytest.fixture
def traced() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("traced")
def test_nothing_of_a_file_stays(tmp_path: Path, name: str) -> None:
    (file,) = list_inputs([write(tmp_path, name, FILES[name])], None, (), ())

    def read() -> int:
        # What was read is let go at once.
        for _ in read_blocks(file, ReadConfig()):
            pass
        return tracemalloc.get_traced_memory()[0]

    with not_collecting():
        read()
        before = read()
        for _ in range(3):
            after = read()
    assert after - before < len(FILES[name]) / 2
