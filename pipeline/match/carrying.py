"""Texts that are ready, some of them put before others: compiled.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from pipeline.jit import njit

_compile = njit
_inline = partial(njit, inline=True)


@_compile
def _rows(values: Any, at: Any, rows: Any, others: Any, others_at: Any) -> tuple[Any, Any]:
    """Give the values of some rows and, after them, of all others; and where those of each begin."""
    count, more = len(rows), len(others_at) - 1
    out_at = np.zeros(count + more + 1, np.int64)
    for to in range(count):
        out_at[to + 1] = out_at[to] + at[rows[to] + 1] - at[rows[to]]
    for to in range(more):
        out_at[count + to + 1] = out_at[count + to] + others_at[to + 1] - others_at[to]
    out = np.empty(out_at[count + more], values.dtype)
    for to in range(count):
        begin, shift = out_at[to], at[rows[to]] - out_at[to]
        for place in range(begin, out_at[to + 1]):
            out[place] = values[place + shift]
    begin, shift = out_at[count], others_at[0] - out_at[count]
    for place in range(begin, len(out)):
        out[place] = others[place + shift]
    return out, out_at


@_inline
def _singles(values: Any, rows: Any, others: Any) -> Any:
    out = np.empty(len(rows) + len(others), values.dtype)
    for to in range(len(rows)):
        out[to] = values[rows[to]]
    for to in range(len(others)):
        out[len(rows) + to] = others[to]
    return out


@_compile
def joined(ready: Any, rows: Any, others: Any, runs: Any, runs_at: Any, runs_met: Any) -> Any:
    """Give all fields of `pipeline.match.ready.Ready` but the last: some rows of texts, and after them all of others.

    Args:
        ready, others: `Ready`.
        rows: (n,): numbers of rows of `ready`.
        runs, runs_at, runs_met: room for those of all, as if nobody had asked yet.
    """
    for to in range(len(rows)):
        if ready.runs_met[rows[to]]:
            begin, shift = runs_at[to], ready.runs_at[rows[to]] - runs_at[to]
            for place in range(begin, runs_at[to + 1]):
                runs[place] = ready.runs[place + shift]
            runs_met[to] = True
    raw, raw_at = _rows(ready.raw, ready.raw_at, rows, others.raw, others.raw_at)
    shingles, shingles_at = _rows(ready.shingles, ready.shingles_at, rows, others.shingles, others.shingles_at)
    bits, bits_at = _rows(ready.bits, ready.bits_at, rows, others.bits, others.bits_at)
    letters, letters_at = _rows(ready.letters, ready.letters_at, rows, others.letters, others.letters_at)
    figures, figures_at = _rows(ready.figures, ready.figures_at, rows, others.figures, others.figures_at)
    in_order, _ = _rows(ready.figures_sorted, ready.figures_at, rows, others.figures_sorted, others.figures_at)
    words, words_at = _rows(ready.words, ready.words_at, rows, others.words, others.words_at)
    return (
        raw,
        raw_at,
        _singles(ready.plain, rows, others.plain),
        _singles(ready.above, rows, others.above),
        _singles(ready.lined, rows, others.lined),
        _singles(ready.quoted, rows, others.quoted),
        _singles(ready.tokens, rows, others.tokens),
        shingles,
        shingles_at,
        bits,
        bits_at,
        _singles(ready.bits_set, rows, others.bits_set),
        letters,
        letters_at,
        figures,
        in_order,
        figures_at,
        words,
        words_at,
        _singles(ready.words_sorted, rows, others.words_sorted),
        runs,
        runs_at,
        runs_met,
    )
