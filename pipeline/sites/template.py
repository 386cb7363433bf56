"""What a template is, and what is known of a site's templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

Place = Literal["head", "between", "tail"]
"""Where a block stands: before the first prose that is the page's own, between that and the last, after it."""

Evidence = Literal["start", "end", "neighbour", "alone"]
"""What speaks for a template, beside how many stories have it: it begins the text; it ends the text; another template
stands beside it, the same on each; it is long, and its place is stable."""

PLACES: tuple[Place, ...] = get_args(Place)
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)


@dataclass(frozen=True, slots=True)
class Template:
    """A block that a site repeats on pages that tell different stories."""

    key: int
    """Of the folded block (`pipeline.sites.sketch`)."""
    stories: int
    """Distinct stories that had it, of those looked at when it was learned."""
    stories_seen: int
    """Distinct stories of the site that were looked at."""
    places: frozenset[Place]
    """Where it is cut: there it stood often enough."""
    evidence: frozenset[Evidence]
    neighbours: frozenset[int] = frozenset()
    """Keys of the templates that stand beside it."""


Templates = dict[int, Template]
"""The templates of one site, by their key."""


# Files of these formats hold one page each, so pages of a site stand in a folder together.
_PAGES = ("html", "text", "markdown")


def site_of(domain: str | None, file_path: str, member: str | None, file_format: str) -> str:
    """Name the site of a page: its host; where no URL is known, the folder of a page, or the file of a record.

    >>> site_of("example.org", "feed.jsonl", None, "jsonl"), site_of(None, "feed.jsonl", None, "jsonl")
    ('example.org', 'feed.jsonl')
    >>> site_of(None, "gazette/a.txt", None, "text"), site_of(None, "news.zip", "gazette/a.txt", "text")
    ('gazette/', 'news.zip/gazette/')
    """
    if domain:
        return domain
    whole = f"{file_path}/{member}" if member else file_path
    return whole[: whole.rfind("/") + 1] or "./" if file_format in _PAGES else whole


def join(known: Templates, learned: Iterable[Template]) -> tuple[Templates, list[Template]]:
    """Join what is known of a site with what a run learned.

    A template is learned again where it gained a place or evidence, or was seen on twice the stories: so its figures
    stay about right, and their rows stay few.

    Returns:
        All templates, and those of them that are new or changed.
    """
    joined = dict(known)
    news: list[Template] = []
    for template in learned:
        old = joined.get(template.key)
        if old is not None:
            wider = replace(
                template,
                places=old.places | template.places,
                evidence=old.evidence | template.evidence,
                neighbours=old.neighbours | template.neighbours,
            )
            same = replace(old, stories=wider.stories, stories_seen=wider.stories_seen) == wider
            if same and template.stories < 2 * old.stories:
                continue
            template = wider  # noqa: PLW2901 - what is known goes into what is learned
        joined[template.key] = template
        news.append(template)
    return joined, news
