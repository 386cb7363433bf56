"""Marks: what documents are found by, as arrays, a row for each of many documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.match.bands import bands_of
from pipeline.sign.batch import SignedBatch
from pipeline.sign.letters import U32
from pipeline.sign.shingles import U64
from pipeline.sign.sign import Signed

I64 = NDArray[np.int64]

# Of a hash so many of its upper bytes are kept: of a million documents some thousand pairs share a mark by chance.
HASH_BYTES = 5


@dataclass(frozen=True, slots=True)
class Marks:
    """Of each document its marks. Flat arrays have offsets: document i has values[offsets[i]:offsets[i + 1]]."""

    exact_keys: U64
    """(documents, 2)"""
    bands: U64
    """Hashes of bands of MinHash signatures, as long as `pack_hashes` leaves them, as fingerprints are."""
    band_offsets: I64
    fingerprints: U64
    fingerprint_offsets: I64
    letters: U32
    letter_offsets: I64
    pages: U64
    """(documents,): hash of the URL; 0 where there is none."""

    def __len__(self) -> int:
        return len(self.pages)


def marks_of(signed: Sequence[Signed], config: MatchConfig, pages: Sequence[int] | None = None) -> Marks:
    """Gather the marks of signed texts; `pages` are signed hashes of their URLs."""
    signatures = np.array([one.signature for one in signed], np.uint32).reshape(len(signed), config.permutations)
    bands, band_offsets = bands_of(signatures, config)
    return Marks(
        exact_keys=np.frombuffer(b"".join(one.exact_key for one in signed), "<u8").reshape(len(signed), 2),
        bands=unpack_hashes(pack_hashes(bands)),
        band_offsets=band_offsets,
        fingerprints=unpack_hashes(
            pack_hashes(np.concatenate([np.empty(0, np.uint64), *(one.fingerprints for one in signed)]))
        ),
        fingerprint_offsets=_ends([len(one.fingerprints) for one in signed]),
        letters=np.concatenate([np.empty(0, np.uint32), *(one.letters for one in signed)]),
        letter_offsets=_ends([len(one.letters) for one in signed]),
        pages=np.array(pages if pages is not None else [0] * len(signed), np.int64).view(np.uint64),
    )


def pack_hashes(hashes: U64) -> bytes:
    """Keep the upper five bytes of each hash, little-endian.

    >>> pack_hashes(np.array([0x0102030405060708], np.uint64)).hex()
    '0504030201'
    """
    return hashes.astype("<u8").view(np.uint8).reshape(-1, 8)[:, 8 - HASH_BYTES :].tobytes()


def unpack_hashes(data: bytes | memoryview) -> U64:
    """Give hashes as `pack_hashes` left them: their lower bytes are 0.

    >>> hex(unpack_hashes(bytes.fromhex("0504030201"))[0])
    '0x102030405000000'
    """
    out = np.zeros((len(data) // HASH_BYTES, 8), np.uint8)
    out[:, 8 - HASH_BYTES :] = np.frombuffer(data, np.uint8).reshape(-1, HASH_BYTES)
    hashes: U64 = out.view("<u8").ravel()
    return hashes


def marks_of_batch(signed: SignedBatch, config: MatchConfig, pages: NDArray[np.uint64] | None = None) -> Marks:
    """Give the marks of texts that were signed together; `pages` are as in `Marks`."""
    bands, band_offsets = bands_of(signed.signatures, config)
    return Marks(
        exact_keys=signed.exact_keys.view("<u8").reshape(len(signed), 2),
        bands=unpack_hashes(pack_hashes(bands)),
        band_offsets=band_offsets,
        fingerprints=unpack_hashes(pack_hashes(signed.fingerprints)),
        fingerprint_offsets=signed.fingerprint_offsets,
        letters=signed.letters,
        letter_offsets=signed.letter_offsets,
        pages=np.zeros(len(signed), np.uint64) if pages is None else pages,
    )


def _ends(sizes: Sequence[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
