"""The way of a record: decode, extract, strip, collapse, mask. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from time import perf_counter
from typing import TypeVar
from urllib.parse import urlsplit

from pipeline.collapse.repeats import find_repeats, may_repeat
from pipeline.config import Config
from pipeline.cuts import Cut, apply_cuts
from pipeline.decode import decode_bytes, normalise, repair
from pipeline.errors import Refused
from pipeline.extract.dates import iso_date
from pipeline.extract.head import may_have_head, read_head
from pipeline.extract.html import extract_html
from pipeline.extract.language import detect_language
from pipeline.mask.apply import mask_documents
from pipeline.sites.sketch import sketch, sketches
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.find import find_boilerplate, match_rows
from pipeline.strip.learned import judge_blocks, worth_judging
from pipeline.strip.rows import Rows
from pipeline.values import Document, Given, Media, Metadata, Place, RawRecord, Removal, Sketch

# Below this fastText's verdict is worse than what the page or the source says of itself.
_SURE_LANGUAGE = 0.5

Seconds = dict[str, float]
Work = TypeVar("Work")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Readied:
    """A record decoded and extracted: the blocks of its text before cutting, and what is known of it."""

    blocks: Blocks
    """What is left to look at; of a page, what its judge keeps. Their source is the whole text before cutting."""
    cuts: tuple[Cut, ...]
    """What the page's judge cut already."""
    known: Metadata
    media: Media
    encoding: str | None
    extractor: str


def clean_record(record: RawRecord, config: Config, seconds: Seconds | None = None) -> Document:
    """Clean one record.

    Args:
        record: as it was read.
        config: the configuration.
        seconds: where given, the time of each stage is added to it.

    Raises:
        Unreadable: its bytes are no text, or the page cannot be parsed.
    """
    (outcome,) = clean_records([record], config, seconds)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def clean_records(
    records: Iterable[RawRecord], config: Config, seconds: Seconds | None = None
) -> Iterator[Document | Exception]:
    """Clean records; each comes out as it would alone, but many at once cost less.

    Args:
        records: as they were read.
        config: the configuration.
        seconds: where given, the time of each stage is added to it.

    Yields:
        For each record, in order, its document, or what was raised on its way (see `clean_record`).

    Raises:
        Refused: a stage cannot work at all, as when its weights are damaged.
    """
    readied = [_tried(ready, record, config, seconds) for record in records]
    sound = [one for one in readied if not isinstance(one, Exception)]
    together = _tried(strip_and_collapse, sound, config, seconds)
    if isinstance(together, Refused):
        raise together
    documents = iter(() if isinstance(together, Exception) else together)
    for one in readied:
        if isinstance(one, Exception):
            yield one
        elif isinstance(together, Exception):
            # Which record it was shows once each is by itself.
            alone = _tried(strip_and_collapse, [one], config, seconds)
            yield alone if isinstance(alone, Exception) else alone[0]
        else:
            yield next(documents)


def _tried(
    stage: Callable[[Work, Config, Seconds | None], Value], work: Work, config: Config, seconds: Seconds | None
) -> Value | Exception:
    try:
        return stage(work, config, seconds)
    except Exception as error:  # noqa: BLE001 - it is handed on to whoever asked for this record
        return error


def ready(record: RawRecord, config: Config, seconds: Seconds | None = None) -> Readied:
    """Decode and extract a record, and split its text into blocks.

    Raises:
        Unreadable: its bytes are no text, or the page cannot be parsed.
    """
    clock = _Clock(seconds)
    if isinstance(record.content, bytes):
        content, encoding = decode_bytes(record.content, record.charset, record.media)
    else:
        content, encoding = record.content, None
    clock.lap("decode")
    mend: Callable[[str], str] = repair if config.decode.repair_mojibake else str
    cuts: list[Cut] = []
    if record.media == "html":
        page = extract_html(content, record.given.url, config.extract)
        clock.lap("extract")
        before, kept, starts, cuts = page.text(lambda text: normalise(mend(text)))
        known, extractor = _known(record.given, page.metadata, mend), page.extractor
        clock.lap("decode")
        blocks = split_blocks(kept, tidy=True).placed(before, starts)
    else:
        before = normalise(mend(content))
        known, extractor = _known(record.given, Metadata(), mend), "plain text"
        clock.lap("decode")
        blocks = split_blocks(before, tidy=True)
    clock.lap("strip")
    return Readied(blocks, tuple(cuts), known, record.media, encoding, extractor)


def strip_and_collapse(readied: Sequence[Readied], config: Config, seconds: Seconds | None = None) -> list[Document]:
    """Cut boilerplate and repeats out of the texts of records, and name their languages."""
    clock = _Clock(seconds)
    off = config.strip
    # A stage goes over all texts before the next begins: its code and tables stay in the processor's cache.
    batch = [one.blocks for one in readied]
    rows = Rows.of(batch)
    matches, may_match = match_rows(rows)
    clock.lap("strip")
    heads: list[tuple[Metadata, list[Cut]]] = [
        read_head(one.blocks, one.known, one.media, matches) if may else (one.known, [])
        for one, may in zip(readied, may_have_head(rows, [one.known for one in readied]), strict=True)
    ]
    clock.lap("extract")
    found = [cuts for _, cuts in heads]
    for one, cuts, may in zip(readied, found, may_match, strict=True):
        if may:
            cuts.extend(find_boilerplate(one.blocks, cuts, off, matches))
    clock.lap("strip")
    for one, (metadata, cuts), alike in zip(readied, heads, may_repeat(rows), strict=True):
        if alike or metadata.title:
            cuts.extend(find_repeats(one.blocks, cuts, metadata.title, alike))
    clock.lap("collapse")
    worth = worth_judging(rows, off)
    asked = [at for at, one in enumerate(readied) if one.media != "html" and worth[at]]
    for at, judged in zip(asked, judge_blocks([(readied[at].blocks, found[at]) for at in asked], off), strict=True):
        found[at] += judged
    clock.lap("judge")
    left = [_without(one, cuts, config) for one, cuts in zip(readied, found, strict=True)]
    clock.lap("collapse")
    sketched: Iterable[Sketch | None] = repeat(None, len(left))
    if config.sites.enabled:
        sketched = list(sketches(rows, [removals for _, removals in left]))
    clock.lap("sketch")
    languages = [detect(text, metadata.language) for (text, _), (metadata, _) in zip(left, heads, strict=True)]
    clock.lap("language")
    documents = [
        Document(
            text=text,
            before=one.blocks.source,
            metadata=metadata,
            language=language,
            language_score=score,
            encoding=one.encoding,
            extractor=one.extractor,
            removals=removals,
            sketch=outline,
        )
        for one, (metadata, _), (text, removals), outline, (language, score) in zip(
            readied, heads, left, sketched, languages, strict=True
        )
    ]
    if config.privacy.mask:
        documents = _masked(documents, config)
        clock.lap("mask")
    return documents


def _masked(documents: Sequence[Document], config: Config) -> list[Document]:
    """Mask documents as they are when all is cut: rules know a line of contacts by what is in it.

    What comes after sees the masked text alone: filters, the site model, signatures and what is written.
    """
    masked = mask_documents(documents, config.privacy)
    return [
        # A sketch is hashes of blocks, and whoever guesses a number could try it on them.
        replace(document, sketch=sketch(split_blocks(document.before), document.removals))
        if document.masks and document.sketch is not None
        else document
        for document in masked
    ]


def _without(one: Readied, cuts: Sequence[Cut], config: Config) -> tuple[str, tuple[Removal, ...]]:
    off = config.strip
    wanted = [*one.cuts, *cuts]
    if wanted and (off.keep or off.disabled_rules):
        wanted = [cut for cut in wanted if cut.kind not in off.keep and cut.rule not in off.disabled_rules]
    return apply_cuts(one.blocks.source, wanted) if wanted else (one.blocks.source, ())


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
