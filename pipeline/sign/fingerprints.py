"""Fingerprints chosen by winnowing: any long enough shared passage gives two texts a fingerprint in common.

Source: S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting" (2003).
"""

from __future__ import annotations

import numpy as np

from pipeline.sign.shingles import U64, sorted_set


def fingerprints(sequence: U64, window: int) -> U64:
    """Choose the least hash of every window of shingles.

    Texts that share `window` shingles in a row share a fingerprint. About 2 / (window + 1) of the shingles are chosen.
    Gives sorted, distinct hashes; a text shorter than a window gives its least one.

    >>> fingerprints(np.array([5, 3, 9, 8, 7, 1], np.uint64), 3).tolist()
    [1, 3, 7]
    """
    if len(sequence) == 0:
        return sequence
    if len(sequence) <= window:
        return np.array([np.min(sequence)], np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(sequence, window)
    return sorted_set(windows.min(axis=1))
