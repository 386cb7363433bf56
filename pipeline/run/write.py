"""Write: staged and settled documents → the tables of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import Config
from pipeline.run.learn import SiteFacts
from pipeline.run.rows import (
    I64,
    Carriers,
    as_documents,
    as_duplicates,
    as_refused,
    as_superseded,
    named,
    relations_of,
    some_of,
)
from pipeline.run.settle import Settled
from pipeline.run.stage import Shard
from pipeline.schemas import CLEANED, DOCUMENTS, DUPLICATES, INDEX, SIGNED, TABLES
from pipeline.store.tables import TableWriter

_COPIED = [name for name in DUPLICATES.names if name in CLEANED.names or name == "run_id"]
"""The columns of `duplicates` that are the document's own."""


@dataclass(slots=True)
class Tally:
    """What a run wrote, counted as it is written."""

    documents: int = 0
    duplicates: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    removals: Counter[str] = field(default_factory=Counter)
    chars_before: int = 0
    chars_after: int = 0


def write_tables(
    shards: Sequence[Shard],
    settled: Settled,
    sites: SiteFacts,
    folder: Path,
    run_id: str,
    config: Config,
    *,
    beside: bool = False,
) -> Tally:
    """Write every table of a run below a folder, as `<table>/part-00000.parquet`, …; `beside`: see `TableWriter`."""
    tally = Tally()
    of = settled.copy_of
    domains = (batch["source_domain"] for shard in shards for batch in shard.batches("cleaned"))
    carriers = Carriers(of, domains, settled.first_new)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(TableWriter(folder / name, schema, beside=beside))
            for name, schema in TABLES.items()
        }
        number = row = 0
        for shard in shards:
            for batch in shard.batches("cleaned"):
                row += _write_cleaned(batch, of, number, row, settled, carriers, run_id, config, writers, tally)
                number += batch.num_rows
            _pass_on(shard, "removals", "kind", tally.removals, run_id, writers)
            _pass_on(shard, "rejections", "reason", tally.rejected, run_id, writers)
            _pass_on(shard, "quarantine", "reason", tally.quarantined, run_id, writers)
            _pass_on(shard, "inputs", None, Counter(), run_id, writers)
        for name, told, columns in (
            ("superseded", settled.told.fuller, as_superseded),
            ("refused", settled.told.refused, as_refused),
        ):
            for some in some_of(told):
                writers[name].write(_with_run(pa.table(columns(settled.ids, some)), run_id))
        for batch in sites.batches():
            writers["site_stories"].write(_with_run(batch, run_id))
        rows = [row | {"run_id": run_id} for row in sites.templates]
        writers["site_templates"].write(pa.Table.from_pylist(rows, schema=TABLES["site_templates"]))
    return tally


def _write_cleaned(
    batch: pa.RecordBatch,
    of: I64,
    number: int,
    row: int,
    settled: Settled,
    carriers: Carriers,
    run_id: str,
    config: Config,
    writers: dict[str, TableWriter],
    tally: Tally,
) -> int:
    """Write one batch to documents, duplicates and index; gives the rows written to documents."""
    table = _with_run(batch, run_id)
    names = named(settled.ids, of[number : number + len(table)])
    kept = of[number : number + len(table)] < 0
    before = tally.duplicates.total()
    copies = settled.told.copies[before : before + int((~kept).sum())]
    shown = np.ones(len(table), bool) if config.match.keep_duplicates else kept
    documents = as_documents(table, names, carriers, number)
    # What a table has no column for need not be filtered.
    writers["documents"].write(documents.select(DOCUMENTS.names).filter(shown))
    places = row + np.cumsum(shown) - 1
    index = table.select(["id", *SIGNED]).append_column("row", pa.array(places, pa.int64()))
    writers["index"].write(index.filter(kept).select(INDEX.names))
    writers["duplicates"].write(as_duplicates(table.select(_COPIED), names, copies))
    tally.documents += int(kept.sum())
    tally.duplicates += relations_of(copies)
    tally.chars_before += pc.sum(table["chars_before"]).as_py() or 0
    tally.chars_after += pc.sum(table["chars_after"]).as_py() or 0
    return int(shown.sum())


def _pass_on(
    shard: Shard,
    name: str,
    counted: str | None,
    counts: Counter[str],
    run_id: str,
    writers: dict[str, TableWriter],
) -> None:
    for batch in shard.batches(name):
        if counted:
            counts.update(batch[counted].to_pylist())
        writers[name].write(_with_run(batch, run_id))


def _with_run(batch: pa.RecordBatch, run_id: str) -> pa.Table:
    return pa.table(batch).append_column("run_id", _constant(run_id, batch.num_rows))


def _constant(value: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), rows)
