"""What speaks against merging a pair that is alike: for each guard the pair that it refuses, and near misses."""

from __future__ import annotations

import pytest

from pipeline.config import MatchConfig
from pipeline.match.composite import cohesion
from pipeline.match.quotation import quoted
from pipeline.match.verify import SAME_PAGE, SAME_SITE, STRANGERS, Likeness, figures_differ, likeness, profile
from pipeline.select.select import judge
from tests.match.articles import FERRY, MUSEUM, STRIKE, replaced, scanned, sentences

CONFIG = MatchConfig()


def measured(one: str, two: str, config: MatchConfig = CONFIG, kin: int = STRANGERS) -> Likeness:
    return likeness(profile(one, config.shingle_tokens), profile(two, config.shingle_tokens), config, kin)


def guards(one: str, two: str, config: MatchConfig = CONFIG, kin: int = STRANGERS) -> set[str | None]:
    """The guard that refuses the pair in either order of arrival; None where it is merged."""
    out: set[str | None] = set()
    for earlier, later in ((one, two), (two, one)):
        pair = measured(earlier, later, config, kin)
        assert (judge(pair, config) is None) == (pair.refused is not None)
        out.add(pair.refused)
    return out


# too-short


RULE = "the gates of the lock open at noon on every day of the week but for the first one"


def words(count: int) -> str:
    return " ".join(RULE.split(" ")[:count])


def test_a_notice_below_the_least_length_is_no_copy():
    longer = f"{words(19)} in March"
    assert guards(words(19), longer) == {"too-short"}


def test_a_notice_of_the_least_length_is_a_copy():
    text = f"{words(19)} or"
    assert guards(text, f"{text} in March", MatchConfig(min_tokens=20)) == {None}
    assert guards(text, f"{text} in March", MatchConfig(min_tokens=21)) == {"too-short"}


# figures-differ

READINGS = (
    "The harbour office reports for {day}: north gauge {a} metres, south gauge {b} metres, flow {c} cubic metres a "
    "second. {more} Skippers are asked to keep to the marked channel, to pass the works at the lock slowly, and to "
    "listen for further notices of the office on the usual channel through the whole of the day and of the night. "
    "Boats that need a pilot may call the watch at the old mole at any hour."
)
ONE = READINGS.format(day="Monday", a="2.41", b="3.07", c="180", more="")
TWO = READINGS.format(day="Tuesday", a="2.63", b="3.22", c="194", more="")


def test_a_notice_of_another_day_is_no_copy():
    assert guards(ONE, TWO) == {"figures-differ"}


def test_the_same_notice_with_a_line_more_is_a_copy():
    more = READINGS.format(day="Monday", a="2.41", b="3.07", c="180", more="The lamp on the mole is out.")
    assert guards(ONE, more) == {None}


def test_a_notice_of_another_day_is_no_copy_when_it_was_edited_too():
    edited = TWO.replace("Skippers are asked", "All skippers are kindly requested").replace("the whole of", "all of")
    assert guards(ONE, edited) == {"figures-differ"}


def test_nor_when_it_was_scanned_badly():
    assert guards(ONE, scanned(TWO, 0.04)) == {"figures-differ"}


def test_a_bad_scan_of_the_same_notice_is_a_copy():
    assert guards(ONE, scanned(ONE, 0.05)) == {None}


def test_without_the_guard_figures_say_nothing():
    assert guards(ONE, TWO, MatchConfig(figures=False)) == {None}


@pytest.mark.parametrize(("kind", "most"), [("alike", 4), ("noisy", 12), ("edited", 57)])
def test_the_less_alike_two_texts_are_the_fewer_figures_of_all_that_changed_tell(kind, most):
    """Noise changes figures as often as other tokens, and edits seldom."""
    for changed in range(60):
        said = [f"{'new' if at < changed else 'old'}{chr(97 + at // 8)}{chr(97 + at % 8)}" for at in range(70)]
        one = profile(" ".join([*said, "48", "7", "10.15"]).replace("new", "old"), 5)
        two = profile(" ".join([*said, "61", "9", "11.30"]), 5)
        assert figures_differ(one, two, kind) == (changed <= most)


# composite

HEADLINE = "Lost painting found in a waiting room"


@pytest.mark.parametrize(
    "both",
    [
        f"{FERRY}\n\n{HEADLINE}\n\n{MUSEUM}",
        f"{MUSEUM}\n\nFerry stays in the yard\n\n{FERRY}",
        f"{FERRY}\n\n{MUSEUM}",
        f"{MUSEUM}\n\n{FERRY}",
        f"Ferry stays in the yard\n\n{FERRY}\n\n{HEADLINE}\n\n{MUSEUM}",
    ],
    ids=["headline", "headline, the other one first", "none", "none, the other one first", "two headlines"],
)
def test_two_articles_on_a_page_are_neither_of_them(both):
    assert guards(FERRY, both) == {"composite"}
    assert guards(MUSEUM, both) == {"composite"}
    assert guards(FERRY, both, MatchConfig(composites=False)) == {None}


def test_a_short_article_is_told_by_the_headline_over_the_next():
    short = " ".join(sentences(FERRY)[:4])
    assert guards(short, f"{short}\n\n{HEADLINE}\n\n{MUSEUM}") == {"composite"}
    # Without one it may be a lead: too few words to tell.
    assert guards(short, f"{short}\n\n{MUSEUM}") == {None}


@pytest.mark.parametrize("article", [FERRY, MUSEUM, STRIKE], ids=["ferry", "museum", "strike"])
def test_a_lead_or_an_end_is_a_part_of_its_article(article):
    paragraphs = article.split("\n\n") if "\n\n" in article else article.split(".\n")
    half = len(paragraphs) // 2
    lead, end = ".\n".join(paragraphs[:half]), ".\n".join(paragraphs[half:])
    assert guards(lead, article) == {None}
    assert guards(end, article) == {None}


TAIL = (
    "Sign up for our newsletter and never miss a story. Follow us on all channels. Send tips and corrections to the "
    "news desk, which is open from nine to five."
)


def test_what_a_site_puts_below_an_article_is_no_other_article():
    assert guards(FERRY, f"{FERRY}\n\n{TAIL}") == {None}
    assert guards(FERRY, f"{FERRY}\n\nRead next\nWeather\nSport\nAbout us\n\n{TAIL}") == {None}


def test_an_article_with_its_own_headline_and_byline_is_no_composite():
    assert guards(FERRY, f"{HEADLINE}\nBy Ann Lee\nAlder, Monday\n\n{FERRY}") == {None}


BETWEEN = f"{MUSEUM}\n\nFerry stays in the yard\n\n{FERRY}\n\nBread is scarce in the valley\n\n{STRIKE}"


def test_an_article_between_two_others_is_a_composite():
    assert guards(FERRY, BETWEEN) == {"composite"}
    assert guards(FERRY, f"{MUSEUM}\n\n{FERRY}\n\n{STRIKE}") == {"composite"}


def test_an_article_between_two_pieces_of_itself_is_none():
    said = sentences(STRIKE)
    third = len(said) // 3
    begin, middle, end = (" ".join(said[at : at + third]) for at in range(0, 3 * third, third))
    assert guards(middle, f"{begin}\n\n{middle}\n\n{end}") == {None}


def test_an_article_between_what_its_site_puts_round_it_is_none():
    above = "Home\nNews\nSport\nWeather\nTravel\nBusiness\nOur staff of forty reports from every island there is."
    assert guards(FERRY, f"{above}\n{above}\n{above}\n\n{FERRY}\n\n{TAIL}\n\n{TAIL}") == {None}


def test_cohesion_is_the_share_of_the_words_that_the_rest_has():
    assert cohesion("", FERRY) == 1.0
    assert cohesion(FERRY, FERRY) == 1.0
    assert cohesion(FERRY, "") == 0.0
    assert cohesion("Skerry", FERRY) == 1.0
    # Rare words weigh more than common ones.
    assert cohesion("zarnuk the", "the") < cohesion("zarnuk the", "zarnuk") / 9


# shared-quotation

STATEMENT = (
    "We have looked at every plate of the hull and at every weld, and we are not willing to carry children over deep "
    "water in a boat that we would not board ourselves. The board knows what this means for the island. We shall pay "
    "for the helicopter out of our own reserve, we shall ask the county for its boat, and we shall not sell a single "
    "ticket before the inspector has signed. Whoever thinks that this is a matter of money has never stood on the "
    "bridge in a gale from the north, and should not write to the newspapers about it"
)
QUOTED = f'Harbour chief defends decision on crossing. The chairwoman answered critics in writing. "{STATEMENT}." \
Residents plan a vigil at the pier on Saturday night, with lanterns and music for everybody who depends on it.'
ALSO_QUOTED = f'Islanders were told by letter why nothing sails. Their reply is being drafted by the parish. \
"{STATEMENT}." Meanwhile the price of milk rose, and two families have moved to the mainland for the time being.'


def test_two_articles_that_quote_one_statement_are_no_copies():
    assert guards(QUOTED, ALSO_QUOTED) == {"shared-quotation"}
    assert guards(QUOTED, ALSO_QUOTED, MatchConfig(quotations=False)) == {None}


@pytest.mark.parametrize("marks", ["“”", "„“", "«»", "「」"])
def test_whatever_the_marks_are(marks):
    one, two = (text.replace('"', marks[0], 1).replace('"', marks[1], 1) for text in (QUOTED, ALSO_QUOTED))
    assert guards(one, two) == {"shared-quotation"}


def test_a_statement_that_nobody_quotes_is_shared_text():
    assert guards(QUOTED.replace('"', ""), ALSO_QUOTED.replace('"', "")) == {None}


def test_a_copy_of_an_article_full_of_quotes_is_a_copy():
    assert guards(QUOTED, f"{HEADLINE}\n{QUOTED}") == {None}
    assert guards(QUOTED, scanned(QUOTED, 0.08)) == {None}
    assert guards(QUOTED, replaced(QUOTED, 0.1)) == {None}


def test_the_statement_alone_is_contained_in_the_article_that_quotes_it():
    assert guards(f'"{STATEMENT}."', QUOTED) == {None}


def test_what_is_quoted_stands_between_two_marks():
    assert quoted('a "bc" d', 4).tolist() == [False, True, True, False]
    assert quoted('a "bc d', 4).tolist() == [False] * 4
    assert quoted('a "bc" d "e', 5).tolist() == [False, True, True, False, False]
    assert quoted("", 0).tolist() == []
    assert quoted('"' * 7, 0).tolist() == []


# site-template

ABOVE = "The Alder Courier\nNews from every island of the archipelago, in print on Saturdays and here all week long."
BELOW = (
    "Have you seen something that we should know of? Write to the desk, or come by at the old customs house, which is "
    "open from nine to five.\nOpinions in letters are those of their writers. The editors choose what is printed, and "
    "shorten it where there is no room; nobody is told why a letter was left out, and none is sent back.\nThe Courier "
    "is owned by those who write it. A share costs as much as a year of papers, and no one may hold more than three.\n"
    "Small notices are taken until Thursday at noon, and cost by the line; those of births and of lost dogs are free."
)
WALL = (
    "Sea wall gives way\nA stretch of forty metres slid onto the beach at night, and the path above it was closed at "
    "once. Masons had warned of cracks."
)
CHOIR = (
    "Choir looks for tenors\nThe chapel's singers meet on Wednesdays; nobody must read music, says Ruth Amery. They "
    "sing Purcell at Easter."
)


def on_site(*story: str) -> str:
    return "\n".join([ABOVE, *story, BELOW])


def test_stories_between_one_template_are_no_copies():
    assert guards(on_site(WALL), on_site(CHOIR), kin=SAME_SITE) == {"site-template"}
    assert guards(on_site(WALL), on_site(CHOIR), MatchConfig(templates=False), SAME_SITE) == {None}


def test_what_two_sites_have_in_common_is_no_template():
    """It may be a story, and what differs their menus."""
    assert guards(on_site(WALL), on_site(CHOIR)) == {None}


def test_versions_of_a_page_are_versions():
    assert guards(on_site(WALL), on_site(CHOIR), kin=SAME_PAGE) == {None}


def test_a_story_edited_between_one_template_is_one_story():
    edited = WALL.replace("slid onto the beach at night", "came down on the beach before dawn").replace(
        "closed", "shut"
    )
    assert guards(on_site(WALL), on_site(edited), kin=SAME_SITE) == {None}


def test_a_story_under_another_headline_is_one_story():
    again = "\n".join(["Path along the beach closed after forty metres of sea wall fell", *WALL.split("\n")[1:]])
    assert guards(on_site(WALL), on_site(again), kin=SAME_SITE) == {None}


def test_an_article_with_other_teasers_below_is_one_article():
    teasers = "Choir looks for tenors", "Bakers strike for a third day", "Who will mend the lighthouse clock?"
    others = "Ferry stays in the yard", "A museum for the whalers", "Rain on Sunday"
    assert guards("\n".join([FERRY, *teasers]), "\n".join([FERRY, *others]), kin=SAME_SITE) == {None}


def test_a_story_with_more_at_its_end_is_one_story():
    more = "The council meets on Friday to hear what a new wall of granite would cost the parish."
    assert guards(on_site(WALL), on_site(WALL, more), kin=SAME_SITE) == {None}
