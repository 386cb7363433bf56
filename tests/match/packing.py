"""Marks as a table has them."""

from __future__ import annotations

import numpy as np

from pipeline.match.marks import HASH_BYTES, LETTER_BYTES, Marks, Packed, PackedMarks, pack_hashes, part_hashes


def stepped(hashes: np.ndarray, offsets: np.ndarray, size: int) -> Packed:
    return Packed(*part_hashes(hashes, offsets, size), offsets, size)


def pack(marks: Marks) -> PackedMarks:
    letters = marks.letters.astype(np.uint64) << np.uint64(32)
    return PackedMarks(
        exact_keys=marks.exact_keys,
        bands=Packed(pack_hashes(marks.bands, HASH_BYTES), None, marks.band_offsets, HASH_BYTES),
        fingerprints=stepped(marks.fingerprints, marks.fingerprint_offsets, HASH_BYTES),
        letters=stepped(letters, marks.letter_offsets, LETTER_BYTES),
        pages=marks.pages,
        domains=marks.domains,
    )
