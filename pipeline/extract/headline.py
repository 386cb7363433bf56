"""The headline of a page, told from the name of its site by comparing what the page says in several places."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.strip.rule import names
from pipeline.words.fold import fold

_LONGEST = 400
_MOST_WORDS_OF_A_SITE = 6
# What a longer text adds to the vote of one that it holds.
_BACKING = 0.8
# A shorter text is in many a longer one by chance, and one that is not most of it may be a section's.
_SHORTEST, _MOST_OF = 8, 0.6
_SEPARATOR = re.compile(r"(\s+[|│¦·•–—―\-:»«›‹>~⋆*⁄∙/]{1,3}\s+|\s*[|│¦]\s*)")
_NO_LETTER = re.compile(r"[\W_]+")

# What a source says counts the more, the seldomer it is a slogan, a site's name or a variant for social networks.
_WEIGHTS = {"heading": 3.0, "headline": 2.6, "og": 2.5, "title": 2.0, "field": 1.0}
_SEVERAL_HEADINGS = 1.5

# These are never the headline of an article.
_JUNK = names(
    "home|homepage|untitled|untitled document|index|page not found|404|error|404 not found|not found|welcome",
    "startseite|accueil|inicio|undefined|null|title|menu|news|blog|search|loading|loading...|access denied",
    "just a moment...|menu principal|main menu|navigation|skip to content|breadcrumb|post navigation",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the headline, and where it stands."""

    text: str
    source: str


def choose_headline(candidates: Iterable[Candidate], sites: Collection[str], *, headings: int) -> str | None:
    """Choose the headline.

    Args:
        candidates: in order of preference where all else is equal; sources are the keys of `_WEIGHTS`.
        sites: names and hosts that the site may go by.
        headings: how many h1 the page has; one alone is the better sign.

    Returns:
        The text that most of the sources agree on, without the site's name; None where there is none.

    >>> choose_headline([Candidate("Tide - The Mole", "og"), Candidate("Tide", "heading")], ["The Mole"], headings=1)
    'Tide'
    """
    keys = {key for site in sites if len(key := site_key(site)) > 2}
    plain = [
        Candidate(candidate.text[:_LONGEST], candidate.source) for candidate in candidates if candidate.text.strip()
    ]
    texts = {site_key(candidate.text) for candidate in plain}
    votes: dict[str, float] = {}
    written: dict[str, str] = {}
    for candidate in plain:
        text = without_site(candidate.text, keys, texts)
        key = site_key(text)
        if not key or folded(text) in _JUNK:
            continue
        weight = _WEIGHTS[candidate.source]
        if candidate.source == "heading" and headings > 1:
            weight = _SEVERAL_HEADINGS
        if key in keys:
            weight /= 10
        votes[key] = votes.get(key, 0.0) + weight
        written.setdefault(key, text)
    if not votes:
        return next((text for candidate in plain if (text := without_site(candidate.text, keys, texts))), None)
    # A text that holds another whole backs it, but less than an equal one: "Ropes and cords: shop all" speaks for the
    # one heading "Ropes and cords". One that was cut short speaks for the whole.
    shown = {site_key(candidate.text) for candidate in plain if candidate.source == "heading" and headings == 1}
    backed = dict.fromkeys(votes, 0.0)
    for text, vote in votes.items():
        whole = next((other for other in votes if other != text and _is_cut(written[text], written[other])), None)
        backed[whole or text] += vote
        backed[text] += sum(
            _BACKING * other for longer, other in votes.items() if text != longer and _backs(longer, text, shown)
        )
    return written[max(backed, key=lambda text: backed[text])]


def without_site(title: str, sites: Collection[str], others: Collection[str] = ()) -> str:
    """Give a title without the name of the site before or behind it.

    Args:
        title: as written.
        sites: keys of names that the site goes by.
        others: keys of texts that other places give; a part of the title that is one of them is the headline.
    """
    parts = _SEPARATOR.split(title)
    if len(parts) < 3 or len(parts) > 20:
        return title.strip()
    first, last = 0, len(parts) - 1
    for end in range(last, -1, -2):
        if end < last and site_key("".join(parts[: end + 1])) in others:
            return "".join(parts[: end + 1]).strip()
    for start in range(2, last + 1, 2):
        if site_key("".join(parts[start:])) in others and len("".join(parts[start:])) > len("".join(parts[:start])):
            return "".join(parts[start:]).strip()
    while first < last and _is_site(parts[last], sites):
        last -= 2
    while first < last and _is_site(parts[first], sites):
        first += 2
    return "".join(parts[first : last + 1]).strip() or title.strip()


def _is_site(part: str, sites: Collection[str]) -> bool:
    key = site_key(part)
    if not key:
        return True
    if key in sites or (
        len(key) < 25 and re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)?\.[a-z]{2,6}", part.strip().lower())
    ):
        return True
    return any(
        (len(site) > 3 and site in key and len(key) <= 2 * len(site) + 12) or (len(key) > 3 and site.startswith(key))
        for site in sites
    )


# A page says the same in many places, and the pages of a site call it the same.
folded = lru_cache(maxsize=4_096)(fold)


@lru_cache(maxsize=4_096)
def site_key(text: str) -> str:
    """Give the letters and figures of a text, folded, to compare it."""
    return _NO_LETTER.sub("", folded(text))


def _backs(longer: str, text: str, shown: Collection[str]) -> bool:
    return len(text) >= _SHORTEST and text in longer and (text in shown or len(text) > _MOST_OF * len(longer))


def _is_cut(text: str, whole: str) -> bool:
    """Say whether a text is another that was cut short: by an ellipsis, or in the middle of a word."""
    start = text.rstrip(".… ")
    if len(start) < 20 or len(whole) <= len(start) or not whole.startswith(start):
        return False
    return start != text or (whole[len(start)].isalnum() and start[-1].isalnum())


def fits_host(name: str, label: str) -> bool:
    """Say whether a name is the one that a label of a host stands for, in whole or for the most part."""
    key = site_key(name)
    if len(key) < 2:
        return False
    initials = "".join(word[:1] for word in folded(name).split())
    return key in label or label in key or (len(initials) > 2 and initials == label)


def site_beside(written: str, headline: str, labels: Collection[str]) -> str | None:
    """Give the part of a page's title that stands beside the headline and names the site.

    >>> site_beside("Tide comes in - The Harbour Mole", "Tide comes in", ["harbourmole"])
    'The Harbour Mole'
    """
    parts = _SEPARATOR.split(written[:_LONGEST])
    if len(parts) < 3 or len(parts) > 20:
        return None
    own = site_key(headline)
    beside = [part.strip() for part in (*parts[-1:1:-2], parts[0])]
    beside = [name for name in beside if name and site_key(name) != own and len(name.split()) <= _MOST_WORDS_OF_A_SITE]
    return next((name for name in beside if any(fits_host(name, label) for label in labels)), None)
