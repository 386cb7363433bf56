"""Export: the corpus of today as one file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import Refused
from pipeline.schemas import DOCUMENTS
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.files import sync

ExportFormat = Literal["parquet", "jsonl"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


@dataclass(slots=True)
class _Carried:
    """The records that were collapsed into a document."""

    records: int = 0
    sites: set[str] = field(default_factory=set)


def export_current(corpus: Corpus | str | Path, out: Path, format: ExportFormat = "parquet") -> int:  # noqa: A002 - the word that the command line uses
    """Write the corpus of today to one file, in order of arrival; the corpus itself is left as it is.

    Documents that a later one supersedes and labelled duplicates are left out. `carriers` and `carrier_sites`, which a
    run writes for its own records, are counted over all runs.

    Args:
        corpus: a corpus, or its folder.
        out: the file; it appears when it is whole.
        format: parquet (columns as in `documents`) or jsonl (a JSON object a line, the same names).

    Returns:
        The number of documents written.

    Raises:
        Refused: there is something at `out` already, it lies inside the corpus, its folder is not there, or the format
            is none.
        NotACorpus: the folder holds no corpus.
        Damaged: a file of the corpus cannot be read.
    """
    corpus = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    if format not in FORMATS:
        raise Refused(f"{format}: no such format; there are {', '.join(FORMATS)}.")
    check_new_file(corpus, out)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        rows = (_write_parquet if format == "parquet" else _write_jsonl)(_current(corpus), unfinished)
        sync(unfinished)
        unfinished.rename(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def check_new_file(corpus: Corpus, out: Path) -> None:
    """Check that a file can be made where it is asked for.

    Raises:
        Refused: there is something already, it lies inside the corpus, or its folder is not there.
    """
    if out.exists() or out.is_symlink():
        raise Refused(
            f"{out}: is there already, and nothing is written over it. Give another path, or remove it first."
        )
    if not out.parent.is_dir():
        raise Refused(f"{out}: the folder {out.parent} is not there. Make it first.")
    if out.resolve().is_relative_to(corpus.layout.root.resolve()):
        raise Refused(
            f"{out}: lies inside the corpus, which holds only what Winnow runs write. Give a path outside it."
        )


def _current(corpus: Corpus) -> Iterator[pa.RecordBatch]:
    carried = _carried(corpus)
    gone = corpus.table("superseded", ["id"])["id"]
    for batch in corpus.batches("documents"):
        kept = batch.filter(pc.and_(pc.is_null(batch["duplicate_of"]), pc.invert(pc.is_in(batch["id"], gone))))
        ran = [carried.get(str(identity)) or _Carried() for identity in kept["id"].to_pylist()]
        yield pa.RecordBatch.from_pydict(
            {
                **{name: kept[name] for name in DOCUMENTS.names},
                "carriers": pa.array([one.records for one in ran], pa.int32()),
                "carrier_sites": pa.array([sorted(one.sites) for one in ran], DOCUMENTS.field("carrier_sites").type),
            },
            schema=DOCUMENTS,
        )


def _carried(corpus: Corpus) -> dict[str, _Carried]:
    carried: dict[str, _Carried] = {}
    for batch in corpus.batches("duplicates", ["duplicate_of", "source_domain"]):
        for of, domain in zip(batch["duplicate_of"].to_pylist(), batch["source_domain"].to_pylist(), strict=True):
            one = carried.setdefault(str(of), _Carried())
            one.records += 1
            if domain:
                one.sites.add(domain)
    return carried


def _write_parquet(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    rows = 0
    with pq.ParquetWriter(path, DOCUMENTS, compression="zstd", compression_level=3) as writer:
        for batch in batches:
            rows += batch.num_rows
            if batch.num_rows:
                writer.write_batch(batch)
    return rows


def _write_jsonl(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    rows = 0
    with path.open("wb") as file:
        for batch in batches:
            rows += batch.num_rows
            file.writelines(orjson.dumps(row) + b"\n" for row in batch.to_pylist())
    return rows
