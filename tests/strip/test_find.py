from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import StripConfig
from pipeline.cuts import Cut, apply_cuts, restore
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate, is_prose, taken_blocks
from pipeline.strip.rules import RULES
from tests.hostile.growth import grows_linearly, scaled
from tests.hostile.texts import over

SENTENCE = "The harbour master said on Monday that the ferry would not sail before the storm had passed the island."
PROSE = "\n\n".join(f"{SENTENCE} {word}." for word in ("One", "Two", "Three", "Four", "Five", "Six"))


def stripped(text: str, config: StripConfig | None = None) -> str:
    cuts = find_boilerplate(split_blocks(text), [], config or StripConfig())
    left, removals = apply_cuts(text, cuts)
    assert restore(left, removals) == text
    return left


def kinds(text: str) -> set[str]:
    return {cut.kind for cut in find_boilerplate(split_blocks(text), [], StripConfig())}


LINES = st.one_of(
    st.sampled_from([example for rule in RULES for example in (*rule.drops, *rule.keeps)]),
    st.sampled_from([SENTENCE, "", "Home", "- News", "# Heading", "```", "| 1 | 2 |", "Anna says:", "Reply"]),
    st.text(max_size=20),
)


@settings(deadline=None)  # the first example compiles the rules
@given(st.lists(LINES, max_size=30).map("\n".join))
def test_cuts_are_whole_blocks_in_order_and_restore(text: str) -> None:
    blocks = split_blocks(text)
    cuts = find_boilerplate(blocks, [], StripConfig())
    spans = [(cut.start, cut.end) for cut in cuts]
    assert spans == sorted(set(spans))
    assert set(spans) <= {(block.start, block.end) for block in blocks}
    left, removals = apply_cuts(text, cuts)
    assert restore(left, removals) == text


@settings(deadline=None)
@given(st.lists(LINES, max_size=15).map("\n".join))
def test_what_is_cut_already_is_passed_over(text: str) -> None:
    blocks = split_blocks(text)
    already = [Cut(block.start, block.end, "x", "title") for block in blocks[::2]]
    spans = {(cut.start, cut.end) for cut in find_boilerplate(blocks, already, StripConfig())}
    assert not spans & {(cut.start, cut.end) for cut in already}


def test_related_articles_go_with_their_heading() -> None:
    links = "Related articles\n- Strike enters third week\n- Quota blamed for empty nets"
    assert stripped(f"{PROSE}\n\n{links}\n\n{SENTENCE}") == f"{PROSE}\n\n{SENTENCE}"


def test_short_lines_at_the_end_go_with_their_heading() -> None:
    assert stripped(f"{PROSE}\n\nMost read\n\nStrike enters third week\n\nQuota blamed for empty nets") == PROSE


def test_a_sub_heading_after_related_articles_stays() -> None:
    text = f"{PROSE}\n\nRelated articles\n\nThe price of the ferry\n\n{SENTENCE}"
    assert stripped(text) == f"{PROSE}\n\nThe price of the ferry\n\n{SENTENCE}"


def test_a_long_list_is_the_content_of_the_page() -> None:
    items = "\n".join(f"- Item {number} of the list" for number in range(60))
    assert stripped(f"{PROSE}\n\nRelated articles\n{items}") == f"{PROSE}\n\n{items}"


COMMENTS = "3 Comments\n\nAnna says:\n\nI don't agree with any of this.\n\nReply\n\nBen says:\n\nWell written.\n\nReply"


def test_comments_go_to_the_end() -> None:
    assert stripped(f"{PROSE}\n\n{COMMENTS}") == PROSE


def test_an_article_after_a_count_of_comments_stays() -> None:
    assert stripped(f"The storm over the port\n\n3 Comments\n\n{PROSE}") == f"The storm over the port\n\n{PROSE}"
    assert stripped(f"{PROSE}\n\n3 Comments\n\n{PROSE}") == f"{PROSE}\n\n{PROSE}"


def test_comments_under_next_to_nothing_are_the_text() -> None:
    assert stripped(f"{SENTENCE}\n\n{COMMENTS}") != SENTENCE
    assert "Well written." in stripped(f"{SENTENCE}\n\n{COMMENTS}")


def test_a_label_for_the_end_of_a_text_stays_at_its_beginning() -> None:
    assert stripped(f"Tags: ferry, port\n\n{PROSE}") == f"Tags: ferry, port\n\n{PROSE}"
    assert stripped(f"{PROSE}\n\nTags: ferry, port") == PROSE


def test_a_path_through_the_site_stands_at_the_head_only() -> None:
    assert stripped(f"Home > News > World\n\n{PROSE}") == PROSE
    assert stripped(f"{PROSE}\n\nHome > News > World") == f"{PROSE}\n\nHome > News > World"


def test_more_tokens_than_a_rule_allows_are_text() -> None:
    assert stripped(f"{PROSE}\n\nAds by Ada") == PROSE
    line = "Ads by a b c d e f g h"
    assert stripped(f"{PROSE}\n\n{line}") == f"{PROSE}\n\n{line}"


def test_more_short_lines_than_a_list_of_links_has_stay() -> None:
    lines = "\n".join(f"A short line, number {number}" for number in range(60))
    assert stripped(f"{PROSE}\n\nMost read\n{lines}") == f"{PROSE}\n\n{lines}"


def test_a_few_words_of_a_menu_in_a_long_list_are_no_menu() -> None:
    names = "\n".join(["Home", "News", "Sports", "Weather", *(f"Quay {number}" for number in range(12))])
    assert stripped(f"{PROSE}\n\n{names}") == f"{PROSE}\n\n{names}"


def test_a_menu_goes_and_a_shopping_list_stays() -> None:
    menu = "\n".join(
        f"- {name}" for name in ("Home", "News", "Business", "Harbour Guide", "Sports", "Contact", "Log in")
    )
    shopping = "\n".join(f"- {name}" for name in ("Flour", "Sugar", "Butter", "Eggs", "Home", "News"))
    assert stripped(f"{menu}\n\n{PROSE}") == PROSE
    assert stripped(f"{PROSE}\n\n{shopping}") == f"{PROSE}\n\n{shopping}"


@pytest.mark.parametrize(
    "line",
    [
        "Yes.",
        "***",
        "Conclusion",
        "1. Facebook",
        "- Two eggs",
        "> We use cookies to feed the birds.",
        "# What the cookie law changes",
        "| Share | 12 |",
        "```\nShare\n```",
        "The paper's newsletter reaches 40,000 readers.",
        "Advertising sales fell.",
        "Subscriptions cost nine euros.",
        "He signed up for the newsletter in May and heard nothing more.",
        "Cookies and milk were served to the delegates.",
        "Comments on the bill close on Friday.",
        "Copyright law protects the author.",
        "12 34 56",
        "Related works were lost.",
        "Photos of the port hung on every wall.",
    ],
)
def test_true_lines_stay(line: str) -> None:
    text = f"{PROSE}\n\n{line}\n\n{SENTENCE}"
    assert stripped(text) == text


def test_kinds_can_be_kept_and_rules_disabled() -> None:
    text = f"{PROSE}\n\nShare on Facebook\n\nAdvertisement"
    assert kinds(text) == {"share", "advertisement"}
    assert stripped(text, StripConfig(keep=("share",))) == f"{PROSE}\n\nShare on Facebook"
    assert stripped(text, StripConfig(disabled_rules=("advertisement.mark",))).endswith("Advertisement")


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        (SENTENCE, True),
        ("Short.", False),
        ("A headline without a stop that goes on for quite some length and still isn't a sentence of any kind", False),
        ("港口管理局周一表示，在暴风雨过去之前，渡轮将不会起航，岛上居民应做好准备。", True),
        ("x" * 400, True),
    ],
)
def test_prose(line: str, prose: bool) -> None:
    assert is_prose(split_blocks(line)[0]) is prose


def test_a_block_is_taken_when_all_of_it_is_cut() -> None:
    blocks = split_blocks("date 2025 One\nTwo\nThree")
    assert taken_blocks(blocks, [Cut(14, 17, "r", "title"), Cut(0, 9, "r", "title")]) == [False, True, False]


# What rules, headings and marks of comments have most to do with; tests/hostile holds all of Winnow to it.
@pytest.mark.parametrize(
    ("piece", "before"),
    [
        ("x", ""),
        ("share ", ""),
        ("Reply\n", ""),
        ("Related articles\n", ""),
        ("3 Comments\nAnna says:\n", ""),
        ("- Related articles\n", ""),
        ("3 Comments\nAnna says:\n", PROSE + "\n"),
        ("Home\n", ""),
        ("all rights " * 100 + "\n", ""),
        ("(" * 1_000 + "\n", ""),
        ("facebook, " * 100 + "!\n", ""),
        ("a/" * 500 + "getty\n", ""),
    ],
    ids=lambda piece: piece[:20],
)
def test_time_is_linear(piece: str, before: str) -> None:
    def find(text: str) -> None:
        find_boilerplate(split_blocks(text), [], StripConfig())

    assert grows_linearly(find, over(piece, before), scaled(300_000, 5_000_000))
