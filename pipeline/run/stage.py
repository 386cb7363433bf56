"""Stage: files → cleaned and signed records, written aside in order of arrival.

A shard is a list of files, staged into one folder, atomically: doing it again gives the same, so a retry is safe.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pyarrow as pa

from pipeline import schemas
from pipeline.batch import STAGED, Item, record_id
from pipeline.config import Config
from pipeline.mask.key import sealer
from pipeline.read.listing import InputFile
from pipeline.read.reader import read_file
from pipeline.run.events import Listener, Progress
from pipeline.run.plan import SeenIds
from pipeline.run.workers import Workers
from pipeline.values import FileRead, RawRecord

_INPUTS = schemas.without_run(schemas.INPUTS)
FACTS = "facts.json"
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

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """Stream a staged table."""
        return (batch for batch in self.all_batches(table) if batch.num_rows)

    def all_batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """Stream a staged table with its empty batches: those of the tables of `STAGED` belong together by number."""
        with pa.memory_map(str(self.folder / f"{table}.arrow")) as source:
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)


def load_shard(folder: Path) -> Shard:
    """Open a shard that `stage_files` wrote."""
    facts = orjson.loads((folder / FACTS).read_bytes())
    return Shard(folder, facts["read"], facts["seen_before"], facts["seconds"])


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
    with Sinks(unfinished) as sinks:
        account = workers.account
        for batch in workers.clean(account.over("read", batcher.batches())):
            with account.timed("stage"):
                for name, table in batch.tables.items():
                    sinks.write(name, table)
                if len(batcher.inputs) >= _INPUTS_AT_ONCE:
                    sinks.write("inputs", batcher.taken_inputs())
            for stage, spent in batch.seconds.items():
                shard.seconds[stage] = shard.seconds.get(stage, 0.0) + spent
        sinks.write("inputs", batcher.taken_inputs())
    account.records += batcher.read
    account.bytes += batcher.bytes
    facts = {"read": batcher.read, "seen_before": batcher.seen_before, "seconds": shard.seconds}
    (unfinished / FACTS).write_bytes(orjson.dumps(facts))
    unfinished.rename(folder)
    return load_shard(folder)


class _Batcher:
    """Cuts the records of files into batches, and keeps the account of what was read."""

    def __init__(self, files: Sequence[InputFile], seen_ids: SeenIds, config: Config, listen: Listener) -> None:
        self._files = files
        self._seen_ids = seen_ids
        self._config = config
        self._listen = listen
        self.read = 0
        self.bytes = 0
        self.seen_before = 0
        self.inputs: list[dict[str, str | int]] = []

    def batches(self) -> Iterator[list[Item]]:
        limits = self._config.run
        seal = sealer(self._config.privacy)
        batch: list[Item] = []
        size = done = 0
        for number, file in enumerate(self._files, start=1):
            within = 0
            for item in read_file(file, self._config.read):
                if seal is not None:
                    item = item._replace(sha256=seal(item.sha256))  # noqa: PLW2901 - the same, its digest sealed
                if isinstance(item, FileRead):
                    self._end_of_file(item)
                    done += item.size
                    continue
                if self._seen_ids and record_id(item.place, item.sha256) in self._seen_ids:
                    self.seen_before += 1
                    continue
                self.read += 1
                batch.append(item)
                size += _size(item)
                within += _size(item)
                self.bytes += _size(item)
                if len(batch) >= limits.batch_records or size >= limits.batch_bytes:
                    # About where reading stands: unpacked content is not longer than its file for all we can tell.
                    self._tell(number - 1, done + min(within, file.size))
                    yield batch
                    batch, size = [], 0
            self._tell(number, done)
        if batch:
            yield batch

    def taken_inputs(self) -> pa.Table:
        """Give the rows of the files read since the last time."""
        taken, self.inputs = self.inputs, []
        return pa.Table.from_pylist(taken, schema=_INPUTS)

    def _tell(self, files: int, size: int) -> None:
        self._listen(Progress(files=files, bytes=size, records=self.read + self.seen_before))

    def _end_of_file(self, facts: FileRead) -> None:
        self.inputs.append(
            {"file_path": facts.file_path, "size": facts.size, "sha256": facts.sha256, "records": facts.records}
        )


def _size(item: Item) -> int:
    return len(item.content) if isinstance(item, RawRecord) else 0


class Sinks:
    """The Arrow files of a shard, one for each staged table."""

    def __init__(self, folder: Path) -> None:
        self._writers = {
            name: pa.ipc.new_file(str(folder / f"{name}.arrow"), schema)
            for name, schema in {**STAGED, "inputs": _INPUTS}.items()
        }

    def __enter__(self) -> Sinks:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, name: str, table: pa.Table) -> None:
        """Append a table as one batch, empty or not."""
        for batch in table.combine_chunks().to_batches() or [_empty(table.schema)]:
            self._writers[name].write_batch(batch)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
