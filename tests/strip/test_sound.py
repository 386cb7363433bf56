"""A rule that cannot be used is told by its name, with what is wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pipeline import clean_text
from pipeline.strip import find
from pipeline.strip.rules import RULES
from pipeline.strip.sound import unsound


def test_the_rules_are_sound() -> None:
    assert unsound(RULES) == []


_ONE = replace(RULES[0], name="a.b")
BAD_PATTERNS = {
    r"rule 'a.b': its pattern is no RE2 pattern \(missing \)": replace(_ONE, pattern="(a"),
    r"rule 'a.b': its unless is no RE2 pattern .*look-around": replace(_ONE, unless="(?=x)"),
    r"rule 'a.b': its cue is no RE2 pattern": replace(_ONE, cue="[z-a]", free="x"),
}
BAD = BAD_PATTERNS | {
    r"rule 'a.b': `free` needs a `cue`": replace(_ONE, cue=None, free="x"),
    rf"rule '{RULES[0].name}': 2 rules have this name": RULES[0],
}


@pytest.mark.parametrize("told", BAD, ids=["pattern", "unless", "cue", "free", "name"])
def test_a_bad_rule_is_told(told: str) -> None:
    (problem,) = unsound((*RULES, BAD[told]))
    assert re.match(told, problem)


@pytest.mark.parametrize("told", BAD_PATTERNS, ids=["pattern", "unless", "cue"])
def test_a_bad_pattern_is_told_before_any_text_is_cleaned(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setattr(find, "RULES", (*RULES, BAD[told]))
    find._matcher.cache_clear()
    try:
        with pytest.raises(ValueError, match=told):
            clean_text("The bridge opened on Monday.")
    finally:
        find._matcher.cache_clear()
