"""MinHash signatures, the same as datasketch's `affine32` for the same 32-bit hashes.

Source of the method: A. Broder, "On the resemblance and containment of documents" (1997); of the permutations:
datasketch 2 (`MinHash(scheme="affine32")`), whose parameters derive from the seed and which reads these signatures.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import LeanMinHash

    from pipeline.sign.shingles import U64

U32 = NDArray[np.uint32]

# A matrix of 128 permutations by this many shingles stays in the second-level cache (1 MB).
_BLOCK = 2048


@lru_cache(maxsize=8)
def permutations(count: int, seed: int) -> tuple[U32, U32]:
    """Give datasketch's multipliers and addends for a seed, each of shape (count,).

    They are drawn as datasketch draws them, rather than by it: loading it loads SciPy, which takes half a second. NumPy
    never changes what `RandomState` draws (NEP 19), and tests hold the two together.
    """
    draw = np.random.RandomState(seed).randint
    # Odd multipliers, so that no two hashes become one.
    a = draw(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, draw(0, 1 << 32, count, dtype=np.uint32)


def minhash32(shingles: U64) -> U32:
    """Take the upper half of 64-bit shingle hashes: the 32-bit hashes that a signature is made of."""
    return (shingles >> np.uint64(32)).astype(np.uint32)


def signature(hashes: U32, count: int, seed: int) -> U32:
    """Make the signature of a set of 32-bit hashes: shape (count,); all ones for an empty set.

    >>> bool((signature(np.array([], np.uint32), 16, 1) == 0xFFFFFFFF).all())
    True
    """
    a, b = permutations(count, seed)
    mixed = _fmix32(hashes)
    lowest = np.full(count, 0xFFFFFFFF, np.uint32)
    for start in range(0, len(mixed), _BLOCK):
        block = mixed[start : start + _BLOCK]
        np.minimum(lowest, (a[:, None] * block[None, :] + b[:, None]).min(axis=1), out=lowest)
    return lowest


def to_datasketch(values: U32, seed: int) -> LeanMinHash:
    """Load a signature into datasketch, whose LSH and estimators then take it.

    Args:
        values: (permutations,): a row of `SignedBatch.signatures`, or `signature` of a corpus's index as `<u4`.
        seed: `match.seed` of the configuration.

    >>> from datasketch import MinHashLSH
    >>> from pipeline.config import MatchConfig
    >>> from pipeline.sign.batch import sign_batch
    >>> config = MatchConfig()
    >>> texts = ["A bridge opened again on Monday, two years late.", "Rain is likely in the north until the weekend."]
    >>> signed = sign_batch([*texts, texts[0].upper()], config)
    >>> lsh = MinHashLSH(threshold=0.7, num_perm=config.permutations)
    >>> for name, values in zip(["bridge", "rain"], signed.signatures, strict=False):
    ...     lsh.insert(name, to_datasketch(values, config.seed))
    >>> lsh.query(to_datasketch(signed.signatures[2], config.seed))
    ['bridge']
    """
    from datasketch import LeanMinHash

    return LeanMinHash(seed=seed, hashvalues=values, scheme="affine32")


def _fmix32(h: U32) -> U32:
    h = h ^ (h >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h
