"""Marks: what documents are found by, as arrays, a row for each of many documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
LETTER_BYTES = 4


@dataclass(frozen=True, slots=True)
class Marks:
    """Of each document its marks. Flat arrays have offsets: document i has values[offsets[i]:offsets[i + 1]]."""

    exact_keys: U64
    """(documents, 2)"""
    bands: U64
    """Hashes of bands of MinHash signatures, as long as they are kept, as fingerprints are."""
    band_offsets: I64
    fingerprints: U64
    fingerprint_offsets: I64
    letters: U32
    letter_offsets: I64
    pages: U64
    """(documents,): hash of the URL; 0 where there is none."""
    domains: U32
    """(documents,): hash of its host."""

    def __len__(self) -> int:
        return len(self.pages)


class Packed(NamedTuple):
    """Hashes of documents as they stand in a table: see `pack_hashes` and, where there are steps, `part_hashes`."""

    lower: NDArray[np.uint8]
    steps: NDArray[np.uint8] | None
    offsets: I64
    """(documents + 1,): where those of each begin."""
    size: int
    """Bytes of a hash, its step included."""

    def __len__(self) -> int:
        return int(self.offsets[-1])

    def hashes(self) -> U64:
        """Give them in the upper bytes of numbers."""
        if self.steps is None:
            return unpack_hashes(self.lower, self.size)
        return join_hashes(self.lower, self.steps, self.offsets, self.size)


@dataclass(frozen=True, slots=True)
class PackedMarks:
    """Marks as they stand in a table, of which few may be needed; all as in `Marks`."""

    exact_keys: U64
    bands: Packed
    fingerprints: Packed
    letters: Packed
    pages: U64
    domains: U32

    def __len__(self) -> int:
        return len(self.pages)

    def unpacked(self) -> Marks:
        """Give all of them."""
        return Marks(
            exact_keys=self.exact_keys,
            bands=self.bands.hashes(),
            band_offsets=self.bands.offsets,
            fingerprints=self.fingerprints.hashes(),
            fingerprint_offsets=self.fingerprints.offsets,
            letters=(self.letters.hashes() >> np.uint64(32)).astype(np.uint32),
            letter_offsets=self.letters.offsets,
            pages=self.pages,
            domains=self.domains,
        )


def marks_of(
    signed: Sequence[Signed],
    config: MatchConfig,
    pages: Sequence[int] | None = None,
    domains: Sequence[int] | None = None,
) -> Marks:
    """Gather the marks of signed texts; `pages` are signed hashes of their URLs, `domains` those of their hosts."""
    signatures = np.array([one.signature for one in signed], np.uint32).reshape(len(signed), config.permutations)
    bands, band_offsets = bands_of(signatures, config)
    return Marks(
        exact_keys=np.frombuffer(b"".join(one.exact_key for one in signed), "<u8").reshape(len(signed), 2),
        bands=_kept(bands),
        band_offsets=band_offsets,
        fingerprints=_kept(np.concatenate([np.empty(0, np.uint64), *(one.fingerprints for one in signed)])),
        fingerprint_offsets=_ends([len(one.fingerprints) for one in signed]),
        letters=np.concatenate([np.empty(0, np.uint32), *(one.letters for one in signed)]),
        letter_offsets=_ends([len(one.letters) for one in signed]),
        pages=np.array(pages if pages is not None else [0] * len(signed), np.int64).view(np.uint64),
        domains=np.array(domains if domains is not None else [0] * len(signed), np.uint32),
    )


def marks_of_batch(
    signed: SignedBatch, config: MatchConfig, pages: U64 | None = None, domains: U32 | None = None
) -> Marks:
    """Give the marks of texts that were signed together; `pages` and `domains` are as in `Marks`."""
    bands, band_offsets = bands_of(signed.signatures, config)
    return Marks(
        exact_keys=signed.exact_keys.view("<u8").reshape(len(signed), 2),
        bands=_kept(bands),
        band_offsets=band_offsets,
        fingerprints=_kept(signed.fingerprints),
        fingerprint_offsets=signed.fingerprint_offsets,
        letters=signed.letters,
        letter_offsets=signed.letter_offsets,
        pages=np.zeros(len(signed), np.uint64) if pages is None else pages,
        domains=np.zeros(len(signed), np.uint32) if domains is None else domains,
    )


def pack_hashes(hashes: U64, size: int) -> NDArray[np.uint8]:
    """Keep so many upper bytes of each hash, the lower of them first: shape (n,) → (n * size,).

    >>> pack_hashes(np.array([0x0102030405060708], np.uint64), 5).tobytes().hex()
    '0504030201'
    """
    return _bytes_of(hashes.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8), 8 - size, 8)


def unpack_hashes(packed: NDArray[np.uint8], size: int) -> U64:
    """Give hashes as `pack_hashes` left them: their lower bytes are 0.

    >>> hex(unpack_hashes(np.frombuffer(bytes.fromhex("0504030201"), np.uint8), 5)[0])
    '0x102030405000000'
    """
    out = np.zeros((len(packed) // size, 8), np.uint8)
    out[:, 8 - size :] = packed.reshape(-1, size)
    hashes: U64 = out.view("<u8").ravel()
    return hashes


def part_hashes(
    hashes: NDArray[np.uint64] | NDArray[np.uint32], offsets: I64, size: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pack sorted hashes into two rows of bytes, of which the second takes next to no room once it is compressed.

    Args:
        hashes: those of each document, sorted.
        offsets: (documents + 1,): where they begin.
        size: how many upper bytes are kept, the uppermost among them.

    Gives all but the uppermost byte of each, and by how much each uppermost byte is above the one before it.
    """
    width = hashes.itemsize
    octets = hashes.astype(f"<u{width}", copy=False).view(np.uint8).reshape(-1, width)
    upper = octets[:, -1].copy()
    steps = upper.copy()
    steps[1:] -= upper[:-1]
    first = offsets[:-1][np.diff(offsets) > 0]
    steps[first] = upper[first]
    return _bytes_of(octets, width - size, width - 1), steps


def join_hashes(lower: NDArray[np.uint8], steps: NDArray[np.uint8], offsets: I64, size: int) -> U64:
    """Give hashes as `part_hashes` left them: their lower bytes are 0."""
    upper = np.concatenate([np.zeros(1, np.uint8), np.cumsum(steps, dtype=np.uint8)])
    upper = upper[1:] - np.repeat(upper[offsets[:-1]], np.diff(offsets))
    hashes: U64 = unpack_hashes(lower, size - 1) >> np.uint64(8) | upper.astype(np.uint64) << np.uint64(56)
    return hashes


def _bytes_of(rows: NDArray[np.uint8], first: int, last: int) -> NDArray[np.uint8]:
    """Give some bytes of each row, row after row."""
    # Column by column: so few at a time are copied in a fifth of the time that numpy takes row by row.
    out = np.empty((len(rows), last - first), np.uint8)
    for column in range(first, last):
        out[:, column - first] = rows[:, column]
    return out.ravel()


def _kept(hashes: U64) -> U64:
    return unpack_hashes(pack_hashes(hashes, HASH_BYTES), HASH_BYTES)


def _ends(sizes: Sequence[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
