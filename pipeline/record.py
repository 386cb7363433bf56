"""The way of one record: decode, extract, strip, collapse. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from urllib.parse import urlsplit

from pipeline.collapse.repeats import find_repeats
from pipeline.config import Config
from pipeline.cuts import apply_cuts
from pipeline.decode import decode_bytes, normalise, repair
from pipeline.extract.dates import iso_date
from pipeline.extract.head import read_head
from pipeline.extract.html import extract_html, extractor_name
from pipeline.extract.language import detect_language
from pipeline.sites.sketch import sketch
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate
from pipeline.values import Document, Given, Media, Metadata, Place, RawRecord

# Below this fastText's verdict is worse than what the page or the source says of itself.
_SURE_LANGUAGE = 0.5

Seconds = dict[str, float]


def clean_record(record: RawRecord, config: Config, seconds: Seconds | None = None) -> Document:
    """Clean one record.

    Args:
        record: as it was read.
        config: the configuration.
        seconds: where given, the time of each stage is added to it.

    Raises:
        Unreadable: its bytes are no text, or the page cannot be parsed.
    """
    clock = _Clock(seconds)
    if isinstance(record.content, bytes):
        content, encoding = decode_bytes(record.content, record.charset, record.media)
    else:
        content, encoding = record.content, None
    clock.lap("decode")
    if record.media == "html":
        extracted = extract_html(content, record.given.url, config.extract)
        before, found, extractor = extracted.text, extracted.metadata, extractor_name()
    else:
        before, found, extractor = content, Metadata(), "plain text"
    clock.lap("extract")
    mend: Callable[[str], str] = repair if config.decode.repair_mojibake else str
    before = normalise(mend(before))
    known = _known(record.given, found, mend)
    clock.lap("decode")

    blocks = split_blocks(before)
    metadata, cuts = read_head(blocks, known, record.media)
    clock.lap("extract")
    cuts += find_boilerplate(blocks, cuts, config.strip)
    clock.lap("strip")
    cuts += find_repeats(blocks, cuts, metadata.title)
    off = config.strip
    wanted = [cut for cut in cuts if cut.kind not in off.keep and cut.rule not in off.disabled_rules]
    text, removals = apply_cuts(before, wanted)
    clock.lap("collapse")

    sketched = sketch(blocks, removals) if config.sites.enabled else None
    clock.lap("sketch")

    language, score = detect(text, metadata.language)
    clock.lap("language")
    return Document(
        text=text,
        before=before,
        metadata=metadata,
        language=language,
        language_score=score,
        encoding=encoding,
        extractor=extractor,
        removals=removals,
        sketch=sketched,
    )


def raw_record(content: str | bytes, media: Media, url: str | None) -> RawRecord:
    """Make a record of a text or page that comes from no file."""
    return RawRecord(
        place=Place("", 0), format=media, media=media, content=content, sha256="", given=Given(url=url or None)
    )


def source_domain(url: str | None) -> str | None:
    """Give the host of a URL in lower case, without `www.`; None where there is none.

    >>> source_domain("https://www.Example.org:8080/news?id=1")
    'example.org'
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return (host or "").removeprefix("www.") or None


def _known(given: Given, found: Metadata, mend: Callable[[str], str]) -> Metadata:
    """Join what the source says of a record with what its page says; the page knows its canonical URL best."""

    def text(value: str | None) -> str | None:
        return " ".join(mend(value).split()) or None if value else None

    return Metadata(
        title=text(given.title or found.title),
        authors=tuple(name for name in map(text, given.authors or found.authors) if name),
        date=iso_date(given.date or "") or found.date,
        url=text(found.url or given.url),
        site_name=text(given.site_name or found.site_name),
        category=text(given.category or found.category),
        language=(given.language or found.language or "").split("-")[0].lower() or None,
    )


def detect(text: str, declared: str | None) -> tuple[str | None, float | None]:
    """Give the language of a text and how sure it is; what its source declares stands where detection is unsure."""
    detected = detect_language(text)
    if detected is None:
        return None, None
    if detected[1] < _SURE_LANGUAGE and declared:
        return declared, None
    return detected


class _Clock:
    def __init__(self, seconds: Seconds | None) -> None:
        self._seconds = seconds
        self._last = perf_counter() if seconds is not None else 0.0

    def lap(self, stage: str) -> None:
        if self._seconds is not None:
            now = perf_counter()
            self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
            self._last = now
