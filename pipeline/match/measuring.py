"""Pairs of texts that were made ready, measured by compiled code: the same as `pipeline.match.verify.likeness` tells.

Importing this loads numba (see `pipeline.sign.compiled`). What only sentences tell, whether a text is a composite or a
quotation, is left open here where it may be so.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import verify
from pipeline.match.arrays import common, letters_of
from pipeline.match.bits import at_most_shared, may_match
from pipeline.match.guarding import ALIKE, EDITED, NOISY, figures_differ, refused
from pipeline.match.laying import counted, laid, places, runs
from pipeline.match.passages import RUN, SHORT_GAP

_compile = njit
_inline = partial(njit, inline=True)

_TOO_SHORT = verify.GUARDS.index("too-short")


@_inline
def _alteration(
    passages: Any, gaps: Any, unlike: Any, inside: Any, matched: Any, bare: Any, letters: Any
) -> tuple[Any, Any]:
    """Give the mean passage, and whether passages lie as noise leaves them, as `pipeline.match.passages.align` does."""
    passage, gap, differ, beyond = 0.0, 0.0, 0.0, 1.0
    if passages:
        told = letters - bare
        passage, gap = matched / passages, gaps / passages
        differ = unlike / gaps if gaps else 0.0
        beyond = max(0, told - matched - inside) / max(1, told)
    noisy = differ <= verify.NOISY_UNLIKE and gap >= verify.NOISY_GAPS and beyond <= verify.NOISY_BEYOND
    return passage, noisy


@_compile
def _byletters_of(earlier: int, later: int, texts: Any, limits: Any, out: Any) -> int:
    """Look at letters -> the kind of alteration, or -1; fills in what matched."""
    one, head_one = letters_of(earlier, texts)
    two, head_two = letters_of(later, texts)
    out[verify.GROWTH] = len(two) / max(1, len(one))
    out[verify.MATCHED_EARLIER] = out[verify.MATCHED_LATER] = 0.0
    if not len(one) or not len(two):
        return -1
    first, second = runs(one, two, RUN)
    beside, first_of, again = places(first, second)
    of_one, bare_one, of_two, bare_two = counted(beside, first_of, len(one), len(two), head_one, head_two)
    told_one, told_two = len(one) - bare_one, len(two) - bare_two
    matched_one = of_one / told_one if told_one else 0.0
    matched_two = of_two / told_two if told_two else 0.0
    out[verify.MATCHED_EARLIER], out[verify.MATCHED_LATER] = matched_one, matched_two
    matched = max(matched_one, matched_two)
    if matched < verify.NOISY_MATCHED:
        return -1
    passages = gaps = unlike = inside = 0
    if min(len(one), len(two)) >= RUN:
        if matched_one >= matched_two:
            passages, gaps, unlike, inside = laid(one, two, first, second, beside, again, RUN, SHORT_GAP)
        else:
            beside, first_of, again = places(second, first)
            passages, gaps, unlike, inside = laid(two, one, second, first, beside, again, RUN, SHORT_GAP)
    if matched_one >= matched_two:
        passage, noisy = _alteration(passages, gaps, unlike, inside, of_one, bare_one, len(one))
    else:
        passage, noisy = _alteration(passages, gaps, unlike, inside, of_two, bare_two, len(two))
    tokens = min(texts.tokens[earlier], texts.tokens[later])
    least = max(limits.matched, verify.SHORT_MATCHED) if tokens < verify.SHORT_TOKENS else limits.matched
    if passage >= verify.PASSAGE_LETTERS and matched >= least:
        edited = not (limits.figures and figures_differ(earlier, later, EDITED, texts))
        return NOISY if noisy and not edited else EDITED
    return NOISY if noisy else -1


@_compile
def measure(
    earlier: int, later: int, kin: int, by_letters: bool, whole: bool, texts: Any, limits: Any, out: NDArray[np.float64]
) -> None:
    """Measure a pair of rows of `Ready` texts.

    Args:
        earlier, later: their rows.
        kin, by_letters: as `pipeline.match.verify.likeness` takes them.
        whole: all is told of a pair that comes to nothing, too, which else may be left at 0.
        texts: `Ready`.
        limits: `pipeline.match.verify.Limits`.
        out: (verify.COLUMNS,): filled in.
    """
    one, one_end = texts.shingles_at[earlier], texts.shingles_at[earlier + 1]
    two, two_end = texts.shingles_at[later], texts.shingles_at[later + 1]
    a, b = one_end - one, two_end - two
    tokens = min(texts.tokens[earlier], texts.tokens[later])
    out[:] = 0.0
    out[verify.GROWTH] = b / a if a else np.inf
    out[verify.MATCHED_EARLIER] = out[verify.MATCHED_LATER] = np.nan
    # With fewer shingles than this in common a pair comes to nothing, unless its letters tell more.
    fewest = min(limits.jaccard, limits.containment, verify.SOME) * min(a, b)
    few = not whole and tokens >= limits.min_tokens and at_most_shared(earlier, later, texts) < fewest
    kind = -1
    if few:
        if limits.altered and by_letters and may_match(earlier, later, texts):
            kind = _byletters_of(earlier, later, texts, limits, out)
        if kind < 0:
            return
    same = common(texts.shingles, one, one_end, texts.shingles, two, two_end)
    out[verify.JACCARD] = same / (a + b - same) if a + b else 1.0
    out[verify.EARLIER_IN_LATER] = same / a if a else 0.0
    out[verify.LATER_IN_EARLIER] = same / b if b else 0.0
    if tokens < limits.min_tokens:
        out[verify.REFUSED] = _TOO_SHORT
        return
    contained = max(out[verify.EARLIER_IN_LATER], out[verify.LATER_IN_EARLIER])
    near = out[verify.JACCARD] >= limits.jaccard
    if not (near or contained >= limits.containment):
        update = kin == verify.SAME_PAGE and limits.updates and contained >= verify.SHARE_OF_UPDATE
        looked = not few and limits.altered and (by_letters or update or contained >= verify.SOME)
        if looked and (whole or update or may_match(earlier, later, texts)):
            kind = _byletters_of(earlier, later, texts, limits, out)
        if kind < 0 and not update:
            return
        out[verify.ALTERED], out[verify.UPDATE], out[verify.KIND] = kind >= 0, update, max(kind, ALIKE)
    out[verify.REFUSED] = refused(earlier, later, int(out[verify.KIND]), kin, near, texts, limits)
