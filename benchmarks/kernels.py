"""The innermost loops on 500 generated texts, timed by pytest-benchmark (extra `peers`), each beside the obvious way.

python -m pytest -p no:xdist benchmarks/kernels.py --benchmark-group-by=group --benchmark-columns=median,stddev
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

import ftfy
import numpy as np
import pytest
from datasketch import MinHash

from benchmarks.generated import records
from pipeline import compiling
from pipeline.config import Config
from pipeline.decode import mojibake
from pipeline.match.bands import band_hashes, band_shape
from pipeline.sign.batch import SignedBatch, sign_batch
from pipeline.sign.sets import intersections
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.find import match_rows
from pipeline.strip.rows import Rows

CONFIG = Config()
TEXTS = [one.text for one in records(500)]
BANDS, ROWS = band_shape(CONFIG.match.jaccard, CONFIG.match.recall, CONFIG.match.permutations)
SOME = TEXTS[:25]


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    """Compile before anything is timed."""
    before, compiling.WORTH_NS = compiling.WORTH_NS, 0
    sign_batch(SOME, CONFIG.match, shingles=True)
    yield
    compiling.WORTH_NS = before


@pytest.fixture(scope="module")
def signed() -> SignedBatch:
    return sign_batch(TEXTS, CONFIG.match, shingles=True)


@pytest.fixture(scope="module")
def blocks() -> list[Blocks]:
    return [split_blocks(text, tidy=True) for text in TEXTS]


@pytest.mark.benchmark(group="sign 500 texts")
def test_sign(benchmark: Any) -> None:
    assert len(benchmark(sign_batch, TEXTS, CONFIG.match)) == len(TEXTS)


@pytest.mark.benchmark(group="sign 500 texts")
def test_sign_by_datasketch(benchmark: Any) -> None:
    def sign() -> None:
        for text in TEXTS:
            words = re.findall(r"\w+", text.lower())
            made = MinHash(num_perm=CONFIG.match.permutations)
            made.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)])

    benchmark.pedantic(sign, rounds=3)


@pytest.mark.benchmark(group="bands of 500 signatures")
def test_bands(benchmark: Any, signed: SignedBatch) -> None:
    assert benchmark(band_hashes, signed.signatures, BANDS, ROWS).shape == (len(TEXTS), BANDS)


@pytest.mark.benchmark(group="bands of 500 signatures")
def test_bands_by_hashlib(benchmark: Any, signed: SignedBatch) -> None:
    def bands() -> None:
        for values in signed.signatures:
            for band in range(BANDS):
                hashlib.sha1(values[band * ROWS : (band + 1) * ROWS].tobytes(), usedforsecurity=False).digest()

    benchmark(bands)


@pytest.mark.benchmark(group="shingles that 499 pairs share")
def test_intersections(benchmark: Any, signed: SignedBatch) -> None:
    left = np.arange(len(TEXTS) - 1)
    benchmark(intersections, signed.shingle_offsets, signed.shingles, left, left + 1)


@pytest.mark.benchmark(group="shingles that 499 pairs share")
def test_intersections_by_sets(benchmark: Any, signed: SignedBatch) -> None:
    sets = [
        set(signed.shingles[begin:end].tolist())
        for begin, end in zip(signed.shingle_offsets[:-1], signed.shingle_offsets[1:], strict=True)
    ]
    benchmark(lambda: [len(one & two) for one, two in itertools.pairwise(sets)])


@pytest.mark.benchmark(group="mend 25 texts")
def test_mend(benchmark: Any) -> None:
    benchmark(lambda: list(map(mojibake.repair, SOME)))


@pytest.mark.benchmark(group="mend 25 texts")
def test_mend_by_ftfy(benchmark: Any) -> None:
    benchmark.pedantic(lambda: [ftfy.fix_text(text, mojibake.CONFIG) for text in SOME], rounds=3)


@pytest.mark.benchmark(group="rules over 500 texts")
def test_rules(benchmark: Any, blocks: list[Blocks]) -> None:
    benchmark(lambda: match_rows(Rows.of(blocks)))
