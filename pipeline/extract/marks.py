"""What class and id of an element and the words of a line tell: a byline, a date, or nothing of the article."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

NEVER = -1
CHANGED = 10
"""The rank of the date of a change is the rank that it would have otherwise, and this more."""

_LONGEST = 300
# As in `pipeline.strip.match`: beyond its memory a set would answer "no match".
_MEMORY = 64 * 2**20

# Words of a class stand between spaces, "-" and "_". The patterns are RE2's, without regard to case.
_START, _END = r"(?:^|[\s_-])", r"(?:$|[\s_-])"
_TELLS = {
    # Comments, teasers and furniture have authors and dates of their own.
    "skipped": _START
    + r"(?:comments?|commentlist|respond|disqus\w*|replies|related\w*|recommend\w*|sidebar\w*|widget-?area|trending|"
    r"most-?(?:read|popular|viewed)|popular|latest|newsletter|share\w*|social\w*|breadcrumbs?|footer|navbar|navigation|"
    r"menu|read-?next|up-?next|next-?post|prev-?post|more-?(?:news|stories|from|on|posts)|promo(?:s|tion\w*)?|advert\w*|"
    r"ads?|outbrain|taboola|cookie\w*|consent|modal|popup|ticker|carousel|copyright|quote|blockquote|testimonials?|"
    r"reviews?-?list|product-?reviews?|wm-ipp\w*)" + _END + r"|(?:^|\s)teasers?(?:$|[\s-])",
    "of the article": r"(?:entry|post|article|story|node)[\w-]*[_-](?:meta|info|header|byline|date|author|footer|"
    r"details|content|body)|(?:has|no|with|one|two)-sidebar|-sidebar-|sidebar-(?:none|no|right|left)|byline|author-?name|"
    r"comments?-meta|__meta",
    "author's name": r"(?:author|byline|autor|writer|contributor|journalist)s?[_-]{0,2}(?:full-?|display-?)?"
    r"(?:name|link|fn|item)\b|\burl fn\b|byline__author|author vcard|username|screenname|zuozhe",
    "author": _START + r"(?:authors?|by-?line\w*|byl|autor(?:e|es|en|in)?|auteurs?)" + _END,
    "perhaps author": r"author|byline|writer|autor|auteur|journalist|posted-?by|submitted|redakteur|xiaobian|bianji|"
    r"contributor|poster|post-?meta|entry-?meta|article-?(?:info|meta)|firma\b|verfasser|channel-name",
    "no author": r"bio\b|biography|avatar|image|photo|img|desc|social|follow|comment|time|date|count|about|related|"
    r"posts|title|role|job|licen|testimonial",
    "date of publication": r"publi(?:sh|c)|pub-?date|(?:entry|post|article|story|news|node|page|content|blog|item|"
    r"byline)[\w-]*?(?:date|time|datum)|date-?(?:published|created|posted)|datum|fecha|timestamp|dateline|created|"
    r"erscheinung|veroeffentlich|parution",
    "date": r"date|time|posted|meta|info|byline|submitted|author|detail|subtitle|subhead|kicker|calendar|clock|lastmod|"
    r"modified|updated|\bdata\b",
    "changed": r"updat|modif|lastmod|upd\b|revis|geaendert|aktualis",
    "other date": r"event|countdown|current|today|now\b|clock|weather|copyright|expire|deadline|birth|timeline|timer",
}
_KINDS = tuple(_TELLS)

SAID_CHANGED = re.compile(
    r"\b(?:last )?(?:updated?|modified|edited|changed|revised|aktualisiert|geändert|stand|letzte änderung|zuletzt|"
    r"reviewed|checked|mis à jour|modifié|actualizado|atualizado|aggiornato|bijgewerkt|обновлено)\b|更新|수정",
    re.IGNORECASE,
)
SAID_PUBLISHED = re.compile(
    r"\b(?:published|posted|date|dated|released|created|submitted|written|issued|online|veröffentlicht|erschienen|datum|"
    r"publié|paru|publicado|fecha|pubblicato|data|gepubliceerd|geplaatst|опубликовано|дата|opublikowano)\b|"
    r"发布|日期|公開|掲載|작성|입력|تاريخ|نشر",
    re.IGNORECASE,
)
SAID_OTHER = re.compile(
    r"©|\(c\)|\b(?:copyright|all rights|joined|registered|member since|expires?|deadline|born|next review|accessed|"
    r"retrieved|abgerufen|zugriff|nächste|until|valid|register)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19[89]|20\d)\d(?!\d)|(?<!\d)\d\d?[./]\d\d?[./]\d\d(?!\d)")


class Mark(NamedTuple):
    """What a class and id tell. A lower rank is a surer sign; `NEVER` is none."""

    skipped: bool
    """The element is nothing of the article: comments, teasers, menus."""
    author: int
    """Of a byline: 1 it holds a name, 2 it is a byline, 3 it may be one, 4 it is something beside one."""
    date: int
    """Of a date: 1 that of publication, 3 it may be one; `CHANGED` more where it is that of a change."""


_NOTHING = Mark(False, NEVER, NEVER)


def judge(named: str) -> Mark:
    """Judge an element by its class and id; only their first 300 characters are looked at.

    >>> judge("entry-meta author-name"), judge("comment-list"), judge("post-updated-date").date - CHANGED
    (Mark(skipped=False, author=1, date=3), Mark(skipped=True, author=-1, date=-1), 1)
    """
    return _judge(named[:_LONGEST])


# The pages of a site share their classes.
@lru_cache(maxsize=20_000)
def _judge(named: str) -> Mark:
    kinds = _teller()(named.encode("utf-8", "replace"))
    if not kinds:
        return _NOTHING
    told = {_KINDS[kind] for kind in kinds}
    author = date = NEVER
    if "author's name" in told:
        author = 1
    elif "no author" in told:
        author = 4 if "perhaps author" in told else NEVER
    else:
        author = 2 if "author" in told else 3 if "perhaps author" in told else NEVER
    if "other date" not in told:
        date = 1 if "date of publication" in told else 3 if "date" in told else NEVER
        if date != NEVER and "changed" in told:
            date += CHANGED
    return Mark("skipped" in told and "of the article" not in told, author, date)


@cache
def _teller() -> Callable[[bytes], list[int] | None]:
    """Give the match of all patterns at once, which RE2 walks as one automaton."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MEMORY
    together = re2.Set.SearchSet(options)
    for pattern in _TELLS.values():
        together.Add(pattern)
    together.Compile()
    match: Callable[[bytes], list[int] | None] = together.Match
    return match


def has_year(text: str) -> bool:
    """Say whether a text may hold a date: a year, or three figures of which the last is one.

    >>> has_year("3 May 2021"), has_year("3.5.21"), has_year("2,021 tons")
    (True, True, False)
    """
    # The search is spared where no year's first figures and no stop between figures stand.
    return ("20" in text or "19" in text or "." in text or "/" in text) and _YEAR.search(text) is not None
