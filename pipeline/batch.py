"""A batch of records → Arrow tables. The unit of work that an engine hands to a worker."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from pipeline import schemas
from pipeline.config import Config, FilterConfig, MatchConfig, config_hash
from pipeline.documents import Documents
from pipeline.errors import Unreadable
from pipeline.filter.filters import reject
from pipeline.match.bands import bands_of
from pipeline.match.marks import HASH_BYTES, LETTER_BYTES, Marks, Packed, PackedMarks, pack_hashes, part_hashes
from pipeline.record import Clock, Seconds, clean_records, source_domain
from pipeline.records import Records
from pipeline.sign.batch import SignedBatch, gathered, joined_batches, sign_batch
from pipeline.sign.sign import Signed
from pipeline.sign.texts import Strings, Texts
from pipeline.sites.sketch import NOTHING, Sketches
from pipeline.sites.template import site_of
from pipeline.values import (
    MASK_RULE,
    Document,
    Mask,
    MaskKind,
    Place,
    Quarantined,
    RawRecord,
    Rejection,
    Removal,
    Sketch,
)
from pipeline.version import winnow_version
from pipeline.words.signals import signals_of

Item = RawRecord | Quarantined

STAGED: dict[str, pa.Schema] = {
    "cleaned": pa.schema(
        [*schemas.CLEANED, *(schemas.INDEX.field(name) for name in schemas.SIGNED), *schemas.CLEANED_SITE]
    ),
    "removals": schemas.without_run(schemas.REMOVALS),
    "rejections": schemas.without_run(schemas.REJECTIONS),
    "quarantine": schemas.without_run(schemas.QUARANTINE),
}
"""The tables of a batch: as in a corpus but for the run id, which is known only once all input has been read."""


# A column of texts that begin where 32 bits can say.
_MOST_BYTES = 2**31 - 1
# Of a digest so many bytes identify a record.
_ID_BYTES = 16
_SHA256_BYTES = 32
# Half a surrogate pair begins with this byte: what alone of a string in Python may be no UTF-8.
_MAY_BE_HALF = 0xED

MARKED = ("exact_key", "bands", "fingerprints", "fingerprint_steps", "letters", "letter_steps", "page", "domain")
"""The columns of signed documents by which these are found."""


@dataclass(slots=True)
class Batch:
    """What came of a batch of records. Every record stands in exactly one of cleaned, rejections and quarantine."""

    tables: dict[str, pa.Table]
    """One table for each name in `STAGED`, rows in the order of the records."""
    seconds: Seconds = field(default_factory=dict)
    """Time spent in each stage."""


def record_id(place: Place, sha256: str) -> str:
    """Derive a record's id from where it stands and what it holds: 32 hex digits, the same on every machine.

    >>> record_id(Place("a/b.txt", 0), "00") == record_id(Place("a/b.txt", 1), "00")
    False
    """
    return _identity(place, sha256).hex()


def _identity(place: Place, sha256: str) -> bytes:
    told = f"{place.file_path}\0{place.member or ''}\0{place.record}\0{sha256}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:_ID_BYTES]


def clean_batch(items: Sequence[Item], config: Config) -> Batch:
    """Clean and sign a batch of records. A record that no stage can use becomes a row of `quarantine`.

    Raises:
        ImportError: a library that a stage needs is missing: a fault of the installation, not of a record.
    """
    with not_collecting():
        return _clean_batch(items, config)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Let no garbage be collected: a batch is many objects, and hardly any of them goes in circles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _clean_batch(items: Sequence[Item], config: Config) -> Batch:
    seconds: Seconds = {}
    records = items if isinstance(items, Records) else [item for item in items if isinstance(item, RawRecord)]
    done = clean_records(records, config, seconds)
    clock = Clock(seconds)
    documents = (
        done if isinstance(done, Documents) else Documents.of([one for one in done if isinstance(one, Document)])
    )
    signed, unsigned = _signed(documents.texts, config)
    clock.lap("sign")
    rest = iter(unsigned)
    errors = [one if isinstance(one, Exception) else next(rest) for one in done] if done is not documents else unsigned
    told = records
    aside: list[Item | None] = [] if isinstance(items, Records) else list(items)
    if any(errors):
        told = [record for record, error in zip(records, errors, strict=True) if error is None]
        documents = Documents.of([one for one, error in zip(documents, unsigned, strict=True) if error is None])
        lost = iter([_failed(record, error) if error else None for record, error in zip(records, errors, strict=True)])
        aside = [item if isinstance(item, Quarantined) else next(lost) for item in items]
    tables = _tables(told if isinstance(told, Records) else Records.of(told), documents, signed, config)
    tables["quarantine"] = _quarantine([item for item in aside if isinstance(item, Quarantined)], config)
    clock.lap("rows")
    return Batch(tables, seconds)


def _signed(texts: Strings, config: Config) -> tuple[SignedBatch, Sequence[Exception | None]]:
    """Give what texts are compared by, and of each text what was raised: it has no row then."""
    together = _tried(_plain(texts), config)
    if not isinstance(together, Exception):
        return together, [None] * len(texts)
    # Which text it was shows once each is by itself.
    alone = [_tried([text], config) for text in texts]
    signed = [one for one in alone if not isinstance(one, Exception)]
    return joined_batches(signed or [sign_batch([], config.match)]), [
        one if isinstance(one, Exception) else None for one in alone
    ]


def _plain(texts: Strings) -> Texts:
    """Give the bytes of texts, and none after the last one."""
    data, offsets = texts.packed
    return Texts(data[: offsets[-1]], offsets)


def _tried(texts: Sequence[str] | Texts, config: Config) -> SignedBatch | Exception:
    try:
        return sign_batch(texts, config.match)
    except Exception as error:  # noqa: BLE001 - it is handed on to whoever asked for these texts
        return error


def _tables(records: Records, documents: Documents, signed: SignedBatch, config: Config) -> dict[str, pa.Table]:
    """Make the tables of documents, of each of which there is a record and in `signed` a row."""
    ids = _hex(b"".join(map(_identity, records.places, records.sha256)), _ID_BYTES)
    known = _document_columns(documents)
    told = text_columns(_plain(documents.texts), signed)
    columns = {
        "id": ids,
        **_record_columns(records, config),
        **known,
        **told,
        **signed_columns(signed, known["url"], known["source_domain"], config.match),
        **_site_columns(records, documents.sketches, known["source_domain"]),
    }
    # Most texts lose nothing.
    changed = sorted(documents.changed)
    befores = [documents.befores[at] for at in changed]
    chars, is_changed = told["chars_after"].copy(), np.zeros(len(documents), bool)
    chars[changed], is_changed[changed] = list(map(len, befores)), True
    digests = pa.array(list(map(sha256, befores)), pa.string())
    columns |= {
        "before_sha256": pc.replace_with_mask(told["text_sha256"], pa.array(is_changed), digests),
        "chars_before": chars,
    }
    cleaned, rejected = parted(
        pa.Table.from_pydict(columns, schema=STAGED["cleaned"]),
        _rejections(records, documents, signed.tokens, config.filter),
    )
    return {"cleaned": cleaned, "removals": removals_table(ids, documents), "rejections": rejected}


def _rejections(
    records: Records, documents: Documents, tokens: NDArray[np.int64], config: FilterConfig
) -> list[Rejection | None]:
    rejections: list[Rejection | None] = [None] * len(records)
    # What has a token is not empty.
    asked = tokens < max(1, config.min_tokens) if not config.languages else np.ones(len(records), bool)
    for at in np.flatnonzero(asked).tolist():
        held_text = bool(records.contents[at].strip())
        rejections[at] = reject(documents[at], int(tokens[at]), held_text, config)
    return rejections


def parted(cleaned: pa.Table, rejections: Sequence[Rejection | None]) -> tuple[pa.Table, pa.Table]:
    """Part the rows of cleaned documents: those that are kept, and rejections."""
    schema = STAGED["rejections"]
    why = [one for one in rejections if one is not None]
    if not why:
        return cleaned, schema.empty_table()
    kept = pa.array([one is None for one in rejections], pa.bool_())
    columns = {name: cleaned[name] for name in schema.names if name in cleaned.column_names}
    rejected = pa.table(columns).filter(pc.invert(kept))
    rejected = rejected.append_column("reason", pa.array([one.reason for one in why], pa.string()))
    rejected = rejected.append_column("detail", pa.array([one.detail for one in why], pa.string()))
    return cleaned.filter(kept), rejected.select(schema.names).cast(schema)


def _record_columns(records: Records, config: Config) -> dict[str, Any]:
    return {
        **_place_columns(records.places),
        "source_id": _masked([given.source_id for given in records.given], config),
        "format": records.formats,
        "media": records.media,
        "source_sha256": records.sha256,
        "pipeline_version": pa.repeat(winnow_version(), len(records)),
        "config_hash": pa.repeat(config_hash(config), len(records)),
    }


def _place_columns(places: Sequence[Place]) -> dict[str, Any]:
    return dict(zip(Place._fields, zip(*places, strict=True) if places else ([] for _ in Place._fields), strict=True))


def _document_columns(documents: Documents) -> dict[str, Any]:
    told = documents.metadata
    urls = [one.url for one in told]
    return {
        "url": urls,
        **{name: list(map(attrgetter(name), told)) for name in ("date", "title", "site_name", "category", "authors")},
        "source_domain": list(map(source_domain, urls)),
        "encoding": documents.encodings,
        "extractor": documents.extractors,
        "language": [language for language, _ in documents.languages],
        "language_score": [score for _, score in documents.languages],
    }


def text_columns(data: Texts, signed: SignedBatch) -> dict[str, Any]:
    """Give the columns that are told of texts after cutting by the texts alone; `data` are their bytes."""
    signals = signals_of(*data)
    with np.errstate(invalid="ignore"):
        digit_shares = signals.digits / signals.chars
    return {
        "text": _column(data),
        "text_sha256": _hex(b"".join([hashlib.sha256(one).digest() for one in _each(data)]), _SHA256_BYTES),
        "chars_after": signals.chars,
        "tokens": signed.tokens,
        "ended_share": _numbers(signals.ended_shares),
        "digit_share": _numbers(digit_shares),
        "repeated_share": _numbers(signed.repeated_shares),
    }


def _column(texts: Texts) -> pa.Array:
    """Give a column of texts, whose bytes are not copied."""
    rows = len(texts.offsets) - 1
    if texts.offsets[-1] > _MOST_BYTES:
        return pa.array(map(bytes, _each(texts)), pa.string(), size=rows)
    column = pa.Array.from_buffers(
        pa.string(), rows, [None, pa.py_buffer(texts.offsets.astype(np.int32)), pa.py_buffer(texts.data)]
    )
    if (texts.data == _MAY_BE_HALF).any():
        column.validate(full=True)
    return column


def _hex(data: bytes | memoryview, width: int) -> pa.Array:
    """Give a column of the digits of some bytes each."""
    rows = len(data) // width
    ends = np.arange(rows + 1, dtype=np.int32) * np.int32(2 * width)
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(ends), pa.py_buffer(data.hex().encode())])


def _each(texts: Texts) -> Iterator[memoryview]:
    """Give the bytes of each text."""
    whole = texts.data.data
    return (whole[start:end] for start, end in pairwise(texts.offsets.tolist()))


def _numbers(column: NDArray[np.float64]) -> pa.Array:
    """Give a column of 32-bit numbers, null where there is none."""
    return pa.array(column.astype(np.float32), pa.float32(), mask=np.isnan(column))


def signed_columns(
    signed: SignedBatch, urls: Sequence[str | None], domains: Sequence[str | None], config: MatchConfig
) -> dict[str, Any]:
    """Give the columns that documents are compared by (`schemas.SIGNED`); `domains` are the hosts of their URLs."""
    bands, band_offsets = bands_of(signed.signatures, config)
    fingerprints, fingerprint_steps = part_hashes(signed.fingerprints, signed.fingerprint_offsets, HASH_BYTES)
    letters, letter_steps = part_hashes(signed.letters, signed.letter_offsets, LETTER_BYTES)
    return {
        "exact_key": pa.Array.from_buffers(
            pa.binary(16), len(signed), [None, pa.py_buffer(np.ascontiguousarray(signed.exact_keys))]
        ),
        "shingles": signed.shingle_counts,
        "bands": _packed(pack_hashes(bands, HASH_BYTES), band_offsets, HASH_BYTES),
        "fingerprints": _packed(fingerprints, signed.fingerprint_offsets, HASH_BYTES - 1),
        "fingerprint_steps": _packed(fingerprint_steps, signed.fingerprint_offsets, 1),
        "letters": _packed(letters, signed.letter_offsets, LETTER_BYTES - 1),
        "letter_steps": _packed(letter_steps, signed.letter_offsets, 1),
        "figures": _packed(signed.figures.astype("<u4", copy=False).view(np.uint8), signed.figure_offsets, 4),
        "page": list(map(page_key, urls)),
        "domain": _domain_keys(domains),
    }


def signed_rows(signed: Sequence[Signed], urls: Sequence[str | None], config: MatchConfig) -> list[dict[str, Any]]:
    """Give the same of texts that were signed one by one, a row for each."""
    columns = signed_columns(gathered(signed, config), urls, list(map(source_domain, urls)), config)
    schema = pa.schema([schemas.INDEX.field(name) for name in schemas.SIGNED])
    return list(pa.Table.from_pydict(columns, schema=schema).to_pylist())


def _packed(data: NDArray[np.uint8], offsets: NDArray[np.int64], width: int) -> pa.Array:
    """Give a column of packed arrays, which stand one after the other; as `flat` takes it apart.

    Args:
        data: the bytes of all of them.
        offsets: (rows + 1,): where each begins, in values.
        width: bytes of a value.
    """
    places = pa.py_buffer((offsets * width).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, places, pa.py_buffer(data)])


def marks_of_table(batch: pa.RecordBatch | pa.Table) -> Marks:
    """Read the marks off the columns `MARKED` of signed documents."""
    return packed_marks(batch).unpacked()


def packed_marks(batch: pa.RecordBatch | pa.Table) -> PackedMarks:
    """Give what `marks_of_table` gives as it stands in the columns."""
    return PackedMarks(
        exact_keys=flat(batch["exact_key"].cast(pa.binary()), 8)[0].view("<u8").reshape(batch.num_rows, 2),
        bands=_hashes(batch, "bands", None, HASH_BYTES),
        fingerprints=_hashes(batch, "fingerprints", "fingerprint_steps", HASH_BYTES),
        letters=_hashes(batch, "letters", "letter_steps", LETTER_BYTES),
        pages=np.asarray(batch["page"]).view(np.uint64),
        domains=np.asarray(batch["domain"]).astype(np.uint32),
    )


def _hashes(batch: pa.RecordBatch | pa.Table, lower: str, steps: str | None, size: int) -> Packed:
    data, offsets = flat(batch[lower], size - 1 if steps else size)
    return Packed(data, flat(batch[steps], 1)[0] if steps else None, offsets, size)


def flat(column: Any, width: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Give the values of a column of packed arrays in one row, and where each array begins."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not len(array):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
    values = np.frombuffer(data if data is not None else b"", np.uint8)[places[0] : places[-1]]
    return values, (places - places[0]) // width


def page_key(url: str | None) -> int:
    """Hash a URL as a signed 64-bit number; 0 for none."""
    return xxhash.xxh64_intdigest(url.encode("utf-8", "surrogatepass")) - (1 << 63) if url else 0


def domain_key(url: str | None) -> int:
    """Hash the host of a URL as a 32-bit number; 0 for none."""
    return _domain_keys([source_domain(url)])[0]


def _domain_keys(domains: Sequence[str | None]) -> list[int]:
    # Many documents are of few sites.
    known = {
        domain: xxhash.xxh32_intdigest(domain.encode("utf-8", "surrogatepass")) if domain else 0
        for domain in dict.fromkeys(domains)
    }
    return [known[domain] for domain in domains]


def _site_columns(records: Records, sketches: Sequence[Sketch | None], domains: Sequence[str | None]) -> dict[str, Any]:
    sites = [
        site_of(domain, place.file_path, place.member, form)
        for place, form, domain in zip(records.places, records.formats, domains, strict=True)
    ]
    if isinstance(sketches, Sketches):
        return {
            "site": sites,
            "blocks": _packed(sketches.blocks.view(np.uint8), sketches.offsets, 8),
            "anchors": _packed(sketches.anchors.view(np.uint8), sketches.anchor_offsets, 4),
            "spans": _packed(sketches.spans.view(np.uint8), sketches.offsets, 8),
        }
    held = [sketch or NOTHING for sketch in sketches]
    return {"site": sites, **{name: [getattr(sketch, name) for sketch in held] for name in Sketch._fields}}


def removals_table(ids: pa.Array, documents: Documents) -> pa.Table:
    """Make a row of `removals` for each span that was cut, and after those of a document for each that is masked."""
    told = list(map(_told, documents.removals, documents.masks))
    spans = list(chain.from_iterable(told))
    columns: dict[str, Any] = {name: [getattr(one, name) for one in spans] for name in _REMOVED}
    columns["id"] = ids.take(pa.array(np.repeat(np.arange(len(told)), list(map(len, told)))))
    return pa.Table.from_pydict(columns, schema=STAGED["removals"])


class _MaskRow(NamedTuple):
    """A mask as `removals` holds it."""

    rule: str
    kind: MaskKind
    start: int
    end: int
    text: str
    score: None = None
    weighed: None = None


def _told(removals: Sequence[Removal], masks: Sequence[Mask]) -> Sequence[Removal | _MaskRow]:
    return [*removals, *map(_mask_row, masks)] if masks else removals


def _mask_row(mask: Mask) -> _MaskRow:
    return _MaskRow(f"{MASK_RULE}{mask.kind}", mask.kind, mask.start, mask.end, mask.told)


def _masked(texts: Sequence[str | None], config: Config) -> Sequence[str | None]:
    """Mask what is told of records beside their texts and metadata, where that is asked for."""
    if not config.privacy.mask:
        return texts
    from pipeline.mask.apply import mask_texts

    return mask_texts(texts, config.privacy)


_REMOVED = ("rule", "kind", "start", "end", "text", "score", "weighed")


def _quarantine(items: Sequence[Quarantined], config: Config) -> pa.Table:
    columns = {
        "id": [record_id(item.place, item.sha256) for item in items],
        **_place_columns([item.place for item in items]),
        "reason": [item.reason for item in items],
        "detail": _masked([item.detail for item in items], config),
        "bytes_read": [item.bytes_read for item in items],
        "source_sha256": [item.sha256 for item in items],
    }
    return pa.Table.from_pydict(columns, schema=STAGED["quarantine"])


def _failed(record: RawRecord, error: Exception) -> Quarantined:
    """Tell what no stage could use. What is missing in the installation is no record's fault, and is raised."""
    if isinstance(error, ImportError):
        raise error
    if isinstance(error, Unreadable):
        return set_aside(record, error.reason, error.detail)
    if isinstance(error, MemoryError):
        return set_aside(record, "too-much-memory", "cleaning it takes more memory than there is")
    return set_aside(record, "stage-failed", f"{type(error).__name__}: {error}")


def set_aside(record: RawRecord, reason: str, detail: str) -> Quarantined:
    """Quarantine a record that was read; `detail` is for people and is completed with where it stands."""
    content = record.content if isinstance(record.content, bytes) else record.content.encode("utf-8", "surrogatepass")
    place = record.place
    where = f"{place.file_path}, record {place.record}: {detail}"
    return Quarantined(place=place, reason=reason, detail=where, bytes_read=len(content), sha256=record.sha256)


def sha256(text: str) -> str:
    """Digest a text as UTF-8: 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
