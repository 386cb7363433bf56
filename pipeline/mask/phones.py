"""Phone numbers: international ones, national ones in the forms of many countries, others after a word that says so.

A number proves nothing by itself, so a form counts only where nothing else is written so: not dates, prices, scores,
years, ISBNs, postcodes, nor long ids. What has no form of its own (`555 1234`) counts after `Tel.` and the like alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.mask.countries import national_sizes
from pipeline.mask.cues import cue
from pipeline.mask.row import HYPHENS, LETTER, Row, Span, in_address

# No phone number has fewer digits.
_FEWEST = 7
_MOST = 15
# A number of one country; what follows it is another.
_LONGEST = 12

# What stands directly before tells a part of something longer.
_FREE = rf"(?<!{LETTER})(?<![.,+/$€£¥₹#@=&%^~*-])"
# Letters may follow: extraction glues `Sales` to the number before it.
_DONE = r"(?!\d|_|[.,:/-]\d|[ ]?[%€$£¥₹°])"
# Between two digits of a number that needs no form.
_LOOSE = r"(?:[ ]?[().\-/]{1,2}[ ]?|[ ])?"

_INTERNATIONAL = re.compile(rf"(?<!{LETTER})(?<!\+)(?:\+[ ]?|00[ ]?(?=[1-9]))\(?[1-9](?:{_LOOSE}\d){{6,18}}(?![\d_])")
_FORMS = re.compile(
    rf"""{_FREE}(?=[(\d+])(?:
    (?P<america>(?:\+?1[ ]?[.-]?[ ]?)?
        (?:\([2-9]\d\d\)[ -]?[2-9]\d\d[ .-]\d{{4}}|[2-9]\d\d(?P<same>[.-])[2-9]\d\d(?P=same)\d{{4}}){_DONE})
    |(?P<russia>8[ -]?(?:\([3489]\d\d\)|[3489]\d\d)[ -]?\d{{3}}[ -]?\d\d[ -]?\d\d{_DONE})
    |(?P<trunk>(?:\(0[1-9]\d{{0,4}}\)[ ]?[/-]?[ ]?|0[1-9]\d{{0,4}}(?:[ ]?[/-][ ]?|[ .]))
        \d{{2,8}}(?:(?P<next>[ .-])\d{{2,4}}(?:(?P=next)\d{{2,4}}){{0,3}})?{_DONE})
    |(?P<free>0[ ](?:8\d\d|\(?[1-9]\d\d\)?)(?:[ ]\d{{2,3}}){{2,3}}{_DONE})
    |(?P<area>\([1-9]\d{{1,3}}\)[ ]?(?:9?\d{{4}}[ -]\d{{4}}|\d{{3}}-\d{{4}}|\d{{2,3}}-\d\d-\d\d){_DONE})
    |(?P<china>1[3-9]\d(?P<hyphen>[ -])\d{{4}}(?P=hyphen)\d{{4}}{_DONE}))
    """,
    re.VERBOSE,
)
_ANY = re.compile(rf"(?<!{LETTER})(?<![+$€£¥₹#@%])(?:\+[ ]?)?\(?\d(?:{_LOOSE}\d){{6,18}}(?!{LETTER}|[%€$£¥₹])")

_BACK = 32
_LOOK_BACK, _LOOK_ON = 200, 4
_DATE = re.compile(
    r"\(?(?:(?:0?[1-9]|[12]\d|3[01])(?:([./-])(?:0?[1-9]|[12]\d|3[01])\1(?:1[5-9]|20)?\d\d(?![./-]?\d)"
    r"|[ ](?:0?[1-9]|1[0-2])[ ](?:1[5-9]|20)\d\d(?!\d))"
    r"|(?:1[5-9]|20)\d\d[ ./-](?:0[1-9]|1[0-2])[ ./-](?:0[1-9]|[12]\d|3[01])(?!\d))"
)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


_GROUP = re.compile(r"\D*\d+")


class _Number(NamedTuple):
    """A number as it stands."""

    text: str
    groups: list[str]
    """Its digits, as they are grouped."""
    ends: list[int]
    """Where each group ends."""

    @property
    def digits(self) -> str:
        return "".join(self.groups)


def find_phones(row: Row) -> Iterator[Span]:
    """Find phone numbers in what has digits enough."""
    last = -1
    for first, end in row.clusters(_FEWEST):
        # What stands before tells what a number is, what stands after whether it ends.
        base = max(0, first - _LOOK_BACK)
        text = row.text[base : end + _LOOK_ON]
        if not text.isascii():
            for hyphen in HYPHENS:
                text = text.replace(hyphen, "-")
        # With the sign and the bracket before.
        at = max(0, last - base, first - base - 3)
        for span in _spans(text, at, end - base, last - base):
            last = base + span.end
            yield span._replace(start=base + span.start, end=last)


def _spans(text: str, at: int, end: int, last: int) -> Iterator[Span]:
    """Find the numbers in a part of a text; the one before it ended at `last`."""
    abroad = text.find("+", at, end) >= 0 or text.find("00", at, end) >= 0
    forms = _ALL_FORMS if abroad else _ALL_FORMS[1:]
    ahead = [form.search(text, at, end) for form, _ in forms]
    while True:
        tried = [(found.start(), rank, found) for rank, found in enumerate(ahead) if found is not None]
        if not tried:
            return
        first = min(tried)[0]
        span = None
        for begin, rank, found in sorted(tried):
            # The sign or the bracket before a number are part of one form and not of the other.
            if begin <= first + 2:
                span = forms[rank][1](text, found, last)
                if span is not None:
                    break
        if span is not None:
            yield span
            at = last = span.end
        else:
            group = _GROUP.match(text, first, end)
            at = group.end() if group else end
        ahead = [
            found if found is None or found.start() >= at else form.search(text, at, end)
            for found, (form, _) in zip(ahead, forms, strict=True)
        ]


def _international(text: str, found: re.Match[str], last: int) -> Span | None:
    """Accept a number with a calling code, as many groups of it as its country has digits."""
    start = found.start()
    before = text[max(0, start - _BACK) : start]
    if (before and before[-1] in ".,$€£#@=&^~") or in_address(text, start):
        return None
    number = _read(found[0])
    # `0044 20 …`; without a space after the code it may be anything, unless a word says what it is.
    prefix = 0 if found[0][0] == "+" else 2
    sizes = national_sizes(number.digits[prefix:])
    if sizes is None:
        return None
    if prefix and (len(number.groups) < 3 or _longer(before, start, last)) and cue(before) != "phone":
        return None
    code, least, most = sizes
    best: tuple[int, str] | None = None
    taken = ""
    for group, end in zip(number.groups, number.ends, strict=True):
        # `+44 (0)20`: the zero is not dialled from abroad.
        taken += "" if group == "0" and found[0][end : end + 1] == ")" else group
        if least <= len(taken) - prefix - code <= most:
            best = end, taken[prefix:]
    if best is None or set(number.groups[1:]) == {"000"}:
        return None
    if before.endswith("(") and ")" in number.text[: best[0]] and "(" not in number.text:
        # `(+1) 212 …`
        start, number, best = start - 1, _read("(" + number.text), (best[0] + 1, best[1])
    return _span(start, number.text[: best[0]], "+" + best[1])


def _formed(text: str, found: re.Match[str], last: int) -> Span | None:
    """Accept a number of a national form."""
    start = found.start()
    form = str(found.lastgroup)
    number = _read(found[0] if form != "trunk" else _one_trunk(found[0]))
    before = text[max(0, start - _BACK) : start]
    named = cue(before)
    cued = named == "phone"
    if named == "other" or (not cued and _longer(before, start, last)):
        return None
    if in_address(text, start) or _DATE.match(found[0]) or not _FORMED[form](number, cued):
        return None
    return _span(start, number.text, number.digits)


def _longer(before: str, start: int, last: int) -> bool:
    """Say whether a number goes on from before, as the price `1 030 123 456`; a phone number may follow another."""
    return before[-1:] == " " and before[-2:-1].isdigit() and last != start - 1


def _one_trunk(run: str) -> str:
    """Give the first of the numbers that follow one another in a run: the next begins with a zero, too."""
    groups = _read(run)
    for number in range(2, len(groups.groups)):
        size = len("".join(groups.groups[:number]))
        if len(groups.digits) > _LONGEST - 1 and groups.groups[number][0] == "0" and 9 <= size < _LONGEST:
            return run[: groups.ends[number - 1]]
    return run


def _loose(text: str, found: re.Match[str], _: int) -> Span | None:
    """Accept a number of no form that a word before names a phone number."""
    start = found.start()
    if _DATE.match(found[0]) or in_address(text, start) or cue(text[max(0, start - _BACK) : start]) != "phone":
        return None
    groups, ends = _read(found[0])[1:]
    while len(groups) > 1 and len("".join(groups)) > _LONGEST:
        groups, ends = groups[:-1], ends[:-1]
    digits = "".join(groups)
    # Years, and a number with thousands, do follow a call.
    years, round_ = all(map(_YEAR.fullmatch, groups)), set(groups[1:]) == {"000"}
    if not _FEWEST <= len(digits) <= _MOST or years or round_:
        return None
    return _span(start, found[0][: ends[-1]], digits)


def _read(text: str) -> _Number:
    found = list(re.finditer(r"\d+", text))
    return _Number(text, [group[0] for group in found], [group.end() for group in found])


def _span(start: int, text: str, canonical: str) -> Span:
    end = start + len(text)
    # A bracket that is not closed in the number is the sentence's.
    return Span(start + (text[0] == "(" and ")" not in text), end, "phone", canonical)


_ALL_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str], int], Span | None]], ...] = (
    (_INTERNATIONAL, _international),
    (_FORMS, _formed),
    (_ANY, _loose),
)


def _as_it_is(_number: _Number, _cued: bool) -> bool:
    return True


def _russia(number: _Number, _cued: bool) -> bool:
    return len(number.groups) > 2


_GERMAN_MOBILES = ("015", "016", "017")


def _trunk(number: _Number, cued: bool) -> bool:
    """Look at a number that begins with the zero of a trunk call."""
    groups = number.groups
    size = len(number.digits)
    # Twelve: Germany behind a stroke or in brackets, Indonesia in fours.
    fours = list(map(len, groups)) == [4, 4, 4]
    twelve = size == 12 and (number.text[0] == "(" or "/" in number.text or fours or groups[0][:3] in _GERMAN_MOBILES)
    if not (9 <= size <= 11 or twelve):
        return False
    if cued:
        return True
    sizes = list(map(len, groups))
    postcodes = (sizes == [5, 5] and groups[1][0] == "0") or (sizes == [5, 4] and "-" in number.text)
    ascending = [int(group) for group in groups]
    drawn = sizes == [2] * 5 and ascending == sorted(ascending) and ascending[-1] <= 60
    return not postcodes and not drawn


def _area(number: _Number, cued: bool) -> bool:
    return 9 <= len(number.digits) <= 11 and (cued or not _YEAR.fullmatch(number.groups[0]))


_FORMED: dict[str, Callable[[_Number, bool], bool]] = {
    "america": _as_it_is,
    "russia": _russia,
    "trunk": _trunk,
    "free": _as_it_is,
    "area": _area,
    "china": _as_it_is,
}
