import os
import pickle
import socket
import sys
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Refused, SourceMissing
from pipeline.read.listing import InputFile, InputFiles, list_inputs
from pipeline.read.names import printable
from tests.read.files import PAGE, read_input, write


def names(*sources: str | Path, root: str | Path | None = None, include=(), exclude=()) -> list[str]:  # type: ignore[no-untyped-def]
    return [file.file_path for file in list_inputs(sources, root, include, exclude)]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name in ("b.html", "a.txt", "é.txt", "Z.txt", "deep/er/c.jsonl", "deep/d.csv"):
        write(tmp_path / "raw", name, "x")
    for name in (".hidden", ".git/config", "_SUCCESS", "deep/.DS_Store"):
        write(tmp_path / "raw", name, "x")
    return tmp_path / "raw"


ALL = ["Z.txt", "a.txt", "b.html", "deep/d.csv", "deep/er/c.jsonl", "é.txt"]


def test_a_folder_is_listed_in_byte_order_without_what_is_hidden(raw: Path) -> None:
    assert names(raw) == ALL
    assert names(str(raw) + "/") == ALL


def test_the_order_of_the_listing_does_not_count(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def reversed_entries(path: str) -> list[os.DirEntry[str]]:
        entries = list(scandir(path))
        entries.reverse()
        return entries

    monkeypatch.setattr(os, "scandir", reversed_entries)
    assert names(raw) == ALL
    assert names(raw / "deep", raw / "a.txt", root=raw) == ["a.txt", "deep/d.csv", "deep/er/c.jsonl"]


def test_files_and_patterns(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(raw / "a.txt") == ["a.txt"]
    assert names(f"{raw}/*.txt") == ["Z.txt", "a.txt", "é.txt"]
    assert names(f"{raw}/**/*.csv") == ["deep/d.csv"]
    assert names(f"{raw}/de?p/e[a-r]/*") == ["er/c.jsonl"] or names(f"{raw}/de?p/e[a-r]/*") == ["deep/er/c.jsonl"]
    monkeypatch.chdir(raw)
    assert names("deep") == ["d.csv", "er/c.jsonl"]
    assert names("../raw/a.txt") == ["a.txt"]


def test_a_name_with_wildcards_in_it_is_a_name_if_it_is_there(tmp_path: Path) -> None:
    path = write(tmp_path, "what [really] happened?.txt", "x")
    write(tmp_path, "what r happened!.txt", "x")
    assert names(path) == ["what [really] happened?.txt"]


def test_include_and_exclude(raw: Path) -> None:
    assert names(raw, include=["*.txt"]) == ["Z.txt", "a.txt", "é.txt"]
    assert names(raw, include=["deep/**"], exclude=["*.csv"]) == ["deep/er/c.jsonl"]
    assert names(raw, exclude=["deep/*"]) == ["Z.txt", "a.txt", "b.html", "deep/er/c.jsonl", "é.txt"]
    assert names(raw, include=["nothing"]) == []


def test_a_file_named_twice_is_listed_once_by_its_longer_path(raw: Path) -> None:
    for sources in ([raw, raw], [raw, raw / "deep/d.csv"], [raw / "deep/d.csv", raw / "deep", raw]):
        assert names(*sources) == ALL


def test_two_files_of_one_name_are_refused(raw: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", "a.txt", "another")
    with pytest.raises(Refused, match=r"a\.txt: two files would go by this name.*--root COMMON_FOLDER"):
        names(raw, tmp_path / "other")
    assert names(raw / "a.txt", tmp_path / "other", root=tmp_path) == ["other/a.txt", "raw/a.txt"]
    with pytest.raises(Refused, match="not below the root"):
        names(raw, root=tmp_path / "other")


def test_a_missing_source_offers_the_next_step(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match=r"rwa: no such file, folder or pattern\. Did you mean .*raw\?"):
        names(tmp_path / "rwa")
    with pytest.raises(SourceMissing, match="no such file"):
        names(tmp_path / "no/such/folder")
    with pytest.raises(SourceMissing, match="no file matches"):
        names(f"{raw}/*.nothing")
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    with pytest.raises(SourceMissing, match="holds no files"):
        names(tmp_path / "empty")


def test_links(raw: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "linked.txt", "x")
    (raw / "deep" / "loop").symlink_to(raw)
    (raw / "again").symlink_to(raw / "deep")
    (raw / "folder").symlink_to(tmp_path / "elsewhere")
    (raw / "file.txt").symlink_to(tmp_path / "elsewhere" / "linked.txt")
    (raw / "broken.txt").symlink_to(tmp_path / "nowhere")
    assert names(raw) == sorted([*ALL, "file.txt", "folder/linked.txt"], key=str.encode)


def test_pipes_and_sockets_are_passed_over(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(raw / "pipe.txt")
    monkeypatch.chdir(raw)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        assert names(raw) == ALL
    with pytest.raises(SourceMissing, match="neither a file nor a folder"):
        names(raw / "pipe.txt")


def test_names_that_are_no_utf8_are_printable_and_can_be_opened(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\n.html"
    with open(path, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(PAGE.encode())
    (listed,) = list_inputs([tmp_path], None, (), ())
    assert listed.file_path == "caf%E9%0A.html"
    assert read_input(listed).contents == [PAGE]
    (alone,) = list_inputs([os.fsdecode(path)], None, (), ())
    assert alone == listed


@pytest.fixture
def memory():  # type: ignore[no-untyped-def]
    filesystem = fsspec.filesystem("memory")
    filesystem.store.clear()
    for name in (
        "/news/b.html",
        "/news/deep/a.txt",
        "/news/_SUCCESS",
        "/news/.hidden/x.txt",
        "/other/b.html",
        "/markers/_SUCCESS",
    ):
        filesystem.pipe(name, PAGE.encode())
    yield filesystem
    filesystem.store.clear()


@pytest.mark.usefixtures("memory")
def test_stores() -> None:
    files = list_inputs(["memory://news"], None, (), ())
    assert [(file.file_path, file.size, file.is_local) for file in files] == [
        ("b.html", len(PAGE), False),
        ("deep/a.txt", len(PAGE), False),
    ]
    assert [read_input(file).contents for file in files] == [[PAGE], [PAGE]]
    assert names("memory://news/b.html") == ["b.html"]
    assert names("memory://news/**/*.txt") == ["deep/a.txt"]
    assert names("memory://news", "memory://other", root="memory://") == [
        "news/b.html",
        "news/deep/a.txt",
        "other/b.html",
    ]
    with pytest.raises(Refused, match="two files"):
        names("memory://news", "memory://other")
    with pytest.raises(SourceMissing, match="no such file"):
        names("memory://nothing")
    with pytest.raises(SourceMissing, match="holds no files"):
        names("memory://markers")


def test_file_uris_are_local(raw: Path) -> None:
    (file,) = list_inputs([(raw / "a.txt").as_uri()], None, (), ())
    assert (file.file_path, file.is_local, file.location) == ("a.txt", True, str(raw / "a.txt"))


def test_credentials_are_never_shown() -> None:
    with pytest.raises(Refused) as refused:
        names("nosuchscheme://user:secret@host/path?token=secret")
    assert "secret" not in str(refused.value)
    assert "nosuchscheme://***@host/path?***" in str(refused.value)


def test_a_location_is_not_in_the_repr(raw: Path) -> None:
    (file,) = list_inputs([raw / "a.txt"], None, (), ())
    assert str(raw) not in repr(file)


def test_an_empty_word_is_not_the_folder_one_stands_in(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(raw)
    with pytest.raises(SourceMissing, match="a source is an empty word; a variable in the command may be unset"):
        names("")


def test_a_link_to_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to("nowhere.txt")
    with pytest.raises(SourceMissing, match=r"link\.txt: is a link to nowhere\.txt, which is not there\.$"):
        names(tmp_path / "link.txt")


def test_a_store_that_needs_a_package_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.http", raising=False)
    # What was found once is remembered.
    known = sys.modules["fsspec.registry"]
    monkeypatch.setattr(known, "_registry", {})
    monkeypatch.setattr(known, "registry", known._registry)
    with pytest.raises(Refused, match=r"address \(.*(aiohttp|requests)"):
        names("http://example.org/feed.jsonl")


NAMES = st.text(st.characters(exclude_characters="\0/", exclude_categories=()), min_size=1, max_size=5)
FILES = st.lists(
    st.tuples(
        st.builds(
            InputFile,
            file_path=NAMES.map(printable),
            location=NAMES,
            size=st.integers(0, 2**40),
            mtime_ns=st.none() | st.integers(0, 2**62),
            is_local=st.booleans(),
        ),
        st.sampled_from(["", "/raw/", "/other/"]),
        st.booleans(),
    ),
    max_size=8,
)


@given(FILES, st.slices(8))
def test_files_in_a_row_are_what_was_put_there(told: list[tuple[InputFile, str, bool]], part: slice) -> None:
    files = [
        (replace(file, location=folder + file.file_path) if below else file, folder) for file, folder, below in told
    ]
    row, alone = InputFiles(files), [file for file, _ in files]
    assert list(row) == alone
    assert list(row[part]) == alone[part]
    assert row.bytes == sum(file.size for file in alone)
    assert [file.file_path for file in row.in_order()] == sorted(
        (file.file_path for file in alone), key=lambda path: path.encode()
    )
    by_location: dict[str, InputFile] = {}
    for file in alone:
        known = by_location.get(file.location)
        if known is None or len(known.file_path) < len(file.file_path):
            by_location[file.location] = file
    assert len(row.once()) == len(by_location)
    assert {file.location: file for file in row.once()} == by_location


def test_a_file_takes_little_more_room_than_its_name() -> None:
    paths = [f"news/{at:07}.txt" for at in range(10_000)]
    files = InputFiles((InputFile(path, f"/raw/{path}", 1, 1, True), "/raw/") for path in paths)
    assert len(pickle.dumps(files, protocol=5)) / len(files) < len(paths[0]) + 40
