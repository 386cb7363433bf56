"""The day a page was published: of what it declares, of its address, of what stands in it."""

from __future__ import annotations

import datetime
import re

from pipeline.extract.dates import find_date
from pipeline.extract.declared import Declared, in_order
from pipeline.extract.linked_data import Linked

EARLIEST = 1990
"""No date that is only read off a page lies before this year, and none at all after `LATEST`."""
LATEST = 2100
# What a field says is believed back to here: archives put old papers on the web. Clocks that were never set say 1970.
_EARLIEST_DECLARED = 1800
_NEVER_SET = ("1970-01-01", "1969-12-31")

PUBLISHED = in_order(
    "article:published_time|og:article:published_time|article:published|article:published_date|article:post_date",
    "article.published|og:published_time|og:article:published|og:pubdate|og:publish_date|og:datepublished",
    "datepublished|date_published|publish_date|publish-date|publishdate|published_date|published-date",
    "publisheddate|published_time|publish_time|publication_date|publication-date|publicationdate|pubdate|pub_date",
    "pdate|ptime|parsely-pub-date|sailthru.date|cxenseparse:recs:publishtime|cxenseparse:publishtime",
    "citation_publication_date|citation_date|citation_online_date|dc.date.issued|dcterms.issued",
    "dc.date.publication|dcterms.available|dcterms.created|dc.date.created|dc.created|dc:created|dcterms.date",
    "dc.date|dc:date|dcsext.articlefirstpublished|shareaholic:article_published_time|bt:pubdate|rbpubdate",
    "vr:published_time|rnews:datepublished|analyticsattributes.articledate|article_date_original",
    "originalpublicationdate|content_create_date|displaydate|doc_date|mediator_published_time|og:regdate",
    "date.created|article.created|date_created|datecreated|dateposted|created|video:release_date",
    "og:video:release_date|book:release_date|release_date|field-name-post-date|weibo:article:create_at",
    "bytedance:published_time|article:publish_time|gentime|firstpublished|first-publish-date|date",
)
"""Names of meta tags for the day of publication, the surest first."""
MODIFIED = in_order(
    "article:modified_time|og:article:modified_time|article:modified|article:modified_date|og:modified_time",
    "og:updated_time|article:post_modified|datemodified|dcterms.modified|dc.date.modified|dc.modified|bt:moddate",
    "modified_time|modificationdate|revision_date|updated_time|lastmodified|last-modified|lastmod|last_modified",
    "bytedance:updated_time|lastdate|modified|lastreviewed|dc.date.reviewed",
)

_STAMP = re.compile(r"1\d{9}(?:\d{3})?")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?\d{4}(?:\d\d)?)?(?:\D.*)?")
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](\d\d?)[/_-](\d\d?)(?!\d)")
_COMPACT_IN_ADDRESS = re.compile(r"(?<![\d.])(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_NAMED_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d\d?)(?:/|$)", re.IGNORECASE)

# English is read month first but where it is spoken day first.
_DAY_FIRST_ENGLISH = re.compile(r"en[-_](?:gb|uk|au|nz|ie|in|za|sg|my|ke|ng|gh|pk|lk|mt|hk)\b", re.IGNORECASE)
_DAY_FIRST_HOST = re.compile(r"\.(?:uk|au|nz|ie|in|za|sg|my|ke|ng|gh|pk|lk|mt|hk|eu)$", re.IGNORECASE)


def is_day_first(language: str | None, host: str | None) -> bool:
    """Say how 03/04/2025 is read on a page: the day first but in American English.

    Args:
        language: as the page declares it, such as `en-GB`; a page without one is taken for English.
        host: of its address.

    >>> is_day_first("en-US", "example.com"), is_day_first("en", "example.co.uk"), is_day_first("de", None)
    (False, True, True)
    """
    if language and language[:2].lower() != "en":
        return True
    return bool(_DAY_FIRST_ENGLISH.match(language or "") or _DAY_FIRST_HOST.search(host or ""))


def read_field(value: str | None, *, day_first: bool) -> str | None:
    """Read a field for a date into YYYY-MM-DD, as written there: the day of its own time zone.

    >>> read_field("2021-05-03T23:30:00-07:00", day_first=False), read_field("0000-00-00", day_first=False)
    ('2021-05-03', None)
    >>> read_field("Mon, 03 May 2021 10:00:00 GMT", day_first=False), read_field("1620036000", day_first=False)
    ('2021-05-03', '2021-05-03')
    """
    if not value:
        return None
    value = value.strip()[:200]
    if match := _ISO.match(value) or _COMPACT.fullmatch(value):
        return _day(match[1], match[2], match[3], _EARLIEST_DECLARED)
    if _STAMP.fullmatch(value):
        moment = datetime.datetime.fromtimestamp(int(value[:10]), datetime.UTC)
        return _valid(moment.date().isoformat(), EARLIEST)
    return _valid(find_date(value, day_first=day_first), _EARLIEST_DECLARED)


def read_visible(text: str, *, day_first: bool) -> str | None:
    """Read the first date of a text that readers see."""
    return _valid(find_date(text, day_first=day_first), EARLIEST)


def date_in_address(url: str | None) -> str | None:
    """Read the date in the path of an address.

    >>> date_in_address("https://example.org/2021/05/03/tide"), date_in_address("https://example.org/2021/05/tide")
    ('2021-05-03', None)
    """
    if not url:
        return None
    path = url[:2_000].partition("://")[2].partition("/")[2].partition("?")[0]
    if match := _IN_ADDRESS.search(path):
        return _day(match[1], match[2], match[3], EARLIEST)
    if match := _NAMED_IN_ADDRESS.search("/" + path):
        return _valid(find_date(f"{match[3]} {match[2]} {match[1]}"), EARLIEST)
    if match := _COMPACT_IN_ADDRESS.search(path):
        return _day(match[1], match[2], match[3], EARLIEST)
    return None


def declared_date(declared: Declared, linked: Linked, *, day_first: bool) -> tuple[str | None, str | None]:
    """Give the days of publication and of the last change that a page declares for machines."""
    published = next(
        (day for value in declared.values(*PUBLISHED) if (day := read_field(value, day_first=day_first))), None
    )
    said = read_field(linked.published, day_first=day_first)
    modified = next(
        (
            day
            for value in (linked.modified, *declared.values(*MODIFIED))
            if (day := read_field(value, day_first=day_first))
        ),
        None,
    )
    # Both are there as a rule and the same. Where not, the later is that of a change.
    published = min(filter(None, (published, said)), default=None)
    return published or read_field(linked.shown, day_first=day_first), modified


def agree(published: str | None, address: str | None) -> str | None:
    """Choose between the day that a page declares and the one in its address.

    An address is made at the first publication and in local time: a day earlier, as one in UTC would have it, or years
    before a page was moved to another system. A later day in an address is that of an event.
    """
    if not published or not address:
        return published or address
    near = abs(datetime.date.fromisoformat(published) - datetime.date.fromisoformat(address)) <= datetime.timedelta(1)
    return address if near or address < published else published


def _day(year: str, month: str, day: str, earliest: int) -> str | None:
    try:
        return _valid(datetime.date(int(year), int(month), int(day)).isoformat(), earliest)
    except ValueError:  # no day of the calendar
        return None


def _valid(day: str | None, earliest: int) -> str | None:
    return day if day and earliest <= int(day[:4]) < LATEST and day not in _NEVER_SET else None
