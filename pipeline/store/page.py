"""The parts of a page: HTML that stands alone, with no script, no network, and no input taken at its word."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from pipeline.store.style import CSS


class Html(str):
    """A text that is HTML already. Any other value is escaped before it becomes part of a page."""

    __slots__ = ()


# Control characters have no place in HTML, and those that turn the direction of a line would let a text rewrite the row
# that shows it.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

Part = object
"""What can be part of a page: `Html` as it is, anything else by its text."""


def escape(value: Part) -> Html:
    """Make any value safe to stand in HTML, in a quoted attribute too.

    >>> escape('<b>"R&D"</b>')
    '&lt;b&gt;&quot;R&amp;D&quot;&lt;/b&gt;'
    """
    return value if isinstance(value, Html) else Html(html.escape(_UNSHOWN.sub("\ufffd", str(value))))


def join(parts: Iterable[Part], between: str = "") -> Html:
    """Put parts one after another."""
    return Html(escape(between).join(escape(part) for part in parts))


def tag(name: str, *parts: Part, **attributes: object) -> Html:
    """Give an element. `class_` stands for the attribute `class`.

    >>> tag("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    told = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{told}>{join(parts)}</{name}>")


def text(value: Part, class_: str = "text") -> Html:
    """Show a text of unknown script in its own direction."""
    return tag("bdi", value, class_=class_, dir="auto")


def table(heads: Sequence[str], rows: Iterable[Sequence[Part]]) -> Html:
    """Give a table. A head that begins with `#` stands over numbers, which are set to the right."""
    numeric = [head.startswith("#") for head in heads]
    head = [
        tag("th", name.lstrip("#"), class_="n" if right else "", scope="col")
        for name, right in zip(heads, numeric, strict=True)
    ]
    body = [
        tag("tr", *(tag("td", cell, class_="n" if right else "") for cell, right in zip(row, numeric, strict=True)))
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body)), class_="wide")


def meter(share: float, label: Part = "", tone: str = "main") -> Html:
    """Give a small bar that is filled to a share, 0 to 1, with a label beside it."""
    filled = tag("i", class_=f"fill {tone}", style=f"width:{100 * min(max(share, 0), 1):.1f}%")
    return join([tag("span", filled, class_="meter"), tag("span", label, class_="beside")])


def stacked(parts: Sequence[tuple[str, int, str]]) -> Html:
    """Give a bar of parts that make up a whole, each a name, a number and a tone, with a legend below."""
    whole = sum(number for _, number, _ in parts) or 1
    pieces = [
        tag("i", class_=f"fill {tone}", style=f"flex-grow:{number}", title=f"{name}: {number:,}")
        for name, number, tone in parts
        if number
    ]
    legend = [
        tag(
            "li",
            tag("i", class_=f"dot {tone}"),
            tag("b", f"{number:,}"),
            f" {name} ",
            tag("small", percent(number / whole)),
        )
        for name, number, tone in parts
    ]
    return join([tag("div", *pieces, class_="stacked"), tag("ul", *legend, class_="legend")])


def tiles(facts: Iterable[tuple[str, Part, Part]]) -> Html:
    """Give facts side by side, each a name, a value and a note."""
    told = [
        tag("div", tag("dt", name), tag("dd", value, tag("small", note)), class_="tile") for name, value, note in facts
    ]
    return tag("dl", *told, class_="tiles")


def section(title: str, *parts: Part, note: Part = "") -> Html:
    """Give a part of the page under a heading, with a line that explains it."""
    explained = tag("p", note, class_="note") if note else ""
    return tag("section", tag("h2", title), explained, *parts)


def percent(share: float) -> str:
    """Write a share, 0 to 1; a little is never written as nothing, nor most as all.

    >>> percent(0.5), percent(0.0001), percent(0.9999), percent(0)
    ('50.0 %', '< 0.1 %', '> 99.9 %', '0.0 %')
    """
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def size(bytes_: int) -> str:
    """Write a number of bytes.

    >>> size(999), size(1_250_000)
    ('999 B', '1.2 MB')
    """
    value = float(bytes_)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def page(title: str, *parts: Part) -> str:
    """Give a whole page. Its policy forbids scripts and any request, should something slip in all the same."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{CSS}</style>\n</head>\n"
        f"<body>\n{join(parts, chr(10))}\n</body>\n</html>\n"
    )
