"""A tree becomes a `Page`: one walk over its elements, in linear time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.judge.page import TAG_NUMBER, Page

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
    page = Page()
    _walk_body(tree, page)
    if _open_noscript(tree, sum(map(len, page.texts))):
        page = Page()
        _walk_body(tree, page)
    _read_head(tree, page)
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


# One loop: a call for each element would double its price.
def _walk_body(tree: _Element, page: Page) -> None:  # noqa: PLR0912, PLR0915
    from lxml.etree import iterwalk

    found = tree.find("body")
    body = tree if found is None else found
    tags, parents, depths, ends, names, hidden = (
        page.tags, page.parents, page.depths, page.ends, page.names, page.hidden,
    )  # fmt: skip
    number_of: dict[str, int] = {}
    pieces: list[str] = []
    open_elements: list[int] = []
    open_blocks: list[int] = []
    linked = links = emphasised = 0
    first = -1
    in_link = in_emphasis = in_verbatim = 0
    skipped: _Element | None = None
    count = 0

    def flush() -> None:
        nonlocal linked, links, emphasised, first
        if pieces:
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
        linked = links = emphasised = 0
        first = -1

    def take(text: str, holder: int) -> None:
        nonlocal linked, emphasised, first
        if text.isspace():
            if pieces:
                pieces.append(text if in_verbatim else " ")
            return
        if first < 0:
            first = holder
        pieces.append(text)
        if in_link:
            linked += len(text)
        if in_emphasis:
            emphasised += len(text)

    for event, element in iterwalk(body, events=("start", "end")):
        tag: Any = element.tag
        if event == "start":
            if skipped is not None:
                continue
            if not isinstance(tag, str) or tag in _NO_TEXT:
                skipped = element
                continue
            if tag == "br":
                if in_verbatim:
                    pieces.append("\n")
                else:
                    flush()
                continue
            if tag not in INLINE:
                flush()
                open_blocks.append(count)
                if tag == "pre":
                    in_verbatim += 1
            name = shows = 0
            attributes = element.attrib
            if attributes:
                get = attributes.get
                told = [value for value in (get("class"), get("id"), get("role"), get("itemprop")) if value]
                if told:
                    joined = " ".join(told)[:400]
                    known = number_of.get(joined)
                    if known is None:
                        known = number_of[joined] = len(page.named)
                        page.named.append(joined)
                    name = known
                style = get("style")
                if "hidden" in attributes or get("aria-hidden") == "true" or (style and _is_hidden(style)):
                    shows = 1
            tags.append(TAG_NUMBER.get(tag, 0))
            parents.append(open_elements[-1] if open_elements else -1)
            depths.append(len(open_elements))
            ends.append(0)
            names.append(name)
            hidden.append(shows)
            open_elements.append(count)
            count += 1
            if tag == "a":
                in_link += 1
                links += 1
            elif tag in _EMPHASIS:
                in_emphasis += 1
            if element.text:
                take(element.text, count - 1)
            continue
        if skipped is not None:
            if element is not skipped:
                continue
            skipped = None
        elif tag != "br":
            ends[open_elements.pop()] = count
            if tag == "a":
                in_link -= 1
            elif tag in _EMPHASIS:
                in_emphasis -= 1
            elif tag not in INLINE:
                flush()
                open_blocks.pop()
                if tag == "pre":
                    in_verbatim -= 1
        if element.tail and open_elements:
            take(element.tail, open_elements[-1])
    flush()


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
