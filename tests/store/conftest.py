"""Stores, and what is cleaned into them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from pipeline.run.clean import clean_folder
from tests.corpora import first_instalment, second_instalment
from tests.s3 import Faulty, faulty
from tests.store.s3_corpus import ONE_WORKER, Store, parquet

_BUCKETS = count()


@pytest.fixture
def store(s3_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(s3_port, f"out-{next(_BUCKETS)}", tmp_path, monkeypatch)


@pytest.fixture
def front(store: Store) -> Iterator[Faulty]:
    with faulty(store.port, 0.0) as server:
        yield server


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The first instalment, and both."""
    folder = tmp_path_factory.mktemp("raw")
    for name in ("first", "both"):
        first_instalment(folder / name / "raw")
    second_instalment(folder / "both" / "raw")
    return folder / "first" / "raw", folder / "both" / "raw"


@pytest.fixture(scope="session")
def on_disk(raw: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], ...]:
    """What a disk holds after each of the two runs."""
    clean = tmp_path_factory.mktemp("disk") / "clean"
    held = []
    for one in raw:
        clean_folder(one, clean, ONE_WORKER)
        held.append(parquet(clean))
    return tuple(held)
