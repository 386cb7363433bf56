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
    if len(page) <= 2 * _ATTRIBUTES_IN_A_TAG:
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


def load_tree(page: str) -> _Element | None:
    """Parse a page, to the depth and length that libxml2 can go; None where nothing is left of it.

    Raises:
        Unreadable: it is nested deeper than that, so its text would not be whole.
    """
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        tree: _Element = document_fromstring(_repaired(page).encode("utf-8", "surrogatepass"), parser=parser)
    except ParserError:
        return None
    # Each level needs a tag that opens.
    if page.count("<") - page.count("</") >= _DEEPEST and _is_deep(tree, _DEEPEST):
        raise Unreadable("extraction-failed", f"nested {_DEEPEST:,} elements deep or more; not all of it can be read")
    return tree


def _repaired(page: str) -> str:
    """Mend what makes libxml2 drop a whole page: a NUL, an `<html/>` closed at once, a broken document type."""
    page = page.replace("\0", " ")
    beginning = page[:2000]
    mended = _CLOSED_HTML.sub(r"<html\1>", _DOCTYPE.sub("", beginning, count=1), count=1)
    return mended + page[2000:]


_DOCTYPE = re.compile(r"^\s*+<!\s?+DOCTYPE[^>]*+>", re.IGNORECASE)
_CLOSED_HTML = re.compile(r"<html\b([^<>]*?)/>", re.IGNORECASE)


def _is_deep(tree: _Element, limit: int) -> bool:
    """Say whether an element stands so deep. The parser counts so: open elements, this one included."""
    from lxml.etree import iterwalk

    depth = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth >= limit:
            return True
    return False
