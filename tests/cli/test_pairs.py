"""`winnow pairs`: pairs that a threshold decides on."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline.cli.main import main
from pipeline.config import Config, MatchConfig, RunConfig
from pipeline.inspect.pairs import borderline
from pipeline.run.clean import clean_folder
from tests.inspect.test_pairs import told
from tests.run.stories import write_jsonl

EVIL = "the north gauge\x9b31m stood\u202e at"
TEA = "港町の銭湯は海水を沸かして再開した。" + "".join(chr(0x4E00 + number) for number in range(300))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    items = told()
    for item in items:
        item["text"] = item["text"].replace("the north gauge stood at", EVIL)
    middle = TEA[:60] + "".join(chr(0x6000 + number) for number in range(60)) + TEA[120:]
    items += [
        {"id": "tea-1", "title": "湯" * 100, "text": TEA, "url": "https://tea.example/1"},
        {"id": "tea-2", "title": "茶", "text": middle, "url": "https://tea.example/2"},
    ]
    write_jsonl(folder / "raw" / "all.jsonl", items)
    clean_folder(folder / "raw", folder / "clean", Config(run=RunConfig(workers=1), match=MatchConfig(altered=False)))
    return folder / "clean"


def printed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main([*map(str, words)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return str(out)


def test_it_shows_pairs_and_what_thresholds_change(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "pairs", clean, "--between", "0.6", "0.8")
    lines = out.splitlines()
    assert lines[0] == (
        f"{clean}: 5 pairs with a Jaccard similarity of 0.6 to 0.8; the threshold is 0.7 (match.jaccard)"
    )
    assert "      1  both kept, refused: figures-differ" in lines
    assert re.search(r"^\d\. duplicate: near\n    Jaccard similarity 0\.735; ", out, re.MULTILINE)
    assert "[-101-] {+111+}" in out
    assert "       0.75                    1                 0                    0                  0" in lines
    assert "what follows for further documents is not simulated" in " ".join(out.split())
    for pair in borderline(clean, (0.6, 0.8)).pairs:
        assert f"  - {pair.earlier.id}  " in out
        assert f"  + {pair.later.id}  " in out
        assert f"    {pair.later.url}\n" in out


def test_no_line_is_wider_than_a_hundred_columns_or_commands_the_terminal(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, *lines = printed(capsys, "pairs", clean, "--between", "0.6", "0.8").splitlines()
    assert max(map(cell_len, lines)) <= 100
    assert not {"\x1b", "\x9b", "\u202e"} & set("".join(lines))


def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_what_differs_is_coloured_on_a_terminal(
    clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    coloured(monkeypatch)
    out = printed(capsys, "pairs", clean, "--between", "0.6", "0.8")
    assert re.search("\x1b\\[9;31m101\x1b\\[0m \x1b\\[32m111\x1b\\[0m", out)
    assert "[-" not in out
    assert not {"\x9b", "\u202e"} & set(out)
    bare = re.sub("\x1b\\[[0-9;]*m", "", out).splitlines()[1:]
    assert max(map(cell_len, bare)) <= 100


def test_no_color_gives_signs(clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = printed(capsys, "pairs", clean)
    coloured(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed(capsys, "pairs", clean) == plain


def test_json_is_all_of_it(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "pairs",
        str(clean),
        "--between",
        "0.5",
        "0.9",
        "--by",
        "contained",
        "--sample",
        "2",
        "--seed",
        "9",
        "--json",
    ]
    assert main(words) == 0
    shown = json.loads(capsys.readouterr().out)
    found = borderline(clean, (0.5, 0.9), "contained", sample=2, seed=9).to_dict()
    assert shown == json.loads(json.dumps(found))
    assert (len(shown["pairs"]), shown["setting"]) == (2, "match.containment")


def test_no_pairs_are_shown_where_none_are_asked_for(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "pairs", clean, "--between", "0.6", "0.8", "--sample", "0")
    assert "Shown are 0 of them" in out
    assert "  - " not in out
    assert "threshold  duplicates restored" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--between 0.6 1.8", "argument --between: '1.8' is not a share; give two from 0 to 1, the lower one first."),
        ("--between -0.1 0.8", "argument --between: '-0.1' is not a share"),
        ("--between x 0.8", "argument --between: 'x' is not a share"),
        ("--between nan 0.8", "argument --between: 'nan' is not a share"),
        ("--between 0.6", "argument --between: expected 2 arguments."),
        ("--by jacard", "argument --by: 'jacard' is not one of jaccard, contained, matched; did you mean jaccard?"),
        ("--sample many", "argument --sample: 'many' is not a number of pairs; give 0 to 1000."),
        ("--sample 1001", "argument --sample: '1001' is not a number of pairs; give 0 to 1000."),
        ("--seed 1.5", "argument --seed: '1.5' is not a seed; give 0 to 4294967295."),
    ],
)
def test_a_wrong_word_says_what_is_allowed(
    clean: Path, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    assert main(["pairs", str(clean), *words.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"winnow: pairs: {told}")


def test_reversed_bounds_are_refused_with_the_right_order(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairs", str(clean), "--between", "0.8", "0.6"]) == 2
    assert capsys.readouterr().err == (
        "winnow: 0.8 0.6: the lower bound is over the upper one. Give them as 0.6 0.8.\n"
    )


def test_a_folder_without_a_corpus_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairs", str(tmp_path / "none")]) == 2
    assert "holds no corpus. Make one with `winnow clean RAW --out " in capsys.readouterr().err
