"""Weights that cannot be used stop a run before it begins, with a sentence that says what, where and what next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.errors import BadWeights
from pipeline.judge import lines, pages
from pipeline.judge.forest import FORMAT, Forest
from pipeline.judge.lines import LineJudge
from pipeline.judge.pages import PageJudge

_NEXT = r"\. Install Winnow again, or train the weights anew \(see CONTRIBUTING\.md\)\.$"
_TEXT = "Home\nNews\n\nThe bridge opened on Monday, two years late, the council said.\n\nMore photos of the day\n"


def read_lines(folder: Path) -> object:
    return LineJudge.read(folder / "lines.forest")


def read_pages(folder: Path) -> object:
    return PageJudge.read(folder / "pages-1.forest", folder / "pages-2.forest")


JUDGES = {
    "lines": (read_lines, "lines.first.forest", "lines.forest"),
    "pages": (read_pages, "pages-1.forest", "pages-2.forest"),
}
_HOME = Path(lines.__file__).parent


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def bit_flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1000] ^= 4
    path.write_bytes(data)


def of_another_format(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b"\n") + 1
    end = at + 4 + int.from_bytes(data[at : at + 4], "little")
    head = json.dumps(json.loads(data[at + 4 : end]) | {"format": FORMAT + 1}).encode()
    path.write_bytes(data[:at] + len(head).to_bytes(4, "little") + head + data[end:])


def of_other_features(path: Path) -> None:
    forest = Forest.read(path)
    replace(forest, features=("moon phase", *forest.features[1:])).write(path)


def something_else(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(100))


DAMAGES: dict[Callable[[Path], None], str] = {
    Path.unlink: r"the weights cannot be read \(No such file or directory\)",
    cut_short: r"the weights (?:are cut short|hold \d+ bytes, not \d+: the file is cut short or too long)",
    bit_flipped: r"the weights are not those that were written: their digest differs",
    of_another_format: rf"the weights are of format {FORMAT + 1}, this version reads {FORMAT}",
    of_other_features: r"the weights were trained on \d+ features, this version computes \d+\. .*moon phase.*",
    something_else: r"this is not a file of weights",
}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in _HOME.glob("*.forest"):
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize(("damage", "what"), DAMAGES.items(), ids=[damage.__name__ for damage in DAMAGES])
@pytest.mark.parametrize("number", [1, 2], ids=["first", "second"])
@pytest.mark.parametrize("judge", JUDGES)
def test_the_error_says_what_where_and_what_next(
    weights: Path, judge: str, number: int, damage: Callable[[Path], None], what: str
) -> None:
    read, name = JUDGES[judge][0], JUDGES[judge][number]
    read(weights)
    damage(weights / name)
    with pytest.raises(BadWeights, match=rf"^\S+/{name}: {what}{_NEXT}"):
        read(weights)


@pytest.mark.parametrize("judge", JUDGES)
def test_weights_of_other_data_are_refused(weights: Path, judge: str) -> None:
    read, first, second = JUDGES[judge]
    replace(Forest.read(weights / first), trained_on="other data").write(weights / first)
    with pytest.raises(BadWeights, match=rf"{first} and {second}|{second} and {first}") as told:
        read(weights)
    assert str(told.value).endswith(" were not trained together. " + "Install Winnow again, or train the weights anew "
                                    "(see CONTRIBUTING.md).")  # fmt: skip


@pytest.fixture
def damaged(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lines.first.forest", "pages-2.forest"):
        bit_flipped(weights / name)
    monkeypatch.setattr(lines, "line_judge", lambda: read_lines(weights))
    monkeypatch.setattr(pages, "page_judge", lambda: read_pages(weights))


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ("[extract]\nextractor = 'trafilatura'\n", "lines.first.forest"),
        ("[extract]\nextractor = 'winnow'\n[strip]\njudge = 'off'\n", "pages-2.forest"),
        ("[extract]\nextractor = 'both'\n[strip]\njudge = 'off'\n", "pages-2.forest"),
    ],
    ids=["lines", "winnow", "both"],
)
# Nothing in the folder needs the judge of pages: a run is refused for what its configuration may ask.
def test_a_run_does_not_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, name: str) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "one.txt").write_text(_TEXT, encoding="utf-8")
    (tmp_path / "winnow.toml").write_text(settings, encoding="utf-8")
    arguments = [tmp_path / "raw", "--out", tmp_path / "clean", "--config", tmp_path / "winnow.toml"]
    assert main(["clean", *map(str, arguments)]) == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert line.startswith("winnow: ")
    assert f"{name}: the weights are not those that were written" in line
    assert out == ""
    assert not (tmp_path / "clean").exists()


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize(
    ("content", "name"),
    [(_TEXT, "lines.first.forest"), (f"<html><body><p>{_TEXT}</p></body></html>", "pages-2.forest")],
)
def test_strip_says_so_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, name: str) -> None:
    suffix = "html" if content.startswith("<") else "txt"
    (tmp_path / f"one.{suffix}").write_text(content, encoding="utf-8")
    (tmp_path / "winnow.toml").write_text("[extract]\nextractor = 'winnow'\n", encoding="utf-8")
    assert main(["strip", str(tmp_path / f"one.{suffix}"), "--config", str(tmp_path / "winnow.toml")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{name}: the weights are not those that were written" in line


def test_without_a_judge_damaged_weights_do_no_harm(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    damaged: None,  # noqa: ARG001
) -> None:
    (tmp_path / "one.txt").write_text(_TEXT, encoding="utf-8")
    (tmp_path / "winnow.toml").write_text(
        "[extract]\nextractor = 'trafilatura'\n[strip]\njudge = 'off'\n", encoding="utf-8"
    )
    assert main(["strip", str(tmp_path / "one.txt"), "--config", str(tmp_path / "winnow.toml")]) == 0
    assert "The bridge opened" in capsys.readouterr().out
