"""A run that is killed at any instant of its commit leaves a whole corpus, and running again finishes the job."""

from __future__ import annotations

import errno
import shutil
from itertools import count
from pathlib import Path

import pytest

from pipeline.errors import StorageFailed
from pipeline.run import job as driver
from pipeline.run.clean import clean_folder
from pipeline.store import commit as module
from tests.run.stories import write_raw
from tests.run.test_clean import parquet, settled

REMOVE = shutil.rmtree


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


class Killer:
    """Kills a run at one step of its commit: before a rename, or between two folders that are removed."""

    def __init__(self, at: int) -> None:
        self._left = at

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed

    def rename(self, original):
        def renamed(path, target):
            self.step()
            return original(path, target)

        return renamed

    def remove(self, folder, **_):
        # Last names first: a folder's entries come in any order.
        for path in sorted(Path(folder).iterdir(), reverse=True):
            self.step()
            REMOVE(path) if path.is_dir() else path.unlink()
        self.step()
        REMOVE(folder)


def killed(raw: Path, clean: Path, at: int, monkeypatch: pytest.MonkeyPatch, **more: bool) -> bool:
    """Run, killed at a step of the commit; says whether it was."""
    killer = Killer(at)

    def committing(*args):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", killer.rename(Path.rename))
            patch.setattr(module.shutil, "rmtree", killer.remove)
            return module.commit(*args)

    with monkeypatch.context() as patch:
        patch.setattr(driver, "commit", committing)
        patch.setattr(driver, "discard", lambda _: None)
        try:
            clean_folder(raw, clean, **more)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("how", ["first", "second", "reprocess"])
@pytest.mark.parametrize("reading", [True, False], ids=["read-first", "run-first"])
def test_killed_at_any_step_of_the_commit(tmp_path, monkeypatch, how, reading):
    raw = write_raw(tmp_path / "raw", files=1)
    before = tmp_path / "before"
    if how != "first":
        clean_folder(raw, before)
        write_raw(raw, files=2)
    more = {"reprocess": how == "reprocess"}
    whole = tmp_path / "whole"
    if before.exists():
        shutil.copytree(before, whole)
    clean_folder(raw, whole, **more)
    wanted = [settled(whole)] + ([settled(before)] if before.exists() else [])
    for at in count():
        clean = tmp_path / f"clean-{at}"
        if before.exists():
            shutil.copytree(before, clean)
        if not killed(raw, clean, at, monkeypatch, **more):
            assert at > 5
            break
        if reading and (how != "first" or at):
            assert settled(clean) in wanted
        clean_folder(raw, clean)
        if how != "reprocess" or at:
            assert parquet(clean) == parquet(whole)
        assert not list((clean / ".staging").iterdir())
        assert (clean / "croissant.json").exists()
        shutil.rmtree(clean)


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_after_the_commit(tmp_path, monkeypatch):
    raw, clean = write_raw(tmp_path / "raw", files=1), tmp_path / "clean"

    def full(_):
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(driver, "write_card", full)
        with pytest.raises(StorageFailed, match=r"the disk is full. Run .* is committed and whole"):
            clean_folder(raw, clean)
    assert not (clean / "README.md").exists()
    assert clean_folder(raw, clean).manifest is None
    assert (clean / "README.md").exists()


def test_a_disk_that_is_full_amid_the_commit(tmp_path, monkeypatch):
    raw, clean = write_raw(tmp_path / "raw", files=1), tmp_path / "clean"
    rename, renamed = Path.rename, []

    def full(path, target):
        renamed.append(target)
        if ".staging" not in Path(target).parts and len(renamed) > 4:
            raise FULL
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(StorageFailed, match=r"the disk is full.*its commit had begun.*run again"):
            clean_folder(raw, clean)
    assert clean_folder(raw, clean).manifest is None
    assert settled(clean)["documents"]
