"""The examples that each rule carries are its tests."""

from __future__ import annotations

import re

import pytest
import re2

from pipeline.config import StripConfig
from pipeline.cuts import apply_cuts
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate
from pipeline.strip.match import MAX_CHARS, Matcher, loose
from pipeline.strip.rule import Rule
from pipeline.strip.rules import RULES
from pipeline.values import KINDS

PROSE = "\n\n".join(
    f"The harbour master said on day {day} that the ferry would sail again once the storm had passed, and that until "
    "then nobody should expect to leave the island by sea."
    for day in range(6)
)


def in_place(rule: Rule, example: str) -> str:
    """Put an example where its rule applies: before prose, or after it."""
    return f"{example}\n\n{PROSE}" if rule.where == "head" else f"{PROSE}\n\n{example}"


def kept(rule: Rule, example: str) -> list[str]:
    text = in_place(rule, example)
    cuts = find_boilerplate(split_blocks(text), [], StripConfig())
    left = {block.folded for block in split_blocks(apply_cuts(text, cuts)[0])}
    assert {block.folded for block in split_blocks(PROSE)} <= left, "prose was cut"
    return [block.text for block in split_blocks(example) if block.folded in left]


def examples(field: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.name}: {example[:50]}")
        for rule in RULES
        for example in getattr(rule, field)
    ]


@pytest.mark.parametrize(("rule", "example"), examples("drops"))
def test_drops(rule: Rule, example: str) -> None:
    assert kept(rule, example) == []
    first = split_blocks(example)[0]
    assert rule.name in [match.name for match in Matcher([rule]).matches(first.folded)]


@pytest.mark.parametrize(("rule", "example"), examples("keeps"))
def test_keeps(rule: Rule, example: str) -> None:
    assert kept(rule, example) == [block.text for block in split_blocks(example)]


@pytest.mark.xfail(reason="known misses: cutting them is the better behaviour", strict=True)
@pytest.mark.parametrize(("rule", "example"), examples("misses"))
def test_misses(rule: Rule, example: str) -> None:
    assert kept(rule, example) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert rule.name.startswith(rule.kind + ".") or rule.kind in ("comment-form", "comments"), rule.name
    assert rule.kind in KINDS
    assert rule.why.endswith(".")
    assert rule.drops
    assert rule.keeps
    assert (rule.cue is None) == (rule.free is None)
    for pattern in (rule.pattern, rule.free, rule.unless, rule.cue):
        if pattern:
            re2.compile(pattern)
            # Blocks are folded before they are matched, so a capital or a sharp s would never match.
            bare = re.sub(r"\\.", "", pattern)
            assert bare == bare.casefold()


def test_names_are_distinct() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_kind_that_rules_can_tell_has_one() -> None:
    elsewhere = {"title", "date-prefix", "repeated-headline", "repeated-paragraph", "site-template", "learned"}
    assert {rule.kind for rule in RULES} == set(KINDS) - elsewhere


def test_the_set_finds_what_each_rule_finds_by_itself() -> None:
    matcher = Matcher(RULES)
    alone = [Matcher([rule]) for rule in RULES]
    lines = [
        block.folded
        for rule in RULES
        for example in (*rule.drops, *rule.keeps, *rule.misses)
        for block in split_blocks(example)
    ]
    for line in lines:
        each = [rule.name for one in alone for rule in one.matches(line)]
        assert [rule.name for rule in matcher.matches(line)] == each


def test_loosening_only_widens() -> None:
    assert loose(r"a.{2,60}b[^>]{1,9}c\.{2,3}") == r"a.*b.*c\.{2,3}"


def test_long_blocks_match_nothing() -> None:
    assert list(Matcher(RULES).matches("© 2020 " + "x" * MAX_CHARS)) == []


def test_a_lone_surrogate_does_no_harm() -> None:
    assert [rule.kind for rule in Matcher(RULES).matches("© 2020 \ud800")] == ["copyright"]
