"""Texts that are ready, put into room that was made for them: compiled.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pipeline.jit import njit

_compile = njit
_inline = partial(njit, inline=True)


@_inline
def _put(values: Any, at: Any, rows: Any, out: Any, out_at: Any, first: Any) -> None:
    """Put the values of some rows behind those of the first so many, and say where each ends."""
    for to in range(len(rows)):
        begin, end = out_at[first + to], out_at[first + to] + at[rows[to] + 1] - at[rows[to]]
        shift = at[rows[to]] - begin
        for place in range(begin, end):
            out[place] = values[place + shift]
        out_at[first + to + 1] = end


@_inline
def _put_single(values: Any, rows: Any, out: Any, first: Any) -> None:
    for to in range(len(rows)):
        out[first + to] = values[rows[to]]


@_compile
def put(ready: Any, rows: Any, raw: Any, room: Any, first: int) -> None:
    """Put some rows of texts behind others.

    Args:
        ready: `pipeline.match.ready.Ready`.
        rows: (n,): numbers of rows of it.
        raw: the array in `room` that may be written to.
        room: `Ready` with arrays that are long enough, and with no bit of runs set behind those of the first rows.
        first: how many rows are in it.
    """
    _put(ready.raw, ready.raw_at, rows, raw, room.raw_at, first)
    _put(ready.shingles, ready.shingles_at, rows, room.shingles, room.shingles_at, first)
    _put(ready.bits, ready.bits_at, rows, room.bits, room.bits_at, first)
    _put(ready.letters, ready.letters_at, rows, room.letters, room.letters_at, first)
    _put(ready.figures, ready.figures_at, rows, room.figures, room.figures_at, first)
    _put(ready.figures_sorted, ready.figures_at, rows, room.figures_sorted, room.figures_at, first)
    _put(ready.words, ready.words_at, rows, room.words, room.words_at, first)
    _put_single(ready.plain, rows, room.plain, first)
    _put_single(ready.above, rows, room.above, first)
    _put_single(ready.lined, rows, room.lined, first)
    _put_single(ready.quoted, rows, room.quoted, first)
    _put_single(ready.tokens, rows, room.tokens, first)
    _put_single(ready.bits_set, rows, room.bits_set, first)
    _put_single(ready.words_sorted, rows, room.words_sorted, first)
    _put_single(ready.runs_met, rows, room.runs_met, first)
    for to in range(len(rows)):
        begin, end = room.runs_at[first + to], ready.runs_at[rows[to] + 1] - ready.runs_at[rows[to]]
        end += begin
        if ready.runs_met[rows[to]]:
            shift = ready.runs_at[rows[to]] - begin
            for place in range(begin, end):
                room.runs[place] = ready.runs[place + shift]
        room.runs_at[first + to + 1] = end
