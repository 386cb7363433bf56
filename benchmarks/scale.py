"""What deciding on many documents at once costs, beside the LSH of datasketch on the same signatures.

    python benchmarks/scale.py [N ...] [--million] [--texts FOLDER/*.parquet] [--json]

Generated records, news-like texts of invented words of which a fifth are copies with some words replaced (0.5 to 10 %)
or the end cut off, are signed first, outside the clock, and lie on disk. Each figure is of a fresh process, which takes
them from there: CPU time a document of `Candidates` (build), of the turns with verification and selection (decide), of
that the reading of texts, and for datasketch of query and insert. Reading of marks is not counted, nor is compiling.
Memory a document is the growth of the largest resident set between one N and the next; under half a million or so it
tells how buffers of fixed size fill (`pipeline.match.spool`), not what a document takes. `--texts` takes texts of other
files in place of generated ones.

The floors of the last N are told as held or missed: 8 µs and 64 bytes a document.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import compiling
from pipeline.batch import MARKED, marks_of_table, signed_columns
from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.marks import Marks
from pipeline.match.parting import parted
from pipeline.select.arrivals import Arrivals
from pipeline.sign.batch import sign_batch
from pipeline.sign.minhash import to_datasketch
from pipeline.sign.texts import Texts

CONFIG = MatchConfig()
SIZES, MILLION = (20_000, 100_000), 1_000_000
MICROSECONDS, BYTES = 8, 64
TOGETHER = 2000
WAYS = ("winnow", "datasketch")

COPIES = 0.2
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
VOCABULARY = 50_000
# Copies are of so many stories, of which a new one takes the place of any: most follow soon, some late.
HELD = 2000


def stories(count: int, seed: int = 1) -> Iterator[str]:
    """-> texts of 120 to 500 words, frequent ones and seldom ones as in a language, a fifth of them edited copies."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable, not secret
    words = ["".join(chance.choices(SYLLABLES, k=1 + (at > 60) + (at > 3000))) for at in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (at + 3) for at in range(VOCABULARY)))
    told: list[list[str]] = []
    for _ in range(count):
        if told and chance.random() < COPIES:
            copy = list(chance.choice(told))
            if chance.random() < 0.25:
                copy = copy[: round(len(copy) * chance.uniform(0.4, 0.95))]
            else:
                rate = chance.uniform(0.005, 0.1)
                at = chance.sample(range(len(copy)), max(1, round(rate * len(copy))))
                for place, word in zip(at, chance.choices(words, cum_weights=weights, k=len(at)), strict=True):
                    copy[place] = word
            yield written(copy)
            continue
        story = chance.choices(words, cum_weights=weights, k=chance.randint(120, 500))
        if len(told) < HELD:
            told.append(story)
        else:
            told[chance.randrange(HELD)] = story
        yield written(story)


def written(words: list[str]) -> str:
    sentences = (" ".join(words[at : at + 17]).capitalize() for at in range(0, len(words), 17))
    return ". ".join(sentences) + "."


def sign_all(texts: Iterable[str], folder: Path) -> None:
    """Write marks and texts where a measured process takes them from."""
    kinds = {name: pa.int64() if name in ("page", "domain") else pa.binary() for name in (*MARKED, "signature")}
    at = 0
    with (
        pa.OSFile(str(folder / "marks.arrow"), "wb") as file,
        pa.ipc.new_file(file, pa.schema(kinds)) as marks,
        (folder / "texts").open("wb") as data,
        (folder / "places").open("wb") as places,
    ):
        for some in batches(texts):
            signed = sign_batch(some, CONFIG)
            nothing = [None for _ in some]
            told = signed_columns(signed, nothing, nothing, CONFIG)
            told["signature"] = [values.tobytes() for values in signed.signatures]
            marks.write_table(pa.table({name: told[name] for name in kinds}, schema=pa.schema(kinds)))
            for text in map(str.encode, some):
                data.write(text)
                places.write(at.to_bytes(8, "little") + len(text).to_bytes(8, "little"))
                at += len(text)


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    source = iter(texts)
    while some := list(itertools.islice(source, TOGETHER)):
        yield some


class Watch:
    """Adds up the CPU time of pieces of work."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        out = work()
        self.seconds += time.process_time() - began
        return out


class Signed:
    """What `sign_all` wrote, the first so many documents of it, read without holding any of it."""

    def __init__(self, folder: Path, count: int) -> None:
        self._path, self._count = folder / "marks.arrow", count
        self._texts = os.open(folder / "texts", os.O_RDONLY)
        self._places = np.memmap(folder / "places", "<i8", "r").reshape(-1, 2)
        self.reading_marks, self.reading_texts = Watch(), Watch()

    def marks(self) -> Iterator[Marks]:
        for batch in self._batches():
            yield self.reading_marks(partial(marks_of_table, batch))

    def signatures(self) -> Iterator[NDArray[np.uint32]]:
        """-> those of some documents at a time: shape (documents, permutations)."""
        for batch in self._batches():
            yield np.frombuffer(b"".join(batch["signature"].to_pylist()), "<u4").reshape(batch.num_rows, -1)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file) as reader:
            for number in range(-(-self._count // TOGETHER)):
                yield self.reading_marks(partial(_batch, reader, number, self._count - number * TOGETHER))

    def sizes(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._places[numbers, 1]

    def take(self, numbers: NDArray[np.int64]) -> Texts:
        taken: Texts = self.reading_texts(partial(self._take, numbers))
        return taken

    def _take(self, numbers: NDArray[np.int64]) -> Texts:
        some = [os.pread(self._texts, size, at) for at, size in self._places[numbers].tolist()]
        return Texts(np.frombuffer(b"".join(some), np.uint8), np.cumsum([0, *map(len, some)]))


def _batch(reader: Any, number: int, most: int) -> pa.RecordBatch:
    return reader.get_batch(number)[:most]


def by_winnow(signed: Signed, count: int, folder: Path) -> dict[str, float]:
    build, decide = Watch(), Watch()
    candidates = build(lambda: Candidates(lambda: (), signed.marks, 0, count, CONFIG, folder))
    arrivals = Arrivals(CONFIG, candidates, signed, 0)
    copies = decide(lambda: len(arrivals.choose_all(count, folder).copies))
    figures = {"build": build.seconds - signed.reading_marks.seconds, "decide": decide.seconds}
    per = {name: 1e6 * value / count for name, value in figures.items()}
    texts = {"texts": 1e6 * signed.reading_texts.seconds / count}
    return {**per, **texts, "all": sum(per.values()), "found": copies / count}


def by_datasketch(signed: Signed, count: int, folder: Path) -> dict[str, float]:
    del folder
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=CONFIG.jaccard, num_perm=CONFIG.permutations)
    ask, number, copies = Watch(), 0, 0
    for signatures in signed.signatures():
        made = [to_datasketch(values, CONFIG.seed) for values in signatures]

        def work(made: list[Any] = made, first: int = number) -> int:
            found = 0
            for at, one in enumerate(made, first):
                found += bool(lsh.query(one))
                lsh.insert(at, one)
            return found

        copies += ask(work)
        number += len(made)
    return {"all": 1e6 * ask.seconds / count, "found": copies / count}


def measure(way: str, folder: Path, count: int) -> dict[str, float]:
    """Measure one way in this process, once it has loaded and compiled what it needs."""
    compiling.WORTH_NS = 0
    work = {"winnow": by_winnow, "datasketch": by_datasketch}[way]
    with tempfile.TemporaryDirectory() as own:
        few = Path(own) / "few"
        few.mkdir()
        sign_all(stories(200), few)
        work(Signed(few, 200), 200, few)
        # So few marks go to no file.
        parted(np.zeros(1, np.uint64), 0, 1)
        figures = work(Signed(folder, count), count, Path(own))
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return {**figures, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def measured(sizes: list[int], texts: Iterable[str]) -> dict[str, dict[int, dict[str, float]]]:
    """-> by way and size what was measured, each in a process of its own."""
    out: dict[str, dict[int, dict[str, float]]] = {way: {} for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        sign_all(itertools.islice(texts, max(sizes)), Path(name))
        for size, way in itertools.product(sizes, WAYS):
            command = [sys.executable, __file__, str(size), "--measure", way, "--signed", name]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            out[way][size] = json.loads(done.stdout)
    return {way: with_growth(one) for way, one in out.items()}


def with_growth(by_size: dict[int, dict[str, float]]) -> dict[int, dict[str, float]]:
    """Add to each size but the first the bytes by which a document made the process grow."""
    for before, after in itertools.pairwise(sorted(by_size)):
        by_size[after]["bytes"] = (by_size[after]["peak"] - by_size[before]["peak"]) / (after - before)
    return by_size


def texts_of(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(columns=["text"]):
            yield from (text for text in batch["text"].to_pylist() if text)


def show(told: dict[str, dict[int, dict[str, float]]]) -> None:
    print("| documents | way | build | decide | of it texts | all, µs | ratio | B a document | copies found |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size, way in itertools.product(told["winnow"], WAYS):
        one = told[way][size]
        costs = (f"{one[name]:.1f}" if name in one else "" for name in ("build", "decide", "texts", "all"))
        ratio = one["all"] / told["datasketch"][size]["all"]
        grown = f"{one['bytes']:.0f}" if "bytes" in one else ""
        print(f"| {size:,} | {way} | {' | '.join(costs)} | {ratio:.2f} | {grown} | {one['found']:.3f} |")
    last = told["winnow"][max(told["winnow"])]
    for name, unit, most in (("all", "µs", MICROSECONDS), ("bytes", "B", BYTES)):
        if name in last:
            verdict = "held" if last[name] <= most else "MISSED"
            print(f"floor of {most} {unit} a document: {verdict}, {last[name]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, metavar="N", default=list(SIZES))
    parser.add_argument("--million", action="store_true", help="a million documents, too")
    parser.add_argument("--texts", nargs="+", type=Path, metavar="FILE", help="Parquet files with a column text")
    parser.add_argument("--json", action="store_true", help="print one object for programs")
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--signed", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.signed, options.sizes[0])))
        return
    sizes = sorted({*options.sizes, *([MILLION] if options.million else [])})
    told = measured(sizes, texts_of(options.texts) if options.texts else stories(max(sizes)))
    if options.json:
        print(json.dumps(told))
    else:
        show(told)


if __name__ == "__main__":
    main()
