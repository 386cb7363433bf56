"""A corpus in an S3 store is what it is on a disk."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import fsspec
import pytest

from pipeline.cli.main import main
from pipeline.errors import NotACorpus, Refused
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.run.job import run_on
from pipeline.store.corpus import read_corpus
from pipeline.store.remote import open_for_writing
from tests.cli.program import REPOSITORY
from tests.s3 import SECRET, Faulty, put
from tests.store.s3_corpus import ONE_WORKER, Store


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
