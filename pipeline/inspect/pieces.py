"""A text before cutting, as pieces that were kept and pieces that were cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.values import Removal


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text before cutting: kept, or the whole of a span that was cut."""

    text: str
    cut: int | None
    """Which of the cuts it is, from 0; None for what is kept."""


def pieces_of(before: str, removals: Sequence[Removal]) -> tuple[Piece, ...]:
    """Divide a text by its removals, which stand in order and do not overlap; the pieces joined are the text.

    >>> [piece.cut for piece in pieces_of("Ad News", [Removal("advertisement.mark", "advertisement", 0, 3, "Ad ")])]
    [0, None]
    """
    pieces: list[Piece] = []
    at = 0
    for number, removal in enumerate(removals):
        if at < removal.start:
            pieces.append(Piece(before[at : removal.start], None))
        pieces.append(Piece(removal.text, number))
        at = removal.end
    if at < len(before):
        pieces.append(Piece(before[at:], None))
    return tuple(pieces)
