"""E-mail addresses, international ones too (RFC 5321, 6531), as people write them in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

import numpy as np

from pipeline.mask.row import DENSE, LETTER, Row, Span, is_alnum

_LOCAL, _DOMAIN = 64, 253

_LOCAL_END = re.compile(rf"(?:(?:{LETTER}|[.%+'’~&-])+|(?:[{DENSE}]|[.%+~&-])+)\Z")
# What stands before a name and is no part of it; an ellipsis ends the sentence before.
_BEFORE_LOCAL = re.compile(r".*\.\.|[^\w]+", re.DOTALL)
_DOMAIN_RUN = re.compile(r"\w[\w.-]*")
_LABEL = re.compile(r"\w(?:[\w-]{0,61}\w)?")
_TOP = re.compile(
    rf"xn--[a-z0-9-]{{2,59}}\Z|[a-z]{{2,24}}(?=\Z|[{DENSE}])|[^\W\d_a-z{DENSE}]{{2,24}}\Z|[{DENSE}]{{2,24}}\Z", re.I
)
# `icon@2x.png` is the name of a picture; none of these is a top-level domain.
_FILES = frozenset(
    ("png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico", "css", "js", "json", "html", "htm", "php", "pdf",
     "txt", "xml", "csv", "mp3", "mp4", "webm", "woff", "woff2")
)  # fmt: skip


def find_emails(row: Row) -> Iterator[Span]:
    """Find e-mail addresses. Each `@` is looked at once, and no farther from it than an address may be long."""
    text = row.text
    ats = row.where("@")
    left, right = row.at(ats, -1), row.at(ats, 1)
    # Beyond Latin-1 a character is `?` here, and is looked at.
    may = (is_alnum(left) | (left >= 0x80) | np.isin(left, np.frombuffer(b"?.%+'~&_-", np.uint8))) & (
        is_alnum(right) | (right >= 0x80) | (right == ord("?"))
    )
    signs = [(at, at + 1) for at in ats[may].tolist()]
    percents = row.where("%")
    coded = (row.at(percents, 1) == ord("4")) & (row.at(percents, 2) == ord("0"))
    # `%40`, as the address of a page has it.
    signs += [(at, at + 3) for at in percents[coded].tolist()]
    for begin, end in signs:
        span = _around(text, begin, end)
        if span is not None:
            yield span


def _around(text: str, begin: int, end: int) -> Span | None:
    run = _DOMAIN_RUN.match(text, end, min(len(text), end + _DOMAIN))
    domain = _domain(run[0]) if run else None
    if domain is None:
        return None
    found = _LOCAL_END.search(text[max(0, begin - _LOCAL) : begin])
    if found is None:
        return None
    local = found[0]
    lead = _BEFORE_LOCAL.match(local)
    local = local[lead.end() :] if lead else local
    if not local:
        return None
    canonical = normalize("NFKC", f"{local}@{domain}").casefold()
    return Span(begin - len(local), end + len(domain), "email", canonical)


def _domain(run: str) -> str | None:
    """Give the longest beginning of a run of letters, digits, dots and hyphens that is the name of a domain."""
    labels: list[str] = []
    for label in run.rstrip(".-").split("."):
        # `example.com.Please`: the next sentence, its space forgotten.
        if not _LABEL.fullmatch(label) or (labels and label.istitle() and all(map(str.islower, labels))):
            break
        labels.append(label)
    while len(labels) > 1:
        top = _TOP.match(labels[-1])
        if top:
            return None if top[0].lower() in _FILES else ".".join([*labels[:-1], top[0]])
        labels.pop()
    return None
