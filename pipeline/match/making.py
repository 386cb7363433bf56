"""Folded texts → the letters, figures and words that verification looks at: compiled.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import profile
from pipeline.match import raw as kinds
from pipeline.sign import classes
from pipeline.sign.hashing import hash_tokens, lane
from pipeline.sign.kernel import sort
from pipeline.sign.reading import between, decoded
from pipeline.sign.scanning import longest, scan_text

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_compile = njit
_inline = partial(njit, inline=True)

_0, _1, _2, _8 = (np.uint64(number) for number in (0, 1, 2, 8))
_HIGH = np.uint64(0x8080808080808080)
_LINE_FEED, _QUOTE = 10, 34
_LETTERS, _SPACE, _ENDS, _QUOTES = (np.uint16(kind) for kind in (kinds.LETTERS, kinds.SPACE, kinds.ENDS, kinds.QUOTES))
_NUMERAL = np.uint8(classes.NUMERAL)


@_inline
def _has_digit(folded: Any, at: Any, stop: Any, of: Any) -> Any:
    """Say whether a token has a digit of any kind."""
    numeral = False
    while at < stop and not numeral:
        eight = lane(folded, at)
        if eight & _HIGH:
            code, width = decoded(folded, at, stop)
            numeral = of[code] & _NUMERAL != 0
            at += width
        else:
            left = min(stop - at, _8)
            numeral = between(eight, 0x30, 0x39) & ((_1 << (left * _8 - _1) << _1) - _1) != 0
            at += left
    return numeral


@_compile
def scan(
    folded: Bytes, ends: I64, of: Bytes, bits_of: U64, bounds: U64, hashes: U64, tokens_at: I64
) -> tuple[U32, I64, U64, U64, I64, U64, I64, Any]:
    """Find the letters, the figures and the words of folded texts.

    Args:
        folded, ends, of, bits_of: as `pipeline.sign.scanning.scan_texts` takes them.
        bounds, hashes, tokens_at: of their tokens, as `pipeline.sign.reading` and `pipeline.sign.hashing` give them.

    Gives the letters and where they begin, the hashes of figures in order, those sorted, where both begin, the hashes
    of the tokens without a digit and where they begin, and a character whose class is missing, or -1: with one, all the
    rest is void.
    """
    texts = len(ends) - 1
    size = ends[texts] - ends[0]
    # The first letter is none, and some are written ahead of those that count.
    letters, its_bounds = np.empty(size + 16, np.uint32), np.empty(size + texts, np.uint64)
    letters_at, figures_at, words_at = (
        np.zeros(texts + 1, np.int64),
        np.zeros(texts + 1, np.int64),
        np.zeros(texts + 1, np.int64),
    )
    words = np.empty(len(hashes), np.uint64)
    done, filled, count = np.int64(0), _0, 0
    for text in range(texts):
        begin, stop = np.uint64(ends[text]), np.uint64(ends[text + 1])
        found, filled, unmet = scan_text(folded, begin, stop, of, bits_of, letters[done:], its_bounds, filled)
        if unmet >= 0:
            none = np.empty(0, np.uint64)
            return letters, letters_at, none, none, figures_at, none, words_at, np.int64(unmet)
        done += np.int64(found)
        for token in range(tokens_at[text], tokens_at[text + 1]):
            words[count] = hashes[token]
            count += not _has_digit(folded, bounds[2 * token], bounds[2 * token + 1], of)
        letters_at[text + 1], figures_at[text + 1], words_at[text + 1] = done, filled // _2, count
    figures = hash_tokens(folded, its_bounds[:filled])
    in_order = figures.copy()
    most = longest(figures_at)
    spare, room = np.empty(most, np.uint64), np.empty(2 * most + 256, np.int64)
    for text in range(texts):
        sort(in_order[figures_at[text] : figures_at[text + 1]], spare, room)
    return letters[1 : done + 1], letters_at, figures, in_order, figures_at, words[:count], words_at, np.int64(-1)


@_compile
def letters_above(raw: Bytes, offsets: I64, of: Any) -> tuple[I64, NDArray[np.bool_], NDArray[np.bool_], Any]:
    """Count the letters above the prose: as `pipeline.match.profile.letters_above` where no characters join.

    Gives the counts, shape (texts,), whether a text has a line feed, and whether it has a quotation mark; and a
    character whose class is missing, or -1: with one, the rest is void. All characters are looked at, so that their
    classes are known.
    """
    out = np.zeros(len(offsets) - 1, np.int64)
    lined, quoted = np.zeros(len(out), np.bool_), np.zeros(len(out), np.bool_)
    for text in range(len(out)):
        feeds, marks = _0, _0
        at, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        lines, above, chars, size, last, prose = 0, 0, 0, 0, np.uint16(0), False
        while at < stop:
            if prose:
                # All that is left to do is to meet the others.
                while at + _8 <= stop:
                    eight = lane(raw, at)
                    if eight & _HIGH:
                        break
                    feeds |= between(eight, _LINE_FEED, _LINE_FEED)
                    marks |= between(eight, _QUOTE, _QUOTE)
                    at += _8
                if at == stop:
                    break
            code, width = decoded(raw, at, stop)
            at += width
            kind = of[code]
            if kind == 0:
                return out, lined, quoted, np.int64(code)
            feeds |= np.uint64(code == _LINE_FEED)
            marks |= np.uint64(kind & _QUOTES)
            if prose:
                continue
            if code == _LINE_FEED:
                if size > profile.SENTENCE_LETTERS and last & _ENDS:
                    prose = True
                    continue
                above += size
                lines += size > 0
                chars, size = 0, 0
                prose = lines == profile.HEAD_LINES
                continue
            chars += 1
            size += kind & _LETTERS
            last = last if kind & _SPACE else kind
            prose = chars > profile.LONGEST_LINE or size > profile.PROSE_LETTERS
        if not prose and not (size > profile.SENTENCE_LETTERS and last & _ENDS):
            above += size
        out[text], lined[text], quoted[text] = above, feeds != _0, marks != _0
    return out, lined, quoted, np.int64(-1)
