"""How precise the site model is on invented sites, and what it must leave alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import Config, RunConfig, SitesConfig
from pipeline.inspect.check import check
from pipeline.run.clean import clean_folder
from pipeline.sites.cut import RULES
from pipeline.store.corpus import Corpus, read_corpus
from tests.sites.towns import (
    SCRIPTS,
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
    by_rules = Counter(
        row["text"].strip() for row in corpus.table("removals").to_pylist() if row["rule"] not in RULES
    )
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
