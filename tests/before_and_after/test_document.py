"""The page of before-and-afters says what comes out, and what comes out is what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cuts import restore
from tests.before_and_after.document import DOCUMENT, ROOT, TEXTS, clean, expected, write

# The main job's kinds: each has its example.
KINDS = {
    "navigation", "advertisement", "newsletter", "comment-form", "comments", "byline", "related-posts", "cookie-notice",
    "share", "login", "subscription", "image-credit", "copyright", "site-template",
    "repeated-paragraph", "repeated-headline",
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> str:
    return write()


def test_the_page_says_what_comes_out(written: str) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == written, "run: python tests/before_and_after/build.py"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_lines_that_are_meant_to_go_are_those_that_go(path: Path) -> None:
    example = clean(path)
    assert restore(example.after, example.removals) == example.before
    assert all(cut.text.strip() for cut in example.removals)
    if path.suffix == ".txt":
        assert [line for line in example.after.split("\n") if line] == expected(path)
    else:
        body = path.read_text(encoding="utf-8").split('<div class="article-body">')[1].split("</div>")[0]
        said = [line.removeprefix("<p>").removesuffix("</p>") for line in body.split("\n") if line]
        assert [line for line in example.after.split("\n") if line] == said


def test_every_kind_has_its_example(written: str) -> None:
    assert {kind for kind in KINDS if f" | {kind} | " not in written} == set()


def test_the_readme_leads_to_it() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("docs/before-and-after.md") == 2
