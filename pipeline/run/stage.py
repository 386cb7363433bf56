"""Stage: files → cleaned and signed records, written aside in order of arrival.

A shard is a list of files, staged into one folder, atomically: doing it again gives the same, so a retry is safe.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from pipeline import schemas
from pipeline.batch import STAGED, Item, record_id
from pipeline.config import Config
from pipeline.mask.key import sealer
from pipeline.read.listing import InputFile
from pipeline.read.reader import Block, read_blocks, read_file
from pipeline.run.aside import Segment, Strings, find_aside, read_arrow, read_aside
from pipeline.run.events import Listener, Progress
from pipeline.run.parcel import Filling, Parcel
from pipeline.run.plan import SeenIds
from pipeline.run.workers import Workers
from pipeline.values import FileRead

_INPUTS = schemas.without_run(schemas.INPUTS)
_FACTS = "facts.json"
# There may be a million files: their rows are not all held.
_INPUTS_AT_ONCE = 4096


@dataclass(slots=True)
class Shard:
    """A staged list of files."""

    folder: Path
    read: int = 0
    """Records that are new: each has one row in cleaned, rejections or quarantine."""
    seen_before: int = 0
    """Records that an earlier run settled."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Processor time by stage, over all workers."""
    segments: list[Segment] = field(default_factory=list)
    """Where the tables of its batches stand, in order of arrival."""

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """Stream a staged table."""
        return (batch for batch in self.all_batches(table) if batch.num_rows)

    def all_batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """Stream a staged table with its empty batches: those of the tables of `STAGED` belong together by number."""
        if table in STAGED:
            return read_aside(self.folder, self.segments, table)
        return read_arrow(self.folder / f"{table}.arrow")

    def strings(self, table: str, column: str) -> Iterator[Strings]:
        """Say where a column of a table of `STAGED` stands, batch by batch; of empty batches nothing."""
        return find_aside(self.folder, self.segments, table, column)

    def save(self) -> None:
        """Write down what its folder does not show, so that `load_shard` finds it."""
        facts = {name: getattr(self, name) for name in ("read", "seen_before", "seconds")}
        facts["segments"] = list(map(tuple, self.segments))
        unfinished = self.folder / f"{_FACTS}.tmp"
        unfinished.write_bytes(orjson.dumps(facts))
        unfinished.rename(self.folder / _FACTS)


def load_shard(folder: Path) -> Shard:
    """Open a shard that `stage_files` wrote."""
    facts = orjson.loads((folder / _FACTS).read_bytes())
    segments = [Segment(file, tuple(map(tuple, places))) for file, places in facts.pop("segments")]
    return Shard(folder, **facts, segments=segments)


def stage_files(
    files: Sequence[InputFile],
    seen_ids: SeenIds,
    folder: Path,
    workers: Workers,
    config: Config,
    listen: Listener,
) -> Shard:
    """Read, clean and sign files into a new folder.

    Args:
        files: in order of arrival.
        seen_ids: records that an earlier run settled; they are counted and left out.
        folder: where to; it appears at once, when all is done.
        workers: who cleans.
        config: the configuration.
        listen: is told the progress.

    Raises:
        Transient: a remote file did not answer.
    """
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    batcher = _Batcher(files, seen_ids, config, listen)
    shard = Shard(unfinished)
    account = workers.account
    with pa.ipc.new_file(str(unfinished / "inputs.arrow"), _INPUTS) as inputs:
        for staged in workers.clean(account.over("read", batcher.parcels()), unfinished):
            shard.segments += staged.segments
            for stage, spent in staged.seconds.items():
                shard.seconds[stage] = shard.seconds.get(stage, 0.0) + spent
            account.bytes += staged.bytes
            if len(batcher.inputs) >= _INPUTS_AT_ONCE:
                inputs.write_table(batcher.taken_inputs())
        inputs.write_table(batcher.taken_inputs())
    shard.read, shard.seen_before = batcher.read, batcher.seen_before
    account.records += batcher.read
    shard.save()
    unfinished.rename(folder)
    return load_shard(folder)


class _Batcher:
    """Cuts the records of files into batches, and keeps the account of what was read."""

    def __init__(self, files: Sequence[InputFile], seen_ids: SeenIds, config: Config, listen: Listener) -> None:
        self._files = files
        self._seen_ids = seen_ids
        self._config = config
        self._listen = listen
        self._seal = sealer(config.privacy) or str
        self.read = 0
        self.seen_before = 0
        self.inputs: list[dict[str, Any]] = []

    def parcels(self) -> Iterator[Parcel]:
        # Of what may have been seen, ids are needed: they are known once blocks have been taken apart.
        read = read_file if self._seen_ids else read_blocks
        filling = Filling(self._config.run)
        done = 0
        for number, file in enumerate(self._files, start=1):
            within = 0
            for one in read(file, self._config.read):
                if isinstance(one, FileRead):
                    self._end_of_file(one)
                    done += one.size
                    continue
                if not isinstance(one, Block) and self._is_seen(one):
                    self.seen_before += 1
                    continue
                rest: Block | Item | None = one
                while rest is not None:
                    records, size = filling.records, filling.size
                    rest = filling.take(rest)
                    self.read += filling.records - records
                    within += filling.size - size
                    if filling.is_full:
                        # About where reading stands: unpacked content is not longer than its file for all we can tell.
                        self._tell(number - 1, done + min(within, file.size))
                        yield filling.close()
                        filling = Filling(self._config.run)
            self._tell(number, done)
        if filling.records:
            yield filling.close()

    def _is_seen(self, item: Item) -> bool:
        return bool(self._seen_ids) and record_id(item.place, self._seal(item.sha256)) in self._seen_ids

    def taken_inputs(self) -> pa.Table:
        """Give the rows of the files read since the last time."""
        taken, self.inputs = self.inputs, []
        return pa.Table.from_pylist(taken, schema=_INPUTS)

    def _tell(self, files: int, size: int) -> None:
        self._listen(Progress(files=files, bytes=size, records=self.read + self.seen_before))

    def _end_of_file(self, facts: FileRead) -> None:
        self.inputs.append(facts._replace(sha256=self._seal(facts.sha256))._asdict())
