"""IP addresses, IPv4 and IPv6, private ones too; not the numbers of versions and sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import numpy as np

from pipeline.mask.row import LETTER, Row, Span, is_digit

_V4 = re.compile(rf"(?<!{LETTER})(?<![.+])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?!{LETTER}|\.\d)")
_BACK = 24
_VERSION = re.compile(
    r"(?:\b(?:version|versions|ver|v|rev|revision|release|build|firmware|kernel|driver|update|patch|java|python|php|"
    r"chrome|firefox|safari|edge|opera|windows|android|ios|macos|linux|section|sections|sect|sec|chapter|chap|clause|"
    r"paragraph|para|article|art|annex|appendix|figure|fig|table|tab|item|rule|oid|kapitel|kap|abschnitt|absatz|ziffer|"
    r"anhang|abbildung|abb|chapitre|capítulo|capitolo|sezione|sección|seção|hoofdstuk|paragraaf|version(?:en|e|s)|"
    r"versión|versão|versione|versie|wersja|wersji|verze|verzia|версия|версии|версию|глава|раздел|статья|пункт|"
    r"sürüm|bölüm)\b[.:]?|§§?|版本|バージョン|버전|第)\s*(?:no\.?\s*)?\(?\Z|[^\W\d_][-/]\Z",
    re.IGNORECASE,
)
# `1.2.3.4 Scope` at the beginning of a line is a heading; addresses have larger numbers.
_LARGEST_OF_A_HEADING = 30
_HEADING = re.compile(r"\.?[ \t]+(?![a-zà-öø-ÿа-яα-ω])[^\W\d_]")

_WIDEST = 5
_V6 = re.compile(
    rf"(?<!{LETTER})(?<![:.])[0-9A-Fa-f:]{{3,39}}(?:(?<=:)\d{{1,3}}(?:\.\d{{1,3}}){{3}})?(?!{LETTER}|:|\.\d)"
)


def find_addresses(row: Row) -> Iterator[Span]:
    """Find IP addresses."""
    yield from _find_v4(row)
    yield from _find_v6(row)


def _find_v4(row: Row) -> Iterator[Span]:
    # Dots behind digits are fewer than dots, and the digits are known.
    dots = row.digits[row.at(row.digits, 1) == ord(".")] + 1
    dots = dots[is_digit(row.at(dots, 1))]
    if len(dots) < 3:
        return
    near = np.diff(dots) <= 4
    for first in dots[:-2][near[:-1] & near[1:]].tolist():
        found = _V4.match(row.text, _digits_back(row.text, first))
        if found and found.end() > first and _is_v4(row.text, found):
            yield Span(*found.span(), "ip", found[0])


def _digits_back(text: str, at: int) -> int:
    start = at
    while start > at - 3 and start > 0 and text[start - 1].isdigit():
        start -= 1
    return start


def _is_v4(text: str, found: re.Match[str]) -> bool:
    start, end = found.span()
    before = text[max(0, start - _BACK) : start]
    if found[0].startswith("0.") or _VERSION.search(before):
        return False
    try:
        parts = IPv4Address(found[0]).packed
    except AddressValueError:
        return False
    begins_line = not before.rpartition("\n")[2].strip(" \t-*#•") and (start == 0 or "\n" in before)
    return not (begins_line and max(parts) <= _LARGEST_OF_A_HEADING and _HEADING.match(text, end))


def _find_v6(row: Row) -> Iterator[Span]:
    colons = row.where(":")
    if len(colons) < 2:
        return
    near = colons[:-1][np.diff(colons) <= _WIDEST]
    done = 0
    for colon in near.tolist():
        if colon < done:
            continue
        start = colon
        while start > max(done, colon - 4) and row.text[start - 1] in "0123456789abcdefABCDEF":
            start -= 1
        found = _V6.match(row.text, start)
        if found is None:
            continue
        # The point or the brackets round it are the sentence's.
        address = found[0] if found[0].endswith("::") else found[0].rstrip(":")
        done = found.end()
        if _is_v6(address):
            yield Span(start, start + len(address), "ip", str(IPv6Address(address)))


def _is_v6(address: str) -> bool:
    """Say whether it is an address and neither a time nor a name of a program (`std::a`)."""
    groups = [group for group in address.split(":") if group]
    if not any(char.isdigit() for char in address) or ("::" in address and len(groups) < 2 and address != "::1"):
        return False
    if "::" not in address and not any(len(group) > 2 for group in groups):
        return False
    try:
        IPv6Address(address)
    except AddressValueError:
        return False
    return True
