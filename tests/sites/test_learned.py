"""How precise the site model is on invented sites, and what it must leave alone."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import Config, MatchConfig, RunConfig, SitesConfig
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.sites.cut import RULES
from pipeline.store.corpus import Corpus, read_corpus
from tests.sites.towns import (
    SCRIPTS,
    Line,
    Page,
    courier,
    plain_frame,
    run_again,
    stories,
    whole,
    write,
)

ONE = Config(run=RunConfig(workers=1))


def cleaned(pages: list[Page], folder: Path, config: Config = ONE) -> Corpus:
    clean_folder(write(pages, folder / "raw"), folder / "clean", config)
    return read_corpus(folder / "clean")


def cut_lines(corpus: Corpus) -> dict[str, list[str]]:
    """What was cut as template, by the name of the page, in order."""
    names = {
        row["id"]: row["source_id"] or Path(row["file_path"]).stem
        for table in ("documents", "duplicates")
        for row in corpus.table(table, ["id", "source_id", "file_path"]).to_pylist()
    }
    lines: dict[str, list[str]] = {name: [] for name in names.values()}
    for row in corpus.table("removals").to_pylist():
        if row["rule"] in RULES:
            lines[names[row["id"]]].append(row["text"].strip())
    return lines


def judged(pages: list[Page], corpus: Corpus) -> dict[str, Counter[str]]:
    """By site: characters cut rightly, cut wrongly and missed."""
    cut = cut_lines(corpus)
    by_rules = Counter(row["text"].strip() for row in corpus.table("removals").to_pylist() if row["rule"] not in RULES)
    told: dict[str, Counter[str]] = {}
    for page in pages:
        left = Counter(cut[page.name])
        count = told.setdefault(page.site, Counter())
        # Of a line that stands twice, the last is the one at the foot.
        for line in reversed(page.lines):
            if left[line.text]:
                left[line.text] -= 1
                count["right" if line.template else "wrong"] += len(line.text)
            elif line.template and not by_rules[line.text]:
                count["missed"] += len(line.text)
    return told


def test_it_is_precise_and_finds_nearly_all(tmp_path: Path) -> None:
    pages = whole()
    corpus = cleaned(pages, tmp_path)
    told = judged(pages, corpus)
    few = {site: told.pop(site) for site in ("two.example", "three.example")}
    assert [count["right"] + count["wrong"] for count in few.values()] == [0, 0]
    # All pages of this one tell one story.
    alone = told.pop("again.example")
    assert alone["right"] + alone["wrong"] == 0
    in_all = sum(told.values(), Counter())
    assert in_all["right"] / (in_all["right"] + in_all["wrong"]) >= 0.99, told
    assert in_all["right"] / (in_all["right"] + in_all["missed"]) >= 0.97, told
    assert {site: count["wrong"] for site, count in told.items() if count["wrong"]} == {}
    assert check(corpus) == []


def test_what_repeats_and_is_no_template_stays(tmp_path: Path) -> None:
    cut = cut_lines(cleaned(courier(), tmp_path))
    all_cut = {line for lines in cut.values() for line in lines}
    stays = ("What happened on the day", "What comes next", "And the harbour bell rang once more.")
    assert all_cut.isdisjoint(stays)
    assert any(line.startswith("The print works") for line in all_cut)


def test_a_disclaimer_that_an_article_discusses_stays_in_it(tmp_path: Path) -> None:
    # Without the line at its own foot, which is what the article repeats.
    pages = [
        page if page.name != "courier-17" else Page(page.name, page.site, page.lines[:-6], page.url)
        for page in courier()
    ]
    assert sum(line.text.startswith("Letters are shortened") for line in pages[17].lines) == 1
    cut = cut_lines(cleaned(pages, tmp_path))
    assert any(line.startswith("Letters are shortened") for line in cut["courier-16"])
    assert not any(line.startswith("Letters are shortened") for line in cut["courier-17"])


@pytest.mark.parametrize("edit", [True, False])
def test_a_story_run_forty_times_is_no_template(tmp_path: Path, edit: bool) -> None:
    around = plain_frame(SCRIPTS["latin"], 3)
    pages = [
        *run_again("left.example", 40, 7, around, edit=edit),
        *stories("left.example", SCRIPTS["latin"], 6, 8, around),
    ]
    told = judged(pages, cleaned(pages, tmp_path))["left.example"]
    assert told["wrong"] == 0
    assert told["missed"] == 0


def test_a_banner_on_forty_pages_is_no_story(tmp_path: Path) -> None:
    """Five sixths of each page are the site's, and yet no page is taken for a copy of another."""
    latin = SCRIPTS["latin"]
    chance = random.Random(6)
    banner = [Line(" ".join(latin.sentence(chance) for _ in range(5)), True) for _ in range(4)]
    pages = []
    for number in range(40):
        own = Line(" ".join(latin.sentence(chance) for _ in range(4)))
        pages.append(Page(f"p{number}", "left.example", (own, *banner), f"https://left.example/{number}"))
    bare = Config(run=RunConfig(workers=1), sites=SitesConfig(enabled=False), match=MatchConfig(templates=False))
    off = cleaned(pages, tmp_path / "off", bare)
    assert off.manifests[0].counts.duplicates == 39
    on = cleaned(pages, tmp_path / "on")
    assert on.manifests[0].counts.duplicates == 0
    assert judged(pages, on)["left.example"]["wrong"] == 0


def test_background_that_some_stories_end_with_stays(tmp_path: Path) -> None:
    latin = SCRIPTS["latin"]
    around = plain_frame(latin, 5)
    background = stories("x", latin, 1, 77, lambda lines, *_: lines)[0].lines[:2]

    def told_of(lines, chance, number):  # type: ignore[no-untyped-def]
        return around([*lines, *(background if number % 5 == 0 else ())], chance, number)

    pages = stories("left.example", latin, 40, 9, told_of)
    told = judged(pages, cleaned(pages, tmp_path))["left.example"]
    assert (told["wrong"], told["missed"]) == (0, 0)
