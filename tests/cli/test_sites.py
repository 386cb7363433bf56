"""`winnow sites`, and what `explain` says of template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.config import Config, RunConfig
from pipeline.run.clean import clean_folder
from tests.sites.towns import SCRIPTS, Line, Page, plain_frame, stories, write

EVIL = "Read\x1b[31m the\u202e evening edition of this paper at the harbour kiosk."


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites")
    latin = SCRIPTS["latin"]
    around = plain_frame(latin, 4)

    def frame(lines, chance, number):  # type: ignore[no-untyped-def]
        return [*around(lines, chance, number), Line(EVIL, True)]

    pages = [
        *stories("left.example", latin, 9, 3, frame),
        Page(
            "lone",
            "lone.example",
            (Line("One page alone, about a single thing that happened."),),
            "https://lone.example/",
        ),
    ]
    for day in range(2):
        write(pages[5 * day : 5 * day + 5], folder / "raw", f"day-{day}")
        clean_folder(folder / "raw", folder / "clean", Config(run=RunConfig(workers=1)))
    return folder / "clean"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_the_list_names_sites_with_their_counts(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = json.loads(told(capsys, "sites", str(clean), "--json"))
    assert [(one["site"], one["documents"], one["stories"]) for one in sites] == [
        ("left.example", 9, 9),
        ("lone.example", 1, 1),
    ]
    assert (sites[0]["templates"], sites[0]["documents_cut"], sites[1]["templates"]) == (7, 9, 0)
    text = told(capsys, "sites", str(clean))
    assert "2 sites" in text
    assert "left.example" in text


def test_of_one_site_it_tells_each_template(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(told(capsys, "sites", str(clean), "left.example", "--json"))
    assert len(one["templates"]) == 7
    assert sum(template["chars_cut"] for template in one["templates"]) == one["site"]["chars_cut"] > 0
    first, last = one["templates"][0]["learned"], one["templates"][0]["cut_last"]
    assert (first[:6], last[:6]) == ("000001", "000002")
    text = told(capsys, "sites", str(clean), "left.example")
    assert "on 5 of 5 stories; cut at the foot" in text
    assert "evening edition" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_an_unknown_site_is_refused_with_those_that_may_be_meant(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sites", str(clean), "left.exampel"]) == 2
    assert "did you mean left.example" in capsys.readouterr().err


def test_explain_says_on_how_many_stories_a_template_stood(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(told(capsys, "explain", str(clean), "left.example-7").split())
    assert "on 5 of 5 stories of left.example" in text
    assert "site-template, by site-template.tail" in text
