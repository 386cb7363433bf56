"""The small run that is disturbed: some articles, in two instalments, cleaned by one process or by several."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config, RunConfig
from pipeline.run.clean import clean_folder
from pipeline.run.events import Listener, ignore
from pipeline.store.corpus import read_corpus
from tests.run.stories import records, write_jsonl

SCENES = ("first", "second", "reprocess")
"""Which run is disturbed: the first of a corpus, one that adds to it, or one that replaces it."""

Bytes = dict[str, bytes]
"""Files of a corpus that do not depend on times: the tables, the card."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A run and what it must come to."""

    name: str
    raw: Path
    before: Path
    """The corpus before the run; none for the first."""
    earlier: Bytes
    whole: Bytes
    """What an undisturbed run leaves."""

    def begin(self, clean: Path) -> Path:
        """Put the corpus of before into a folder."""
        shutil.rmtree(clean, ignore_errors=True)
        if self.before.exists():
            shutil.copytree(self.before, clean)
        return clean

    def run(self, clean: Path, workers: int = 1, listen: Listener = ignore) -> None:
        """Carry out the run."""
        config = Config(run=RunConfig(workers=workers))
        clean_folder(self.raw, clean, config, reprocess=self.name == "reprocess", listen=listen)

    def finish(self, clean: Path) -> None:
        """Run again as a schedule would, and see that all is as if nothing had happened.

        A corpus that was to be replaced may hold the old files still: then it takes the same call.
        """
        again = self.name == "reprocess" and tables(clean) == tables_of(self.earlier)
        config = Config(run=RunConfig(workers=1))
        clean_folder(self.raw, clean, config, reprocess=again)
        assert content(clean) == self.whole, "running again does not give what an undisturbed run gives"
        left = list((clean / ".staging").iterdir())
        assert not left, f"{left[0]} was left"

    def check_reader(self, clean: Path) -> None:
        """See that who opens the corpus now sees whole runs only."""
        if any((clean / name).exists() for name in ("runs", ".staging")) and _holds_runs(clean):
            assert read_tables(clean) in (tables_of(self.earlier), tables_of(self.whole)), "a reader sees part of a run"


def make_scene(name: str, folder: Path) -> Scene:
    """Make the input of a run, the corpus that it finds and the one that it leaves."""
    raw, before, whole = folder / "raw", folder / "before", folder / "whole"
    write_jsonl(raw / "part-0.jsonl", records(0, 7))
    (raw / "broken.jsonl").write_text('{"id": "broken\n{"id": "empty", "text": " "}\n')
    scene = Scene(name, raw, before, {}, {})
    if name != "first":
        Scene("first", raw, before, {}, {}).run(before)
        write_jsonl(raw / "part-1.jsonl", records(1, 6))
    earlier = content(before) if before.exists() else {}
    scene.run(scene.begin(whole))
    return Scene(name, raw, before, earlier, content(whole))


def content(clean: Path) -> Bytes:
    """Read what two runs must agree in."""
    return {**tables(clean), **{name: (clean / name).read_bytes() for name in ("README.md", "croissant.json")}}


def tables(clean: Path) -> Bytes:
    """Read every Parquet file that lies in the folder."""
    return dict(_read(clean, path) for path in sorted(clean.glob("*/run=*/*.parquet")))


def tables_of(files: Bytes) -> Bytes:
    return {name: data for name, data in files.items() if name.endswith(".parquet")}


def documents(clean: Path) -> Bytes:
    """Read what a tool sees that lists the folder of the documents."""
    return dict(_read(clean, path) for path in sorted((clean / "documents").rglob("*.parquet")))


def documents_of(files: Bytes) -> Bytes:
    return {name: data for name, data in files.items() if name.startswith("documents/")}


def read_tables(clean: Path) -> Bytes:
    """Read what the Python API reads: the files that the manifests name."""
    corpus = read_corpus(clean)
    return dict(_read(clean, clean / entry.path) for one in corpus.manifests for entry in one.files)


def _read(clean: Path, path: Path) -> tuple[str, bytes]:
    return path.relative_to(clean).as_posix(), path.read_bytes()


def _holds_runs(clean: Path) -> bool:
    return any(clean.glob("runs/*/manifest.json")) or any(clean.glob(".staging/run-*/commit.json"))
