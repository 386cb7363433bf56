"""The manifest of a run: what was read, chosen and written. What no manifest names does not exist.

Its last member, `sha256`, is the digest of all bytes of the file before the comma that stands in front of it, so that a
changed manifest is never followed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import Damaged
from pipeline.store.files import digest_of
from pipeline.store.layout import Layout

MANIFEST = "manifest.json"
REPORT = "report.html"

_SEAL, _END = b',\n  "sha256": "', b'"\n}\n'


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileEntry(_Part):
    """A file of the run."""

    path: str
    rows: int | None
    size: int
    sha256: str


class InputsEntry(_Part):
    """What the run read. The files themselves, with their digests, are the rows of `inputs`."""

    sources: tuple[str, ...]
    files: int
    bytes: int
    digest: str
    files_unchanged: int


class CountsEntry(_Part):
    """The account: `read` = documents + duplicates + rejected + quarantined."""

    read: int
    documents: int
    duplicates: int
    rejected: int
    quarantined: int
    seen_before: int
    superseded: int
    duplicates_by_relation: dict[str, int]
    rejected_by_reason: dict[str, int]
    quarantined_by_reason: dict[str, int]
    removals_by_kind: dict[str, int]
    chars_before: int
    chars_after: int

    def balances(self) -> bool:
        """Say whether every record read has exactly one end."""
        return self.read == self.documents + self.duplicates + self.rejected + self.quarantined


class RecordEntry(_Part):
    """A record, as it is named to people."""

    id: str
    title: str
    """Its title, how its text begins, or why it was quarantined."""
    file_path: str
    record: int


class SourceLoss(_Part):
    """A source that lost more of its records in this run than `guard.source_loss` allows."""

    source: str
    """A site, or a folder of pages or a file of records."""
    records: int
    duplicates: int
    rejected: int
    quarantined: int
    example: RecordEntry
    """The first of those lost."""

    @property
    def lost(self) -> int:
        """Records that are no documents."""
        return self.duplicates + self.rejected + self.quarantined


class ClusterGrowth(_Part):
    """A kept document that more documents of this run were collapsed into than `guard.cluster_size` allows."""

    id: str
    title: str
    duplicates: int
    example: RecordEntry
    """The first of them."""


class LossesEntry(_Part):
    """What the guard of a run found: the worst by name, and how many there are in all."""

    sources: tuple[SourceLoss, ...] = ()
    clusters: tuple[ClusterGrowth, ...] = ()
    sources_in_all: int = 0
    clusters_in_all: int = 0

    def __bool__(self) -> bool:
        """Say whether anything passed a limit."""
        return bool(self.sources_in_all or self.clusters_in_all)


class Manifest(_Part):
    """All that is known of a run. Times and workers stand here only: the tables do not depend on them."""

    run_id: str
    sequence: Annotated[int, Field(ge=1)]
    previous: str | None
    schema_version: int
    versions: dict[str, str]
    config_hash: str
    config: dict[str, Any]
    index: dict[str, str | int]
    inputs: InputsEntry
    counts: CountsEntry
    losses: LossesEntry = LossesEntry()
    """Nothing in a manifest of before there was a guard."""
    files: tuple[FileEntry, ...]
    report: FileEntry | None = None
    """Nothing in a manifest of before it was named."""
    started: str
    finished: str
    workers: int
    seconds: dict[str, float]
    upload: str | None = None
    """Stands in the names of the run's objects in a store; None on a disk."""

    def to_json(self) -> bytes:
        """Write it as JSON, in the order of the fields, the digest last."""
        return seal(orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_INDENT_2))


def seal(data: bytes) -> bytes:
    """Put the digest of a manifest, written as indented JSON, behind its other members."""
    told = data.removesuffix(b"\n}")
    return told + _SEAL + hashlib.sha256(told).hexdigest().encode() + _END


def is_sealed(data: bytes) -> bool:
    """Say whether a manifest bears its digest; none does that was written before they were."""
    return _SEAL in data


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        ValueError: it is none, or its digest is of other bytes.
    """
    told, found, end = data.rpartition(_SEAL)
    if not found:
        return Manifest.model_validate_json(data)
    if end != hashlib.sha256(told).hexdigest().encode() + _END:
        raise ValueError("it was changed since it was written: its sha256 is of other bytes")
    return Manifest.model_validate_json(told + b"}")


def load_manifests(layout: Layout) -> list[Manifest]:
    """Read the manifests of all committed runs, first run first.

    Raises:
        Damaged: a manifest cannot be read, or a run is missing from the sequence.
    """
    if not layout.runs.is_dir():
        return []
    manifests = []
    # A file beside the folders of the runs, such as file managers leave, is none of them.
    for folder in sorted(one for one in layout.runs.iterdir() if one.is_dir()):
        path = folder / MANIFEST
        try:
            manifests.append(read_manifest(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise Damaged(f"{path}: is not a manifest of a run ({error}). Restore runs/ from a copy.") from error
    manifests.sort(key=lambda manifest: manifest.sequence)
    for expected, manifest in enumerate(manifests, start=1):
        if manifest.sequence != expected:
            raise Damaged(f"{layout.runs}: run number {expected} is missing. Restore its folder in runs/ from a copy.")
    return manifests


def changed_since(path: Path, entry: FileEntry) -> str | None:
    """Say how a file differs from what was written; None where it does not."""
    size = path.stat().st_size
    if size != entry.size:
        return f"has {size} bytes; {entry.size} were written"
    digest = digest_of(path)
    if digest != entry.sha256:
        return f"has SHA-256 {digest[:16]}…; {entry.sha256[:16]}… was written"
    return None


def run_identity(sequence: int, previous: str | None, inputs_digest: str, config: str) -> str:
    """Name a run by its number and a digest of what was new and of the configuration.

    >>> run_identity(1, None, "a", "b") == run_identity(1, None, "a", "b")
    True
    """
    digest = hashlib.sha256("\0".join((previous or "", inputs_digest, config)).encode()).hexdigest()
    return f"{sequence:06d}-{digest[:12]}"


def redact(source: str) -> str:
    """Take user names, passwords and query strings out of a URI, so that no secret stands in a manifest.

    >>> redact("s3://key:secret@bucket/raw/*.gz?token=1")
    's3://bucket/raw/*.gz'
    """
    if "://" not in source:
        return source
    return re.sub(r"\?(?![^/]*/).*$", "", re.sub(r"://[^/@]*@", "://", source))
