"""Which field of a row holds what."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any, NamedTuple

import orjson

from pipeline.config import ReadConfig
from pipeline.errors import Unreadable
from pipeline.read.sniff import looks_like_html
from pipeline.values import Given, Media, of_columns

_Path = tuple[str, ...]
Layout = dict[str, list[_Path]]
"""The paths to try in a row, by the kind of field."""
_SEEN_LAYOUTS = 256  # a file has one or a few; rows that all differ must not fill the memory


class Row(NamedTuple):
    """What a row of a table or an object of JSON lines says."""

    media: Media
    content: str | bytes
    given: Given


class Fields:
    """The configured names of fields, looked up in rows whatever their case.

    A dotted name such as "article.text" means a field of that name, else a field inside another.
    """

    def __init__(self, config: ReadConfig) -> None:
        self._groups: dict[str, tuple[str, ...]] = {
            "html": config.html_fields,
            "text": config.text_fields,
            "id": config.id_fields,
            "url": config.url_fields,
            "date": config.date_fields,
            "title": config.title_fields,
            "author": config.author_fields,
            "language": config.language_fields,
            "site": config.site_fields,
            "category": config.category_fields,
        }
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def paths(self, keys: tuple[str, ...]) -> Layout:
        """Give, for each kind of field, the paths to try in a row with these keys, likeliest first."""
        known = self._layouts.get(keys)
        if known is None:
            lower: dict[str, str] = {}
            for key in keys:
                lower.setdefault(key.lower(), key)
            known = {kind: list(_paths(names, lower)) for kind, names in self._groups.items()}
            if len(self._layouts) < _SEEN_LAYOUTS:
                self._layouts[keys] = known
        return known

    def holds_content(self, keys: Iterable[str]) -> bool:
        """Say whether a row with these keys may hold a text or a page."""
        found = self.paths(tuple(keys))
        return bool(found["html"] or found["text"])

    def read(self, row: Mapping[str, Any]) -> Row:
        """Take from a row what its fields say.

        Raises:
            Unreadable: "no-text" if no field holds a text or a page, "wrong-type" if one holds something else. Other
                fields that hold something else than they should are passed over: they are not what the record is for.
        """
        found = self.paths(tuple(row))
        media, content = self.content(row, found)
        # Most rows have few of these fields.
        said = {
            name: read(value)
            for kind, name, read in _SAID
            if (paths := found[kind]) and (value := _first(row, paths)) is not None
        }
        return Row(media, content, Given(**said))

    def given(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[Given]:
        """Give what `read` gives as `given` of so many rows of a table, which stand here by column.

        Columns that `said_in` does not name are not looked at.
        """
        found = self.paths(tuple(columns))
        said: dict[str, Iterable[Any]] = {
            name: repeat(default, count) for name, default in zip(Given._fields, Given(), strict=True)
        }
        for kind, name, read in _SAID:
            match found[kind]:
                case []:
                    continue
                case [(column,)]:
                    said[name] = _read_all(read, columns[column])
                case paths:
                    names = list(dict.fromkeys(path[0] for path in paths))
                    cells = zip(*(columns[one] for one in names), strict=True)
                    rows = (dict(zip(names, row, strict=True)) for row in cells)
                    said[name] = _read_all(read, [_first(row, paths) for row in rows])
        return of_columns(Given, *said.values())

    def said_in(self, keys: tuple[str, ...]) -> set[str]:
        """Name those fields of rows with these keys that may say something of the record, beside its content."""
        found = self.paths(keys)
        return {path[0] for kind, _, _ in _SAID for path in found[kind]}

    def contents(
        self, columns: Mapping[str, Sequence[Any]], rows: Sequence[Mapping[str, Any]]
    ) -> tuple[Sequence[Media], Sequence[str | bytes]]:
        """Give what `content` gives of all rows of a table, and raise what it does of any of them."""
        found = self.paths(tuple(columns))
        match found["html"], found["text"]:
            # As most tables are.
            case [], [(column,)] if all(type(value) is str for value in columns[column]):
                texts = columns[column]
                return ["html" if "<" in text and looks_like_html(text) else "text" for text in texts], texts
        told = [self.content(row, found) for row in rows]
        return [media for media, _ in told], [content for _, content in told]

    def only_content(self, keys: tuple[str, ...]) -> str | None:
        """Give the field that alone may hold the text of rows with these keys, and nothing else; None for several."""
        found = self.paths(keys)
        match found["html"], found["text"]:
            case [], [(name,)] if all(
                path[0] != name for kind, paths in found.items() for path in paths if kind != "text"
            ):
                return name
        return None

    def content(self, row: Mapping[str, Any], found: Layout) -> tuple[Media, str | bytes]:
        """Take from a row its text or page alone, by the `paths` of its keys; raises what `read` does."""
        wrong = empty = None
        for kind in ("html", "text"):
            for path in found[kind]:
                value = _at(row, path)
                if value is None:
                    continue
                if not isinstance(value, (str, bytes)):
                    wrong = wrong or (path, value)
                elif not value.strip():
                    empty = value
                elif looks_like_html(value):
                    return "html", value
                # "page" may be a page's number: what holds no tag is taken from these fields only if no text is there.
                elif kind == "text":
                    return "text", value
                else:
                    empty = value
        if empty is not None:
            return "text", empty
        if wrong is not None:
            path, value = wrong
            raise Unreadable(
                "wrong-type", f"the field {'.'.join(path)!r} holds a {type(value).__name__}; expected a text"
            )
        keys = ", ".join(sorted(str(key) for key in row)[:12])
        raise Unreadable(
            "no-text",
            f"no field holds a text or a page (fields: {keys[:300] or 'none'}); "
            "name the right one in read.text_fields or read.html_fields",
        )


def _paths(names: Sequence[str], lower: Mapping[str, str]) -> Iterable[_Path]:
    for name in names:
        whole = lower.get(name.lower())
        if whole is not None:
            yield (whole,)
        elif "." in name:
            first, *rest = name.lower().split(".")
            if first in lower:
                yield (lower[first], *rest)


def _at(row: Mapping[str, Any], path: _Path) -> Any:
    value = row.get(path[0])
    for name in path[1:]:
        if not isinstance(value, Mapping):
            return None
        value = next((inner for key, inner in value.items() if str(key).lower() == name), None)
    return value


def _first(row: Mapping[str, Any], paths: list[_Path]) -> Any:
    """Give the first value that says something."""
    for path in paths:
        value = row.get(path[0]) if len(path) == 1 else _at(row, path)
        if value is not None and value != "":
            return value
    return None


def _unwrapped(value: Any) -> Any:
    # MongoDB exports write {"$oid": …} and {"$date": …}.
    if not isinstance(value, str) and isinstance(value, Mapping) and len(value) == 1:
        key, inner = next(iter(value.items()))
        if str(key).startswith("$"):
            return inner
    return value


def _string(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip() or None
    return None


def _identifier(value: Any) -> str | None:
    value = _unwrapped(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return _string(value)


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(name for one in value for name in _authors(one))
    if not isinstance(value, str) and isinstance(value, Mapping):
        value = value.get("name")
    name = _string(value)
    return (name,) if name else ()


# Seconds since 1970 as ten digits are the years 2001 to 2286; more digits are milli-, micro- or nanoseconds.
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}")
_EPOCH_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (math.inf, 1e9))


def _date(value: Any) -> str | None:
    value = _unwrapped(value)
    if isinstance(value, str):
        value = value.strip()
        # Cheaper than the expression, and most dates hold a dash here.
        if not value[:10].isdigit() or not _EPOCH.fullmatch(value):
            return value or None
        value = float(value)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _epoch(float(value)) if abs(value) < 1e20 else None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return _string(value)


def _epoch(value: float) -> str | None:
    """Read a number as seconds since 1970 or as a finer unit, whichever gives a year of the web; None if none does."""
    if not math.isfinite(value) or value <= 0:
        return None
    seconds = next(value / unit for limit, unit in _EPOCH_UNITS if value < limit)
    try:
        return datetime.fromtimestamp(round(seconds), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None  # no date is better than one that no calendar holds


def _read_all(read: Callable[[Any], Any], values: Sequence[Any]) -> Iterable[Any]:
    """Read the values of a column; where all are texts, as most are, with no call of Python for each."""
    of_texts = _OF_TEXTS.get(read)
    if of_texts is None or not {*map(type, values)} <= {str, type(None)}:
        return map(read, values)
    return of_texts([value.strip() or None if value else None for value in values])


def _dates(texts: list[str | None]) -> Iterable[str | None]:
    return [_date(text) if text and text[:10].isdigit() else text for text in texts]


_OF_TEXTS: dict[Callable[[Any], Any], Callable[[list[str | None]], Iterable[Any]]] = {
    _string: iter,
    _identifier: iter,
    _date: _dates,
    _authors: lambda names: [(name,) if name else () for name in names],
}


_SAID: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("id", "source_id", _identifier),
    ("url", "url", _string),
    ("title", "title", _string),
    ("date", "date", _date),
    ("author", "authors", _authors),
    ("language", "language", _string),
    ("site", "site_name", _string),
    ("category", "category", _string),
)
"""Kinds of fields, what each is of `Given`, and how it is read."""


def canonical_json(row: Mapping[str, Any]) -> bytes:
    """Write a row as JSON that is the same on every machine: keys sorted, no white space, UTF-8.

    >>> canonical_json({"b": 1, "a": "é"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    try:
        return written(row)
    except orjson.JSONEncodeError:
        # Integers beyond 64 bits, half surrogate pairs: the standard library writes what orjson refuses.
        return json.dumps(row, default=_plain, sort_keys=True, separators=(",", ":")).encode("ascii")


def written(row: Mapping[str, Any] | list[Any]) -> bytes:
    """Do the same with orjson, of a list too.

    Raises:
        orjson.JSONEncodeError: it refuses what the row holds.
    """
    return orjson.dumps(row, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> str:
    return value.decode("utf-8", errors="backslashreplace") if isinstance(value, bytes) else str(value)
