"""A block of several sentences, each of them boilerplate by itself."""

import pytest

from pipeline.strip.match import Matcher
from pipeline.strip.rules import RULES
from pipeline.words.fold import fold

MATCHER = Matcher(RULES)


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ("Already a subscriber to the Mail? Sign in. Unlimited digital access. Cancel anytime.", "subscription"),
        ("Comments on this site are moderated. We may remove offensive posts. Post Comment.", "comment-form"),
        ("Log in. Subscribe. Share on Facebook.", "login"),
        ("Share this: Click to share on Facebook (Opens in new window). Click to print.", "share"),
        ("Sign up for the Mail newsletter. You can unsubscribe at any time.", "newsletter"),
        ("Most read on the Mail. Five walks for a wet weekend. How we tested the kettles.", "related-posts"),
    ],
)  # fmt: skip
def test_a_row_of_notices_is_cut(block: str, kind: str) -> None:
    assert [rule.kind for rule in MATCHER.matches(fold(block))] == [kind]


@pytest.mark.parametrize(
    "block",
    [
        # One sentence tells of something.
        "Log in. Subscribe. The minister resigned on Monday.",
        "Comments are moderated by two people, who work at night. Nobody else wants to.",
        # The heading of a list, and prose after it.
        "Most read on the Mail. The council was asked to resign.",
        "Related articles. " + "The bridge over the river will stay closed until the end of next year at least. " * 2,
        # More sentences than a row of notices has.
        "Log in. " * 40,
    ],
)
def test_prose_among_the_sentences_keeps_the_block(block: str) -> None:
    assert not list(MATCHER.matches(fold(block.strip())))
