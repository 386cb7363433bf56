"""A corpus in an S3 store, where several read and write at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.errors import Busy, NotACorpus
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.run.job import run_on
from pipeline.store.corpus import read_corpus
from pipeline.store.lock import write_lock
from pipeline.store.objects import Objects
from pipeline.store.remote import open_for_writing
from tests.corpora import line, story
from tests.s3 import Faulty
from tests.store.s3_corpus import ONE_WORKER, Store, documents


def test_a_reader_sees_whole_runs_alone(store: Store, front: Faulty, raw: tuple[Path, Path]):
    """One looks on at each object that two runs and a cleaning anew put or remove."""
    states: list[frozenset[str]] = []

    def look(method: str, path: str) -> None:
        if method in ("PUT", "DELETE") and "clean/commits/00000000" not in path:
            try:
                seen = documents(store.clean)
            except NotACorpus:
                seen = frozenset()
            if states[-1:] != [seen]:
                states.append(seen)

    store.on("here", front.port)
    front.watch = look
    expected = [frozenset[str]()]
    for one, anew in ((raw[0], False), (raw[1], False), (raw[0], True)):
        clean_folder(one, store.clean, ONE_WORKER, reprocess=anew, forget_missing=anew)
        expected.append(documents(store.clean))
    assert states == expected


def test_of_two_runs_at_once_the_later_one_to_commit_is_refused(store: Store, raw: tuple[Path, Path], monkeypatch):
    """One is committed while the other cleans; then one just before the other's own commit."""
    extra = store.folder / "extra"
    extra.mkdir()
    (extra / "x.jsonl").write_text(line("x", story(9), "omega.example"), encoding="utf-8")
    store.on("here")
    with run_on(store.clean, ONE_WORKER) as run, run.workers(0) as workers:
        plan = run.plan([raw[0]], None)
        shards = run.learn([run.stage(plan.new, plan.seen_ids, 0, workers)], workers)
        settled = run.settle(shards)
        store.on("there")
        clean_folder(extra, store.clean, ONE_WORKER)
        with pytest.raises(Busy, match="another run has been committed since"):
            run.commit(plan, shards, settled)
    assert len(documents(store.clean)) == 1
    assert check(store.clean, deep=True) == []

    create = Objects.create

    def late(self: Objects, name: str, data: bytes) -> bool:
        if name.endswith("2.json"):
            monkeypatch.setattr(Objects, "create", create)
            store.on("there")
            clean_folder(raw[1], store.clean, ONE_WORKER)
        return create(self, name, data)

    monkeypatch.setattr(Objects, "create", late)
    store.on("here")
    with pytest.raises(Busy, match="Run again"):
        clean_folder(raw[0], store.clean, ONE_WORKER)
    assert check(store.clean, deep=True) == []
    assert clean_folder(raw[0], store.clean, ONE_WORKER).manifest is None
    assert len(documents(store.clean)) == 7


def test_who_waits_for_another_run_runs_again(store: Store, raw: tuple[Path, Path], monkeypatch, capsys):
    create = Objects.create

    def late(self: Objects, name: str, data: bytes) -> bool:
        if name.endswith("1.json"):
            monkeypatch.setattr(Objects, "create", create)
            store.on("there")
            clean_folder(raw[0], store.clean, ONE_WORKER)
            store.on("here")
        return create(self, name, data)

    monkeypatch.setattr(Objects, "create", late)
    assert main(["clean", str(raw[1]), "--out", store.clean, "--workers", "1", "--wait"]) == 0
    assert "Waiting: another run is writing to" in capsys.readouterr().err
    assert [manifest.counts.read for manifest in read_corpus(store.clean).manifests] == [9, 3]


def test_on_one_machine_the_lock_refuses_the_second_at_once(store: Store, raw: tuple[Path, Path]):
    copy = open_for_writing(store.clean)
    with write_lock(copy.lock), pytest.raises(Busy, match=f"{store.clean}: another run is writing here"):
        clean_folder(raw[0], store.clean, ONE_WORKER)
    clean_folder(raw[0], store.clean, ONE_WORKER)
