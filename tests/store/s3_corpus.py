"""A corpus in an S3 store, as tests see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline.config import Config, RunConfig
from pipeline.store.corpus import read_corpus
from tests.s3 import credentials, put

ONE_WORKER = Config(run=RunConfig(workers=1))
UPLOAD = re.compile(r"-[0-9a-f]{16}(?=\.(?:parquet|html)$)")
_CLIENTS: list[Any] = []
"""Held to the end: one that goes leaves its sockets open where the machine is busy, and warns of it."""


@dataclass(slots=True)
class Store:
    """A bucket of one test, seen from one machine or another."""

    port: int
    bucket: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    clean: str = ""

    def __post_init__(self) -> None:
        self.clean = f"s3://{self.bucket}/clean"
        put(self.port, f"/{self.bucket}")
        self.on("here")

    def environment(self, port: int | None = None) -> dict[str, str]:
        return credentials(port or self.port) | {"WINNOW_CACHE": str(self.folder / "here")}

    def on(self, machine: str, port: int | None = None) -> None:
        """Go to a machine, which has its own copy, and may reach the store by another way."""
        for name, value in (self.environment(port) | {"WINNOW_CACHE": str(self.folder / machine)}).items():
            self.monkeypatch.setenv(name, value)
        kind = fsspec.get_filesystem_class("s3")
        _CLIENTS.extend(kind._cache.values())
        kind.clear_instance_cache()

    def files(self) -> Any:
        """Give a client of the test's own."""
        _CLIENTS.append(fsspec.filesystem("s3", skip_instance_cache=True))
        return _CLIENTS[-1]

    def objects(self) -> dict[str, bytes]:
        """Give all objects by their names below the corpus."""
        found: dict[str, bytes] = {}
        files = self.files()
        for name in files.find(self.bucket):
            found[name.removeprefix(f"{self.bucket}/clean/")] = files.cat_file(name)
        return found

    def tables(self) -> dict[str, bytes]:
        """Give the files of the tables by the names that they have on a disk."""
        return {UPLOAD.sub("", name): data for name, data in self.objects().items() if name.endswith(".parquet")}


def parquet(clean: Path) -> dict[str, bytes]:
    return {path.relative_to(clean).as_posix(): path.read_bytes() for path in sorted(clean.rglob("*.parquet"))}


def documents(clean: str) -> frozenset[str]:
    return frozenset(read_corpus(clean).table("documents", ["id"])["id"].to_pylist())
