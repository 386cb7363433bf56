"""A batch of records → Arrow tables. The unit of work that an engine hands to a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from pipeline import schemas
from pipeline.config import Config, PrivacyConfig, config_hash
from pipeline.errors import Unreadable
from pipeline.filter.filters import reject
from pipeline.mask.apply import MASK_RULE, mask_texts
from pipeline.match.marks import Marks
from pipeline.record import Seconds, clean_records, source_domain
from pipeline.sign.batch import SignedBatch, sign_batch
from pipeline.sign.sign import Signed
from pipeline.sites.sketch import NOTHING
from pipeline.sites.template import site_of
from pipeline.values import Document, Place, Quarantined, RawRecord
from pipeline.version import winnow_version
from pipeline.words.characters import count_digits

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


MARKED = ("exact_key", "signature", "fingerprints", "letters", "page")
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
    parts = (place.file_path, place.member or "", str(place.record), sha256)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def clean_batch(items: Sequence[Item], config: Config) -> Batch:
    """Clean and sign a batch of records. A record that no stage can use becomes a row of `quarantine`.

    Raises:
        ImportError: a library that a stage needs is missing: a fault of the installation, not of a record.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in STAGED}
    seconds: Seconds = {}
    digest = config_hash(config)
    documents = list(clean_records([item for item in items if isinstance(item, RawRecord)], config, seconds))
    outcomes = _signed(documents, config)
    for item in items:
        if isinstance(item, Quarantined):
            rows["quarantine"].append(_quarantine_row(record_id(item.place, item.sha256), item))
        else:
            _add(item, *next(outcomes), config, digest, rows)
    if config.privacy.mask:
        _hide(rows, config.privacy)
    return Batch({name: pa.Table.from_pylist(rows[name], schema=STAGED[name]) for name in STAGED}, seconds)


def _signed(
    documents: Sequence[Document | Exception], config: Config
) -> Iterator[tuple[Document | Exception, Signed | Exception]]:
    """Give each document with what it is compared by, or what was raised on the way there."""
    texts = [document.text for document in documents if isinstance(document, Document)]
    together = _tried(texts, config)
    done = 0
    for document in documents:
        if isinstance(document, Exception):
            yield document, document
            continue
        if isinstance(together, Exception):
            # Which text it was shows once each is by itself.
            alone = _tried([document.text], config)
            yield document, alone if isinstance(alone, Exception) else alone.row(0)
        else:
            yield document, together.row(done)
            done += 1


def _tried(texts: Sequence[str], config: Config) -> SignedBatch | Exception:
    try:
        return sign_batch(texts, config.match, shingles=True)
    except Exception as error:  # noqa: BLE001 - it is handed on to whoever asked for these texts
        return error


def _add(
    item: RawRecord,
    document: Document | Exception,
    signed: Signed | Exception,
    config: Config,
    digest: str,
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    identity = record_id(item.place, item.sha256)
    if isinstance(document, Exception) or isinstance(signed, Exception):
        rows["quarantine"].append(_quarantine_row(identity, _failed(item, document, signed)))
        return
    row = _document_row(identity, item, document, signed, digest)
    rejection = reject(document, signed.tokens, bool(item.content.strip()), config.filter)
    if rejection is None:
        rows["cleaned"].append(row | signed_columns(signed, document.metadata.url) | _site_columns(row, document))
    else:
        rows["rejections"].append(row | {"reason": rejection.reason, "detail": rejection.detail})
    rows["removals"].extend(removal_rows(identity, document))


def _document_row(identity: str, record: RawRecord, document: Document, signed: Signed, digest: str) -> dict[str, Any]:
    metadata, place = document.metadata, record.place
    return {
        "id": identity,
        "url": metadata.url,
        "date": metadata.date,
        "title": metadata.title,
        "authors": list(metadata.authors),
        "source_domain": source_domain(metadata.url),
        "site_name": metadata.site_name,
        "category": metadata.category,
        **_place_columns(place),
        "source_id": record.given.source_id,
        "format": record.format,
        "media": record.media,
        "encoding": document.encoding,
        "source_sha256": record.sha256,
        "before_sha256": sha256(document.before),
        "extractor": document.extractor,
        "pipeline_version": winnow_version(),
        "config_hash": digest,
        "chars_before": len(document.before),
        **text_columns(document, signed),
    }


def text_columns(document: Document, signed: Signed) -> dict[str, Any]:
    """Give the columns that tell of the text after cutting."""
    text = document.text
    lines = [line for line in text.splitlines() if line]
    return {
        "text": text,
        "language": document.language,
        "language_score": document.language_score,
        "text_sha256": sha256(text),
        "chars_after": len(text),
        "tokens": signed.tokens,
        "ended_share": sum(_ends_sentence(line) for line in lines) / len(lines) if lines else None,
        "digit_share": count_digits(text) / len(text) if text else None,
        "repeated_share": signed.repeated_share,
    }


def signed_columns(signed: Signed, url: str | None) -> dict[str, Any]:
    """Give the columns that documents are compared by (`schemas.SIGNED`)."""
    return {
        "exact_key": signed.exact_key,
        "shingles": len(signed.shingles),
        "signature": signed.signature.astype("<u4").tobytes(),
        "fingerprints": signed.fingerprints.astype("<u8").tobytes(),
        "letters": signed.letters.astype("<u4").tobytes(),
        "figures": signed.figures.astype("<u4").tobytes(),
        "page": page_key(url),
    }


def marks_of_table(batch: pa.RecordBatch | pa.Table) -> Marks:
    """Read the marks off the columns `MARKED` of signed documents."""
    fingerprints, fingerprint_offsets = _flat(batch["fingerprints"], "<u8")
    letters, letter_offsets = _flat(batch["letters"], "<u4")
    signatures, ends = _flat(batch["signature"], "<u4")
    rows = batch.num_rows
    return Marks(
        exact_keys=np.frombuffer(b"".join(batch["exact_key"].to_pylist()), "<u8").reshape(rows, 2),
        signatures=signatures.reshape(rows, int(ends[-1]) // max(rows, 1)),
        fingerprints=fingerprints,
        fingerprint_offsets=fingerprint_offsets,
        letters=letters,
        letter_offsets=letter_offsets,
        pages=np.array(batch["page"].to_pylist(), np.int64).view(np.uint64),
    )


def _flat(column: Any, kind: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Give the values of a column of packed arrays in one row, and where each array begins."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    width = np.dtype(kind).itemsize
    if not len(array):
        return np.empty(0, kind), np.zeros(1, np.int64)
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
    values = np.frombuffer(data if data is not None else b"", np.uint8)[places[0] : places[-1]]
    return np.frombuffer(values.tobytes(), kind), (places - places[0]) // width


def page_key(url: str | None) -> int:
    """Hash a URL as a signed 64-bit number; 0 for none."""
    return xxhash.xxh64_intdigest(url.encode("utf-8", "surrogatepass")) - (1 << 63) if url else 0


def _site_columns(row: dict[str, Any], document: Document) -> dict[str, Any]:
    sketch = document.sketch or NOTHING
    site = site_of(row["source_domain"], row["file_path"], row["member"], row["format"])
    return {"site": site, **sketch._asdict()}


def removal_rows(identity: str, document: Document) -> Iterable[dict[str, Any]]:
    """Make a row of `removals` for each span that was cut, and for each that is masked."""
    for removal in document.removals:
        yield {
            "id": identity,
            "rule": removal.rule,
            "kind": removal.kind,
            "start": removal.start,
            "end": removal.end,
            "text": removal.text,
            "score": removal.score,
            "weighed": removal.weighed,
        }
    for mask in document.masks:
        yield {
            "id": identity,
            "rule": f"{MASK_RULE}{mask.kind}",
            "kind": mask.kind,
            "start": mask.start,
            "end": mask.end,
            "text": mask.told,
            "score": None,
            "weighed": None,
        }


def _hide(rows: dict[str, list[dict[str, Any]]], config: PrivacyConfig) -> None:
    """Mask what is told of records beside their texts and metadata."""
    told = [(row, "source_id") for name in ("cleaned", "rejections") for row in rows[name]]
    told += [(row, "detail") for row in rows["quarantine"]]
    for (row, name), text in zip(told, mask_texts([row[name] for row, name in told], config), strict=True):
        row[name] = text


def _quarantine_row(identity: str, item: Quarantined) -> dict[str, Any]:
    return {
        "id": identity,
        **_place_columns(item.place),
        "reason": item.reason,
        "detail": item.detail,
        "bytes_read": item.bytes_read,
        "source_sha256": item.sha256,
    }


def _place_columns(place: Place) -> dict[str, Any]:
    return {
        "file_path": place.file_path,
        "member": place.member,
        "record": place.record,
        "byte_offset": place.byte_offset,
    }


def _failed(record: RawRecord, document: Document | Exception, signed: Signed | Exception) -> Quarantined:
    """Tell what no stage could use. What is missing in the installation is no record's fault, and is raised."""
    error = document if isinstance(document, Exception) else signed
    if isinstance(error, ImportError):
        raise error
    if isinstance(error, Unreadable):
        return _set_aside(record, error.reason, error.detail)
    return _set_aside(record, "stage-failed", f"{type(error).__name__}: {error}")


def _set_aside(record: RawRecord, reason: str, detail: str) -> Quarantined:
    content = record.content if isinstance(record.content, bytes) else record.content.encode("utf-8", "surrogatepass")
    place = record.place
    where = f"{place.file_path}, record {place.record}: {detail}"
    return Quarantined(place=place, reason=reason, detail=where, bytes_read=len(content), sha256=record.sha256)


_SENTENCE_ENDS = tuple('.!?…。！？؟।"”’»」』)')


def _ends_sentence(line: str) -> bool:
    return line.endswith(_SENTENCE_ENDS)


def sha256(text: str) -> str:
    """Digest a text as UTF-8: 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
