"""Names of authors, out of what bylines and fields hold besides: labels, posts, places, dates, addresses."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipeline.extract.byline_words import (
    AND,
    COMPANY,
    DEGREE,
    HOUSE,
    JUNK,
    MONTH,
    ORGANISATION,
    PARTICLES,
    POST,
    PREFIX,
    SUFFIX,
    TURN,
)
from pipeline.words.fold import fold

_LONGEST = 400
_LONGEST_NAME = 60
_MOST_WORDS = 6
_MOST_AUTHORS = 30
# So many characters before a figure may be a name; fewer are an initial or nothing.
_NAME_BEFORE_FIGURES = 4

_SPLIT = re.compile(rf"\s*(?:[;&|/、，·•+]|,|\s{AND}\s|^{AND}\s)\s*", re.IGNORECASE)
_JOINED = re.compile(rf"^{AND}\s+", re.IGNORECASE)
# A word of figures; "jroe_42" is a name.
_FIGURE = re.compile(r"\s[^\s\w]*\d")
_ADDRESS = re.compile(
    r"\S*@\S+|(?:https?:|www\.)\S*|\b\S+\.(?:com|net|org|info|de|co\.uk|fr|it|es|ru|cn|html?|php|io)\b"
)
_BRACKETS = re.compile(r"\((?!['\"“])[^()]*+\)|（[^（）]*+）")
_EDGE = re.compile(r"^[\s\W_]+|[^\w.)’'\"]+$|(?<=[^\W\d_]{4})\.$")
_NUMBER = re.compile(r"[\d\W]+[kKmM]?$|\d+\s|.*\*\*")


def read_names(
    written: str, *, trusted: bool, reversed_names: bool = False, not_these: Collection[str] = ()
) -> tuple[str, ...]:
    """Read the names of authors.

    Args:
        written: plain text of a field or byline.
        trusted: it stands in a field for authors, so a name may be one word, or written small; otherwise it must look
            like a person's: two words to six, with capitals where the script has them.
        reversed_names: "Doe, Jane" is one name, as in fields for citations.
        not_these: folded names that are none, such as the site's.

    >>> read_names("By Jane Doe and John Roe, Staff Writers | May 3, 2021", trusted=False)
    ('Jane Doe', 'John Roe')
    >>> read_names("admin", trusted=True), read_names("Doe, Jane", trusted=True, reversed_names=True)
    ((), ('Jane Doe',))
    """
    written = _BRACKETS.sub(" ", _ADDRESS.sub(" ", written[:_LONGEST])).strip(" \t[]【】")
    if reversed_names and written.count(",") == 1 and ";" not in written:
        last, _, first = written.partition(",")
        written = f"{first.strip()} {last.strip()}"
    prefix = PREFIX.match(written)
    labelled = prefix is not None and prefix.end() < len(written)
    if COMPANY.search(written):
        return ()
    parts = [
        name
        for part in _SPLIT.split(written[prefix.end() :] if prefix and labelled else written)
        if (name := _clean(part))
    ]
    found: dict[str, str] = {}
    for name in parts:
        folded = fold(name)
        if folded in JUNK or folded in not_these or folded.endswith("admin"):
            continue
        if DEGREE.fullmatch(name) or folded.rstrip(".") in MONTH:
            continue
        if not (is_person(name) or (trusted and _is_name(name, alone=len(parts) == 1))):
            if found:
                break
            if trusted:
                continue
            break
        found.setdefault(folded, name)
        if len(found) >= _MOST_AUTHORS:
            break
    return tuple(found.values())


def is_labelled(written: str) -> bool:
    """Say whether a text begins as a byline does, such as "Von Jana Doe"."""
    prefix = PREFIX.match(written[:100])
    return prefix is not None and written[prefix.end() : prefix.end() + 1].isalpha()


def _clean(part: str) -> str:
    part = _JOINED.sub("", part.strip())
    prefix = PREFIX.match(part)
    if prefix and prefix.end() < len(part):
        part = part[prefix.end() :]
    part = SUFFIX.sub("", part)
    figure = _FIGURE.search(part)
    if figure and figure.start() >= _NAME_BEFORE_FIGURES:
        part = part[: figure.start()]
    part = TURN.sub("", part)
    return " ".join(_EDGE.sub("", _EDGE.sub("", part)).split())


def is_person(name: str) -> bool:
    """Say whether a name looks like a person's."""
    words = name.split()
    if (
        not name
        or len(name) > _LONGEST_NAME
        or any(char.isdigit() or char in ":：" for char in name)
        or POST.search(name)
        or HOUSE.search(name)
    ):
        return False
    first = next((char for char in name if char.isalpha()), "")
    if not first:
        return False
    if not (first.isupper() or first.islower()):
        # Scripts without case: a name has two to five characters where words are not spaced.
        return len(words) <= _MOST_WORDS and 2 <= len(name) <= (30 if len(words) > 1 else 8)
    if not 2 <= len(words) <= _MOST_WORDS:
        return False
    small = [word for word in words if word[:1].islower() and word[:2] not in ("d'", "d’", "l'")]
    capitals = len(words) - len(small)
    return (
        capitals >= 2
        and words[-1][:1].isupper()
        and PARTICLES.issuperset(small)
        and all(word[0].isalpha() or word[0] in "“\"'(" for word in words)
    )


@lru_cache(maxsize=4_096)
def may_name_a_site(name: str) -> bool:
    """Say whether a name that is the site's too may be a person's all the same: "Jane Doe", not "Harbour News"."""
    return is_person(name) and len(name.split()) <= 3 and not ORGANISATION.search(name)


def _is_name(name: str, *, alone: bool) -> bool:
    """Say whether a text in a field for authors may be a name: a short one, written large unless it stands alone."""
    words = name.split()
    return (
        2 <= len(name) <= _LONGEST_NAME
        and len(words) <= _MOST_WORDS
        and any(char.isalpha() for char in name)
        and ":" not in name
        and not _NUMBER.match(name)
        and (alone or not any(word.islower() for word in words))
        and not POST.search(name)
    )
