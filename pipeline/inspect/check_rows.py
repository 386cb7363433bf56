"""Check the rows: that every record has one end, every text is what was written, and what was cut can be put back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xxhash

from pipeline.batch import record_id, sha256
from pipeline.cuts import read_removals, restore
from pipeline.inspect.findings import Findings
from pipeline.mask.apply import placeholder
from pipeline.run.events import Listener, Progress
from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import Manifest
from pipeline.values import Place

# Bytes of removals that are held at once. A run with more is gone through in parts, by a hash of the id.
_REMOVALS_HELD = 256 * 2**20
_ROWS = 1024

TEXTS = ("documents", "duplicates", "rejections")
"""The tables that hold a text for each row."""


@dataclass(slots=True)
class Records:
    """What later checks need to know of the records."""

    arrival: dict[str, int] = field(default_factory=dict)
    """Id of every record → a number that grows in order of arrival."""
    table: dict[str, str] = field(default_factory=dict)
    """Id of every record → the table that it ended in."""
    changed: set[str] = field(default_factory=set)
    """Ids whose text is not what was written: nothing that is derived from it can be judged."""


def check_rows(corpus: Corpus, found: Findings, listen: Listener) -> Records:
    """Check the rows of every run against one another and their manifest."""
    records = Records()
    for manifest in corpus.manifests:
        _Run(corpus, manifest, records, found, listen).check()
    return records


class _Run:
    """The check of one run's rows."""

    def __init__(self, corpus: Corpus, manifest: Manifest, records: Records, found: Findings, listen: Listener) -> None:
        self._corpus = corpus
        self._manifest = manifest
        self._records = records
        self._found = found
        self._listen = listen
        self._ranks: dict[str, int] = {}
        self._labelled: dict[str, tuple[str, str]] = {}

    def check(self) -> None:
        self._check_inputs()
        for table in (*TEXTS, "quarantine"):
            self._check_ends(table)
        self._check_counts()
        for table, schema in TABLES.items():
            for column, value in (("run_id", self._manifest.run_id), ("config_hash", self._manifest.config_hash)):
                if column in schema.names:
                    self._check_constant(table, column, value)
        parts = 1 + self._size("removals") // _REMOVALS_HELD
        for part in range(parts):
            self._check_texts(part, parts)
        for identity in self._labelled:
            self._found.add("duplicates", f"documents {identity}", "is labelled a duplicate and not in duplicates")

    def _check_inputs(self) -> None:
        digest = hashlib.sha256()
        records = 0
        for row in self._rows("inputs", ["file_path", "sha256", "records"]):
            self._ranks[row["file_path"]] = len(self._ranks)
            digest.update(f"{row['file_path']}\0{row['sha256']}\n".encode("utf-8", "surrogatepass"))
            records += row["records"]
        where = f"inputs/run={self._manifest.run_id}"
        counts = self._manifest.counts
        if digest.hexdigest() != self._manifest.inputs.digest:
            self._found.add("manifests", where, "its files and their digests are not those that the manifest digests")
        if records != counts.read + counts.seen_before:
            told = f"{counts.read} read and {counts.seen_before} seen before"
            self._found.add("balance", where, f"{records} records were found in the files; the manifest says {told}")

    def _check_ends(self, table: str) -> None:
        columns = ["id", "file_path", "member", "record", "byte_offset", "source_sha256"]
        if table == "documents":
            columns += ["duplicate_of", "text_sha256"]
        for row in self._rows(table, columns):
            identity, where = row["id"], f"{table} {row['id']}"
            if table == "documents" and row["duplicate_of"] is not None:
                self._labelled[identity] = (row["duplicate_of"], row["text_sha256"])
                continue
            if identity in self._records.table:
                self._found.add("ids", where, f"has the id of a row of {self._records.table[identity]}")
                continue
            self._records.table[identity] = table
            self._records.arrival[identity] = self._arrival(row["file_path"], row["record"])
            place = Place(row["file_path"], row["record"], row["member"], row["byte_offset"])
            if identity != record_id(place, row["source_sha256"]):
                self._found.add("ids", where, "its place and its record's digest give another id")
            elif row["file_path"] not in self._ranks:
                self._found.add("ids", where, f"comes from {row['file_path']}, which its run did not read")

    def _arrival(self, file_path: str, record: int) -> int:
        # One whole number orders records by run, file and place, at a third of a tuple's memory.
        return (self._manifest.sequence << 96) | (self._ranks.get(file_path, 0) << 64) | record

    def _check_counts(self) -> None:
        counts, run = self._manifest.counts, f"run={self._manifest.run_id}"
        kept = before = after = 0
        for table in ("documents", "duplicates"):
            wanted = ["chars_before", "chars_after", "duplicate_of"]
            for row in self._rows(table, wanted):
                if table == "duplicates" or row["duplicate_of"] is None:
                    kept += table == "documents"
                    before, after = before + row["chars_before"], after + row["chars_after"]
        superseded = sum(1 for _ in self._rows("superseded", ["id"]))
        for name, told, holds in (
            ("documents", {"kept": counts.documents}, {"kept": kept}),
            ("documents", {"characters before cutting": counts.chars_before}, {"characters before cutting": before}),
            ("documents", {"characters": counts.chars_after}, {"characters": after}),
            ("superseded", {"superseded": counts.superseded}, {"superseded": superseded}),
            ("duplicates", counts.duplicates_by_relation, self._tally("duplicates", "relation")),
            ("rejections", counts.rejected_by_reason, self._tally("rejections", "reason")),
            ("quarantine", counts.quarantined_by_reason, self._tally("quarantine", "reason")),
            ("removals", counts.removals_by_kind, self._tally("removals", "kind")),
        ):
            for key in sorted({*told, *holds}):
                if told.get(key, 0) != holds.get(key, 0):
                    self._found.add(
                        "balance",
                        f"{name}/{run}",
                        f"holds {holds.get(key, 0)} {key}; the manifest says {told.get(key, 0)}",
                    )

    def _check_constant(self, table: str, column: str, value: str) -> None:
        for other, rows in self._tally(table, column).items():
            if other != value:
                self._found.add(
                    "ids", f"{table}/run={self._manifest.run_id}", f"{rows} rows have the {column} {other!r}"
                )

    def _check_texts(self, part: int, parts: int) -> None:
        """Check the texts whose ids fall into a part, and put back what was cut from them."""
        removals: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows("removals", ["id", "rule", "kind", "start", "end", "text"]):
            if _part(row["id"], parts) == part:
                removals.setdefault(row["id"], []).append(row)
        columns = ["id", "text", "text_sha256", "before_sha256", "chars_before", "chars_after"]
        seen = 0
        for table in TEXTS:
            wanted = columns if table == "rejections" else [*columns, "duplicate_of"]
            for row in self._rows(table, wanted):
                seen += 1
                if seen % _ROWS == 0:
                    self._listen(Progress(files=0, bytes=0, records=len(self._records.table)))
                if _part(row["id"], parts) != part:
                    continue
                if table == "duplicates":
                    self._check_label(row)
                if self._check_text(table, row) and not (table == "documents" and row["duplicate_of"]):
                    self._check_restored(table, row, removals.get(row["id"], []))
        known = self._records.table
        for identity, cut in removals.items():
            if known.get(identity) not in TEXTS:
                self._found.add(
                    "removals", f"removals {identity}", f"{len(cut)} spans were cut from no text of the corpus"
                )

    def _check_label(self, row: dict[str, Any]) -> None:
        label = self._labelled.pop(row["id"], None)
        if label is not None and label != (row["duplicate_of"], row["text_sha256"]):
            self._found.add("duplicates", f"documents {row['id']}", "is not the same document in duplicates")

    def _check_text(self, table: str, row: dict[str, Any]) -> bool:
        where = f"{table} {row['id']}"
        if sha256(row["text"]) != row["text_sha256"]:
            self._records.changed.add(row["id"])
            self._found.add("texts", where, "its text does not have the SHA-256 that stands beside it")
            return False
        if len(row["text"]) != row["chars_after"]:
            self._found.add("texts", where, f"has {len(row['text'])} characters, and chars_after {row['chars_after']}")
        return True

    def _check_restored(self, table: str, row: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        where = f"{table} {row['id']}"
        removals, masks = read_removals(rows)
        try:
            before = restore(row["text"], removals)
        except ValueError as error:
            self._found.add("removals", where, f"its removals do not fit it: {error}")
            return
        if sha256(before) != row["before_sha256"]:
            self._found.add("removals", where, f"its {len(removals)} removals do not give the text before cutting")
        elif len(before) != row["chars_before"]:
            self._found.add(
                "removals",
                where,
                f"had {len(before)} characters before cutting, and chars_before {row['chars_before']}",
            )
        else:
            for mask in masks:
                if before[mask.start : mask.end] != placeholder(mask.kind):
                    told = f"no {placeholder(mask.kind)} stands at {mask.start}-{mask.end} of it, where one was masked"
                    self._found.add("removals", where, told)

    def _rows(self, table: str, columns: list[str]) -> Iterator[dict[str, Any]]:
        for path in self._files(table):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    yield from batch.to_pylist()

    def _tally(self, table: str, column: str) -> Counter[str]:
        return Counter(row[column] for row in self._rows(table, [column]))

    def _size(self, table: str) -> int:
        total = 0
        for path in self._files(table):
            metadata = pq.read_metadata(path)
            total += sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
        return total

    def _files(self, table: str) -> list[Path]:
        return self._corpus.files_of(self._manifest, table)


def _part(identity: str, parts: int) -> int:
    return xxhash.xxh32_intdigest(identity.encode("utf-8", "surrogatepass")) % parts
