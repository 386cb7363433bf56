"""Guards against false merges, on texts that were made ready: compiled.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import composite, template, verify
from pipeline.match import raw as kinds
from pipeline.match.arrays import common, letters_of
from pipeline.match.laying import mark_shared
from pipeline.match.passages import RUN
from pipeline.sign.kernel import sort
from pipeline.sign.reading import decoded

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

_compile = njit
_inline = partial(njit, inline=True)

_1 = np.uint64(1)
_LINE_FEED = 10
_LETTERS, _QUOTES = np.uint16(kinds.LETTERS), np.uint16(kinds.QUOTES)
_FIGURES_DIFFER = verify.GUARDS.index("figures-differ")
# No integers of Python: for each that is handed to a function as it stands in code, compilers make code of its own.
ALIKE, NOISY, EDITED = cast(
    "tuple[int, int, int]", tuple(np.int64(verify.KINDS.index(name)) for name in ("alike", "noisy", "edited"))
)
# An array: for each number that stands in code for a place in a tuple, compilers make code of its own.
_FIGURES_SHARE = np.array([verify.FIGURES_SHARE[kind] for kind in verify.KINDS])


@_compile
def count_common(one: U64, two: U64) -> Any:
    """Count what two sorted rows share: as often as it stands in both."""
    return common(one, 0, len(one), two, 0, len(two))


@_compile
def sorted_words(row: int, texts: Any) -> Any:
    """Sort the hashes of the tokens without a digit: of a copy, since few pairs ask, and threads share the texts."""
    words = texts.words[texts.words_at[row] : texts.words_at[row + 1]].copy()
    sort(words, np.empty(len(words), np.uint64), np.empty(2 * len(words) + 256, np.int64))
    return words


@_compile
def _other_words(earlier: int, later: int, texts: Any) -> tuple[Any, Any]:
    """Count the words that each of two texts has and the other lacks."""
    one, two = sorted_words(earlier, texts), sorted_words(later, texts)
    same = count_common(one, two)
    return len(one) - same, len(two) - same


@_compile
def may_be_template(earlier: int, later: int, texts: Any) -> Any:
    """Say whether `pipeline.match.template.is_template` must be asked of a pair; where not, it says no."""
    gone, come = _other_words(earlier, later, texts)
    return min(gone, come) >= template.OWN_WORDS


@_compile
def figures_differ(earlier: int, later: int, kind: int, texts: Any) -> Any:
    """Say what `pipeline.match.verify.figures_differ` does; by hashes of figures and words."""
    one, one_end = texts.figures_at[earlier], texts.figures_at[earlier + 1]
    two, two_end = texts.figures_at[later], texts.figures_at[later + 1]
    many, others = one_end - one, two_end - two
    fewest = min(texts.tokens[earlier], texts.tokens[later])
    most = max(texts.tokens[earlier], texts.tokens[later])
    least = min(float(verify.FIGURES_OF_NOTICE - 1), verify.FIGURES_OF_TOKENS * fewest)
    if max(many, others) < least:
        return False
    same = common(texts.figures_sorted, one, one_end, texts.figures_sorted, two, two_end)
    gone, come = many - same, others - same
    if max(gone, come) < least:
        return False
    gone_words, come_words = _other_words(earlier, later, texts)
    changed = min(gone, come)
    if most <= verify.SAME_LENGTH * fewest:
        changed = min(max(gone, come), gone + gone_words, come + come_words)
    if changed > 1 and many == others:
        moved = 0
        for at in range(many):
            moved += texts.figures[one + at] != texts.figures[two + at]
        changed = max(changed, moved)
    notice = changed >= verify.FIGURES_OF_NOTICE and changed >= verify.FIGURES_OF_FIGURES * min(many, others)
    if changed == 0 or not (notice or changed >= verify.FIGURES_OF_TOKENS * fewest):
        return False
    return changed >= _FIGURES_SHARE[kind] * (changed + min(gone_words, come_words))


@_compile
def _borders(row: Any, begin: Any, end: Any, letters: Any, texts: Any) -> Any:
    """Say whether lines of a text begin, but for some letters, where one article ends and another begins."""
    upper, lower = begin == 0, end == letters
    from_begin = from_end = np.int64(1 << 60)
    at, stop = np.uint64(texts.raw_at[row]), np.uint64(texts.raw_at[row + 1])
    lines, before, size = 0, 0, 0
    while at <= stop:
        code, width = (np.uint64(_LINE_FEED), _1) if at == stop else decoded(texts.raw, at, stop)
        at += width
        if code != _LINE_FEED:
            size += texts.raw_classes[code] & _LETTERS
        elif size:
            # Of lines that are as near the first one counts, and the first line of all begins no other article.
            if abs(before - begin) < from_begin:
                from_begin = abs(before - begin)
                upper = begin == 0 or (lines > 0 and from_begin <= composite.NEAR_LINE)
            if abs(before - end) < from_end:
                from_end = abs(before - end)
                lower = end == letters or (lines > 0 and from_end <= composite.NEAR_LINE)
            lines += 1
            before += size
            size = 0
    return upper and lower


@_compile
def letters_of_lines(row: int, texts: Any) -> I64:
    """Count the letters of each line of a text, between one line feed and the next, where no characters join."""
    at, stop = np.uint64(texts.raw_at[row]), np.uint64(texts.raw_at[row + 1])
    out, line = np.zeros(np.int64(stop - at) + 1, np.int64), 0
    while at < stop:
        code, width = decoded(texts.raw, at, stop)
        at += width
        if code == _LINE_FEED:
            line += 1
        else:
            out[line] += texts.raw_classes[code] & _LETTERS
    return out[: line + 1]


@_compile
def may_be_composite(shorter: int, longer: int, texts: Any) -> Any:
    """Say whether `pipeline.match.composite.is_composite` must be asked; where not, it says no."""
    if not texts.lined[longer]:
        return False
    ours, _ = letters_of(shorter, texts)
    theirs, _ = letters_of(longer, texts)
    if not texts.plain[longer] or min(len(ours), len(theirs)) < RUN:
        return True
    marked = mark_shared(theirs, ours, RUN)
    letters = len(marked)
    # Letters around which so many are shared: the first one, and one past the last.
    size = min(composite.DENSE, letters)
    first, beyond = 0, letters
    before, after = size // 2, (size + 1) // 2
    around, met = 0, False
    for at in range(min(after, letters)):
        around += marked[at]
    for at in range(letters):
        if 2 * around >= size:
            first, beyond, met = at if not met else first, at + 1, True
        if at + after < letters:
            around += marked[at + after]
        if at >= before:
            around -= marked[at - before]
    least = max(composite.REST_LETTERS, composite.REST_SHARE * letters)
    begin = first if first >= least else np.int64(0)
    end = beyond if letters - beyond >= least else letters
    inside = 0
    for at in range(begin, end):
        inside += marked[at]
    if end - begin == letters or inside / (end - begin) < composite.WHOLE:
        return False
    return _borders(longer, begin, end, letters, texts)


@_compile
def may_be_quotation(shorter: int, texts: Any) -> Any:
    """Say whether `pipeline.match.quotation.is_quotation` must be asked of a pair; where not, it says no."""
    if not texts.quoted[shorter]:
        return False
    if not texts.plain[shorter]:
        return True
    at, stop = np.uint64(texts.raw_at[shorter]), np.uint64(texts.raw_at[shorter + 1])
    quoted, said, inside = 0, 0, False
    while at < stop:
        code, width = decoded(texts.raw, at, stop)
        at += width
        kind = texts.raw_classes[code]
        if kind & _QUOTES:
            # What stands behind a mark without its fellow is not quoted.
            said += quoted if inside else 0
            quoted, inside = 0, not inside
        else:
            quoted += kind & _LETTERS
    return 2 * said >= texts.letters_at[shorter + 1] - texts.letters_at[shorter]


@_compile
def refused(earlier: int, later: int, kind: int, kin: int, near: bool, texts: Any, limits: Any) -> int:
    """Give the number of the guard that speaks against a pair, 0 where none does, `verify.OPEN` where texts tell."""
    if limits.figures and figures_differ(earlier, later, kind, texts):
        return _FIGURES_DIFFER
    return verify.OPEN if open_guards(earlier, later, kind, kin, near, texts, limits) else 0


@_compile
def open_guards(earlier: int, later: int, kind: int, kin: int, near: bool, texts: Any, limits: Any) -> Any:
    """Say which guards only texts tell of: the sum of 1, 2, 4 for those of `verify.SENTENCE_GUARDS`, in their order."""
    one, two = texts.tokens[earlier], texts.tokens[later]
    shorter, longer = (earlier, later) if one <= two else (later, earlier)
    asked = np.int64(0)
    of_both = limits.composites and min(one, two) < verify.LONGER * max(one, two)
    if of_both and may_be_composite(shorter, longer, texts):
        asked += 1
    if limits.quotations and not near and may_be_quotation(shorter, texts):
        asked += 2
    of_site = limits.templates and kin == verify.SAME_SITE and kind != NOISY
    if of_site and may_be_template(earlier, later, texts):
        asked += 4
    return asked
