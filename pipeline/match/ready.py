"""Texts made ready for comparison, many at once: their bytes → flat arrays of all that verification looks at.

A document's turn needs the texts of its candidates. Those of many turns are read together and go through compiled code
once; pairs are measured on the arrays then (`pipeline.match.measuring`). What the turns after those need, too, is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.match.profile import letters_above
from pipeline.match.raw import Raw, raw_classes
from pipeline.sign.compiled import Compiled
from pipeline.sign.letters import U32
from pipeline.sign.marked import Folded, bits_of, classes, decided, folded
from pipeline.sign.rows import Rows, filled
from pipeline.sign.sets import read_only
from pipeline.sign.shingles import U64
from pipeline.sign.texts import Bytes, Texts, string_of
from pipeline.words.tables import BLOCK

I64 = NDArray[np.int64]


class Ready(NamedTuple):
    """Texts, a row each: row i of an array has values[at[i]:at[i + 1]] where `at` is the one with its name."""

    raw: Bytes
    """The texts as they are, in UTF-8."""
    raw_at: I64
    plain: NDArray[np.bool_]
    """(texts,): no character joins with its neighbours, so letters can be counted in `raw`."""
    above: I64
    """(texts,): letters above the prose."""
    tokens: I64
    """(texts,): how many tokens each has."""
    shingles: U64
    """Distinct, sorted."""
    shingles_at: I64
    letters: U32
    letters_at: I64
    figures: U64
    """Hashes of figures, in order."""
    figures_sorted: U64
    figures_at: I64
    words: U64
    """Hashes of the tokens without a digit."""
    words_at: I64
    words_sorted: NDArray[np.bool_]
    """(texts,): whether they are sorted yet. Few pairs ask for them."""
    raw_classes: NDArray[np.uint16]
    """See `pipeline.match.raw`; those of every character in `raw` are known."""


def ready(fast: Compiled, raw: Texts, shingle_tokens: int) -> Ready:
    """Make texts ready, given in UTF-8 with lone surrogates as they are; shingles are of so many tokens."""
    from pipeline.match import measuring

    text = _folded(fast, raw)
    shingles, shingles_at = fast.shingle_sets(text.hashes.values, text.hashes.offsets, shingle_tokens)
    known, bits = classes(), bits_of()
    unmet: int = 0
    while unmet >= 0:
        letters, letters_at, figures, figures_sorted, figures_at, words, words_at, unmet = measuring.scan(
            text.data, text.ends, known.of, bits, text.bounds, text.hashes.values, text.hashes.offsets
        )
        if unmet >= 0:
            known.learn([unmet >> BLOCK])
    texts = len(raw.offsets) - 1
    plain = np.ones(texts, np.bool_)
    plain[text.undecided] = False
    kinds = raw_classes()
    return Ready(
        read_only(raw.data),
        raw.offsets,
        plain,
        _above(raw, text.undecided, kinds),
        np.diff(text.hashes.offsets),
        shingles,
        shingles_at,
        letters,
        letters_at,
        figures,
        figures_sorted,
        figures_at,
        words,
        words_at,
        np.zeros(texts, np.bool_),
        kinds.of,
    )


def carried(ready: Ready, rows: I64, others: Ready) -> Ready:
    """Put texts that are ready, named by their rows, before others."""
    from pipeline.match.carrying import joined

    out = Ready._make([*joined(ready, rows, others), ready.raw_classes])
    return out._replace(raw=read_only(out.raw))


def _folded(fast: Compiled, raw: Texts) -> Folded:
    """Fold texts, those in which characters join with their neighbours, too."""
    done = folded(fast, raw, 0)
    rows = done.undecided
    if not rows:
        return done
    theirs = decided(fast, raw, 0, rows)
    data = filled(Rows(done.data, done.ends), rows, Rows(theirs.data, theirs.ends))
    bounds = filled(_bounds_within(done), rows, _bounds_within(theirs))
    begins = np.repeat(data.offsets[:-1], np.diff(bounds.offsets)).astype(np.uint64)
    hashes = filled(done.hashes, rows, theirs.hashes)
    return Folded(data.values, data.offsets, bounds.values + begins, hashes, rows)


def _bounds_within(done: Folded) -> Rows:
    """Give where tokens begin and end, counted from where their text does."""
    offsets = 2 * done.hashes.offsets
    begins = np.repeat(done.ends[:-1], np.diff(offsets)).astype(np.uint64)
    return Rows(done.bounds - begins, offsets)


def _above(raw: Texts, joining: Sequence[int], kinds: Raw) -> I64:
    from pipeline.match import measuring

    unmet = 0
    while unmet >= 0:
        above, unmet = measuring.letters_above(raw.data, raw.offsets, kinds.of)
        if unmet >= 0:
            kinds.learn([unmet >> BLOCK])
    for row in joining:
        above[row] = letters_above(string_of(raw, row))
    return np.asarray(above, np.int64)
