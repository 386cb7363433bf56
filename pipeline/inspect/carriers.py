"""Carriers: for each document of today who ran it, when and how like, over all runs; and who was first."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import Damaged, Refused
from pipeline.inspect.export import check_new_file
from pipeline.inspect.lookup import look_up, read_row
from pipeline.inspect.standing import All, Few, Heirs, Standing, current, read_heirs
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.figures import headlines
from pipeline.store.files import sync

if TYPE_CHECKING:
    import pandas as pd

Fate = Literal["document", "superseded", "duplicate"]

# Rows that are put in order at once: some 30 MB. Of more, parts are written aside first, each in a file of its own.
_AT_ONCE = 100_000
_MOST_PARTS = 256
_ROWS_WRITTEN = 2048
# Sorts after every date.
_UNDATED = np.iinfo(np.int64).max

_DESCRIBED = ("id", "source_domain", "url", "date", "title", "file_path", "member", "record", "run_id")

CARRIERS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("fate", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("relation", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("of", pa.string()),
        pa.field("source_domain", pa.string()),
        pa.field("url", pa.string()),
        pa.field("date", pa.string()),
        pa.field("title", pa.string()),
        pa.field("file_path", pa.string(), nullable=False),
        pa.field("member", pa.string()),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("first_seen", pa.string()),
        pa.field("first", pa.bool_(), nullable=False),
    ]
)
"""A row for each record of a story: the document of today, what it superseded, the duplicates of all of these.

`relation` and `similarity` are those to `of`, the document that stands for the record or supersedes it; the document
of today has none. `first_seen` is the earliest date of the story, `first` the record that has it.
"""

_GATHERED = pa.schema(
    [
        *(field for field in CARRIERS if field.name not in ("document", "first_seen", "first")),
        pa.field("story", pa.int64(), nullable=False),
        pa.field("instant", pa.int64(), nullable=False),
        pa.field("run", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Carrier:
    """A record that ran a story."""

    id: str
    fate: Fate
    relation: str | None
    similarity: float | None
    of: str | None
    """The document that it is a duplicate of, or that supersedes it."""
    source_domain: str | None
    url: str | None
    date: str | None
    title: str | None
    file_path: str
    member: str | None
    record: int
    run_id: str


@dataclass(frozen=True, slots=True)
class Story:
    """A document of today and all who ran it."""

    document: str
    title: str | None
    """Of the document, where it has one; of a story that was asked for, else how its text begins."""
    first_seen: str | None
    """The earliest date of all who ran it; None where no date is known."""
    first: str
    """Id of the record that has it; where no date is known, of the one that arrived first."""
    carriers: tuple[Carrier, ...]
    """The first one first, those without a date last; the document itself is among them."""

    @property
    def sites(self) -> int:
        """On how many sites it was run, where these are known."""
        return len({one.source_domain for one in self.carriers if one.source_domain})

    @property
    def first_carrier(self) -> Carrier:
        """The record that was first."""
        return self.carriers[0]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain mappings, lists and values, for JSON."""
        return asdict(self)


def carriers(clean: Corpus | str | Path, name: str | None = None) -> pd.DataFrame:
    """Give everyone who ran the documents of today as a pandas frame, a row for each record, as `CARRIERS`.

    Documents stand in order of arrival; those who ran one, by date, a day alone counting as its beginning and a time
    without a zone as UTC. Those without a date come last, in order of arrival.

    Args:
        clean: a corpus, or its folder.
        name: of one record, as `explain` takes it: the story that it belongs to alone. None for all.

    Raises:
        Refused: no record has the name, several have, or no document stands for it.
        NotACorpus: the folder holds no corpus.
        Damaged: a file of the corpus cannot be read.
    """
    corpus = clean if isinstance(clean, Corpus) else read_corpus(clean)
    frame: pd.DataFrame = pa.Table.from_batches(carrier_batches(corpus, name), schema=CARRIERS).to_pandas()
    return frame


def carrier_batches(corpus: Corpus, name: str | None = None) -> Iterator[pa.RecordBatch]:
    """Stream the rows of `carriers`; no story is cut. Memory grows with the ids and the largest story.

    Raises:
        Refused, Damaged: as `carriers`.
    """
    heirs = read_heirs(corpus)
    if name is not None:
        few = Few(corpus, heirs, [_document_of(corpus, heirs, name)])
        yield from _in_order(list(_gather(corpus, heirs, few)), corpus)
        return
    standing = All(corpus, heirs)
    ends = _parts(_sizes(corpus, standing))
    if len(ends) <= 1:
        yield from _in_order(list(_gather(corpus, heirs, standing)), corpus)
        return
    with TemporaryDirectory(prefix="winnow-") as folder:
        aside = _Aside(Path(folder), len(ends))
        for table in _gather(corpus, heirs, standing):
            aside.write(table, np.searchsorted(ends, table["story"].to_numpy(), side="right"))
        for part in aside.parts():
            yield from _in_order(part, corpus)


def story_of(corpus: Corpus, name: str) -> Story:
    """Give the story that a record belongs to.

    Raises:
        Refused, Damaged: as `carriers`.
    """
    (story,) = _titled(corpus, _stories(carrier_batches(corpus, name)))
    return story


def all_stories(corpus: Corpus) -> Iterator[Story]:
    """Stream all stories, in order of arrival of their documents."""
    return _stories(carrier_batches(corpus))


def most_carried(corpus: Corpus, most: int) -> list[Story]:
    """Give the stories that most records ran, the largest first; those that only one ran are left out."""
    heirs = read_heirs(corpus)
    sizes = Counter(current(corpus, heirs, identity) for identity in heirs)
    for batch in corpus.batches("duplicates", ["duplicate_of"]):
        for identity in batch["duplicate_of"].to_pylist():
            sizes[current(corpus, heirs, identity)] += 1
    chosen = sorted(sizes, key=lambda identity: (-sizes[identity], identity))[:most]
    few = Few(corpus, heirs, chosen)
    return _titled(corpus, _stories(_in_order(list(_gather(corpus, heirs, few)), corpus)))


def write_csv(corpus: Corpus, name: str | None, out: Path) -> int:
    """Write the rows of `carriers` to a file, which appears when it is whole; gives their number.

    Raises:
        Refused: there is something at `out` already, it lies inside the corpus, or its folder is not there.
        Refused, Damaged: as `carriers`.
    """
    check_new_file(corpus, out)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    rows = 0
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            for text, count in csv_texts(corpus, name):
                file.write(text)
                rows += count
        sync(unfinished)
        unfinished.rename(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def csv_texts(corpus: Corpus, name: str | None = None) -> Iterator[tuple[str, int]]:
    """Stream the rows of `carriers` as CSV, each piece with its number of rows; the names of the columns come first."""
    yield _csv([CARRIERS.names]), 0
    for batch in carrier_batches(corpus, name):
        yield _csv(zip(*(column.to_pylist() for column in batch.columns), strict=True)), batch.num_rows


def _csv(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def instant(date: str | None) -> int | None:
    """Give a date as microseconds since the year 1, so that dates of any precision and zone can be put in order.

    A day alone counts as its beginning, a time without a zone as UTC.

    >>> instant("2026-05-03T01:00:00+02:00") < instant("2026-05-03") < instant("2026-05-03T00:30:00Z")
    True
    >>> instant("soon") is None
    True
    """
    try:
        moment = datetime.fromisoformat(date or "")
    except ValueError:
        return None
    # Not by astimezone: it cannot leave the first and the last year.
    since = moment.replace(tzinfo=None) - datetime(1, 1, 1) - (moment.utcoffset() or timedelta())
    return since // timedelta(microseconds=1)


def _document_of(corpus: Corpus, heirs: Heirs, name: str) -> str:
    spot = look_up(corpus, name)
    row = read_row(spot)
    if spot.table not in ("documents", "duplicates"):
        raise Refused(
            f"{row['id']}: was {'rejected' if spot.table == 'rejections' else 'quarantined'} ({row['reason']}), so no "
            f"document stands for it. `winnow explain {corpus.layout} {row['id']}` tells more."
        )
    return current(corpus, heirs, row["duplicate_of"] or row["id"])


def _gather(corpus: Corpus, heirs: Heirs, standing: Standing) -> Iterator[pa.Table]:
    """Stream the records of stories, in no order that means anything."""
    runs = {manifest.run_id: manifest.sequence for manifest in corpus.manifests}
    for batch in corpus.batches("documents", [*_DESCRIBED, "duplicate_of"]):
        kept = batch.filter(pc.is_null(batch["duplicate_of"]))
        stories = standing.stories(kept["id"])
        kept, stories = _asked_for(kept, stories)
        heir = [heirs.get(identity) for identity in kept["id"].to_pylist()]
        yield _gathered(
            kept,
            stories,
            runs,
            fate=["superseded" if one else "document" for one in heir],
            relation=[one.relation if one else None for one in heir],
            similarity=[one.similarity if one else None for one in heir],
            of=[one.id if one else None for one in heir],
        )
    for batch in corpus.batches("duplicates", [*_DESCRIBED, "duplicate_of", "relation", "similarity"]):
        copies, stories = _asked_for(batch, standing.stories(batch["duplicate_of"]))
        yield _gathered(
            copies,
            stories,
            runs,
            fate=["duplicate"] * copies.num_rows,
            relation=copies["relation"],
            similarity=copies["similarity"],
            of=copies["duplicate_of"],
        )


def _asked_for(batch: pa.RecordBatch, stories: NDArray[np.int64]) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
    wanted = stories >= 0
    return (batch, stories) if wanted.all() else (batch.filter(pa.array(wanted)), stories[wanted])


def _gathered(batch: pa.RecordBatch, stories: NDArray[np.int64], runs: dict[str, int], **columns: Any) -> pa.Table:
    instants = [instant(date) for date in batch["date"].to_pylist()]
    return pa.table(
        {
            **{name: batch[name] for name in _DESCRIBED},
            **columns,
            "story": stories,
            "instant": [_UNDATED if one is None else one for one in instants],
            "run": [runs[run] for run in batch["run_id"].to_pylist()],
        }
    ).select(_GATHERED.names).cast(_GATHERED)  # fmt: skip


def _in_order(tables: Sequence[pa.Table], corpus: Corpus) -> Iterator[pa.RecordBatch]:
    """Put whole stories in order, and say of each who was first."""
    table = pa.concat_tables(tables) if tables else _GATHERED.empty_table()
    if not table.num_rows:
        return
    keys = ("story", "instant", "run", "file_path", "record")
    table = table.sort_by([(key, "ascending") for key in keys]).combine_chunks()
    numbers = table["story"].to_numpy()
    begins = np.flatnonzero(np.diff(numbers, prepend=-1))
    sizes = np.diff(begins, append=len(numbers))
    document = np.flatnonzero(pc.equal(table["fate"], "document").to_numpy(zero_copy_only=False))
    if not np.array_equal(numbers[document], numbers[begins]):
        raise Damaged(
            f"{corpus.layout}: documents name others that are not there. `winnow check` tells what is damaged."
        )
    first = np.zeros(len(numbers), bool)
    first[begins] = True
    dated = pc.if_else(pc.equal(table["instant"], int(_UNDATED)), pa.scalar(None, pa.string()), table["date"])
    columns = {
        "document": table["id"].take(pa.array(np.repeat(document, sizes))),
        "first_seen": dated.take(pa.array(np.repeat(begins, sizes))),
        "first": pa.array(first),
    }
    told = [columns[name] if name in columns else table[name] for name in CARRIERS.names]
    yield from pa.table(told, schema=CARRIERS).combine_chunks().to_batches()


def _sizes(corpus: Corpus, standing: All) -> NDArray[np.int64]:
    """Count the records of each story, its superseded documents aside, which are about as many as others lack."""
    sizes = np.ones(standing.count, np.int64)
    for batch in corpus.batches("duplicates", ["duplicate_of"]):
        np.add.at(sizes, standing.stories(batch["duplicate_of"]), 1)
    return sizes


def _parts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cut stories, in order, into parts of about `_AT_ONCE` records: the number after the last one of each part."""
    if not len(sizes):
        return np.empty(0, np.int64)
    upto = np.cumsum(sizes)
    count = min(_MOST_PARTS, -(-int(upto[-1]) // _AT_ONCE))
    wanted = upto[-1] * np.arange(1, count + 1) // count
    ends: NDArray[np.int64] = np.unique(np.searchsorted(upto, wanted) + 1)
    return ends


class _Aside:
    """Rows written aside, each part into a file of its own."""

    def __init__(self, folder: Path, parts: int) -> None:
        self._folder = folder
        self._writers: dict[int, Any] = {}
        self._held: list[list[pa.Table]] = [[] for _ in range(parts)]

    def write(self, table: pa.Table, parts: NDArray[np.int64]) -> None:
        """Put each row to its part."""
        for part in np.unique(parts):
            held = self._held[part]
            held.append(table.filter(pa.array(parts == part)))
            if sum(one.num_rows for one in held) >= _ROWS_WRITTEN:
                self._flush(int(part))

    def parts(self) -> Iterator[list[pa.Table]]:
        """Give each part, in order, and what is held of it still."""
        for writer in self._writers.values():
            writer.close()
        for part, held in enumerate(self._held):
            path = self._folder / f"{part}.arrow"
            written = []
            if path.exists():
                with pa.OSFile(str(path)) as source:
                    written = [pa.ipc.open_file(source).read_all()]
                path.unlink()
            yield [*written, *held]

    def _flush(self, part: int) -> None:
        if part not in self._writers:
            self._writers[part] = pa.ipc.new_file(str(self._folder / f"{part}.arrow"), _GATHERED)
        self._writers[part].write_table(pa.concat_tables(self._held[part]).combine_chunks())
        self._held[part] = []


_CARRIER = [name for name in CARRIERS.names if name not in ("document", "first_seen", "first")]


def _stories(batches: Iterator[pa.RecordBatch]) -> Iterator[Story]:
    for batch in batches:
        rows = batch.to_pylist()
        for document, of in groupby(rows, key=itemgetter("document")):
            ran = list(of)
            (title,) = (row["title"] for row in ran if row["fate"] == "document")
            run_by = tuple(Carrier(**{name: row[name] for name in _CARRIER}) for row in ran)
            yield Story(document, title, ran[0]["first_seen"], run_by[0].id, run_by)


def _titled(corpus: Corpus, stories: Iterable[Story]) -> list[Story]:
    """Call documents without a title by how their texts begin."""
    told = list(stories)
    named = headlines(corpus, {story.document for story in told if not story.title})
    return [story if story.title else replace(story, title=named[story.document].title) for story in told]
