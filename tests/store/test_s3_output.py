"""A corpus in an S3 store is what it is on a disk, whatever fails, dies or comes between."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline.cli.main import main
from pipeline.config import Config, RunConfig
from pipeline.errors import Busy, Damaged, NotACorpus, Refused, Transient
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.run.job import run_on
from pipeline.schemas import TABLES
from pipeline.store import objects
from pipeline.store.corpus import read_corpus
from pipeline.store.lock import write_lock
from pipeline.store.manifest import FileEntry
from pipeline.store.objects import Objects
from pipeline.store.remote import open_for_writing
from pipeline.store.tables import describe
from tests.cli.program import REPOSITORY, arguments, environment
from tests.corpora import first_instalment, line, second_instalment, story
from tests.s3 import SECRET, Faulty, credentials, faulty, put

ONE_WORKER = Config(run=RunConfig(workers=1))
_UPLOAD = re.compile(r"-[0-9a-f]{16}(?=\.(?:parquet|html)$)")
_BUCKETS = count()
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
        return {_UPLOAD.sub("", name): data for name, data in self.objects().items() if name.endswith(".parquet")}


@pytest.fixture
def store(s3_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(s3_port, f"out-{next(_BUCKETS)}", tmp_path, monkeypatch)


@pytest.fixture
def front(store: Store) -> Iterator[Faulty]:
    with faulty(store.port, 0.0) as server:
        yield server


def parquet(clean: Path) -> dict[str, bytes]:
    return {path.relative_to(clean).as_posix(): path.read_bytes() for path in sorted(clean.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The first instalment, and both."""
    folder = tmp_path_factory.mktemp("raw")
    for name in ("first", "both"):
        first_instalment(folder / name / "raw")
    second_instalment(folder / "both" / "raw")
    return folder / "first" / "raw", folder / "both" / "raw"


@pytest.fixture(scope="module")
def on_disk(raw: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], ...]:
    """What a disk holds after each of the two runs."""
    clean = tmp_path_factory.mktemp("disk") / "clean"
    held = []
    for one in raw:
        clean_folder(one, clean, ONE_WORKER)
        held.append(parquet(clean))
    return tuple(held)


def test_a_store_gets_what_a_disk_gets(store: Store, raw: tuple[Path, Path], on_disk: tuple[dict[str, bytes], ...]):
    for one, expected, machine in zip(raw, on_disk, ("here", "there"), strict=True):
        store.on(machine)
        assert clean_folder(one, store.clean, ONE_WORKER).clean == store.clean
        assert store.tables() == expected
    assert clean_folder(raw[1], store.clean, ONE_WORKER).manifest is None
    assert [manifest.sequence for manifest in read_corpus(store.clean).manifests] == [1, 2]


def test_readers_read_what_is_committed(store: Store, raw: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    clean_folder(raw[1], store.clean, ONE_WORKER)
    out = store.folder / "today.jsonl"
    clean_folder(raw[0], store.folder / "disk", ONE_WORKER)
    clean_folder(raw[1], store.folder / "disk", ONE_WORKER)
    assert main(["export", str(store.folder / "disk"), "--out", f"{out}-disk", "--format", "jsonl"]) == 0
    assert main(["export", store.clean, "--out", str(out), "--format", "jsonl"]) == 0
    assert out.read_bytes() == Path(f"{out}-disk").read_bytes()
    capsys.readouterr()
    assert main(["status", store.clean]) == 0
    assert f"{store.clean}: 2 runs, 5 documents in the corpus of today" in capsys.readouterr().out
    assert main(["explain", store.clean, "z.jsonl:1"]) == 0
    assert "Story two" in capsys.readouterr().out
    assert main(["check", store.clean, "--deep"]) == 0
    assert f"{store.clean}: whole" in capsys.readouterr().out
    for command in ("carriers", "sites", "pairs"):
        assert main([command, store.clean]) == 0
    assert main(["repair", store.clean]) == 2
    assert "stands in a store" in capsys.readouterr().err


def test_the_commands_of_the_readme_run_as_written(
    store: Store, raw: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
):
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```shell\npip install [^\n]*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    put(store.port, "/my-bucket")
    (store.folder / "raw").symlink_to(raw[0])
    store.monkeypatch.chdir(store.folder)
    for command in block.splitlines():
        program, *words = shlex.split(command)
        assert (program, main(words)) == ("winnow", 0), command
    assert "s3://my-bucket/news: 1 run, 4 documents in the corpus of today" in capsys.readouterr().out
    assert (store.folder / "today.parquet").is_file()


def test_a_copy_that_is_stale_or_damaged_is_not_believed(
    store: Store, raw: tuple[Path, Path], on_disk: tuple[dict[str, bytes], ...]
):
    clean_folder(raw[1], store.clean, ONE_WORKER)
    store.on("there")
    clean_folder(raw[0], store.clean, ONE_WORKER, reprocess=True, forget_missing=True)
    store.on("here")
    assert len(clean_folder(raw[1], store.clean, ONE_WORKER, dry_run=True).plan.new) == 1
    copy = open_for_writing(store.clean)
    with run_on(store.clean, ONE_WORKER) as run:
        (index,) = run.corpus.files("index")
        run.corpus.table("documents")
    assert copy.root in index.parents
    data = bytearray(index.read_bytes())
    data[len(data) // 2] ^= 1
    index.write_bytes(data)
    clean_folder(raw[1], store.clean, ONE_WORKER)
    assert store.tables() == on_disk[1]


def test_a_dry_run_writes_nothing(store: Store, raw: tuple[Path, Path]):
    plan = clean_folder(raw[0], store.clean, ONE_WORKER, dry_run=True).plan
    assert len(plan.new) == 2
    assert store.objects() == {}


def test_the_corpus_is_no_input_of_itself(store: Store, raw: tuple[Path, Path]):
    files = store.files()
    files.put_file(str(raw[0] / "note.txt"), f"{store.bucket}/note.txt")
    for _ in range(2):
        clean_folder(f"s3://{store.bucket}", store.clean, ONE_WORKER)
    assert [manifest.inputs.files for manifest in read_corpus(store.clean).manifests] == [1]


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


def documents(clean: str) -> frozenset[str]:
    return frozenset(read_corpus(clean).table("documents", ["id"])["id"].to_pylist())


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


def test_a_corpus_cleaned_anew_replaces_the_old_one_and_touches_nothing_else(store: Store, raw: tuple[Path, Path]):
    clean_folder(raw[0], store.clean, ONE_WORKER)
    clean_folder(raw[1], store.clean, ONE_WORKER)
    before = store.objects()
    files = store.files()
    files.pipe_file(f"{store.bucket}/clean/documents/mine.parquet", b"mine")
    files.pipe_file(f"{store.bucket}/beside/part-00000-{'0' * 16}.parquet", b"mine")
    clean_folder(raw[1], store.clean, ONE_WORKER, reprocess=True)
    left = store.objects().keys() & {name for name in before if name.endswith((".parquet", ".html"))}
    assert left == set()
    assert files.cat_file(f"{store.bucket}/clean/documents/mine.parquet") == b"mine"
    assert files.exists(f"{store.bucket}/beside/part-00000-{'0' * 16}.parquet")
    assert [manifest.sequence for manifest in read_corpus(store.clean).manifests] == [1]
    assert [finding.where for finding in check(store.clean, deep=True)] == ["documents/mine.parquet"]


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
        _UPLOAD.sub("", place.removeprefix(f"{store.bucket}/clean/"))
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


def test_what_is_no_corpus_is_left_alone(store: Store, raw: tuple[Path, Path]):
    with pytest.raises(NotACorpus, match="holds no corpus"):
        read_corpus(store.clean)
    store.files().pipe_file(f"{store.bucket}/clean/thesis.docx", b"mine")
    with pytest.raises(NotACorpus, match=r"found thesis\.docx"):
        clean_folder(raw[0], store.clean, ONE_WORKER)
    assert store.objects() == {"thesis.docx": b"mine"}


@pytest.mark.parametrize(
    "address", ["s3://key:{secret}@bucket/clean", "s3://bucket/clean?token={secret}", "file:///tmp/{x}", "no://{x}"]
)
def test_addresses_that_cannot_be_written_to_are_refused(address: str):
    with pytest.raises(Refused) as refused:
        clean_folder("raw", address.format(secret=SECRET, x="x"), ONE_WORKER)
    assert SECRET not in str(refused.value)
    assert "ive " in str(refused.value) or "install" in str(refused.value)


def test_a_missing_bucket_and_missing_rights_are_told(store: Store, front: Faulty, raw: tuple[Path, Path]):
    with pytest.raises(Refused, match=r"s3://nowhere/clean: the store has no such bucket\. Make it first"):
        clean_folder(raw[0], "s3://nowhere/clean", ONE_WORKER)
    store.on("here", front.port)
    for method in ("GET", "PUT"):
        front.forbidden = method
        with pytest.raises(Refused, match=r"the store refuses \(AccessDenied\)\. Check the credentials") as refused:
            clean_folder(raw[0], store.clean, ONE_WORKER)
        assert SECRET not in str(refused.value)
    store.on("here")
    assert store.objects() == {}


def test_a_store_that_cannot_keep_two_runs_apart_is_refused(raw: tuple[Path, Path], tmp_path: Path, monkeypatch):
    monkeypatch.setenv("WINNOW_CACHE", str(tmp_path))
    kind = fsspec.get_filesystem_class("memory")
    pipe_file = kind.pipe_file
    looks_first = fsspec.spec.AbstractFileSystem.pipe_file
    for other in (lambda self, path, data, **_: pipe_file(self, path, data), looks_first):
        monkeypatch.setattr(kind, "pipe_file", other)
        with pytest.raises(Refused, match="two runs at once could not be kept apart"):
            clean_folder(raw[0], "memory://apart/clean", ONE_WORKER)
    monkeypatch.setattr(kind, "pipe_file", pipe_file)
    clean_folder(raw[0], "memory://apart/clean", ONE_WORKER)
    assert check("memory://apart/clean", deep=True) == []


def test_credentials_stand_nowhere(store: Store, raw: tuple[Path, Path], capfd: pytest.CaptureFixture[str]):
    assert main(["clean", str(raw[0]), "--out", store.clean, "-v"]) == 0
    for words in (
        ["clean", str(raw[0]), "--out", f"s3://key:{SECRET}@{store.bucket}/clean", "-v"],
        ["clean", f"s3://key:{SECRET}@{store.bucket}/raw", "--out", store.clean, "-v"],
        ["clean", f"{store.clean}/commits/00000001.json", "--out", f"{store.clean}?key={SECRET}", "-v"],
        ["status", f"s3://key:{SECRET}@{store.bucket}/clean"],
    ):
        assert main(words) > 0
    assert SECRET not in "".join(capfd.readouterr())
    for name, data in store.objects().items():
        assert SECRET.encode() not in data, name
    for path in (store.folder / "here").rglob("*"):
        assert SECRET not in path.name
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
