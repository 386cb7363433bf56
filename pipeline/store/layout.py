"""Where things stand in a corpus, and whether a folder is one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import NotACorpus, Refused, StorageFailed
from pipeline.schemas import TABLES

if TYPE_CHECKING:
    from pipeline.store.remote import Remote

JOURNAL = "commit.json"
"""The list of renames in a run's staging: from when it is there, the run will become visible."""

# Files that people and git keep in an output folder before the first run.
HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".gitattributes", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a corpus."""

    root: Path
    remote: Remote | None = None
    """Where the corpus stands, if that is a store; `root` is a copy then, of what was needed of it."""

    def __str__(self) -> str:
        """Give where the corpus stands, as people name it."""
        return str(self.remote or self.root)

    @property
    def runs(self) -> Path:
        """Folder of the manifests, one folder a run. What no manifest names does not exist."""
        return self.root / "runs"

    @property
    def staging(self) -> Path:
        """Folder that a run writes into before anything is visible."""
        return self.root / ".staging"

    @property
    def lock(self) -> Path:
        """File that the one writer holds."""
        return self.root / ".lock"

    @property
    def input_cache(self) -> Path:
        """What is known of input files by their time of change: saves reading them again, and may be deleted."""
        return self.root / ".cache" / "inputs.jsonl"

    def table(self, name: str) -> Path:
        """Folder of a table."""
        return self.root / name

    def holds(self, location: str) -> bool:
        """Say whether a file, by its path or its URI in a store, lies in the corpus."""
        if self.remote is not None:
            return self.remote.holds(location)
        return location.startswith(os.path.join(self.root, ""))  # noqa: PTH118

    def is_committing(self) -> bool:
        """Say whether a run is becoming visible, or was stopped while it did."""
        return any(self.staging.glob(f"run-*/{JOURNAL}"))

    def is_empty(self) -> bool:
        """Say whether nothing has been written here yet."""
        return not self.root.exists() or not (
            {path.name for path in self.root.iterdir()} - HARMLESS - {".lock", ".staging", ".cache"}
        )


def open_layout(path: str | Path, *, must_exist: bool, writing: bool = False) -> Layout:
    """Check that a folder, or an address in a store, is a corpus of Winnow, or may become one.

    Args:
        path: the folder or the URI.
        must_exist: refuse where no corpus is yet.
        writing: for a run, which works on the one copy of what stands in a store; others have a copy of their own.

    Raises:
        NotACorpus: other things are there, or nothing is and it must exist.
        Refused: its path is no UTF-8, or its address holds credentials.
        StorageFailed: the folder cannot be looked into.
        Transient: the store does not answer.
    """
    uri = in_a_store(path)
    if uri is not None:
        from pipeline.store.remote import open_for_reading, open_for_writing

        return open_for_writing(uri) if writing else open_for_reading(uri, must_exist=must_exist)
    if not str(path):
        raise Refused(
            "the folder of the corpus is an empty word; a variable in the command may be unset. Name a folder."
        )
    layout = Layout(Path(path).absolute())
    name = os.fsencode(layout.root)
    if name.decode("utf-8", "replace").encode() != name:
        raise Refused(f"{str(path)!a}: the path is not UTF-8, which Arrow needs. Give another folder with --out.")
    try:
        _check_folder(layout, path, must_exist)
    except OSError as error:
        raise StorageFailed(
            f"{error.filename or layout.root}: cannot be looked into ({error.strerror or error}). Nothing was begun; "
            "mend that and run again."
        ) from error
    return layout


def _check_folder(layout: Layout, path: str | Path, must_exist: bool) -> None:
    """Check that a folder, named by whoever asks as `path`, is a corpus or may become one; raises what it is not."""
    if layout.root.is_symlink() and not layout.root.exists():
        raise NotACorpus(f"{path}: is a link to nothing. Make the folder that it leads to, or give another with --out.")
    if layout.root.exists() and not layout.root.is_dir():
        raise NotACorpus(f"{path}: is a file. Give a folder for the corpus with --out.")
    if layout.is_committing():
        return
    if layout.is_empty():
        if must_exist:
            raise NotACorpus(f"{path}: holds no corpus. Make one with `winnow clean RAW --out {path}`.")
        outer = _corpus_above(layout.root)
        if outer is not None:
            raise NotACorpus(
                f"{path}: is inside the corpus {outer}, which could not be read any more with another in it. Give a "
                "folder outside it with --out."
            )
        return
    strangers = sorted({path.name for path in layout.root.iterdir()} - known_names())
    if strangers or not layout.runs.is_dir():
        told = ", ".join(strangers[:5]) or "no runs/ folder"
        way_out = (
            "Name the folder that `winnow clean` wrote." if must_exist else "Give an empty or new folder with --out."
        )
        raise NotACorpus(f"{path}: is not a corpus of Winnow (found {told}), and nothing in it was touched. {way_out}")


def in_a_store(path: str | Path) -> str | None:
    """Give the URI of a corpus that stands in a store; None for a folder.

    Raises:
        Refused: it is a `Path`, which holds no URI: of two strokes it keeps one.
    """
    if isinstance(path, Path) and re.match("[A-Za-z][A-Za-z0-9+.-]+:/", str(path)) and not path.exists():
        raise Refused(f"{path}: a Path holds no address. Give it as a string, such as 's3://bucket/folder'.")
    return str(path) if "://" in str(path) else None


def _corpus_above(root: Path) -> Path | None:
    """Give the corpus in whose folder this one would stand."""
    for folder in root.resolve().parents:
        if any((folder / "runs").glob("*/manifest.json")) and (folder / "inputs").is_dir():
            return folder
    return None


def known_names() -> set[str]:
    """Give the names that may stand in the folder of a corpus."""
    return {*TABLES, *HARMLESS, "runs", ".staging", ".lock", ".cache", "croissant.json"}
