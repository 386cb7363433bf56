"""A flow cleans into an object store what it cleans into a folder."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from flows.clean import clean_folder
from pipeline.run.clean import clean_folder as by_hand
from pipeline.schemas import TABLES
from pipeline.store.corpus import read_corpus
from tests.flows.conftest import write_stories
from tests.s3 import SECRET, credentials, put


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_writes_to_a_store_what_a_disk_gets(
    tmp_path: Path, s3_port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (credentials(s3_port) | {"WINNOW_CACHE": str(tmp_path / "copy")}).items():
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    put(s3_port, "/of-a-flow")
    raw = write_stories(tmp_path / "raw")
    by_hand(raw, tmp_path / "by-hand")

    first = clean_folder([str(raw)], "s3://of-a-flow/clean", files_per_task=2, return_state=True)
    assert first.name == "Completed", first.message
    stored, on_disk = read_corpus("s3://of-a-flow/clean"), read_corpus(tmp_path / "by-hand")
    for table in TABLES:
        assert stored.table(table).equals(on_disk.table(table)), table
    assert stored.table("documents").num_rows > 0

    again = clean_folder([str(raw)], "s3://of-a-flow/clean", return_state=True)
    assert again.result().manifest is None
    assert SECRET not in caplog.text
