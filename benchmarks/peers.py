"""Other finders of near-duplicates, used as their users would, for the benchmarks that compare with them.

datasketch comes with Winnow, rensa with its extra `peers`, text-dedup with the extra `text-dedup`; what is not
installed is left out. Shingles are five words (lower case, `\\w+`), as far as a tool lets one choose.
"""

from __future__ import annotations

import importlib.util
import pickle
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasketch import MinHash, MinHashLSH

THRESHOLD, PERMUTATIONS, WORDS = 0.7, 128, 5
# rensa has its user choose, and 128 must be a multiple: nearest to the 14 bands of 9 rows that datasketch chooses.
RENSA_BANDS = 16

Shingles = Sequence[Iterable[bytes]]
Pairs = Iterator[tuple[int, int]]


def shingles(texts: Iterable[str]) -> list[set[bytes]]:
    cut = (re.findall(r"\w+", text.lower()) for text in texts)
    return [{" ".join(one[at : at + WORDS]).encode() for at in range(max(1, len(one) - WORDS + 1))} for one in cut]


def by_datasketch(sets: Shingles) -> Pairs:
    """-> pairs of documents that its LSH says are alike, the earlier one first."""
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for number, some in enumerate(sets):
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch(list(some))
        for earlier in lsh.query(made):
            yield earlier, number
        lsh.insert(number, made)


def by_rensa(sets: Shingles) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=RENSA_BANDS)
    for number, some in enumerate(sets):
        made = RMinHash(num_perm=PERMUTATIONS, seed=1)
        made.update(list(some))
        for earlier in lsh.query(made):
            yield earlier, number
        lsh.insert(number, made)


def finders() -> dict[str, Callable[[Shingles], Pairs]]:
    """-> those that give pairs and are installed, by name."""
    found = {"datasketch": by_datasketch, "rensa": by_rensa}
    return {name: finder for name, finder in found.items() if importlib.util.find_spec(name)}


def jaccard(one: set[bytes], two: set[bytes]) -> float:
    shared = len(one & two)
    return shared / max(1, len(one) + len(two) - shared)


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """-> of each document the first one that pairs, one after the other, join it to."""
    leader = list(range(count))

    def first(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    for one, two in pairs:
        low, high = sorted((first(one), first(two)))
        leader[high] = low
    return [first(number) for number in range(count)]


def by_text_dedup(texts: Sequence[str]) -> list[int] | None:
    """-> the cluster of each document by its minhash command; None where it is not installed.

    Its settings stay as they are, but for the length of a signature, which is 128 as the others' is.
    """
    if not importlib.util.find_spec("text_dedup"):
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(pa.table({"number": range(len(texts)), "text": texts}), folder / "texts.parquet")
        words = {
            "path": "parquet", "data_files": folder / "texts.parquet", "split": "train", "cache_dir": folder / "cache",
            "output": folder / "out", "column": "text", "idx_column": "number", "num_proc": 1,
            "ngram": WORDS, "threshold": THRESHOLD, "num_perm": PERMUTATIONS,
        }  # fmt: skip
        told = [part for key, value in words.items() for part in (f"--{key}", str(value))]
        command = [sys.executable, "-m", "text_dedup.minhash", *told, "--debug"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            print(f"text-dedup failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return None
        with (folder / "out" / "uf.pkl").open("rb") as file:
            union = pickle.load(file)  # noqa: S301 -- written a moment ago by the command above
    return [union.find(number) for number in range(len(texts))]
