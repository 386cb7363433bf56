"""The canonical address of a page, and what its host tells of its site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit, urlunsplit

from pipeline.extract.declared import plain_text

_LONGEST = 2_000
_WHOLE = re.compile(r"https?://|/", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|srsltid|mc_[ce]id|igshid)(?:=|$)", re.IGNORECASE)


def canonical_address(said: Iterable[str], base: str | None, url: str | None) -> str | None:
    """Choose among the addresses that a page gives itself.

    Args:
        said: as written, the surest first.
        base: what they are relative to, where the page says; else they are so to `url`.
        url: where the page was fetched.

    Returns:
        The first that is whole and not the site's front page though the page is another; else `url`, as it is.

    >>> canonical_address(["/", "/tide?utm_source=x"], None, "https://example.org/2021/tide")
    'https://example.org/tide'
    """
    base = absolute(base, url) or url
    fronts: list[str] = []
    for value in said:
        # Without a leading stroke they are mistakes: nothing stands where they lead.
        address = absolute(value, base) if _WHOLE.match(value.strip()) else None
        if address and not _is_front(address, url):
            return address
        fronts += [address] if address else []
    return url or next(iter(fronts), None)


def absolute(value: str | None, base: str | None) -> str | None:
    """Give an address of the web whole, without fragment and tracking; None where it is none.

    >>> absolute("//example.org/a?id=1&fbclid=2#top", "https://example.com"), absolute("javascript:void(0)", None)
    ('https://example.org/a?id=1', None)
    """
    if not value:
        return None
    value = "".join(plain_text(value).split())[:_LONGEST]
    try:
        parts = urlsplit(value if value.startswith(("https://", "http://")) else urljoin(base or "", value))
        host, _ = parts.hostname, parts.port
        # Where a whole address stands escaped in the path, a template escaped what it should not.
        if parts.scheme not in ("http", "https") or "." not in (host or "") or "%3a%2f%2f" in parts.path.lower():
            return None
        return urlunsplit(parts._replace(fragment="", query=_without_tracking(parts.query)))
    except ValueError:  # no address at all: an open bracket, a port that is no number
        return None


def bare_address(url: str) -> str:
    """Give an address without scheme, `www.`, query, fragment and last stroke, to compare it.

    >>> bare_address("https://www.example.org/a/?ref=1#top")
    'example.org/a'
    """
    bare = re.split("[?#]", url.strip()[:_LONGEST], maxsplit=1)[0]
    return bare.rpartition("://")[2].removeprefix("www.").rstrip("/").lower()


def host_of(url: str | None) -> str | None:
    """Give the host of an address without `www.`; None where it has none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return (host or "").removeprefix("www.") or None


def host_labels(host: str | None) -> Iterator[str]:
    """Give the names that a host may stand for: itself, and its labels but the last and the short ones.

    >>> list(host_labels("news.example.co.uk"))
    ['news.example.co.uk', 'news', 'example']
    """
    if host:
        yield host
        yield from (label for label in host.split(".")[:-1] if len(label) > 3)


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _TRACKING.match(part)) if query else ""


def _is_front(address: str, url: str | None) -> bool:
    """Say whether an address is that of the front page although the page is another."""
    try:
        return not _path(address) and bool(url) and bool(_path(url or ""))
    except ValueError:
        return False


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path.strip("/") + _without_tracking(parts.query)
