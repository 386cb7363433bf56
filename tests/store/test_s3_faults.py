"""A corpus in an S3 store stays whole, whatever fails or dies."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline.errors import Damaged, Transient
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.schemas import TABLES
from pipeline.store import objects
from pipeline.store.corpus import read_corpus
from pipeline.store.manifest import FileEntry
from pipeline.store.objects import Objects
from pipeline.store.tables import describe
from tests.cli.program import arguments, environment
from tests.s3 import Faulty
from tests.store.s3_corpus import ONE_WORKER, UPLOAD, Store


def test_requests_that_fail_are_repeated(
    store: Store, front: Faulty, raw: tuple[Path, Path], on_disk: tuple[dict[str, bytes], ...]
):
    """The floor is a twentieth that fail; here a fifth of all do, of reading and of writing."""
    store.files().put(str(raw[0]), f"{store.bucket}/first", recursive=True)
    front.share = 1 / 5
    store.on("here", front.port)
    clean_folder(f"s3://{store.bucket}/first", store.clean, ONE_WORKER)
    store.on("there", front.port)
    clean_folder(raw[1], store.clean, ONE_WORKER)
    assert read_corpus(store.clean).table("documents").num_rows == 6
    assert front.failed > 10
    store.on("here")
    assert store.tables() == on_disk[1]


def test_a_store_that_never_answers_is_told_and_the_corpus_is_as_it_was(
    store: Store, front: Faulty, raw: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    before = store.objects()
    # Its client would ask for a minute.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(fsspec.get_filesystem_class("s3"), "retries", 1)
    monkeypatch.setattr(objects, "_WAITS", (0.01,))
    store.on("here", front.port)
    asked = count()

    def no_more(method: str, path: str) -> None:
        if ".parquet" in path and method == "PUT" and next(asked) == 3:
            front.share = 1.0

    front.watch = no_more
    with pytest.raises(Transient, match=r"the store did not answer \(\w+\), however often it was asked"):
        clean_folder(raw[1], store.clean, ONE_WORKER)
    front.share = 0.0
    store.on("here")
    after = store.objects()
    assert {name: after[name] for name in before} == before
    assert {name.partition("/")[0] for name in after.keys() - before.keys()} <= {*TABLES, "runs"}
    clean_folder(raw[1], store.clean, ONE_WORKER)
    assert check(store.clean, deep=True) == []


def killed_at(when: Callable[[str, str], bool], store: Store, front: Faulty, raw: Path) -> None:
    """Run, and kill the run when the store is asked for that."""
    command = arguments("clean", raw, "--out", store.clean, "--workers", "1", "-q")
    told = environment() | store.environment(front.port)
    run = subprocess.Popen(command, env=told, start_new_session=True)

    def watch(method: str, path: str) -> None:
        if when(method, path):
            run.kill()
            run.wait()
            raise ConnectionAbortedError

    front.watch = watch
    assert run.wait(600) == -9
    front.watch = None


def nth_upload(number: int) -> Callable[[str, str], bool]:
    uploads = count(1)
    return lambda method, path: method == "PUT" and ".parquet" in path and next(uploads) == number


def at_its_commit(method: str, path: str) -> bool:
    return method == "PUT" and "commits/00000002" in path


def after_its_commit() -> Callable[[str, str], bool]:
    seen: list[str] = []

    def when(method: str, path: str) -> bool:
        asked = len(seen)
        if at_its_commit(method, path):
            seen.append(path)
        return asked > 0

    return when


@pytest.mark.parametrize(
    ("when", "runs"),
    [(nth_upload(1), 1), (nth_upload(6), 1), (at_its_commit, 1), (after_its_commit(), 2)],
    ids=["first upload", "amid uploads", "at the commit", "after the commit"],
)
def test_a_run_that_is_killed_leaves_whole_runs_and_the_next_one_does_its_work(
    when: Callable[[str, str], bool],
    runs: int,
    store: Store,
    front: Faulty,
    raw: tuple[Path, Path],
    on_disk: tuple[dict[str, bytes], ...],
    capfd: pytest.CaptureFixture[str],
):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    killed_at(when, store, front, raw[1])
    capfd.readouterr()
    assert len(read_corpus(store.clean).manifests) == runs
    assert check(store.clean) == []
    again = clean_folder(raw[1], store.clean, ONE_WORKER)
    assert (again.manifest is None) == (runs == 2)
    assert store.tables() == on_disk[1]
    assert check(store.clean, deep=True) == []


def test_what_a_stopped_run_left_is_told_and_the_next_one_removes_it(store: Store, raw: tuple[Path, Path]):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    files = store.files()
    stray = f"documents/run=000002-0123456789ab/part-00000-{'a' * 16}.parquet"
    files.pipe_file(f"{store.bucket}/clean/{stray}", b"half")
    ours = files.call_s3("create_multipart_upload", Bucket=store.bucket, Key=f"clean/{stray}")["UploadId"]
    theirs = files.call_s3("create_multipart_upload", Bucket=store.bucket, Key="clean/documents/mine")["UploadId"]
    (finding,) = check(store.clean, deep=True)
    assert finding.where == stray
    assert check(store.clean) == []
    clean_folder(raw[1], store.clean, ONE_WORKER)
    assert check(store.clean, deep=True) == []
    uploads = {one["UploadId"] for one in files.list_multipart_uploads(store.bucket)}
    assert theirs in uploads
    assert ours not in uploads


def test_large_files_are_put_in_parts_and_seen_to_arrive(store: Store, monkeypatch: pytest.MonkeyPatch):
    path = store.folder / "large"
    path.write_bytes(bytes(range(256)) * (3 * 2**15))
    entry = FileEntry(**described(path))
    there = Objects(store.clean)
    monkeypatch.setattr(type(store.files()), "_open", None)  # its tag tells; it is not read back
    there.put(path, "large", entry)
    assert store.files().info(f"{store.bucket}/clean/large")["ETag"].endswith('-3"')
    there.fetch("large", store.folder / "fetched", entry)
    assert (store.folder / "fetched").read_bytes() == path.read_bytes()


def described(path: Path) -> dict[str, Any]:
    about = describe(path, path.parent, Path())
    return {"path": about.path, "rows": None, "size": about.size, "sha256": about.sha256}


def test_what_does_not_arrive_whole_is_put_again(store: Store, monkeypatch: pytest.MonkeyPatch):
    path = store.folder / "file"
    path.write_bytes(b"all of it")
    kind = type(store.files())
    put_file, broken = kind.put_file, [b"all of", b"all of !!"]

    def short(self: Any, source: str, place: str, **more: Any) -> None:
        put_file(self, source, place, **more)
        if broken:
            self.pipe_file(place, broken.pop())

    monkeypatch.setattr(kind, "put_file", short)
    Objects(store.clean).put(path, "file", FileEntry(**described(path)))
    assert store.files().cat_file(f"{store.bucket}/clean/file") == b"all of it"


def test_damage_is_found_and_no_damaged_file_is_read(store: Store, raw: tuple[Path, Path]):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    files = store.files()
    (place,) = files.find(f"{store.bucket}/clean/documents")
    whole = files.cat_file(place)
    files.pipe_file(place, whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    assert {finding.where for finding in check(store.clean)} == {
        UPLOAD.sub("", place.removeprefix(f"{store.bucket}/clean/"))
    }
    store.on("elsewhere")
    with pytest.raises(Damaged, match="is not what its manifest says"):
        read_corpus(store.clean).table("documents")
    files.rm_file(place)
    with pytest.raises(Damaged, match="is not there"):
        read_corpus(store.clean).table("documents")
    commit = f"{store.bucket}/clean/commits/00000001.json"
    manifest = files.cat_file(commit)
    files.pipe_file(commit, manifest.replace(b'"sequence": 1', b'"sequence": 2'))
    with pytest.raises(Damaged, match=r"commits/00000001\.json: is not a manifest"):
        read_corpus(store.clean)


def test_a_manifest_that_leads_outside_is_not_followed(store: Store, raw: tuple[Path, Path]):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    manifest = read_corpus(store.clean).manifests[0]
    outside = manifest.files[0].model_copy(update={"path": "documents/run=../../../outside.parquet"})
    for changes in ({"files": (outside,)}, {"files": (), "report": None, "run_id": "../../outside"}):
        changed = manifest.model_copy(update=changes).to_json()
        store.files().pipe_file(f"{store.bucket}/clean/commits/00000001.json", changed)
        with pytest.raises(Damaged, match="which Winnow did not write"):
            read_corpus(store.clean)
