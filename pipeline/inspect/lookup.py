"""Look a record up in a corpus, by any of its names, reading no more of the tables than it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import Damaged, Refused
from pipeline.inspect.plain import one_line
from pipeline.store.corpus import Corpus

ENDS = ("documents", "duplicates", "rejections", "quarantine")
"""The tables that a record may end in."""

# A shorter beginning of an id is more likely to be something else.
_SHORTEST_PREFIX = 4
_LISTED = 8

_ID = re.compile(r"[0-9a-f]{1,32}")
_PLACE = re.compile(r"(?P<path>.+):(?P<record>\d{1,18})")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row lies."""

    table: str
    path: Path
    group: int
    """Row group of the file."""
    row: int
    """Row of the group."""


@dataclass(slots=True)
class _Hits:
    """What was found under a name of one sort; only the first few are remembered."""

    told: str
    spots: list[tuple[str, Spot]]
    count: int = 0


def look_up(corpus: Corpus, name: str) -> Spot:
    """Find the one record that a name stands for.

    Tried in this order, so that a name that is complete is never taken for the beginning of another: the id; the place
    (`file:record`); the record's own id, its URL or its file; the beginning of the id (4 digits or more).

    Raises:
        Refused: no record has the name, or several have; the text lists some of them.
        Damaged: a file of the corpus cannot be read.
    """
    name = name.strip()
    # A corpus that labels duplicates has them twice; the row of `duplicates` says more.
    hits = {sort: _Hits(told, []) for sort, told in _SORTS.items()}
    for table in ENDS:
        for path, group, batch in _groups(corpus, table, _NAMES[table]):
            counted = _counted(table, batch)
            for sort, mask in _masks(batch, name):
                found = hits[sort]
                rows = pc.indices_nonzero(pc.and_(mask, counted)).to_pylist()
                found.count += len(rows)
                for row in rows[: _LISTED - len(found.spots)]:
                    found.spots.append((_named(batch, row), Spot(table, path, group, row)))
    for found in hits.values():
        if found.count == 1:
            return found.spots[0][1]
        if found.count:
            listed = "\n".join(f"  {told}" for told, _ in found.spots)
            more = f"\n  and {found.count - len(found.spots):,} more" if found.count > len(found.spots) else ""
            raise Refused(
                f"{one_line(name)}: is {found.told} of {found.count:,} records:\n{listed}{more}\n"
                "Give the id of one, or its place as FILE:RECORD."
            )
    raise Refused(
        f"{one_line(name)}: no record of {corpus.layout} has this id, place, source id or URL. Ids stand in the "
        "column id of documents/, duplicates/, rejections/ and quarantine/; the beginning of one (4 digits or more) "
        "will do, as will FILE:RECORD as the columns file_path and record have them."
    )


def read_row(spot: Spot) -> dict[str, Any]:
    """Read the whole row that lies at a spot."""
    try:
        with pq.ParquetFile(spot.path) as file:
            row: dict[str, Any] = file.read_row_group(spot.group).slice(spot.row, 1).to_pylist()[0]
            return row
    except (OSError, pa.ArrowException) as error:
        raise _damaged(spot.path, error) from error


def rows_where(
    corpus: Corpus,
    table: str,
    column: str,
    value: str,
    *,
    columns: Sequence[str] | None = None,
    run_id: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Stream the rows that hold a value in a column.

    Args:
        corpus: the corpus.
        table: the table.
        column: of strings.
        value: what it must hold.
        columns: which columns to give; None for all. They are read of the row groups that hold the value alone.
        run_id: the run that wrote the rows; None for all runs.
    """
    for path, group, batch in _groups(corpus, table, [column], run_id):
        mask = pc.equal(batch[column], pa.scalar(value))
        if not pc.any(mask).as_py():
            continue
        try:
            with pq.ParquetFile(path) as file:
                found = file.read_row_group(group, columns=list(columns) if columns else None).filter(mask)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error
        yield from found.to_pylist()


_SORTS = {
    "id": "the id",
    "place": "the place",
    "name": "the source id, URL or file",
    "prefix": "the beginning of the id",
}
_NAMES = {
    "documents": ["id", "file_path", "record", "source_id", "url", "duplicate_of"],
    "duplicates": ["id", "file_path", "record", "source_id", "url"],
    "rejections": ["id", "file_path", "record", "source_id", "url"],
    "quarantine": ["id", "file_path", "record"],
}


def _masks(batch: pa.Table, name: str) -> Iterator[tuple[str, Any]]:
    yield "id", pc.equal(batch["id"], pa.scalar(name))
    place = _PLACE.fullmatch(name)
    if place:
        same_file = pc.equal(batch["file_path"], pa.scalar(str(place["path"])))
        yield "place", pc.and_(same_file, pc.equal(batch["record"], pa.scalar(int(place["record"]))))
    named: Any = pc.equal(batch["file_path"], pa.scalar(name))
    for column in ("source_id", "url"):
        if column in batch.column_names:
            named = pc.or_(named, pc.fill_null(pc.equal(batch[column], pa.scalar(name)), False))
    yield "name", named
    if len(name) >= _SHORTEST_PREFIX and _ID.fullmatch(name):
        yield "prefix", pc.starts_with(batch["id"], name)


def _counted(table: str, batch: pa.Table) -> Any:
    if table == "documents":
        return pc.is_null(batch["duplicate_of"])
    return pa.chunked_array([pa.repeat(True, batch.num_rows)])


def _named(batch: pa.Table, row: int) -> str:
    identity, path, record = (batch[name][row].as_py() for name in ("id", "file_path", "record"))
    return one_line(f"{identity}  {path}:{record}")


def _groups(
    corpus: Corpus, table: str, columns: Sequence[str], run_id: str | None = None
) -> Iterator[tuple[Path, int, pa.Table]]:
    for manifest in corpus.manifests:
        if run_id is not None and manifest.run_id != run_id:
            continue
        for path in corpus.files_of(manifest, table):
            try:
                with pq.ParquetFile(path) as file:
                    for group in range(file.num_row_groups):
                        yield path, group, file.read_row_group(group, columns=list(columns))
            except (OSError, pa.ArrowException) as error:
                raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> Damaged:
    return Damaged(f"{path}: cannot be read ({error}). `winnow check` tells what else is damaged.")
