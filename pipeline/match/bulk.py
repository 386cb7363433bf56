"""Many pairs measured at once, on what sorted arrays tell: shingles, and figures.

Most pairs of a corpus are told by that. The others are looked at by their texts (`pipeline.match.verify`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.sign.batch import sign_batch
from pipeline.sign.sets import intersections
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]

# So many pairs are measured together, or of so many documents.
TOGETHER = 2048
# But of no more than so many characters of text at a time.
_CHARACTERS = 1 << 24


class Sets(NamedTuple):
    """What arrays tell of a pair, the earlier document first."""

    shared: int
    """Shingles that both have."""
    shingles: tuple[int, int]
    tokens: tuple[int, int]
    figures_gone: int
    """Figures of the earlier one that the later one lacks, and the other way round."""
    figures_come: int


def measure_pairs(
    pairs: Sequence[tuple[int, int]], text: Callable[[int], str], config: MatchConfig
) -> dict[tuple[int, int], Sets]:
    """Measure pairs of documents, each given by its number.

    Args:
        pairs: an earlier and a later document each.
        text: gives the text of a document.
        config: how shingles are made.
    """
    told: dict[tuple[int, int], Sets] = {}
    gathered: list[tuple[int, int]] = []
    texts: dict[int, str] = {}
    characters = 0
    for pair in pairs:
        for number in pair:
            if number not in texts:
                texts[number] = text(number)
                characters += len(texts[number])
        gathered.append(pair)
        if characters >= _CHARACTERS:
            told |= _measured(gathered, texts, config)
            gathered, texts, characters = [], {}, 0
    return told | _measured(gathered, texts, config) if gathered else told


def _measured(
    pairs: Sequence[tuple[int, int]], texts: dict[int, str], config: MatchConfig
) -> dict[tuple[int, int], Sets]:
    numbers, place = np.unique(np.array(pairs, np.int64), return_inverse=True)
    left, right = place.reshape(-1, 2).T
    signed = sign_batch([texts[number] for number in numbers.tolist()], config, shingles=True)
    shared = intersections(signed.shingle_offsets, signed.shingles, left, right).tolist()
    figures = intersections(signed.figure_offsets, _numbered(signed.figures, signed.figure_offsets), left, right)
    sizes, tokens, many = signed.shingle_counts, signed.tokens, np.diff(signed.figure_offsets)
    columns: Iterable[list[int]] = (
        one.tolist()
        for one in (
            *(sizes[left], sizes[right], tokens[left], tokens[right]),
            *(many[left] - figures, many[right] - figures),
        )
    )
    return {
        pair: Sets(both, (a, b), (c, d), gone, come)
        for pair, both, a, b, c, d, gone, come in zip(pairs, shared, *columns, strict=True)
    }


def _numbered(figures: NDArray[np.uint32], offsets: I64) -> U64:
    """Tell the first, second, ... occurrence of a figure in a text apart, so that a set holds them all."""
    begins = np.ones(len(figures), np.bool_)
    begins[1:] = figures[1:] != figures[:-1]
    begins[offsets[:-1][offsets[:-1] < len(figures)]] = True
    places = np.arange(len(figures))
    first = np.maximum.accumulate(np.where(begins, places, 0))
    return figures.astype(np.uint64) << np.uint64(32) | (places - first).astype(np.uint64)
