"""Every rule by its name, and why it exists."""

from __future__ import annotations

import difflib
from functools import cache

from pipeline.config import StripConfig
from pipeline.errors import ConfigError
from pipeline.strip.rules import RULES

_ELSEWHERE: dict[str, str] = {
    "byline.authors": "a line above the text that names its authors: it stands in the column authors",
    "category.section": "the name of the site's section above the headline: it stands in the column category",
    "comments.under-article": "readers' comments under an article; `extract.comments` keeps them",
    "date-line.date": "a line above the text that gives its date: it stands in the column date",
    "date-prefix.labelled": "a labelled date before the first sentence: it stands in the column date",
    "title.headline": "the headline above the text: it stands in the column title",
    "navigation.breadcrumb-headline": "the path through the site that ends in the headline",
    "navigation.menu": "a run of short lines without sentences: the site's menu",
    "learned.page": "the learned judge of pages finds it no part of the text; what weighed most stands with its score",
    "learned.lines": "the learned judge takes the line for boilerplate; what weighed most stands with its score",
    "related-posts.other-article": "another article after the one that bears the page's headline",
    "repeated-headline.same": "the headline stands again in the body",
    "repeated-paragraph.same": "an earlier paragraph of the document is the same",
    "repeated-paragraph.near": "an earlier paragraph of the document is the same but for a word or two",
    "repeated-paragraph.between": "a short line between two repeated paragraphs, as at the first place",
    "site-template.head": "above the text, and on the site's pages that tell other stories too",
    "site-template.between": "amid the text, and at such a place on the site's pages that tell other stories too",
    "site-template.tail": "below the text, and on the site's pages that tell other stories too",
}
# Rules that are not values of `pipeline.strip.rules`: they look at more than one block.


def why(rule: str) -> str | None:
    """Say why a rule exists; None for one that this version does not know (the corpus may be older)."""
    return _reasons().get(rule)


def check_rules(config: StripConfig) -> None:
    """Check that the rules that a configuration disables are there.

    Raises:
        ConfigError: one is not; the text names those that are meant or allowed.
    """
    known = sorted(_reasons())
    for name in config.disabled_rules:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise ConfigError(f"strip.disabled_rules: no rule {name!r}; {hint}The rules are {', '.join(known)}.")


@cache
def _reasons() -> dict[str, str]:
    return {**_ELSEWHERE, **{rule.name: rule.why for rule in RULES}}
