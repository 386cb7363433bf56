"""What the whole job costs: files in, a corpus out, each figure beside something that ran a moment before or after.

    python benchmarks/whole.py [PART ...] [--records 50000] [--pages FILE] [--million] [--json]

Parts, all unless some are named: job, pages, disk, workers, increment, files, start, and with --million: million.
Everything is generated (`benchmarks/generated.py`) but pages of a Parquet file that is named, whose column `html` holds
them as they came: generated ones are plainer than those of the web, and spare trafilatura its fall-backs. Every run is
a process of its own with one worker, unless a part is about workers. CPU time is of the process and all that it starts,
memory the largest sum over them (proportional share, looked at twenty times a second). Linux only. Floors are told as
held or missed.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.generated import write_corpus

WINNOW = [sys.executable, "-m", "pipeline"]
HERE = Path(__file__).parent
# The naive script takes so long that a part of the records must do; what it does grows with their number.
NAIVE_SHARE, PAGES, TINY, MILLION = 5, 1500, 20_000, 1_000_000
LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took."""

    cpu: float
    wall: float
    memory: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    part: str
    what: str
    value: float
    floor: float | None = None
    most: bool = True
    """The floor is the most that the value may be; the least otherwise."""

    @property
    def held(self) -> bool | None:
        """Say whether the floor is."""
        return None if self.floor is None else self.value <= self.floor if self.most else self.value >= self.floor


def run(command: Sequence[str | Path]) -> Cost:
    """Run a process to its end and tell what it took.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    _adopt_orphans()
    began, cpu = time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as told, subprocess.Popen(command, stdout=told, stderr=told) as process:
        memory = 0
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            memory = max(memory, sum(map(_share, _tree(process.pid))))
            time.sleep(LOOK)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        # Workers are children of a process server, which ends after the main process: what they took is told then.
        with suppress(ChildProcessError):
            while True:
                cpu += usage.ru_utime + usage.ru_stime
                _, _, usage = os.wait4(-1, 0)
        if process.returncode:
            told.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, told.read())
    return Cost(cpu, wall, memory)


@cache
def _adopt_orphans() -> None:
    """Become the parent of processes whose parent ends before them (Linux: PR_SET_CHILD_SUBREAPER)."""
    if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _share(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def clean(raw: Path, out: Path, workers: int = 1) -> Cost:
    return run([*WINNOW, "clean", raw, "--out", out, "--workers", str(workers)])


def job(folder: Path, count: int) -> Iterator[Figure]:
    """Text in Parquet to a clean corpus, beside the naive script."""
    size = write_corpus(count, folder / "raw")
    some = write_corpus(count // NAIVE_SHARE, folder / "some")
    ours = clean(folder / "raw", folder / "out")
    theirs = run([sys.executable, HERE / "naive.py", folder / "some", folder / "some.parquet"])
    per, naive = 1000 * ours.cpu / size, 1000 * theirs.cpu / some
    yield Figure("job", f"{count:,} texts, {size:.0f} MB: ms/MB", per, 60)
    yield Figure("job", f"naive script, {some:.0f} MB: ms/MB", naive)
    yield Figure("job", "naive script / winnow", naive / per, 20, most=False)
    yield Figure("job", "peak memory, MB", ours.memory / 1e6, 2000)


def pages(folder: Path, count: int, given: Path | None = None) -> Iterator[Figure]:
    """Pages to a clean corpus, beside trafilatura's extraction with metadata alone."""
    if given is None:
        count = min(count, PAGES)
        write_corpus(count, folder / "raw", "html")
    else:
        count = _write_pages(given, folder / "raw")
    ours = clean(folder / "raw", folder / "out")
    theirs = run([sys.executable, __file__, "--trafilatura", folder / "raw"])
    size = sum(path.stat().st_size for path in (folder / "raw").rglob("*.html")) / 1e6
    yield Figure("pages", f"{count:,} pages, {size:.0f} MB: ms a page", 1000 * ours.cpu / count)
    yield Figure("pages", "trafilatura alone: ms a page", 1000 * theirs.cpu / count)
    yield Figure("pages", "trafilatura / winnow", theirs.cpu / ours.cpu, 4, most=False)


def _write_pages(table: Path, folder: Path) -> int:
    """Write each page of a table into a file of its own; gives how many."""
    folder.mkdir()
    count = 0
    for batch in pq.ParquetFile(table).iter_batches(64, columns=["html"]):
        for page in batch["html"]:
            (folder / f"{count:06d}.html").write_bytes(page.as_py())
            count += 1
    return count


def by_trafilatura(folder: Path) -> None:
    """What the process beside us does."""
    from trafilatura import extract

    for path in sorted(folder.rglob("*.html")):
        extract(path.read_bytes(), with_metadata=True, output_format="json")


def disk(folder: Path, count: int) -> Iterator[Figure]:
    """What lies beside the documents, and how it opens."""
    write_corpus(count, folder / "raw")
    clean(folder / "raw", folder / "out")
    sizes = {one.name: _size(one) for one in (folder / "out").iterdir() if one.is_dir()}
    whole = sizes.pop("documents")
    sizes.pop("duplicates")
    yield Figure("disk", "index and side tables / documents", sum(sizes.values()) / whole, 0.6)
    for name, size in sorted(sizes.items(), key=lambda one: -one[1])[:3]:
        yield Figure("disk", f"of it {name}", size / whole)
    files = list((folder / "out" / "documents").rglob("*.parquet"))
    yield Figure("disk", "MB a file of documents", whole / len(files) / 1e6)
    yield Figure("disk", "rows a row group", count / sum(pq.ParquetFile(one).num_row_groups for one in files))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def workers(folder: Path, count: int) -> Iterator[Figure]:
    """Two processes against one, by the clock."""
    write_corpus(count, folder / "raw")
    one, two = (clean(folder / "raw", folder / f"out{n}", n) for n in (1, 2))
    yield Figure("workers", "two against one, by the clock", one.wall / two.wall, 1.8, most=False)
    yield Figure("workers", "peak memory with two, MB", two.memory / 1e6, 2000)


def increment(folder: Path, count: int) -> Iterator[Figure]:
    """One in a hundred comes in later."""
    write_corpus(count, folder / "raw")
    first = clean(folder / "raw", folder / "out")
    write_corpus(count // 100, folder / "raw" / "later", seed=8)
    second = clean(folder / "raw", folder / "out")
    yield Figure("increment", f"+1 % of {count:,}: % of the whole run's CPU", 100 * second.cpu / first.cpu, 3)


def files(folder: Path, count: int) -> Iterator[Figure]:
    """A file a text, against all in one."""
    count = min(count, TINY)
    write_corpus(count, folder / "tiny", "txt")
    write_corpus(count, folder / "one", "jsonl", together=count)
    tiny, one = clean(folder / "tiny", folder / "out-tiny"), clean(folder / "one", folder / "out-one")
    yield Figure("files", f"{count:,} files / one file, CPU", tiny.cpu / one.cpu, 3)


def start(folder: Path, _: int) -> Iterator[Figure]:
    """What it costs to begin."""
    write_corpus(20, folder / "raw", "txt")
    bare = min(run([sys.executable, "-c", "pass"]).cpu for _ in range(5))
    told = min(run([*WINNOW, "--help"]).cpu for _ in range(5))
    work = min(clean(folder / "raw", folder / f"out{n}").cpu for n in range(3))
    yield Figure("start", "winnow --help, s", told, 0.15)
    yield Figure("start", "python -c pass, s", bare)
    yield Figure("start", "winnow --help / python -c pass", told / bare)
    yield Figure("start", "winnow clean on 20 texts, s", work, 1.5)
    sample = HERE.parent / "raw"
    once = min(clean(sample, folder / f"sample{n}").cpu for n in range(3))
    twice = min(run([sys.executable, "-c", TWICE, sample, folder / f"twice{n}"]).cpu for n in range(3))
    yield Figure("start", "winnow clean on the sample, beyond the work, s", 2 * once - twice, 1.5)


TWICE = """
import sys
from pipeline.cli.main import main
_, raw, out = sys.argv
for to in (out, out + "-again"):
    sys.argv = ["winnow", "clean", raw, "--out", to, "--workers", "1"]
    main()
"""
"""The second time a process cleans the same, it does the work alone."""


def million(folder: Path, count: int) -> Iterator[Figure]:
    """Many times as many texts."""
    write_corpus(count, folder / "few")
    write_corpus(MILLION, folder / "many")
    few, many = clean(folder / "few", folder / "out-few"), clean(folder / "many", folder / "out-many", 2)
    yield Figure("million", f"CPU a record, {MILLION:,} / {count:,}", many.cpu / MILLION / (few.cpu / count), 1.15)
    yield Figure("million", "peak memory with two workers, MB", many.memory / 1e6, 2000)
    yield Figure("million", "B a document that memory grew by", (many.memory - few.memory) / (MILLION - count), 64)


Part = Callable[[Path, int], Iterator[Figure]]

PARTS: dict[str, Part] = {one.__name__: one for one in (job, pages, disk, workers, increment, files, start, million)}


def measured(parts: Sequence[str], count: int, given: Path | None) -> Iterator[Figure]:
    works: dict[str, Part] = {**PARTS, pages.__name__: partial(pages, given=given)}
    for name in parts:
        folder = Path(tempfile.mkdtemp())
        try:
            yield from works[name](folder, count)
        finally:
            shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--pages", type=Path, metavar="FILE", help="Parquet file whose column html holds pages")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--json", action="store_true", help="print one object for programs")
    parser.add_argument("--trafilatura", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.trafilatura:
        by_trafilatura(options.trafilatura)
        return
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = options.parts or [name for name in PARTS if name != "million" or options.million]
    if options.json:
        print(
            json.dumps([{**asdict(one), "held": one.held} for one in measured(parts, options.records, options.pages)])
        )
        return
    print("| part | what | measured | floor | |\n|---|---|---|---|---|")
    for one in measured(parts, options.records, options.pages):
        floor = "" if one.floor is None else f"{'≤' if one.most else '≥'} {one.floor:g}"
        verdict = {None: "", True: "held", False: "MISSED"}[one.held]
        print(f"| {one.part} | {one.what} | {one.value:.3g} | {floor} | {verdict} |", flush=True)


if __name__ == "__main__":
    main()
