"""A tree becomes a `Page`: one walk over its elements, in linear time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.masks import Compiled, loaded
from pipeline.judge.page import TAG_NUMBER, Page
from pipeline.judge.page_loops import (
    BREAKS,
    HOLDS_BLOCKS,
    HOLDS_LINES,
    HOLDS_NO_TEXT,
    IS_EMPHASIS,
    IS_INLINE,
    IS_LINK,
    LONGEST_NAME,
    SLOTS,
    slot_of,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_NO_TEXT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "canvas",
        "select",
        "textarea",
        "audio",
        "video",
        "datalist",
        "map",
        "head",
        "link",
        "meta",
        "title",
    ]
)
_EMPHASIS = frozenset(["b", "strong", "em", "i"])
# Linked data beyond this says what a page is no better; a page may hold megabytes of it.
_LONGEST_DATA = 500_000
_DEEPEST_DATA = 12
_BODY_KEYS = ("articleBody", "reviewBody")


def walk(tree: _Element) -> Page:
    """Walk over a parsed page.

    Args:
        tree: its root.

    Returns:
        All text of its body, in blocks, but for what is no text (scripts, styles, drawings, forms' values).
    """
    page = _walk_body(tree)
    if _open_noscript(tree, sum(map(len, page.texts))):
        page = _walk_body(tree)
    _read_head(tree, page)
    return page


def _walk_body(tree: _Element) -> Page:
    found = tree.find("body")
    body = tree if found is None else found
    page = walk_written(body, fast) if (fast := loaded()) else None
    if page is None:
        page = Page()
        walk_elements(body, page)
    return page


def _open_noscript(tree: _Element, shown: int) -> bool:
    """Turn what is shown without scripts into plain elements where it is most of a page's text -> whether it is.

    Some forums give their posts to readers without scripts only so; and a `noscript` that is never closed holds the
    rest of its page. Elsewhere it holds pictures, counters and pleas to switch scripts on.

    Args:
        tree: the page; changed.
        shown: characters of text that stand elsewhere.
    """
    hidden: list[_Element] = []
    inner: set[_Element] = set()
    for element in tree.iter("noscript"):
        # One in another is counted with it: each by itself would cost their product.
        if element not in inner and _is_in_body(element):
            hidden.append(element)
            inner.update(element.iter("noscript"))
    held = (part for element in hidden for part in element.iter() if part in inner or part.tag not in _NO_TEXT)
    size = sum(len((part.text or "").strip()) + len((part.tail or "").strip()) for part in held)
    if size <= max(_TIMES_THE_REST * shown, _LEAST_WITHOUT_SCRIPTS):
        return False
    for element in inner:
        element.tag = "div"
    return True


# A plea to switch scripts on is shorter.
_LEAST_WITHOUT_SCRIPTS = 300
# Lists of links that stand beside a text come to less; posts or a page's rest, to a hundred times.
_TIMES_THE_REST = 3


def _is_in_body(element: _Element) -> bool:
    return next(element.iterancestors("body"), None) is not None


# What a tag does to the walk.
_ROLES = {
    **dict.fromkeys(TAG_NUMBER, HOLDS_BLOCKS),
    **dict.fromkeys(INLINE, IS_INLINE),
    **dict.fromkeys(_EMPHASIS, IS_EMPHASIS),
    **dict.fromkeys(_NO_TEXT, HOLDS_NO_TEXT),
    "a": IS_LINK,
    "br": BREAKS,
    "pre": HOLDS_LINES,
}
_NAMING = ("class", "id", "role", "itemprop")
_HIDING = frozenset(("hidden", "aria-hidden", "style"))


def walk_written(body: _Element, fast: Compiled) -> Page | None:
    """Walk over a body in compiled code, written down as XML; None where that does not tell it whole."""
    from lxml.etree import tostring

    written: bytes = tostring(body, encoding="utf-8", method="xml", with_tail=False)
    most = written.count(b"<") + 1
    data = np.frombuffer(written + bytes(16), np.uint8)
    elements, blocks = np.empty((6, most), np.int32), np.empty((7, most), np.int32)
    text, raw, named = (np.empty(len(data), np.uint8) for _ in range(3))
    named_ends, known = np.empty(most, np.int32), np.zeros(1 << (2 * most).bit_length(), np.int32)
    sizes = np.zeros(4, np.int64)
    whole = fast.walk_bytes(
        data, *_TAG_TABLE, elements, blocks, text, raw, named, named_ends, known, _LABELS, _HIDDEN_BY, sizes
    )
    if not whole:
        return None
    count, held, names, size = sizes.tolist()
    page = Page()
    page.tags, page.parents, page.depths, page.ends, page.names, page.hidden = elements[:, :count].copy()
    page.owners, page.inner, page.linked, page.links, page.emphasised = blocks[:5, :held].copy()
    page.texts = text[:size].tobytes().decode().split("\n")[:-1]
    if names:
        page.named += named[: named_ends[names - 1]].tobytes().decode().split("\0")
    begins, ends = blocks[5, :held], blocks[6, :held]
    for block in np.flatnonzero(ends > begins).tolist():
        lines = raw[begins[block] : ends[block]].tobytes().decode()
        if "\n" in lines.strip():
            page.verbatim[block] = lines.strip("\n")
    return page


def _packed(name: str) -> tuple[int, int]:
    """Give the bytes of a name of sixteen at most as two numbers."""
    return int.from_bytes(name[:8].encode(), "little"), int.from_bytes(name[8:].encode(), "little")


def _tag_table() -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    tags, told = np.zeros((SLOTS, 2), np.uint64), np.full(SLOTS, -1, np.int64)
    for tag, role in _ROLES.items():
        slot = slot_of(*_packed(tag))
        while told[slot] >= 0:
            slot = (slot + 1) % SLOTS
        tags[slot] = _packed(tag)
        told[slot] = 256 * role + TAG_NUMBER.get(tag, 0)
    return tags, told


_TAG_TABLE = _tag_table()
_LABELS = np.array([_packed(name) for name in (*_NAMING, "hidden", "aria-hidden", "style")], np.uint64)
_HIDDEN_BY = tuple(np.frombuffer(style.encode(), np.uint8) for style in ("display:none", "visibility:hidden"))


# One loop: a call for each element would double its price.
def walk_elements(body: _Element, page: Page) -> None:  # noqa: PLR0912, PLR0915
    """Walk over a body element by element, where nothing is compiled."""
    from lxml.etree import iterwalk

    ends = page.ends
    elements: list[tuple[int, int, int, int, int]] = []
    number_of: dict[str, int] = {}
    # Most elements of a page have one of some ten sets of attributes.
    telling: dict[tuple[str, ...], tuple[list[str], bool]] = {}
    pieces: list[str] = []
    open_elements: list[int] = []
    open_blocks: list[int] = []
    linked = links = emphasised = 0
    first = -1
    in_link = in_emphasis = in_verbatim = 0
    count = 0
    roles, numbers = _ROLES, TAG_NUMBER

    def flush() -> None:
        raw = "".join(pieces)
        pieces.clear()
        text = " ".join(raw.split())
        if text:
            if in_verbatim and "\n" in raw.strip():
                page.verbatim[len(page.texts)] = raw.strip("\n")
            page.texts.append(text)
            page.owners.append(open_blocks[-1] if open_blocks else 0)
            page.inner.append(max(first, 0))
            page.linked.append(linked)
            page.links.append(links)
            page.emphasised.append(emphasised)

    walker = iterwalk(body, events=("start", "end"))
    for event, element in walker:
        tag: Any = element.tag
        role = roles.get(tag)
        if role is None:
            role = HOLDS_BLOCKS if isinstance(tag, str) else HOLDS_NO_TEXT
        if event == "start":
            if role <= HOLDS_LINES:
                if role == HOLDS_NO_TEXT:
                    walker.skip_subtree()
                    continue
                if role == BREAKS and in_verbatim:
                    pieces.append("\n")
                    continue
                if pieces:
                    flush()
                linked = links = emphasised = 0
                first = -1
                if role == BREAKS:
                    continue
                open_blocks.append(count)
                if role == HOLDS_LINES:
                    in_verbatim += 1
            name = shows = 0
            attributes = element.keys()
            if attributes:
                kinds = tuple(attributes)
                told = telling.get(kinds)
                if told is None:
                    told = telling[kinds] = [one for one in _NAMING if one in kinds], not _HIDING.isdisjoint(kinds)
                naming, hiding = told
                if naming:
                    joined = element.get(naming[0]) or ""
                    if len(naming) > 1:
                        joined = " ".join(filter(None, map(element.get, naming)))
                    if joined:
                        joined = joined[:LONGEST_NAME]
                        known = number_of.get(joined)
                        if known is None:
                            known = number_of[joined] = len(page.named)
                            page.named.append(joined)
                        name = known
                if hiding:
                    style = element.get("style")
                    hidden = "hidden" in kinds or element.get("aria-hidden") == "true"
                    if hidden or (style and _is_hidden(style)):
                        shows = 1
            elements.append(
                (numbers.get(tag, 0), open_elements[-1] if open_elements else -1, len(open_elements), name, shows)
            )
            ends.append(0)
            open_elements.append(count)
            holder = count
            count += 1
            if role == IS_LINK:
                in_link += 1
                links += 1
            elif role == IS_EMPHASIS:
                in_emphasis += 1
            text = element.text
        else:
            if role == IS_LINK:
                ends[open_elements.pop()] = count
                in_link -= 1
            elif role >= IS_INLINE:
                ends[open_elements.pop()] = count
                if role == IS_EMPHASIS:
                    in_emphasis -= 1
            elif role >= HOLDS_BLOCKS:
                ends[open_elements.pop()] = count
                if pieces:
                    flush()
                linked = links = emphasised = 0
                first = -1
                open_blocks.pop()
                if role == HOLDS_LINES:
                    in_verbatim -= 1
            if not open_elements:
                continue
            holder = open_elements[-1]
            text = element.tail
        if not text:
            continue
        if text.isspace():
            if pieces:
                pieces.append(text if in_verbatim else " ")
            continue
        if first < 0:
            first = holder
        pieces.append(text)
        if in_link:
            linked += len(text)
        if in_emphasis:
            emphasised += len(text)
    if pieces:
        flush()
    if elements:
        columns = zip(*elements, strict=True)
        page.tags, page.parents, page.depths, page.names, page.hidden = map(list, columns)


def _is_hidden(style: str) -> bool:
    squeezed = style.replace(" ", "").lower()
    return "display:none" in squeezed or "visibility:hidden" in squeezed


def _read_head(tree: _Element, page: Page) -> None:
    titles: list[str] = []
    summaries: list[str] = []
    kinds: set[str] = set()
    bodies: list[str] = []
    for element in tree.iter("title", "meta", "script"):
        if element.tag == "title":
            if not titles:
                titles.append((element.text or "")[:1000])
        elif element.tag == "meta":
            key = (element.get("property") or element.get("name") or "").lower()
            value = (element.get("content") or "")[:2000]
            if key in ("og:title", "twitter:title"):
                titles.append(value)
            elif key in ("og:description", "description", "twitter:description"):
                summaries.append(value)
            elif key == "og:type":
                kinds.add("og:" + value.strip().lower())
        elif (element.get("type") or "").strip().lower() == "application/ld+json" and element.text:
            _read_data(element.text, kinds, bodies)
    page.title = " ".join(titles)
    page.summary = " ".join(summaries)
    page.kinds = frozenset(kinds)
    page.body = "\n".join(bodies)


def _read_data(text: str, kinds: set[str], bodies: list[str]) -> None:
    if len(text) > _LONGEST_DATA:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    todo = [(data, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > _DEEPEST_DATA:
            continue
        if isinstance(value, list):
            todo += [(item, depth + 1) for item in value]
        elif isinstance(value, dict):
            types = value.get("@type")
            kinds.update(kind for kind in (types if isinstance(types, list) else [types]) if isinstance(kind, str))
            bodies += [value[key] for key in _BODY_KEYS if isinstance(value.get(key), str)]
            todo += [(item, depth + 1) for item in value.values() if isinstance(item, (dict, list))]
