"""Texts and pages that nobody writes take linear time and bounded memory, on every way through Winnow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from pipeline.errors import Unreadable
from tests.hostile.growth import bytes_a_character, grows_linearly, scaled
from tests.hostile.pages import PAGES, QUICK, SLOW_IN_TRAFILATURA, cleaner
from tests.hostile.texts import TEXTS, Make, clean, near_misses

NEAR_MISSES = near_misses()

# Bytes of memory that a character more may take: of a text, each of whose lines may be a removal of its own with rule,
# kind and score; of a page, each of whose blocks, of eight characters here, the judge knows by 265 numbers.
_MOST_OF_A_TEXT = 400
_MOST_OF_A_PAGE = 4000


def or_refused(work: Callable[[str], None]) -> Callable[[str], None]:
    def tried(given: str) -> None:
        with suppress(Unreadable):
            work(given)

    return tried


@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS)
def test_a_text_takes_linear_time(make: Make) -> None:
    assert grows_linearly(clean, make, scaled(30_000, 1_000_000))


@pytest.mark.parametrize("make", NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_a_pattern_takes_linear_time_on_what_it_nearly_matches(make: Make) -> None:
    assert grows_linearly(clean, make, scaled(30_000, 1_000_000))


@pytest.mark.parametrize(
    ("extractor", "name"),
    [
        *(("winnow", name) for name in PAGES),
        *(("trafilatura", name) for name in PAGES if name not in SLOW_IN_TRAFILATURA),
    ],
)
def test_a_page_takes_linear_time(extractor: str, name: str) -> None:
    # "both" asks one, then perhaps the other.
    size = scaled(1_000_000 if name in QUICK else 20_000, 1_500_000)
    assert grows_linearly(or_refused(cleaner(extractor)), PAGES[name], size)


@pytest.mark.parametrize(
    ("way", "name", "size", "most"),
    [
        ("text", "words on a line", 5_000_000, _MOST_OF_A_TEXT),
        ("text", "a letter a line", scaled(200_000, 1_000_000), _MOST_OF_A_TEXT),
        ("text", "marks without letters", scaled(500_000, 5_000_000), _MOST_OF_A_TEXT),
        ("winnow", "one paragraph", 5_000_000, _MOST_OF_A_PAGE),
        ("winnow", "paragraphs", scaled(100_000, 400_000), _MOST_OF_A_PAGE),
        ("trafilatura", "paragraphs", scaled(50_000, 200_000), _MOST_OF_A_PAGE),
    ],
)
def test_memory_grows_with_the_input_and_no_faster(way: str, name: str, size: int, most: int) -> None:
    assert bytes_a_character(way, name, size) < most
