from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cuts import apply_cuts, restore
from pipeline.extract.head import read_head
from pipeline.strip.blocks import split_blocks
from pipeline.values import Media, Metadata

LEAD = "The harbour master said on Monday that the ferry would not sail before the storm had passed the island."
PROSE = (
    f"{LEAD}\n\nNobody should expect to leave the island by sea, he told the council, which had asked him for a date."
)
TITLE = "Storm Keeps the Ferry in Port for a Third Week"


def read(
    text: str, known: Metadata | None = None, media: Media = "text"
) -> tuple[Metadata, list[tuple[str, str]], str]:
    """-> what is known, the cuts as (kind, text), and what is left."""
    found, cuts = read_head(split_blocks(text), known or Metadata(), media)
    left, removals = apply_cuts(text, cuts)
    assert restore(left, removals) == text
    return found, [(removal.kind, removal.text.strip()) for removal in removals], left


def test_a_headline_over_prose() -> None:
    found, cuts, left = read(f"{TITLE}\n\n{PROSE}")
    assert (found.title, cuts, left) == (TITLE, [("title", TITLE)], PROSE)


def test_a_headline_over_a_lead_alone() -> None:
    lead = f"{LEAD} Nobody should expect to leave the island by sea, he told the council, before Thursday."
    found, cuts, left = read(f"{TITLE}\n\n{lead}")
    assert (found.title, cuts, left) == (TITLE, [("title", TITLE)], lead)


def test_a_line_over_a_short_paragraph_is_no_headline() -> None:
    text = f"{TITLE}\n\n{LEAD}"
    assert read(text) == (Metadata(), [], text)


def test_everything_that_stands_at_a_head() -> None:
    found, cuts, left = read(
        f"Business\n\n# {TITLE}\n\nBy Jane Doe and John Roe\n\nPublished: April 25, 2025 10:30\n\n{PROSE}"
    )
    assert found == Metadata(title=TITLE, category="Business", authors=("Jane Doe", "John Roe"), date="2025-04-25")
    assert [kind for kind, _ in cuts] == ["category", "title", "byline", "date-line"]
    assert left == PROSE


def test_what_the_source_gave_is_not_overwritten() -> None:
    known = Metadata(title=TITLE, authors=("A B",), date="2020-01-01", category="World")
    found, cuts, left = read(f"Business\n{TITLE}\nBy Jane Doe\nApril 25, 2025\n\n{PROSE}", known)
    assert found == known
    assert [kind for kind, _ in cuts] == ["category", "title", "byline", "date-line"]
    assert left == PROSE


def test_the_title_of_a_page_stands_again_as_its_first_line() -> None:
    known = Metadata(title=f"{TITLE} | The Harbour Daily")
    found, cuts, left = read(f"{TITLE}\n{PROSE}", known, "html")
    assert (found.title, cuts, left) == (known.title, [("title", TITLE)], PROSE)


def test_the_first_line_of_a_page_is_not_its_title_by_its_looks() -> None:
    assert read(f"{TITLE}\n\n{PROSE}", media="html") == (Metadata(), [], f"{TITLE}\n\n{PROSE}")


def test_a_path_that_repeats_the_headline() -> None:
    found, cuts, left = read(f"Home News | World {TITLE}\n\n{TITLE}\n\n{PROSE}")
    assert found.title == TITLE
    assert [kind for kind, _ in cuts] == ["navigation", "title"]
    assert left == PROSE


def test_a_bold_headline_after_a_lead() -> None:
    found, cuts, left = read(f"{LEAD}\n**{TITLE}**\n{PROSE}")
    assert (found.title, cuts, left) == (TITLE, [("title", f"**{TITLE}**")], f"{LEAD}\n{PROSE}")


def test_bold_sub_headings_are_no_headline() -> None:
    text = f"{LEAD}\n\n**What the council asked**\n\n{LEAD}\n\n**What happens to the ferry**\n\n{LEAD}"
    assert read(text) == (Metadata(), [], text)


def test_a_headline_that_stands_twice_is_the_title_once() -> None:
    found, cuts, _ = read(f"Policy\n\n{TITLE}\n\n{TITLE}\n\n{PROSE}")
    assert (found.title, found.category) == (TITLE, "Policy")
    assert cuts == [("category", "Policy"), ("title", TITLE)]


@pytest.mark.parametrize("sign", ["", ":", " -", " |"])
def test_a_date_before_the_first_words(sign: str) -> None:
    found, cuts, left = read(f"date 2025-04-16{sign} {PROSE}")
    assert found.date == "2025-04-16"
    assert [kind for kind, _ in cuts] == ["date-prefix"]
    assert left.removeprefix(sign.strip()).strip() == PROSE


@pytest.mark.parametrize(
    "text",
    [
        f"{LEAD}\n\n{LEAD} Again.",
        f"BEIJING, April 16 (Agency) - {LEAD}",
        f"April 16, 2025 was the day on which the ferry sank and {LEAD}",
        f"By the end of the year.\n\n{PROSE}",
        f"By Jane Doe the house was never sold.\n\n{PROSE}",
        f"Advertisement\n\n{PROSE}",
        f"- A list item that could be a headline\n\n{PROSE}",
        f"the ferry that never sailed again\n\n{PROSE}",
        f"Policy\n\n{PROSE}",
        "A headline alone and nothing under it",
        "Yes.\n\nNo.",
        "",
    ],
)
def test_texts_without_a_head_stay(text: str) -> None:
    assert read(text) == (Metadata(), [], text)


def test_a_date_that_can_mean_two_days_is_cut_and_not_guessed() -> None:
    found, cuts, left = read(f"{TITLE}\n\n03/04/2025\n\n{PROSE}")
    assert (found.date, cuts[1], left) == (None, ("date-line", "03/04/2025"), PROSE)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("BY JANE DOE AND JOHN ROE", ("JANE DOE", "JOHN ROE")),
        ("By Jane Doe, Staff Writer", ("Jane Doe",)),
        ("By Ludwig van Beethoven | The Harbour Daily", ("Ludwig van Beethoven",)),
        ("**Von Anna Müller**", ("Anna Müller",)),
        ("Par Jeanne Dupont et Jean Dupond", ("Jeanne Dupont", "Jean Dupond")),
        ("Por Ana María López y José Ruiz", ("Ana María López", "José Ruiz")),
        ("作者：张三", ("张三",)),
        ("홍길동 기자", ("홍길동",)),
    ],
)
def test_bylines(line: str, authors: tuple[str, ...]) -> None:
    found, cuts, left = read(f"{TITLE}\n\n{line}\n\n{PROSE}")
    assert (found.authors, cuts[1], left) == (authors, ("byline", line), PROSE)


PIECES = st.sampled_from(
    [TITLE, f"# {TITLE}", f"**{TITLE}**", LEAD, "Policy", "By Jane Doe", "2025-04-16", "", "Share"]
)


@settings(deadline=None)  # time is tested by itself; here a busy machine is no failure
@given(
    st.lists(PIECES | st.text(max_size=30), max_size=12).map("\n".join), st.sampled_from(["html", "text", "markdown"])
)
def test_cuts_never_overlap_and_what_is_known_stays(text: str, media: Media) -> None:
    known = Metadata(title="Known", authors=("A",), date="2020-01-01", category="C")
    found, cuts = read_head(split_blocks(text), known, media)
    assert found == known
    assert all(one.end <= other.start for one, other in pairwise(cuts))
    _, cuts = read_head(split_blocks(text), Metadata(), media)
    assert sum(cut.kind == "title" for cut in cuts) <= 1


@pytest.mark.parametrize(
    "text", ["By " + "A and " * 2_000_000, "date 2025-04-16 " + "x" * 10_000_000, "By Jane\n" * 300_000]
)
def test_a_hostile_head_takes_no_time(text: str) -> None:
    blocks = split_blocks(text)
    began = time.process_time()
    read_head(blocks, Metadata(), "text")
    assert time.process_time() - began < 5
