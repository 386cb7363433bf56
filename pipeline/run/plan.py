"""Plan: which input files are new to a corpus."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from pipeline.config import Config
from pipeline.mask.key import sealer
from pipeline.read.listing import InputFile, InputFiles, list_inputs
from pipeline.store.corpus import Corpus
from pipeline.store.files import write_if_changed
from pipeline.store.layout import Layout

# A file changed within the clock's grain of being read may change again unseen (git calls it "racily clean").
_RACY_NS = 2_000_000_000


class SeenIds:
    """Ids of records, in 16 bytes each."""

    def __init__(self, packed: Iterable[bytes] = ()) -> None:
        """Take ids as bytes, one after another, in pieces of any number."""
        # Two numbers, for what numpy calls bytes loses the zeros at its end.
        halves = np.frombuffer(b"".join(packed), ">u8").astype(np.uint64).reshape(-1, 2)
        self._high, self._low = halves[np.lexsort((halves[:, 1], halves[:, 0]))].T.copy()

    def __len__(self) -> int:
        return len(self._high)

    def __contains__(self, identity: str) -> bool:
        high, low = np.frombuffer(bytes.fromhex(identity), ">u8").astype(np.uint64)
        place = int(np.searchsorted(self._high, high))
        # Ids are digests: hardly two have a half in common.
        while place < len(self._high) and self._high[place] == high:
            if self._low[place] == low:
                return True
            place += 1
        return False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do."""

    new: InputFiles
    """Files to read, in order of arrival: unknown ones, and known ones whose content changed."""
    unchanged: InputFiles
    """Files whose every record an earlier run settled."""
    seen_ids: SeenIds
    """Ids of the records that earlier runs found in the changed files."""

    @property
    def bytes(self) -> int:
        """Size of the files to read."""
        return self.new.bytes


def make_plan(
    sources: Sequence[str | Path], root: str | Path | None, corpus: Corpus, config: Config, output: Layout
) -> Plan:
    """Compare the input with what the corpus has read.

    Files in `output` are never input: it is the corpus itself, which `corpus` is not where all is cleaned anew.
    A known file is unchanged when its size and time of change are those of the last time, or its digest is.
    """
    files = list_inputs(sources, root, config.read.include, config.read.exclude)
    known: dict[str, set[tuple[int, str]]] = {}
    for batch in corpus.batches("inputs", ["file_path", "size", "sha256"]):
        paths, sizes, digests = (batch[name].to_pylist() for name in ("file_path", "size", "sha256"))
        for path, told in zip(paths, zip(sizes, digests, strict=True), strict=True):
            known.setdefault(path, set()).add(told)
    cache = _read_cache(corpus.layout)
    seal = sealer(config.privacy) or str
    new, unchanged = array("q"), array("q")
    changed: list[str] = []
    for place, file in enumerate(files):
        if output.holds(file.location):
            continue
        before = known.get(file.file_path)
        if before is not None and _is_known(file, before, cache, seal):
            unchanged.append(place)
            continue
        new.append(place)
        if before is not None:
            changed.append(file.file_path)
    return Plan(files.take(new), files.take(unchanged), _ids_of(corpus, changed))


def _is_known(
    file: InputFile, known: set[tuple[int, str]], cache: dict[str, tuple[int, int]], seal: Callable[[str], str]
) -> bool:
    digests = {digest for size, digest in known if size == file.size}
    if not digests:
        return False
    if file.mtime_ns is not None and cache.get(file.location) == (file.size, file.mtime_ns):
        return True
    if not file.is_local:
        return False
    try:
        with Path(file.location).open("rb") as opened:
            return seal(hashlib.file_digest(opened, "sha256").hexdigest()) in digests
    except OSError:
        # It is read like a new file, and reading tells what is wrong with it.
        return False


def _ids_of(corpus: Corpus, file_paths: Sequence[str]) -> SeenIds:
    if not file_paths:
        return SeenIds()
    import pyarrow as pa

    wanted = pa.array(file_paths, pa.string())
    packed: list[bytes] = []
    for table in ("documents", "duplicates", "rejections", "quarantine"):
        for batch in corpus.batches(table, ["id", "file_path"]):
            ids = batch["id"].filter(pc.is_in(batch["file_path"], wanted))
            packed.append(bytes.fromhex("".join(ids.to_pylist())))
    return SeenIds(packed)


def _read_cache(layout: Layout) -> dict[str, tuple[int, int]]:
    try:
        lines = unsealed(layout.input_cache.read_bytes()).splitlines()
        return {location: (size, mtime) for location, size, mtime in map(json.loads, lines)}
    except (FileNotFoundError, ValueError, TypeError):
        # It saves time alone: what a loss of power left broken is made again.
        return {}


def unsealed(data: bytes) -> bytes:
    """Take the digest of the other lines off the first one.

    Raises:
        ValueError: it is of other lines, by which a file that is new could pass for one that was read.
    """
    digest, _, lines = data.partition(b"\n")
    if digest.decode("ascii", "replace") != hashlib.sha256(lines).hexdigest():
        raise ValueError("its first line is not the SHA-256 of the others")
    return lines


def write_cache(layout: Layout, files: Iterable[InputFile], listed_ns: int) -> None:
    """Remember the files' times of change, so that the next run need not read them to know that they are the same.

    Args:
        layout: of the corpus.
        files: as they were listed; what was read of them is settled.
        listed_ns: when they were listed or before, in nanoseconds since 1970.
    """
    cache = _read_cache(layout)
    for file in files:
        if file.mtime_ns is not None and listed_ns - file.mtime_ns > _RACY_NS:
            cache[file.location] = (file.size, file.mtime_ns)
        else:
            cache.pop(file.location, None)
    # Unlike orjson, json writes names that are no UTF-8, and reads them back.
    lines = "".join(json.dumps([location, *seen]) + "\n" for location, seen in sorted(cache.items()))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    write_if_changed(layout.input_cache, f"{digest}\n{lines}", layout.input_cache.parent)
