"""Marks: what documents are found by, as arrays, a row for each of many documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.letters import U32
from pipeline.sign.shingles import U64
from pipeline.sign.sign import Signed

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """Of each document its marks. Flat arrays have offsets: document i has values[offsets[i]:offsets[i + 1]]."""

    exact_keys: U64
    """(documents, 2)"""
    signatures: U32
    """(documents, permutations)"""
    fingerprints: U64
    fingerprint_offsets: I64
    letters: U32
    letter_offsets: I64
    pages: U64
    """(documents,): hash of the URL; 0 where there is none."""

    def __len__(self) -> int:
        return len(self.pages)


def marks_of(signed: Sequence[Signed], pages: Sequence[int] | None = None) -> Marks:
    """Gather the marks of signed texts; `pages` are signed hashes of their URLs."""
    return Marks(
        exact_keys=np.frombuffer(b"".join(one.exact_key for one in signed), "<u8").reshape(len(signed), 2),
        signatures=np.array([one.signature for one in signed], np.uint32).reshape(
            len(signed), len(signed[0].signature) if signed else 0
        ),
        fingerprints=np.concatenate([np.empty(0, np.uint64), *(one.fingerprints for one in signed)]),
        fingerprint_offsets=_ends([len(one.fingerprints) for one in signed]),
        letters=np.concatenate([np.empty(0, np.uint32), *(one.letters for one in signed)]),
        letter_offsets=_ends([len(one.letters) for one in signed]),
        pages=np.array(pages if pages is not None else [0] * len(signed), np.int64).view(np.uint64),
    )


def _ends(sizes: Sequence[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
