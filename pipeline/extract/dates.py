"""Dates as texts write them, read into ISO 8601 where they can mean one day only."""

from __future__ import annotations

import datetime
import re

from pipeline.words.fold import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jän jänner janvier janv enero ene janeiro gennaio gen januari января янв يناير",
            "february feb februar februari février févr fév febrero fevereiro fev febbraio февраля фев فبراير",
            "march mar märz mrz mars marzo março maart mrt марта мар مارس",
            "april apr avril avr abril abr aprile апреля апр أبريل ابريل",
            "may mai mayo maio maggio mag mei мая май مايو",
            "june jun juni juin junio junho giugno giu июня июн يونيو",
            "july jul juli juillet juil julio julho luglio lug июля июл يوليو",
            "august aug août agosto ago augustus августа авг أغسطس",
            "september sep sept septembre septiembre setiembre setembro set settembre сентября сен сент سبتمبر",
            "october oct oktober okt octobre octubre outubro out ottobre ott октября окт أكتوبر",
            "november nov novembre noviembre novembro ноября ноя нояб نوفمبر",
            "december dec dezember dez décembre déc diciembre dic dezembro dicembre декабря дек ديسمبر",
        ),
        start=1,
    )
    for name in fold(names).split()
}
_NAME = "(?P<name>" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + ")"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"

DATE_PATTERNS: tuple[str, ...] = (
    rf"{_YEAR}-{_MONTH}-{_DAY}",
    rf"{_YEAR}[/.]{_MONTH}[/.]{_DAY}",
    rf"{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?日",
    rf"{_YEAR} ?년 ?{_MONTH} ?월 ?{_DAY} ?일",
    rf"{_NAME}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
    rf"{_DAY}(?:\.|st|nd|rd|th|er|º)?(?: de| of)?[ -]{_NAME}\.?,?(?: de| del)?[ -]{_YEAR}",
    # A stop between the figures is used where the day comes first.
    rf"{_DAY}\.{_MONTH}\.{_YEAR}",
    rf"(?P<one>\d\d?)[/-](?P<two>\d\d?)[/-]{_YEAR}",
)
"""Ways to write a date, on folded text. Between strokes the first figures may be the day or the month."""

_DATES = tuple(re.compile(rf"(?<!\d){pattern}(?!\d)") for pattern in DATE_PATTERNS)


def iso_date(written: str) -> str | None:
    """Read a date that a source gives in a field of its own; None where it means no one day.

    >>> iso_date("2026-05-03T09:30:00Z"), iso_date("3 May 2026"), iso_date("soon")
    ('2026-05-03T09:30:00Z', '2026-05-03', None)
    """
    written = written.strip()
    try:
        datetime.datetime.fromisoformat(written)
    except ValueError:
        return find_date(written)
    # "20260503" is ISO 8601 as well; the hyphens make it sort and read like all others.
    return written if "-" in written[:8] else find_date(f"{written[:4]}-{written[4:6]}-{written[6:8]}")


def find_date(text: str, *, day_first: bool | None = None) -> str | None:
    """Read the first date of a short text.

    Args:
        text: such as a date-line; matched folded. Only its first 200 characters are looked at.
        day_first: which of two figures is the day where both could be (03/04/2025); None: such a date is not read.

    Returns:
        The date as YYYY-MM-DD; None where there is none, where it is none in the calendar, or where day and month
        cannot be told apart (03/04/2025).

    >>> find_date("Published: 25. April 2025, 10:30"), find_date("le 1er août 2024"), find_date("03/04/2025")
    ('2025-04-25', '2024-08-01', None)
    >>> find_date("03/04/2025", day_first=True), find_date("03/04/2025", day_first=False)
    ('2025-04-03', '2025-03-04')
    """
    folded = fold(text)[:200]
    found = [match for pattern in _DATES if (match := pattern.search(folded))]
    return _iso(min(found, key=lambda match: match.start()), day_first) if found else None


def _iso(match: re.Match[str], day_first: bool | None) -> str | None:
    parts = match.groupdict()
    if "one" in parts:
        one, two = int(parts["one"]), int(parts["two"])
        if one > 12 or two > 12:
            day_first = one > 12
        elif day_first is None and one != two:
            return None
        day, month = (one, two) if day_first else (two, one)
    else:
        day = int(parts["day"])
        month = _MONTHS[parts["name"]] if parts.get("name") else int(parts["month"])
    try:
        return datetime.date(int(parts["year"]), month, day).isoformat()
    except ValueError:  # 31 February: no day of the calendar, so no date
        return None
