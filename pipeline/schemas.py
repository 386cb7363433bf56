"""Every table that Winnow writes: its columns, their types and what they mean. Nothing is inferred from data.

A change here raises `SCHEMA_VERSION` and is told in the changelog.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 4

Column = tuple[str, pa.DataType, bool, str]
"""Name, type, whether it may be null, meaning."""

_IDENTITY: tuple[Column, ...] = (
    ("id", pa.string(), False, "Stable id: derives from file_path, member, record and the record's bytes."),
)

_PLACE: tuple[Column, ...] = (
    ("file_path", pa.string(), False, "File that the record came from, relative to the root that was read."),
    ("member", pa.string(), True, "Name of the file inside an archive."),
    ("record", pa.int64(), False, "Number of the record in its file, from 0."),
    ("byte_offset", pa.int64(), True, "Where the record begins in the uncompressed file, when that is known."),
)

_CONTENT: tuple[Column, ...] = (
    ("text", pa.string(), False, "The cleaned text."),
    ("url", pa.string(), True, "Canonical URL of the page, else the URL that the source gave."),
    ("date", pa.string(), True, "Date of publication, ISO 8601."),
    ("title", pa.string(), True, "Headline."),
    ("authors", pa.list_(pa.field("element", pa.string(), nullable=False)), False, "Names of the authors."),
    ("language", pa.string(), True, "Language of the text, ISO 639-1 (639-3 where there is none)."),
    ("language_score", pa.float32(), True, "How sure the language is, 0 to 1."),
    ("source_domain", pa.string(), True, "Host of the URL, without www."),
    ("site_name", pa.string(), True, "Name that the site gives itself."),
    ("category", pa.string(), True, "Section of the site that the article stood in."),
)

_PROVENANCE: tuple[Column, ...] = (
    ("source_id", pa.string(), True, "The record's own id, where it has one."),
    ("format", pa.string(), False, "Format of the file: html, text, markdown, jsonl, csv, parquet, warc or wet."),
    ("media", pa.string(), False, "What the record's content was: html, text or markdown."),
    ("encoding", pa.string(), True, "Character set that its bytes were read with."),
    ("source_sha256", pa.string(), False, "SHA-256 of the record's bytes (of its canonical JSON where it has none)."),
    ("before_sha256", pa.string(), False, "SHA-256 of the text before cutting, UTF-8: the text and its removals."),
    ("text_sha256", pa.string(), False, "SHA-256 of the text, UTF-8."),
    ("extractor", pa.string(), False, "What read the text out of the record, with its version."),
    ("pipeline_version", pa.string(), False, "Version of Winnow."),
    ("config_hash", pa.string(), False, "Digest of the settings that change results."),
    ("chars_before", pa.int64(), False, "Characters before cutting."),
    ("chars_after", pa.int64(), False, "Characters of the text."),
    ("tokens", pa.int64(), False, "Tokens of the text (words; characters where words aren't spaced)."),
    ("ended_share", pa.float32(), True, "Quality signal: share of the lines that end a sentence."),
    ("digit_share", pa.float32(), True, "Quality signal: share of the characters that are digits."),
    ("repeated_share", pa.float32(), True, "Quality signal: share of the tokens' shingles that repeat in the text."),
)

_RUN: tuple[Column, ...] = (("run_id", pa.string(), False, "Run that wrote the row."),)

_MEASURED: tuple[Column, ...] = (
    ("jaccard", pa.float64(), False, "Jaccard similarity of the two shingle sets."),
    ("contained", pa.float64(), False, "Share of this one's shingles that stand in the other."),
    ("containing", pa.float64(), False, "Share of the other's shingles that stand in this one."),
    ("matched", pa.float64(), True, "Share of this one's letters that stand in passages of the other, if measured."),
    ("matching", pa.float64(), True, "Share of the other's letters that stand in passages of this one, if measured."),
)

_DUPLICATE: tuple[Column, ...] = (
    ("duplicate_of", pa.string(), False, "Id of the kept document that stands for this one."),
    ("relation", pa.string(), False, "exact, near, contained or altered."),
    ("similarity", pa.float64(), False, "Jaccard similarity (exact, near), the share contained, the share matched."),
    *_MEASURED,
)


def _schema(*groups: tuple[Column, ...]) -> pa.Schema:
    fields = [
        pa.field(name, kind, nullable=nullable, metadata={"description": meaning})
        for group in groups
        for name, kind, nullable, meaning in group
    ]
    return pa.schema(fields, metadata={"winnow.schema_version": str(SCHEMA_VERSION)})


CLEANED = _schema(_IDENTITY, _CONTENT, _PLACE, _PROVENANCE)
"""A document before selection has said whether it is kept."""

DOCUMENTS = _schema(
    _IDENTITY,
    _CONTENT,
    _PLACE,
    _PROVENANCE,
    (
        ("duplicate_of", pa.string(), True, "With match.keep_duplicates: the kept document that stands for this one."),
        ("carriers", pa.int32(), False, "Records of this run that were collapsed into this one."),
        (
            "carrier_sites",
            pa.list_(pa.field("element", pa.string(), nullable=False)),
            False,
            "Sites of those records, sorted.",
        ),
    ),
    _RUN,
)

DUPLICATES = _schema(_IDENTITY, _DUPLICATE, _CONTENT, _PLACE, _PROVENANCE, _RUN)

SUPERSEDED = _schema(
    _IDENTITY,
    (
        ("superseded_by", pa.string(), False, "Id of the later, fuller document."),
        ("relation", pa.string(), False, "contained, altered or update."),
        ("similarity", pa.float64(), False, "Share contained or matched; Jaccard similarity of an update."),
    ),
    _MEASURED,
    _RUN,
)

REFUSED = _schema(
    _IDENTITY,
    (
        ("other", pa.string(), False, "Id of the earlier kept document that this one is like."),
        ("reason", pa.string(), False, "Guard: figures-differ, composite, shared-quotation or site-template."),
    ),
    _MEASURED,
    _RUN,
)
"""Pairs of documents that came close and were not merged. `id` is a kept document."""

REMOVALS = _schema(
    _IDENTITY,
    (
        ("rule", pa.string(), False, "Name of the rule that decided."),
        ("kind", pa.string(), False, "What the span was."),
        ("start", pa.int64(), False, "First character of the span in the text before cutting."),
        ("end", pa.int64(), False, "One past its last character."),
        ("text", pa.string(), False, "The span itself, white space included."),
        ("score", pa.float32(), True, "How sure a model was, where one decided."),
        ("weighed", pa.string(), True, "What weighed most with it, in words."),
    ),
    _RUN,
)

REJECTIONS = _schema(
    _IDENTITY,
    (
        ("reason", pa.string(), False, "Name of the filter."),
        ("detail", pa.string(), False, "What it found."),
    ),
    _CONTENT,
    _PLACE,
    _PROVENANCE,
    _RUN,
)

QUARANTINE = _schema(
    _IDENTITY,
    _PLACE,
    (
        ("reason", pa.string(), False, "Stable name of what went wrong."),
        ("detail", pa.string(), False, "What was found, where, and what was expected."),
        ("bytes_read", pa.int64(), False, "Bytes of the record that were read before it failed."),
        ("source_sha256", pa.string(), False, "SHA-256 of those bytes."),
    ),
    _RUN,
)

INPUTS = _schema(
    (
        ("file_path", pa.string(), False, "File that was read, relative to its root."),
        ("size", pa.int64(), False, "Its size in bytes."),
        ("sha256", pa.string(), False, "SHA-256 of its bytes."),
        ("records", pa.int64(), False, "Records found in it, seen before or not, readable or not."),
    ),
    _RUN,
)

INDEX = _schema(
    _IDENTITY,
    (
        ("row", pa.int64(), False, "Row of the document in its run's documents, over all its files."),
        ("exact_key", pa.binary(16), False, "Digest of the folded text."),
        ("shingles", pa.int64(), False, "Distinct shingles of the text."),
        ("bands", pa.binary(), False, "Hashes of the bands of its MinHash signature: little-endian, five bytes each."),
        ("fingerprints", pa.binary(), False, "Winnowing fingerprints, sorted: the lower four of five bytes each."),
        ("fingerprint_steps", pa.binary(), False, "By how much the upper byte of each is above the one before it."),
        ("letters", pa.binary(), False, "Sketch of the runs of letters, sorted: the lower three of four bytes each."),
        ("letter_steps", pa.binary(), False, "By how much the upper byte of each is above the one before it."),
        ("figures", pa.binary(), False, "Hashes of the figures of the text: little-endian uint32, sorted."),
        ("page", pa.int64(), False, "Hash of the URL, which versions of a page share; 0 where there is none."),
        ("domain", pa.int64(), False, "Hash of the host of the URL, in 32 bits; 0 where there is none."),
    ),
)

_TOLD = pa.list_(pa.field("element", pa.string(), nullable=False))

SITE_STORIES = _schema(
    (
        ("site", pa.string(), False, "Host of the URL, without www.; where there is none, the folder or file."),
        ("id", pa.string(), False, "Id of the document or duplicate."),
        ("blocks", pa.binary(), False, "Its blocks: little-endian uint64 each, as `pipeline.sites.sketch` packs them."),
        ("anchors", pa.binary(), False, "Hashes of the ends of its longer blocks: little-endian uint32."),
    ),
    _RUN,
)

SITE_TEMPLATES = _schema(
    (
        ("site", pa.string(), False, "The site, as in `site_stories`."),
        ("key", pa.int64(), False, "Hash of the folded block without its figures."),
        ("text", pa.string(), False, "The block as it stood on the first page of the run, shortened."),
        ("stories", pa.int64(), False, "Distinct stories that had it, of those looked at."),
        ("stories_seen", pa.int64(), False, "Distinct stories of the site that were looked at."),
        ("places", _TOLD, False, "Where it is cut: head, between, tail."),
        ("evidence", _TOLD, False, "What speaks for it: start, end, neighbour, alone."),
        (
            "neighbours",
            pa.list_(pa.field("element", pa.int64(), nullable=False)),
            False,
            "Keys of the templates that stand beside it, sorted.",
        ),
    ),
    _RUN,
)

CLEANED_SITE: tuple[pa.Field, ...] = (
    pa.field("site", pa.string(), nullable=False),
    pa.field("blocks", pa.binary(), nullable=False),
    pa.field("anchors", pa.binary(), nullable=False),
    pa.field("spans", pa.binary(), nullable=False),
)
"""What the site model needs of a cleaned document, until it is settled. Empty where the model is off."""

SIGNED = (
    *("exact_key", "shingles", "bands", "fingerprints", "fingerprint_steps", "letters", "letter_steps"),
    *("figures", "page", "domain"),
)
"""The columns of `INDEX` that are made with the text."""

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "duplicates": DUPLICATES,
    "superseded": SUPERSEDED,
    "refused": REFUSED,
    "removals": REMOVALS,
    "rejections": REJECTIONS,
    "quarantine": QUARANTINE,
    "inputs": INPUTS,
    "index": INDEX,
    "site_stories": SITE_STORIES,
    "site_templates": SITE_TEMPLATES,
}
"""Folder of each table in a corpus. `index` has one row for each kept row of `documents`, in the same order."""


def without_run(schema: pa.Schema) -> pa.Schema:
    """Give a table's schema as it is before the run has a name."""
    return schema.remove(schema.get_field_index("run_id"))
