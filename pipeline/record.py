"""The way of a record: decode, extract, strip, collapse, mask. Pure: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from time import thread_time
from typing import NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

import numpy as np

from pipeline.collapse.repeats import find_repeats, may_repeat
from pipeline.config import Config
from pipeline.cuts import Cut, apply_cuts
from pipeline.decode import decode_bytes, repair_all, settle
from pipeline.documents import Documents
from pipeline.errors import Refused
from pipeline.extract.dates import iso_date
from pipeline.extract.head import may_have_head, read_head
from pipeline.extract.html import Extracted, Unjudged, judge_pages, open_page
from pipeline.extract.language import detect_languages
from pipeline.extract.titles import title_blocks
from pipeline.records import Records
from pipeline.sign.texts import Strings
from pipeline.sites.sketch import sketch, sketches
from pipeline.strip.blocks import Blocks, sources_of, split_blocks
from pipeline.strip.find import find_boilerplate, match_rows
from pipeline.strip.learned import judge_blocks, worth_judging
from pipeline.strip.rows import Rows
from pipeline.strip.split import split_texts
from pipeline.values import Document, Given, Media, Metadata, Place, RawRecord, Removal, Sketch

# Below this fastText's verdict is worse than what the page or the source says of itself.
_SURE_LANGUAGE = 0.5

Seconds = dict[str, float]
Work = TypeVar("Work")
Value = TypeVar("Value")


class Readied(NamedTuple):
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
) -> Sequence[Document | Exception]:
    """Clean records; each comes out as it would alone, but many at once cost less.

    Args:
        records: as they were read.
        config: the configuration.
        seconds: where given, the time of each stage is added to it.

    Returns:
        For each record, in order, its document, or what was raised on its way (see `clean_record`); `Documents` where
        nothing was.

    Raises:
        Refused: a stage cannot work at all, as when its weights are damaged.
    """
    if isinstance(records, Records) and isinstance(records.contents, Strings):
        # Nothing has to be opened. Where that fails, each goes its way by itself.
        readied = _tried(ready, records, config, seconds)
        if not isinstance(readied, Exception):
            return _together(strip_and_collapse, readied, config, seconds)
    opened = [_tried(read, record, config, seconds) for record in records]
    return _together(strip_and_collapse, _together(ready, opened, config, seconds), config, seconds)


def _together(
    stage: Callable[[Sequence[Work], Config, Seconds | None], Sequence[Value]],
    works: Sequence[Work | Exception],
    config: Config,
    seconds: Seconds | None,
) -> Sequence[Value | Exception]:
    """Do a stage of many works at once; what was raised earlier on the way of one stays in its place.

    Raises:
        Refused: the stage cannot work at all.
    """
    sound = [work for work in works if not isinstance(work, Exception)]
    together = _tried(stage, sound, config, seconds)
    if isinstance(together, Refused):
        raise together
    if not isinstance(together, Exception) and len(sound) == len(works):
        return together
    done = iter(() if isinstance(together, Exception) else together)
    come: list[Value | Exception] = []
    for work in works:
        if isinstance(work, Exception):
            come.append(work)
        elif isinstance(together, Exception):
            # Which one it was shows once each is by itself.
            alone = _tried(stage, [work], config, seconds)
            come.append(alone if isinstance(alone, Exception) else alone[0])
        else:
            come.append(next(done))
    return come


def _tried(
    stage: Callable[[Work, Config, Seconds | None], Value], work: Work, config: Config, seconds: Seconds | None
) -> Value | Exception:
    try:
        return stage(work, config, seconds)
    except Exception as error:  # noqa: BLE001 - it is handed on to whoever asked for this record
        return error


class Opened(NamedTuple):
    """A record whose text can be read."""

    content: str
    """As it was decoded; of a page nothing, since it has been read."""
    page: Unjudged | Extracted | None
    given: Given
    media: Media
    encoding: str | None


def read(record: RawRecord, config: Config, seconds: Seconds | None = None) -> Opened:
    """Decode a record, and read it where it is a page.

    Raises:
        Unreadable: its bytes are no text, or the page cannot be parsed.
    """
    content, encoding = record.content, None
    if isinstance(content, str) and record.media != "html":
        # As most are: there is nothing to do yet, and to ask for the time costs more than the rest.
        return Opened(content, None, record.given, record.media, None)
    clock = Clock(seconds)
    if isinstance(content, bytes):
        content, encoding = decode_bytes(content, record.charset, record.media)
        clock.lap("decode")
    if record.media != "html":
        return Opened(content, None, record.given, record.media, encoding)
    page = open_page(content, record.given.url, config.extract)
    clock.lap("extract")
    return Opened("", page, record.given, record.media, encoding)


def ready(opened: Sequence[Opened] | Records, config: Config, seconds: Seconds | None = None) -> list[Readied]:
    """Judge the pages among records, mend and normalise all texts, and split them into blocks.

    Args:
        opened: the records; as they were read where all of them are `Strings`.
        config: the configuration.
        seconds: where given, the time of each stage is added to it.
    """
    if isinstance(opened, Records):
        return _ready_texts(opened, config, seconds)
    clock = Clock(seconds)
    judged = iter(judge_pages([one.page for one in opened if one.page is not None], config.extract))
    pages = [None if one.page is None else next(judged) for one in opened]
    clock.lap("extract")
    mend = config.decode.repair_mojibake
    told = [(one.given, page.metadata if page else _NOTHING_FOUND) for one, page in zip(opened, pages, strict=True)]
    known = _known(told, mend)
    settled = settle([one.content for one in opened if one.page is None], mend)
    clock.lap("decode")
    split = iter(split_texts(settled))
    readied: list[Readied] = []
    for one, page, metadata in zip(opened, pages, known, strict=True):
        cuts: list[Cut] = []
        if page is None:
            blocks = next(split)
        else:
            before, kept, starts, cuts = page.text(lambda texts: settle(texts, mend))
            blocks = split_blocks(kept, tidy=True).placed(before, starts)
        extractor = page.extractor if page else "plain text"
        readied.append(Readied(blocks, tuple(cuts), metadata, one.media, one.encoding, extractor))
    clock.lap("strip")
    return readied


def _ready_texts(records: Records, config: Config, seconds: Seconds | None) -> list[Readied]:
    clock = Clock(seconds)
    mend = config.decode.repair_mojibake
    known = _known_of_texts(records.given, mend)
    settled = settle(cast(Strings, records.contents), mend)
    clock.lap("decode")
    split = split_texts(settled)
    readied = list(map(Readied, split, repeat(()), known, records.media, repeat(None), repeat("plain text")))
    clock.lap("strip")
    return readied


def strip_and_collapse(readied: Sequence[Readied], config: Config, seconds: Seconds | None = None) -> Documents:
    """Cut boilerplate and repeats out of the texts of records, name their languages, and mask what is to be masked."""
    clock = Clock(seconds)
    off = config.strip
    # A stage goes over all texts before the next begins: its code and tables stay in the processor's cache.
    batch = [one.blocks for one in readied]
    rows = Rows.of(batch)
    matches, may_match = match_rows(rows)
    clock.lap("strip")
    titles = [one.known.title for one in readied]
    named = title_blocks(rows, titles)
    stands = rows.some(named)
    may_head = may_have_head(rows, np.array(list(map(bool, titles)), bool), stands)
    heads: list[tuple[Metadata, list[Cut]]] = [
        read_head(one.blocks, one.known, one.media, matches) if may else (one.known, [])
        for one, may in zip(readied, may_head, strict=True)
    ]
    clock.lap("extract")
    found = [cuts for _, cuts in heads]
    for one, cuts, may in zip(readied, found, may_match, strict=True):
        if may:
            cuts.extend(find_boilerplate(one.blocks, cuts, off, matches))
    clock.lap("strip")
    headlines = [known.title for known, _ in heads]
    named |= title_blocks(rows, [one if one is not said else None for one, said in zip(headlines, titles, strict=True)])
    asked_of = zip(readied, found, headlines, may_repeat(rows), rows.by_text(np.flatnonzero(named)), strict=True)
    for one, cuts, title, alike, titled in asked_of:
        if alike or titled:
            cuts.extend(find_repeats(one.blocks, cuts, title, alike, titled))
    clock.lap("collapse")
    worth = worth_judging(rows, off)
    asked = [at for at, one in enumerate(readied) if one.media != "html" and worth[at]]
    for at, judged in zip(asked, judge_blocks([(readied[at].blocks, found[at]) for at in asked], off), strict=True):
        found[at] += judged
    clock.lap("judge")
    befores = sources_of(batch)
    changed: dict[int, str] = {}
    removals: list[tuple[Removal, ...]] = [()] * len(readied)
    for at, (one, cuts) in enumerate(zip(readied, found, strict=True)):
        if (one.cuts or cuts) and (wanted := _wanted((*one.cuts, *cuts), config)):
            changed[at], removals[at] = apply_cuts(one.blocks.source, wanted)
    texts = befores.changed(changed)
    clock.lap("collapse")
    sketched: Sequence[Sketch | None] = [None] * len(readied)
    if config.sites.enabled:
        sketched = sketches(rows, removals)
    clock.lap("sketch")
    known = [one for one, _ in heads]
    languages = detect(texts, [one.language for one in known])
    clock.lap("language")
    documents = Documents(
        texts=texts,
        befores=befores,
        changed=changed.keys(),
        metadata=known,
        languages=languages,
        encodings=[one.encoding for one in readied],
        extractors=[one.extractor for one in readied],
        removals=removals,
        sketches=sketched,
        masks=[()] * len(readied),
    )
    if config.privacy.mask:
        documents = Documents.of(_masked(documents, config))
        clock.lap("mask")
    return documents


def _masked(documents: Sequence[Document], config: Config) -> list[Document]:
    """Mask documents as they are when all is cut: rules know a line of contacts by what is in it.

    What comes after sees the masked text alone: filters, the site model, signatures and what is written.
    """
    from pipeline.mask.apply import mask_documents

    masked = mask_documents(documents, config.privacy)
    return [
        # A sketch is hashes of blocks, and whoever guesses a number could try it on them.
        document._replace(sketch=sketch(split_blocks(document.before), document.removals))
        if document.masks and document.sketch is not None
        else document
        for document in masked
    ]


def _wanted(cuts: Sequence[Cut], config: Config) -> Sequence[Cut]:
    off = config.strip
    if not (off.keep or off.disabled_rules):
        return cuts
    return [cut for cut in cuts if cut.kind not in off.keep and cut.rule not in off.disabled_rules]


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
    if plain := _PLAIN_URL.match(url or ""):
        host: str | None = plain[1].lower()
    else:
        try:
            host = urlsplit(url or "").hostname
        except ValueError:
            return None
    return (host or "").removeprefix("www.") or None


# Of most URLs the host can be read off; to take them apart costs ten times as much.
_PLAIN_URL = re.compile(r"https?://([A-Za-z0-9.-]+)(?::[0-9]*)?(?:[/?#]|\Z)")


_NOTHING_FOUND = Metadata()


def _known(told: Sequence[tuple[Given, Metadata]], mend: bool) -> Iterator[Metadata]:
    """Join what the source says of each record with what its page says; the page knows its canonical URL best."""
    said: list[str | None] = []
    for given, found in told:
        said += (
            given.title or found.title,
            found.url or given.url,
            given.site_name or found.site_name,
            given.category or found.category,
            *(given.authors or found.authors),
        )
    texts = [text for text in said if text]
    mended = iter(repair_all(texts) if mend else texts)
    lines = iter([" ".join(next(mended).split()) or None if text else None for text in said])
    for given, found in told:
        title, url, site_name, category = islice(lines, 4)
        yield Metadata(
            title=title,
            authors=tuple(name for name in islice(lines, len(given.authors or found.authors)) if name),
            date=(iso_date(given.date) if given.date else None) or found.date,
            url=url,
            site_name=site_name,
            category=category,
            language=(given.language or found.language or "").split("-")[0].lower() or None,
        )


def _known_of_texts(told: Sequence[Given], mend: bool) -> list[Metadata]:
    """Give the same of records that are no pages, column by column."""
    if not told:
        return []
    _, urls, titles, dates, authors, languages, sites, categories = zip(*told, strict=True)
    columns = (titles, urls, sites, categories, list(chain.from_iterable(authors)))
    texts = Strings(text for column in columns for text in column if text)
    mended = iter(repair_all(texts) if mend else texts)
    title, url, site_name, category, names = (
        [" ".join(next(mended).split()) or None if text else None for text in column] if any(column) else column
        for column in columns
    )
    rest = iter(names)
    return list(
        map(
            Metadata,
            title,
            [tuple(filter(None, islice(rest, len(one)))) for one in authors] if names else authors,
            [iso_date(date) if date else None for date in dates] if any(dates) else dates,
            url,
            site_name,
            category,
            [(one or "").split("-")[0].lower() or None for one in languages] if any(languages) else languages,
        )
    )


def detect(texts: Sequence[str], declared: Sequence[str | None]) -> list[tuple[str | None, float | None]]:
    """Give the language of each text and how sure it is; what its source declares stands where detection is unsure."""
    languages: list[tuple[str | None, float | None]] = []
    for detected, known in zip(detect_languages(texts), declared, strict=True):
        if detected is None:
            languages.append((None, None))
        else:
            languages.append((known, None) if known and detected[1] < _SURE_LANGUAGE else detected)
    return languages


class Clock:
    """Adds up the time of stages, where it is wanted."""

    def __init__(self, seconds: Seconds | None) -> None:
        self._seconds = seconds
        self._last = thread_time() if seconds is not None else 0.0

    def lap(self, stage: str) -> None:
        """Say that a stage has ended."""
        if self._seconds is not None:
            now = thread_time()
            self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
            self._last = now
