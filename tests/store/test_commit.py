"""A commit is whole or not at all, wherever it is stopped."""

import json
from pathlib import Path

import pytest

from pipeline.errors import Damaged
from pipeline.store import commit as module
from pipeline.store.commit import commit, discard, new_staging, recover
from pipeline.store.layout import Layout

MOVES = [("{s}/tables/removals", "removals/run=1"), ("{s}/tables/documents", "documents/run=1"), ("{s}/run", "runs/1")]


class Stopped(BaseException):
    """Stands for kill -9: nothing may catch it."""


def staged(root: Path) -> tuple[Layout, Path, list[tuple[str, str]]]:
    layout = Layout(root)
    root.mkdir(exist_ok=True)
    staging = new_staging(layout)
    for name in ("tables/removals", "tables/documents", "run"):
        folder = staging / name
        folder.mkdir(parents=True)
        (folder / "file").write_text(name)
    prefix = staging.relative_to(root).as_posix()
    return layout, staging, [(source.format(s=prefix), target) for source, target in MOVES]


def visible(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("file")
        if ".staging" not in path.parts
    }


WHOLE = {"removals/run=1/file": "tables/removals", "documents/run=1/file": "tables/documents", "runs/1/file": "run"}


def test_commit_shows_all_and_leaves_no_staging(tmp_path):
    layout, staging, moves = staged(tmp_path / "c")
    commit(layout, staging, moves)
    assert visible(layout.root) == WHOLE
    assert not staging.exists()


@pytest.mark.parametrize("call", range(1, 40))
def test_stopped_at_any_step_it_is_finished_or_undone(tmp_path, monkeypatch, call):
    """Stop at each sync and rename in turn; the next start finds all of the run or nothing of it."""
    layout, staging, moves = staged(tmp_path / "c")
    calls = 0

    def stopping(original):
        def wrapped(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == call:
                raise Stopped
            return original(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(module, "sync", stopping(module.sync))
        patch.setattr(Path, "rename", stopping(Path.rename))
        try:
            commit(layout, staging, moves)
        except Stopped:
            pass
        else:
            assert calls < call
    recover(layout)
    assert visible(layout.root) in ({}, WHOLE)
    assert not staging.exists()
    assert recover(layout) == []


def test_replacing_moves_the_old_away_first(tmp_path):
    layout, staging, moves = staged(tmp_path / "c")
    commit(layout, staging, moves)
    staging = new_staging(layout)
    (staging / "new").mkdir()
    (staging / "new" / "file").write_text("second")
    prefix = staging.relative_to(layout.root).as_posix()
    swap = [("documents", f"{prefix}/old/documents"), (f"{prefix}/new", "documents/run=1")]
    commit(layout, staging, swap)
    assert visible(layout.root) == {**WHOLE, "documents/run=1/file": "second"}


def test_staging_without_a_journal_is_removed_and_told(tmp_path):
    layout, staging, _ = staged(tmp_path / "c")
    told = recover(layout)
    assert len(told) == 1
    assert "staged" in told[0]
    assert not staging.exists()


def test_what_winnow_did_not_stage_is_never_removed(tmp_path):
    layout = Layout(tmp_path / "c")
    (layout.staging / "mine").mkdir(parents=True)
    recover(layout)
    assert (layout.staging / "mine").is_dir()


def test_discard_spares_a_commit_that_has_begun(tmp_path):
    _, staging, _ = staged(tmp_path / "c")
    (staging / "commit.json").write_text("[]")
    discard(staging)
    assert staging.exists()


def test_a_journal_whose_files_are_gone_is_an_error_that_says_what_to_do(tmp_path):
    layout, staging, _ = staged(tmp_path / "c")
    (staging / "commit.json").write_text('[["nowhere", "documents/run=1"]]')
    with pytest.raises(Damaged, match="neither is there"):
        recover(layout)


def test_nothing_is_taken_for_what_was_staged(tmp_path):
    layout, staging, moves = staged(tmp_path / "c")
    stray = layout.root / "documents" / "run=1"
    stray.mkdir(parents=True)
    with pytest.raises(Damaged, match="documents/run=1: is there, and no manifest"):
        commit(layout, staging, moves)
    assert visible(layout.root) == {}
    assert not layout.is_committing()


@pytest.mark.parametrize("name", ["../outside", "/outside", "documents/../../outside"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_journal_that_names_what_is_outside_is_not_followed(tmp_path, name, place):
    """A corpus may come from elsewhere, and opening it finishes its commit."""
    layout, staging, moves = staged(tmp_path / "c")
    move = list(moves[0])
    move[place] = name
    (tmp_path / "outside").write_text("mine")
    (staging / "commit.json").write_text(json.dumps([move]))
    with pytest.raises(Damaged, match="outside the corpus"):
        recover(layout)
    assert (tmp_path / "outside").read_text() == "mine"
    assert visible(layout.root) == {}


@pytest.mark.parametrize("content", ["[[", "5", "[5]", '[["one"]]'])
def test_a_journal_that_cannot_be_read_says_what_to_do(tmp_path, content):
    layout, staging, _ = staged(tmp_path / "c")
    (staging / "commit.json").write_text(content)
    with pytest.raises(Damaged, match=r"is no list of renames.*Restore"):
        recover(layout)


def test_a_single_file_can_be_replaced(tmp_path):
    layout, staging, moves = staged(tmp_path / "c")
    commit(layout, staging, moves)
    staging = new_staging(layout)
    (staging / "new").write_text("second")
    prefix = staging.relative_to(layout.root).as_posix()
    place = "documents/run=1/file"
    commit(layout, staging, [(place, f"{prefix}/old/file"), (f"{prefix}/new", place)])
    assert visible(layout.root) == {**WHOLE, place: "second"}
