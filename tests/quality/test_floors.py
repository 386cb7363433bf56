"""Accuracy has floors, which stand with the digest of the data that they were measured on. They are only ever raised.

Pages are of sites that no weights have learned from. The judge of lines has learned from all sites, so its figures here
flatter: they guard against a change for the worse. What it does on sites that it has not seen, `training.lines` tells.
"""

from __future__ import annotations

import hashlib
import operator

import numpy as np
import pytest

from benchmarks.pages import by_all_stages, by_winnow, load_score, predict, read_pages
from pipeline.judge.choose import keep, reluctance
from pipeline.judge.lines import SHIFTS, line_judge
from tests.shared import SHARED
from training import pages as labelled_lines
from training.scores import NEWS, score

BENCH = SHARED / "bench"

pytestmark = pytest.mark.skipif(
    not BENCH.is_dir(), reason="the labelled pages are not here: set WINNOW_SHARED to the folder that holds bench"
)

PAGES = "818a7ef5b41b05e9889561e9fc067c623b7eca80b031e718b07d053d1b3c070d"
LINES = "bf950ac6fdcdd4435c80197bf3f2012a12207f3c99a3e7139c2502fa57b09457"
# What the extractor gives, and what is left of that after all stages: the headline stands in its column by then, a
# paragraph that is said twice is said once.
EXTRACTED = {
    "aeb": 0.957, "cleanportal": 0.978, "magic": 0.824, "news424": 0.928, "readability": 0.962, "trafeval": 0.953,
    "wcxb": 0.872,
}  # fmt: skip
CLEANED = {
    "aeb": 0.962, "cleanportal": 0.971, "magic": 0.8, "news424": 0.93, "readability": 0.962, "trafeval": 0.955,
    "wcxb": 0.876,
}  # fmt: skip
# Variant, set: page F1, keep F1, drop F1.
KEPT = {
    ("lenient", "news"): (0.92, 0.88, 0.875),
    ("visible", "news"): (0.926, 0.896, 0.981),
    ("trafrecall", "news"): (0.96, 0.955, 0.604),
    ("human", "all"): (0.952, 0.97, 0.897),
    ("clean", "all"): (0.98, 0.984, 0.0),
}


def test_pages_come_out_as_well_as_they_did() -> None:
    path = BENCH / "html" / "dev.parquet"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == PAGES, "the floors were measured on other pages: measure them anew (benchmarks/pages.py)"
    rows = read_pages(path, "aside")
    scorer = load_score(BENCH / "html" / "score.py")
    for extract, floors in ((by_winnow, EXTRACTED), (by_all_stages, CLEANED)):
        predictions, _ = predict(rows, extract)
        found = {name: values["F1"] for name, values in scorer.score(rows, predictions).items()}
        low = {name: (round(found[name], 4), floor) for name, floor in floors.items() if found[name] < floor}
        assert found.keys() == floors.keys()
        assert not low, f"{extract.__name__}: under its floor"


def test_lines_are_judged_as_well_as_they_were() -> None:
    pages = labelled_lines.read_pages(BENCH / "lines", only_aside=True)
    assert pages.digest == LINES, "the floors were measured on other texts: measure them anew"
    judged = line_judge().margins(pages.lines, pages.spans, pages.ruled)
    leaning = judged.margins + reluctance(judged.told.tokens, judged.told.sentence, pages.spans)
    stays = keep(leaning, judged.told.tokens, pages.ruled, pages.spans, SHIFTS["balanced"])
    variant, dataset = np.array(pages.variant), np.array(pages.dataset)
    for (name, group), floors in KEPT.items():
        chosen = (variant == name) & ((group == "all") | np.isin(dataset, sorted(NEWS)))
        found = score(pages, stays, chosen)
        assert all(map(operator.ge, found, floors)), f"{name}, {group}: {found}, floors {floors}"
