"""Read files one after the other and tell, as JSON, how far they drove the peak of memory; a test runs it."""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from pathlib import Path

from pipeline.config import ReadConfig
from pipeline.read.listing import list_inputs
from pipeline.read.reader import read_file
from pipeline.values import Quarantined, RawRecord
from tests.read.files import parquet, write


def main(folder: Path, names: list[str]) -> None:
    # What reading loads is none of theirs.
    _read(write(folder, "first.parquet", parquet()))
    told: dict[str, tuple[int, int, dict[str, int]]] = {}
    before = _peak()
    for name in names:
        records, reasons = _read(folder / name)
        told[name] = (_peak() - before, records, dict(reasons))
    print(json.dumps(told))  # noqa: T201 - this is a program


def _read(path: Path) -> tuple[int, Counter[str]]:
    records, reasons = 0, Counter[str]()
    (file,) = list_inputs([path], None, (), ())
    for item in read_file(file, ReadConfig()):
        records += isinstance(item, RawRecord)
        reasons.update([item.reason] if isinstance(item, Quarantined) else [])
    return records, reasons


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
