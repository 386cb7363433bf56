import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import NotACorpus, Refused, StorageFailed
from pipeline.store.layout import open_layout
from pipeline.store.manifest import redact, run_identity


def test_a_new_or_empty_folder_may_become_a_corpus(tmp_path):
    assert open_layout(tmp_path / "new", must_exist=False).is_empty()
    (tmp_path / "README.md").write_text("notes")
    assert open_layout(tmp_path, must_exist=False).is_empty()


def test_a_folder_with_other_things_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(NotACorpus, match=r"thesis\.docx.*empty or new folder"):
        open_layout(tmp_path, must_exist=False)


def test_a_corpus_with_a_stray_file_is_refused(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "stray").mkdir()
    with pytest.raises(NotACorpus, match="stray"):
        open_layout(tmp_path, must_exist=False)


def test_who_reads_is_told_what_to_name(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(NotACorpus, match=r"thesis\.docx.*Name the folder that `winnow clean` wrote"):
        open_layout(tmp_path, must_exist=True)


def test_a_file_is_no_corpus(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(NotACorpus, match="is a file"):
        open_layout(tmp_path / "out", must_exist=False)


def test_reading_needs_a_corpus(tmp_path):
    with pytest.raises(NotACorpus, match="winnow clean"):
        open_layout(tmp_path, must_exist=True)


def test_a_path_that_arrow_cannot_write_to_is_refused():
    with pytest.raises(Refused, match=r"'out\\udce9': the path is not UTF-8.*--out"):
        open_layout("out\udce9", must_exist=False)


def test_an_address_in_a_path_is_refused():
    with pytest.raises(Refused, match="a Path holds no address"):
        open_layout(Path("s3://bucket/clean"), must_exist=False)


def test_an_address_with_a_key_is_refused_with_the_way_out():
    with pytest.raises(Refused, match=r"s3://\*\*\*@bucket/clean: .*Give the address alone"):
        open_layout("s3://name:key@bucket/clean", must_exist=False)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("s3://key:secret@bucket/raw", "s3://bucket/raw"),
        ("https://example.org/a.gz?token=secret", "https://example.org/a.gz"),
        ("s3://bucket/part-?.gz/x", "s3://bucket/part-?.gz/x"),
        ("raw/what?.txt", "raw/what?.txt"),
    ],
)
def test_secrets_are_taken_out_of_sources(source, told):
    assert redact(source) == told


def test_a_run_is_named_by_all_that_it_depends_on():
    base = run_identity(2, "000001-a", "inputs", "config")
    others = [
        run_identity(3, "000001-a", "inputs", "config"),
        run_identity(2, "000001-b", "inputs", "config"),
        run_identity(2, "000001-a", "other", "config"),
        run_identity(2, "000001-a", "inputs", "other"),
    ]
    assert base.startswith("000002-")
    assert len({base, *others}) == 5


def test_a_corpus_inside_another_is_refused(tmp_path):
    (tmp_path / "outer" / "runs" / "000001-a").mkdir(parents=True)
    (tmp_path / "outer" / "runs" / "000001-a" / "manifest.json").write_text("{}")
    (tmp_path / "outer" / "inputs").mkdir()
    for inner in ("sub", "documents/sub", "runs/000001-a/new"):
        with pytest.raises(NotACorpus, match=f"is inside the corpus {tmp_path / 'outer'}, .* outside it with --out"):
            open_layout(tmp_path / "outer" / inner, must_exist=False)
    open_layout(tmp_path / "beside", must_exist=False)


def test_a_link_to_nothing_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(NotACorpus, match=r"link: is a link to nothing\. Make the folder"):
        open_layout(tmp_path / "link", must_exist=False)


def test_an_empty_word_is_no_folder():
    with pytest.raises(Refused, match="is an empty word; a variable in the command may be unset"):
        open_layout("", must_exist=False)


def test_a_folder_that_cannot_be_looked_into_is_told_and_so_is_why(tmp_path, monkeypatch):
    def fails(path: Path) -> Iterator[Path]:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    (tmp_path / "notes.txt").touch()
    monkeypatch.setattr(Path, "iterdir", fails)
    with pytest.raises(StorageFailed, match=f"{tmp_path}: cannot be looked into .Input/output error"):
        open_layout(tmp_path, must_exist=True)
