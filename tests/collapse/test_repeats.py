from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.collapse.repeats import find_repeats, may_repeat
from pipeline.cuts import Cut, apply_cuts
from pipeline.strip.blocks import split_blocks
from pipeline.strip.rows import Rows

PARAGRAPH = (
    "“We won’t sail before the storm has passed,” the harbour master said on Monday, and nobody in the room asked why."
)
LONG = " ".join(f"word{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(60)) + "."
OTHER = "The council, which had asked him for a date, went home without one and without a vote on the price of tickets."


def collapsed(text: str, title: str | None = None) -> tuple[str, list[str]]:
    cuts = find_repeats(split_blocks(text), [], title)
    return apply_cuts(text, cuts)[0], [cut.rule for cut in cuts]


def test_the_first_occurrence_stays() -> None:
    assert collapsed(f"{PARAGRAPH}\n\n{OTHER}\n\n{PARAGRAPH}") == (
        f"{PARAGRAPH}\n\n{OTHER}",
        ["repeated-paragraph.same"],
    )


def test_other_quotes_and_case_are_the_same() -> None:
    plain = PARAGRAPH.replace("“", '"').replace("”", '"').replace("’", "'").upper()
    assert collapsed(f"{PARAGRAPH}\n{plain}")[0] == PARAGRAPH


@pytest.mark.parametrize("at", [0, 20, 58, 59])
@pytest.mark.parametrize("change", ["other", "", "one"])
def test_one_word_changed_in_a_long_paragraph(at: int, change: str) -> None:
    words = LONG.split(" ")
    changed = " ".join(word for word in [*words[:at], change, *words[at + 1 :]] if word)
    assert collapsed(f"{LONG}\n\n{changed}") == (LONG, ["repeated-paragraph.near"])


@pytest.mark.parametrize(
    "changed",
    [
        LONG.replace("wordca", "other").replace("wordab", "another"),
        LONG.replace("wordca", "42"),
        LONG.replace("wordca", "one two three"),
        " ".join(LONG.split(" ")[::-1]),
    ],
    ids=["two places", "a figure", "several words", "another order"],
)
def test_other_paragraphs_stay(changed: str) -> None:
    assert collapsed(f"{LONG}\n\n{changed}")[1] == []


@pytest.mark.parametrize(
    "line",
    [
        "Yes.",
        "***",
        "MS DOE",
        "Conclusion",
        "And the band played on and on.",
        "# What the council asked the harbour master on Monday in the long session before the vote",
    ],
)
def test_short_lines_and_headings_recur(line: str) -> None:
    text = f"{line}\n\n{PARAGRAPH}\n\n{line}\n\n{OTHER}\n\n{line}"
    assert collapsed(text) == (text, [])


def test_tables_and_code_recur() -> None:
    row = "| " + " | ".join(f"value {number}" for number in range(12)) + " |"
    code = "```\n" + "for row in table print row and then print the row again and go on to the next\n" * 2 + "```"
    assert collapsed(f"{row}\n{row}\n{code}")[1] == []


TITLE = "Storm Keeps the Ferry in Port"


@pytest.mark.parametrize("line", [TITLE, f"**{TITLE}**", f"## {TITLE}", TITLE.upper()])
def test_the_headline_in_the_body(line: str) -> None:
    text = f"{PARAGRAPH}\n\n{line}\n\n{OTHER}"
    assert collapsed(text, TITLE) == (f"{PARAGRAPH}\n\n{OTHER}", ["repeated-headline.same"])


def test_a_headline_of_a_word_or_two_may_be_a_line() -> None:
    assert collapsed(f"Storm\n\n{PARAGRAPH}", "Storm")[1] == []


def test_short_lines_between_two_repeated_paragraphs_go_with_them() -> None:
    article = f"{PARAGRAPH}\n\nWhat next\n\nYes.\n\n{OTHER}"
    assert collapsed(f"{article}\n\n{article}")[0] == article


def test_other_lines_between_repeated_paragraphs_stay() -> None:
    assert (
        collapsed(f"{PARAGRAPH}\n\nA\n\n{OTHER}\n\n{PARAGRAPH}\n\nB\n\n{OTHER}")[0]
        == f"{PARAGRAPH}\n\nA\n\n{OTHER}\n\nB"
    )


def test_what_is_cut_is_no_first_occurrence() -> None:
    text = f"{PARAGRAPH}\n\n{PARAGRAPH}"
    assert find_repeats(split_blocks(text), [Cut(0, len(PARAGRAPH), "x", "title")], None) == []


def test_chinese_paragraphs() -> None:
    paragraph = "港口管理局周一表示，在暴风雨过去之前，渡轮将不会起航，岛上居民应做好准备，学校也将停课。"
    assert collapsed(f"{paragraph}\n\n短句。\n\n{paragraph}\n\n短句。")[0] == f"{paragraph}\n\n短句。\n\n短句。"


@settings(deadline=None)  # time is tested by itself; here a busy machine is no failure
@given(
    st.lists(st.sampled_from([PARAGRAPH, OTHER, LONG, "Yes.", "# H", TITLE, LONG.replace("wordca", "x")]), max_size=12)
)
def test_collapsing_again_finds_nothing(paragraphs: list[str]) -> None:
    once, _ = collapsed("\n\n".join(paragraphs), TITLE)
    assert collapsed(once, TITLE)[0] == once


@settings(deadline=None)  # time is tested by itself; here a busy machine is no failure
@given(st.lists(st.sampled_from([PARAGRAPH, OTHER, LONG, "Yes.", "a b"]), max_size=12))
def test_every_paragraph_is_still_there_once(paragraphs: list[str]) -> None:
    once, _ = collapsed("\n\n".join(paragraphs))
    assert set(once.split("\n\n")) - {""} == set(paragraphs)


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}\n" * 20_000,
        "\n".join(f"{LONG} {number}" for number in range(10_000)),
        "Yes.\n" * 1_000_000,
        "word " * 2_000_000,
        "\n".join(f"{PARAGRAPH}\nA\nB" for _ in range(20_000)),
    ],
    ids=["same", "template", "short", "one line", "runs"],
)
def test_time_is_linear(text: str) -> None:
    blocks = split_blocks(text)
    began = time.process_time()
    find_repeats(blocks, [], TITLE)
    assert time.process_time() - began < 20


PIECES = st.sampled_from(
    [PARAGRAPH, LONG, LONG.replace("word17 ", "wort "), f"- {LONG}", "Short.", "港口" * 30, "", "# A"]
)


@settings(deadline=None)
@given(st.lists(st.lists(PIECES, max_size=5).map("\n".join), max_size=5))
def test_nothing_repeats_in_a_text_of_which_a_glance_says_so(texts: list[str]) -> None:
    batch = [split_blocks(text) for text in texts]
    alike = may_repeat(Rows.of(batch))
    # Each by itself as all together: what stands in one text says nothing of another.
    assert alike == [may_repeat(Rows.of([blocks]))[0] for blocks in batch]
    for blocks, may in zip(batch, alike, strict=True):
        assert find_repeats(blocks, [], TITLE, may) == find_repeats(blocks, [], TITLE)
        assert may or not find_repeats(blocks, [], None)


def test_a_glance_sees_repeats_at_both_ends_and_passes_over_the_rest() -> None:
    other = " ".join(f"term{number}" for number in range(36))
    alike = [f"{LONG}\n{other}\n{LONG}", f"{LONG}\nterm0 {LONG}", f"{LONG}\n{LONG} term0"]
    others = [f"{LONG}\n{other}", "A\nA", ""]
    found = may_repeat(Rows.of([split_blocks(text) for text in (*alike, *others)]))
    assert found == [[0, 2], [0, 1], [0, 1], [], [], []]
