"""What is passed over on its first letters, or for want of a cue, is nothing that a rule would have matched."""

from __future__ import annotations

import re

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.strip.heads import LETTERS, Heads
from pipeline.strip.match import MAX_CHARS, Matcher
from pipeline.strip.rows import Rows
from pipeline.strip.rule import DRESS_AFTER, DRESS_BEFORE, Rule
from pipeline.strip.rules import RULES
from pipeline.words.fold import fold
from pipeline.words.tokens import count_tokens

EXAMPLES = [fold(line) for rule in RULES for text in (*rule.drops, *rule.keeps) for line in text.split("\n") if line]
WORDS = "share|sign up|newsletter|for|our|?|©|2020|all rights reserved|ap|/|afp|uses|cookies|on this site|기자|(| -"
LINES = st.one_of(
    st.sampled_from(EXAMPLES),
    st.lists(st.sampled_from(WORDS.split("|")), max_size=12).map(" ".join).map(fold),
    st.text(alphabet="ab1(-: ©版", max_size=12).map(fold),
)


def heads_of(*patterns: str, before: str = DRESS_BEFORE, after: str = DRESS_AFTER) -> Heads:
    heads = Heads(before, after)
    for pattern in patterns:
        heads.add(pattern)
    return heads


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_tells_how_its_blocks_begin(rule: Rule) -> None:
    assert heads_of().add(rule.pattern), "what begins with anything belongs into `free`, which needs a cue"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_heads_let_through_what_a_rule_matches(rule: Rule) -> None:
    heads = heads_of(*(each.pattern for each in RULES))

    @settings(max_examples=40, database=None)
    @given(st.from_regex(re.compile(rule.whole()), fullmatch=True).map(lambda block: block.replace("\n", " ")))
    def check(block: str) -> None:
        if re2.search(rule.whole(), block.encode("utf-8", "replace")):
            assert heads.passed([block]) == [block]

    check()


ATOMS = st.sampled_from(["a", "b", "1", "[0-9]", "[ab]", "[^a]", ".", "-", "\\(", " ", "\\b", "\\w", "[a-z-]", "é"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(st.text("ab1z-( éè.", max_size=8), max_size=20))
def test_heads_of_any_pattern_let_through_what_it_matches(patterns: list[str], blocks: list[str]) -> None:
    heads = heads_of(*patterns, before="-( ", after=". ")
    passed = heads.passed(blocks)
    likely = heads.likely(
        np.array([list((block.encode() + b"\n" * (LETTERS + 1))[: LETTERS + 1]) for block in blocks], np.uint8)
        .reshape(-1, LETTERS + 1)
        .T
    )
    assert set(passed) <= {block for block, may in zip(blocks, likely.tolist(), strict=True) if may}
    for pattern in patterns:
        whole = re.compile(rf"[-( ]*(?:{pattern})[. ]*")
        assert [block for block in blocks if whole.fullmatch(block) and block not in passed] == []


def test_most_blocks_are_passed_over() -> None:
    heads = heads_of("share (?:on|via) .{2,20}", "[0-9]+ comments?", "ad")
    blocks = ["share on x", "shale and sand", "(12 comments)", "12,000 came", "ad:", "administration", "»«", ""]
    assert heads.passed(blocks) == ["share on x", "(12 comments)", "ad:"]


@pytest.mark.parametrize("pattern", ["(?i)a", "[[:alpha:]]x", "\\pLx", "a(b", "*a", "\\Qa\\E", "(?P<n>a)"])
def test_syntax_that_is_not_known_lets_everything_through(pattern: str) -> None:
    heads = heads_of("share")
    assert not heads.add(pattern)
    assert heads.passed(["x", "y"]) == ["x", "y"]


MATCHER = Matcher(RULES)


def rows_of(blocks: list[str]) -> Rows:
    return Rows.joined(
        [block.encode("utf-8", "surrogatepass") for block in blocks], [1] * len(blocks), [1] * len(blocks)
    )


def rules_one_by_one(block: str) -> list[str]:
    """Hold every rule against a block, without any short cut."""

    def fits(rule: Rule) -> bool:
        data = block.encode("utf-8", "replace")
        free, options = rule.whole_free(), re2.Options()
        options.max_mem = 1 << 26
        return (
            any(re2.compile(pattern, options).search(data) for pattern in (rule.whole(), free) if pattern)
            and not (rule.unless and re2.compile(rule.unless, options).search(data))
            and count_tokens(block) <= rule.max_tokens
        )

    return [rule.name for rule in RULES if len(block) <= MAX_CHARS and fits(rule)]


@settings(max_examples=60)
@given(st.lists(LINES, max_size=12))
def test_many_blocks_are_matched_as_each_by_itself(blocks: list[str]) -> None:
    found, at = MATCHER.match(rows_of(blocks))
    assert sorted(at) == [number for number, block in enumerate(blocks) if block in found]
    assert {block: [rule.name for rule in rules] for block, rules in found.items()} == {
        block: names for block in blocks if (names := rules_one_by_one(block))
    }


def test_every_example_is_matched_without_short_cuts_as_with_them() -> None:
    found, _ = MATCHER.match(rows_of(EXAMPLES))
    assert {block: [rule.name for rule in rules] for block, rules in found.items()} == {
        block: names for block in EXAMPLES if (names := rules_one_by_one(block))
    }


def test_a_lone_surrogate_hides_nothing() -> None:
    blocks = [
        "zebras galore\ud800 subscribe to our newsletter",
        "a harbour / getty images",
        "저작권자 港口",
        "© 2020 harbour",
        "a harbour",
    ]
    found, at = MATCHER.match(rows_of(blocks))
    assert (set(found), sorted(at)) == (set(blocks[:4]), [0, 1, 2, 3])
