"""Texts that are ready, moved to the front of the room that they lie in: compiled.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pipeline.jit import njit

_compile = njit
_inline = partial(njit, inline=True)


@_inline
def _move(values: Any, at: Any, rows: Any) -> None:
    """Move the values of some rows, in order, to the front."""
    to = at[0]
    for row in rows:
        for place in range(at[row], at[row + 1]):
            values[to] = values[place]
            to += 1


@_inline
def _move_ends(at: Any, rows: Any) -> None:
    """Say where some rows, in order, end at the front."""
    for to in range(len(rows)):
        size = at[rows[to] + 1] - at[rows[to]]
        at[to + 1] = at[to] + size


@_inline
def _move_single(values: Any, rows: Any) -> None:
    for to in range(len(rows)):
        values[to] = values[rows[to]]


@_compile
def move(room: Any, raw: Any, rows: Any) -> None:
    """Move some rows of texts to the front.

    Args:
        room: `pipeline.match.ready.Ready`.
        raw: the array in it that may be written to.
        rows: (n,): numbers of rows, sorted.
    """
    _move(raw, room.raw_at, rows)
    _move_ends(room.raw_at, rows)
    _move(room.shingles, room.shingles_at, rows)
    _move_ends(room.shingles_at, rows)
    _move(room.bits, room.bits_at, rows)
    _move_ends(room.bits_at, rows)
    _move(room.letters, room.letters_at, rows)
    _move_ends(room.letters_at, rows)
    _move(room.figures, room.figures_at, rows)
    _move(room.figures_sorted, room.figures_at, rows)
    _move_ends(room.figures_at, rows)
    _move(room.words, room.words_at, rows)
    _move_ends(room.words_at, rows)
    _move(room.runs, room.runs_at, rows)
    _move_ends(room.runs_at, rows)
    _move_single(room.plain, rows)
    _move_single(room.above, rows)
    _move_single(room.lined, rows)
    _move_single(room.quoted, rows)
    _move_single(room.tokens, rows)
    _move_single(room.bits_set, rows)
