"""What signing costs, from text to the bands of a signature, beside datasketch.

    python benchmarks/signing.py TEXTS.parquet [--column text] [--limit N] [--rounds 5] [--json]

Prints nanoseconds of processor time a shingle (of five tokens; 128 permutations), the best of some rounds in which each
way takes its turn: machines differ and are busy, ratios stay. Ways:

- text to bands: fold, cut into tokens, hash, shingle, signature, hashes of bands, in compiled code;
- sign_batch: the same, the exact key, the size of the shingle set, the fingerprints, letters and figures;
- with sets: the same and the shingle sets;
- only sets: the shingle sets alone, for verification;
- fallback: `sign` for one text after the other, as where there is no numba (its hashes of words are remembered);
- datasketch: lower case, words by `re`, shingles joined and encoded, `MinHash.update_batch` (affine32), the keys of the
  bands of its LSH;
- its MinHash: of that, `update_batch` and the keys alone.

Compiling, loading and filling the tables of characters are done before.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasketch import MinHash, MinHashLSH

from pipeline import compiling
from pipeline.config import MatchConfig
from pipeline.match.bands import band_hashes, band_shape
from pipeline.sign import batch, compiled, kernel
from pipeline.sign.marked import hashed
from pipeline.sign.minhash import permutations
from pipeline.sign.sign import sign
from pipeline.sign.texts import Texts, parts, texts_of_arrow

CONFIG = MatchConfig()
BANDS, ROWS = band_shape(CONFIG.jaccard, CONFIG.recall, CONFIG.permutations)
# datasketch and the fallback are slow: so many texts are enough for a rate.
FEW = 1000


@numba.njit
def signatures_only(hashes: Any, offsets: Any, n: int, a: Any, b: Any, out: Any, sequence: Any, mixed: Any) -> None:
    for text in range(len(offsets) - 1):
        tokens = hashes[offsets[text] : offsets[text + 1]]
        size = min(n, len(tokens))
        here = sequence[: len(tokens) - size + 1 if size else 0]
        kernel.shingle(tokens, size, here)
        kernel.minima(here, a, b, mixed, out[text])


def to_bands(texts: Texts) -> None:
    fast = compiled.compiled(0)
    assert fast is not None
    a, b = permutations(CONFIG.permutations, CONFIG.seed)
    for rows in parts(texts.offsets):
        some = Texts(texts.data, texts.offsets[rows.start : rows.stop + 1])
        hashes, offsets = hashed(fast, some, 0)
        out = np.empty((len(offsets) - 1, len(a)), np.uint32)
        signatures_only(
            hashes,
            offsets,
            CONFIG.shingle_tokens,
            a,
            b,
            out,
            np.empty(len(hashes), np.uint64),
            np.empty(2048, np.uint32),
        )
        band_hashes(out, BANDS, ROWS)


def all_of(texts: Texts, sets: bool) -> None:
    band_hashes(batch.sign_batch(texts, CONFIG, sets).signatures, BANDS, ROWS)


def only_sets(texts: Texts) -> None:
    batch.shingle_sets(texts, CONFIG)


def fallback(texts: list[str]) -> None:
    band_hashes(np.array([sign(text, CONFIG).signature for text in texts]), BANDS, ROWS)


def words(texts: list[str]) -> list[list[bytes]]:
    """-> the shingles of each text, as a user of datasketch makes them."""
    n = CONFIG.shingle_tokens
    cut = [re.findall(r"\w+", text.lower()) for text in texts]
    return [[" ".join(one[at : at + n]).encode() for at in range(max(1, len(one) - n + 1))] for one in cut]


def datasketch(shingles: list[list[bytes]]) -> None:
    lsh = MinHashLSH(num_perm=CONFIG.permutations, params=(BANDS, ROWS))
    for some in shingles:
        made = MinHash(num_perm=CONFIG.permutations, scheme="affine32")
        made.update_batch(some)
        for start, end in lsh.hashranges:
            lsh._H(made.hashvalues[start:end])


def shingles(texts: list[str]) -> int:
    tokens = batch.sign_batch(texts, CONFIG).tokens
    return int(np.where(tokens, np.maximum(tokens - CONFIG.shingle_tokens + 1, 1), 0).sum())


def measured(texts: list[str], rounds: int) -> dict[str, float]:
    """-> nanoseconds a shingle of each way."""
    compiling.WORTH_NS = 0
    few = texts[:FEW]
    cut = words(few)
    buffers = texts_of_arrow(pa.array(texts, pa.large_string()))
    every, some = shingles(texts), shingles(few)
    ways: dict[str, tuple[Callable[[], None], int]] = {
        "text to bands": (lambda: to_bands(buffers), every),
        "sign_batch": (lambda: all_of(buffers, False), every),
        "with sets": (lambda: all_of(buffers, True), every),
        "only sets": (lambda: only_sets(buffers), every),
        "fallback": (lambda: fallback(few), some),
        "datasketch": (lambda: datasketch(words(few)), some),
        "its MinHash": (lambda: datasketch(cut), some),
    }
    best: dict[str, float] = {}
    for work, _ in ways.values():
        work()
    for _ in range(rounds):
        for name, (work, count) in ways.items():
            began = time.process_time()
            work()
            taken = 1e9 * (time.process_time() - began) / count
            best[name] = min(best.get(name, taken), taken)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--column", default="text")
    parser.add_argument("--limit", type=int, help="take so many rows only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    column = pq.read_table(options.file, columns=[options.column])[options.column]
    texts = [text for text in column.to_pylist()[: options.limit] if text]
    best = measured(texts, options.rounds)
    if options.json:
        print(json.dumps(best))
        return
    print(f"{len(texts)} texts, {shingles(texts):,} shingles")
    print(f"{'way':16} {'ns/shingle':>10} {'of datasketch':>14}")
    for name, value in best.items():
        print(f"{name:16} {value:10.1f} {value / best['datasketch']:14.3f}")


if __name__ == "__main__":
    main()
