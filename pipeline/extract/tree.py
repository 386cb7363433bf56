"""A page becomes a tree: whole, for libxml2 drops what is deep or long without a word, and at a bounded cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.errors import Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

# libxml2 leaves out what is nested deeper than 256 and text nodes over 10 MB; told to, it goes to 2048 and 1 GB.
_DEEPEST = 2048

# Its time for one tag grows with the square of the attributes: 5,000 take 0.1 s, 200,000 minutes.
_ATTRIBUTES_IN_A_TAG = 5_000

# As a tokeniser of HTML does: quotes count after "=" only, and one never closed reaches to the end; in comments and in
# elements that hold no markup there are no tags. A match is consumed and nothing tried twice: the time is linear.
_ATTRIBUTES = r"""((?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?)*+)"""
_RAW = "script|style|title|textarea|xmp|iframe|noembed|noframes"
_TAG = re.compile(
    r"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)"
    rf"|<(?P<raw>{_RAW})(?=[\s/>]){_ATTRIBUTES}>?+(?:[^<]++|<(?!/(?P=raw)[\s/>]))*+"
    rf"|<[a-z][^\s/>]*+{_ATTRIBUTES}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"?|'[^']*+'?)""")

# The same for tags of fewer attributes: 90 times 52 at most. One match goes over a whole page in a third of the time
# that it takes to count. Groups would be quicker to write, but in Python 3.11 one in a possessive repeat fails.
_FEW = r"""(?:[^>=]{0,100}+(?:=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+)?+){0,90}+>"""
_RAW_AND_FEW = "|".join(rf"{tag}(?=[\s/>]){_FEW}(?:[^<]++|<(?!/{tag}[\s/>]))*+" for tag in _RAW.split("|"))
_ORDINARY = re.compile(
    rf"(?:[^<]++|</|<(?:{_RAW_AND_FEW}|[a-z][^\s/>]*+{_FEW}|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)|(?![a-z]|!--)))*+",
    re.IGNORECASE,
)
# White space, strokes and what stands before a value; of white space beyond ASCII the first byte.
_PARTING = bytes([*range(0x09, 0x0E), *range(0x1C, 0x21), *b"/=", 0xC2, 0xE1, 0xE2, 0xE3])


def check_size(page: str, max_tags: int) -> None:
    """Refuse a page whose tree would take minutes or gigabytes: one of over `max_tags` tags, or twice the attributes.

    Raises:
        Unreadable: as too-large, or as extraction-failed where one tag holds too many attributes.
    """
    tags = page.count("<")
    if tags > max_tags:
        raise Unreadable(
            "too-large", f"{tags:,} tags, over the limit of {max_tags:,}; raise extract.max_tags to take it"
        )
    if len(page) <= 2 * _ATTRIBUTES_IN_A_TAG or (_is_ordinary(page) and not _may_hold_over(page, 2 * max_tags)):
        return
    total = 0
    for tag in _TAG.finditer(page):
        attributes = tag[2] or tag[3] or ""
        count = len(_QUOTED.sub(" ", attributes).replace("/", " ").split())
        total += count
        if count > _ATTRIBUTES_IN_A_TAG:
            raise Unreadable(
                "extraction-failed", f"a tag with {count:,} attributes; at most {_ATTRIBUTES_IN_A_TAG:,} are read"
            )
    if total > 2 * max_tags:
        raise Unreadable(
            "too-large", f"{total:,} attributes, over the limit of {2 * max_tags:,}; raise extract.max_tags to take it"
        )


def _is_ordinary(page: str) -> bool:
    """Say whether it shows at one look that no tag has too many attributes."""
    match = _ORDINARY.match(page)
    return match is not None and match.end() == len(page)


def _may_hold_over(page: str, limit: int) -> bool:
    """Say whether a page may hold more attributes than a limit: each takes two characters, one of which parts them."""
    if len(page) // 2 <= limit:
        return False
    data = page.encode("utf-8", "surrogatepass")
    return len(data) - len(data.translate(None, _PARTING)) > limit


def load_tree(page: str, *, for_trafilatura: bool = False) -> _Element | None:
    """Parse a page, to the depth and length that libxml2 can go; None where nothing is left of it.

    Args:
        page: the page.
        for_trafilatura: whether its elements are to be lxml.html's, which trafilatura takes alone. Any element that is
            looked at costs a call more then.

    Raises:
        Unreadable: it is nested deeper than that, so its text would not be whole.
    """
    from lxml import etree, html

    make = html.HTMLParser if for_trafilatura else etree.HTMLParser
    parser = make(
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    tree: _Element | None = etree.fromstring(_repaired(page).encode("utf-8", "surrogatepass"), parser=parser)
    if tree is not None and _may_be_deep(page) and _is_deep(tree, _DEEPEST):
        raise Unreadable("extraction-failed", f"nested {_DEEPEST:,} elements deep or more; not all of it can be read")
    return tree


def _repaired(page: str) -> str:
    """Mend what makes libxml2 drop a whole page: a NUL, an `<html/>` closed at once, a broken document type."""
    if "\0" in page:
        page = page.replace("\0", " ")
    beginning = page[:2000]
    mended = _CLOSED_HTML.sub(r"<html\1>", _DOCTYPE.sub("", beginning, count=1), count=1)
    return page if mended == beginning else mended + page[2000:]


_DOCTYPE = re.compile(r"^\s*+<!\s?+DOCTYPE[^>]*+>", re.IGNORECASE)
_CLOSED_HTML = re.compile(r"<html\b([^<>]*?)/>", re.IGNORECASE)


def _may_be_deep(page: str) -> bool:
    """Say whether a page has tags enough to be too deep: each level needs one that opens."""
    tags = page.count("<")
    if tags < _DEEPEST or (tags := tags - page.count("</")) < _DEEPEST:
        return False
    return tags - sum(map(page.count, _HOLDS_NOTHING)) >= _DEEPEST


# As most pages write those that hold nothing and are never closed.
_HOLDS_NOTHING = ("<br>", "<br/>", "<br />", "<hr>", "<img ", "<meta ", "<link ", "<input ", "<!")


def _is_deep(tree: _Element, limit: int) -> bool:
    """Say whether an element stands so deep. The parser counts so: open elements, this one included."""
    from lxml.etree import iterwalk

    depth = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth >= limit:
            return True
    return False
