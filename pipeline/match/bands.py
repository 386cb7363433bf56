"""Locality-sensitive hashing: slices of a signature that documents who are alike are likely to share.

Source: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3.4.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.sign.minhash import U32
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=32)
def band_shape(threshold: float, recall: float, permutations: int) -> tuple[int, int]:
    """Choose bands and rows: the most selective shape that finds `recall` of the pairs at the threshold.

    A pair of Jaccard similarity s shares a band with probability 1 - (1 - s^rows)^bands. More rows mean fewer false
    candidates, so the largest number of rows that still reaches the recall is taken, with just enough bands. Where no
    shape reaches it (a low threshold), one row is, with all permutations as bands.

    >>> band_shape(0.7, 0.99, 128)
    (17, 4)
    """
    for rows in range(permutations, 0, -1):
        miss = 1 - threshold**rows
        bands = 1 if miss <= 0 else int(np.ceil(np.log(1 - recall) / np.log(miss))) if miss < 1 else permutations + 1
        if bands * rows <= permutations:
            return max(1, bands), rows
    return permutations, 1


def band_hashes(signatures: U32, bands: int, rows: int) -> U64:
    """Hash each band of each signature: shape (documents, permutations) → (documents, bands).

    The number of the band goes into the hash, so hashes of different bands can share one table.
    """
    sliced = signatures[:, : bands * rows].reshape(len(signatures), bands, rows).astype(np.uint64)
    out = np.broadcast_to(np.arange(1, bands + 1, dtype=np.uint64), (len(signatures), bands)) * _MULTIPLIER
    for row in range(rows):
        out = (out ^ sliced[:, :, row]) * _MULTIPLIER
        out ^= out >> np.uint64(29)
    return out


def bands_of(signatures: U32, config: MatchConfig) -> tuple[U64, I64]:
    """Give the hashes of the bands of signatures one after the other, and where those of each begin: shape (n + 1,).

    Every text without tokens has the same empty signature: it has none, since such texts are compared whole only.
    """
    bands, rows = band_shape(config.jaccard, config.recall, config.permutations)
    told = (signatures != np.uint32(0xFFFFFFFF)).any(axis=1)
    ends = np.concatenate([[0], np.cumsum(told * bands)])
    return band_hashes(signatures[told], bands, rows).ravel(), ends
