"""Pairs of texts that were made ready, measured by compiled code: the same as `pipeline.match.verify.likeness` tells.

Importing this loads numba (see `pipeline.sign.compiled`). What only sentences tell, whether a text is a composite or a
quotation, is left open here where it may be so.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import composite, profile, template, verify
from pipeline.match import raw as kinds
from pipeline.match.laying import counted, laid, mark_shared, places, runs
from pipeline.match.passages import RUN, SHORT_GAP
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

_0, _1, _2, _4, _6, _8, _56, _63 = (np.uint64(number) for number in (0, 1, 2, 4, 6, 8, 56, 63))
_ODD, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_FOURS, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
# Of a run the last letter, the letters that it may hold, a bit each; so many letters are looked at before it is asked.
_LAST, _WINDOW, _STEP = np.uint64(RUN - 1), np.uint64((1 << RUN) - 1), np.uint64(256)
_HIGH = np.uint64(0x8080808080808080)
_LINE_FEED, _QUOTE = 10, 34
_LETTERS, _SPACE, _ENDS, _QUOTES = (np.uint16(kind) for kind in (kinds.LETTERS, kinds.SPACE, kinds.ENDS, kinds.QUOTES))
_NUMERAL = np.uint8(classes.NUMERAL)

_TOO_SHORT, _FIGURES_DIFFER = (verify.GUARDS.index(name) for name in ("too-short", "figures-differ"))
# No integers of Python: for each that is handed to a function as it stands in code, compilers make code of its own.
_ALIKE, _NOISY, _EDITED = cast(
    "tuple[int, int, int]", tuple(np.int64(verify.KINDS.index(name)) for name in ("alike", "noisy", "edited"))
)
# An array: for each number that stands in code for a place in a tuple, compilers make code of its own.
_FIGURES_SHARE = np.array([verify.FIGURES_SHARE[kind] for kind in verify.KINDS])


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


@_compile
def bits_of_shingles(shingles: U64, shingles_at: I64, bits_at: I64) -> tuple[U64, I64]:
    """Set a bit for each shingle of texts; gives the bits, and of each text how many are set.

    Args:
        shingles, shingles_at: as in `Ready`.
        bits_at: where the bits of each text begin, a power of two of words for each.
    """
    texts = len(shingles_at) - 1
    bits, bits_set = np.zeros(bits_at[texts], np.uint64), np.zeros(texts, np.int64)
    for text in range(texts):
        its = bits[bits_at[text] : bits_at[text + 1]]
        last = (np.uint64(len(its)) << _6) - _1
        for at in range(shingles_at[text], shingles_at[text + 1]):
            bit = shingles[at] & last
            its[bit >> _6] |= _1 << (bit & _63)
        count = _0
        for at in range(len(its)):
            count += _set_bits(its[at])
        bits_set[text] = np.int64(count)
    return bits, bits_set


@_inline
def _set_bits(word: Any) -> Any:
    """Count the bits that are set: a sum of sums (H. Warren, Hacker's Delight, 2002), which compilers know."""
    word = word - (word >> _1 & _ODD)
    word = (word & _PAIRS) + (word >> _2 & _PAIRS)
    return ((word + (word >> _4)) & _FOURS) * _ONES >> _56


@_compile
def at_most_shared(earlier: int, later: int, texts: Any) -> Any:
    """Give a number of shingles of which two texts do not share more, by their bits.

    Those that are shared set bits in both. Of the shingles of a text as many set no bit of their own as it has more
    shingles than bits; so many of the shared ones may be among them, and no more.
    """
    few, many = earlier, later
    if texts.bits_at[few + 1] - texts.bits_at[few] > texts.bits_at[many + 1] - texts.bits_at[many]:
        few, many = many, few
    one = texts.bits[texts.bits_at[few] : texts.bits_at[few + 1]]
    two = texts.bits[texts.bits_at[many] : texts.bits_at[many + 1]]
    both = _0
    if len(one) == len(two):
        for at in range(len(one)):
            both += _set_bits(one[at] & two[at])
    else:
        # The lower bits of a hash tell the place, so each part of the larger table is laid over the smaller one.
        for at in range(len(one)):
            over = _0
            for place in range(at, len(two), len(one)):
                over |= two[place]
            both += _set_bits(one[at] & over)
    return np.int64(both) + texts.shingles_at[few + 1] - texts.shingles_at[few] - texts.bits_set[few]


@_inline
def _shared(values: Any, one: Any, one_end: Any, two: Any, two_end: Any) -> Any:
    """Count what two sorted rows share, what comes again as often as it does in both."""
    # Without branches, which here go either way as often, and without signs, which would be looked at.
    a, a_end, b, b_end = np.uint64(one), np.uint64(one_end), np.uint64(two), np.uint64(two_end)
    count = _0
    while a < a_end and b < b_end:
        x, y = values[a], values[b]
        count += np.uint64(x == y)
        a += np.uint64(x <= y)
        b += np.uint64(y <= x)
    return np.int64(count)


@_inline
def _letters(row: Any, texts: Any) -> tuple[Any, Any]:
    """Give the letters of a text, and how many of them are its head."""
    letters = texts.letters[texts.letters_at[row] : texts.letters_at[row + 1]]
    above = texts.above[row]
    body = len(letters) - above
    return letters, above if body >= max(profile.BODY_LETTERS, profile.BODY_SHARE * len(letters)) else 0


@_inline
def _sort_words(row: Any, texts: Any) -> None:
    """Sort the hashes of the tokens without a digit, where that was not done."""
    if texts.words_sorted[row]:
        return
    words = texts.words[texts.words_at[row] : texts.words_at[row + 1]]
    sort(words, np.empty(len(words), np.uint64), np.empty(2 * len(words) + 256, np.int64))
    texts.words_sorted[row] = True


@_compile
def _other_words(earlier: int, later: int, texts: Any) -> tuple[Any, Any]:
    """Count the words that each of two texts has and the other lacks."""
    _sort_words(earlier, texts)
    _sort_words(later, texts)
    one, one_end = texts.words_at[earlier], texts.words_at[earlier + 1]
    two, two_end = texts.words_at[later], texts.words_at[later + 1]
    same = _shared(texts.words, one, one_end, two, two_end)
    return one_end - one - same, two_end - two - same


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
    same = _shared(texts.figures_sorted, one, one_end, two, two_end)
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
    ours, _ = _letters(shorter, texts)
    theirs, _ = _letters(longer, texts)
    if not texts.plain[longer] or min(len(ours), len(theirs)) < RUN:
        return True
    shared = mark_shared(theirs, ours, RUN)
    letters = len(shared)
    # Letters around which so many are shared: the first one, and one past the last.
    size = min(composite.DENSE, letters)
    first, beyond = 0, letters
    before, after = size // 2, (size + 1) // 2
    around, met = 0, False
    for at in range(min(after, letters)):
        around += shared[at]
    for at in range(letters):
        if 2 * around >= size:
            first, beyond, met = at if not met else first, at + 1, True
        if at + after < letters:
            around += shared[at + after]
        if at >= before:
            around -= shared[at - before]
    least = max(composite.REST_LETTERS, composite.REST_SHARE * letters)
    begin = first if first >= least else np.int64(0)
    end = beyond if letters - beyond >= least else letters
    inside = 0
    for at in range(begin, end):
        inside += shared[at]
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


@_inline
def _meet(row: Any, letters: Any, texts: Any) -> Any:
    """Set the bits of the runs of a text's letters, where that was not done; gives by how much their hashes shift."""
    begin, end = texts.runs_at[row], texts.runs_at[row + 1]
    shift = np.uint64(58)
    while np.int64(_1 << np.uint64(58) - shift) < end - begin:
        shift -= _1
    if not texts.runs_met[row]:
        runs, total = texts.runs[begin:end], _0
        for at in range(np.uint64(len(letters))):
            total = total << _8 | np.uint64(letters[at])
            bit = total * _MULTIPLIER >> shift
            runs[bit >> _6] |= np.uint64(at >= _LAST) << (bit & _63)
        texts.runs_met[row] = True
    return shift


@_inline
def _may_reach(letters: Any, head: Any, runs: Any, shift: Any) -> Any:
    """Say whether the share of letters in passages of a text may be as large as in noise, by the bits of its runs."""
    size, begin = np.uint64(len(letters)), np.uint64(head) + _LAST
    # What of the head is in no passage does not count; below it no more than this may be in none.
    most = np.uint64((1 - verify.NOISY_MATCHED) * len(letters)) + _1
    total, met, bare, first = _0, _0, _0, _0
    while first < size and bare <= most:
        last = min(first + _STEP, size)
        for at in range(first, last):
            total = total << _8 | np.uint64(letters[at])
            bit = total * _MULTIPLIER >> shift
            met = met << _1 | (runs[bit >> _6] >> (bit & _63) & np.uint64(at >= _LAST))
            # The letter that stands so far back is in a run if one of the last so many was met.
            bare += np.uint64(met & _WINDOW == _0) & np.uint64(at >= begin)
        first = last
    for at in range(size, size + _LAST):
        met <<= _1
        bare += np.uint64(met & _WINDOW == _0) & np.uint64(at >= begin)
    return bare <= most


@_compile
def _may_match(earlier: int, later: int, texts: Any) -> Any:
    """Say whether so many letters may match that a text may be an altered copy; where not, they do not."""
    one, head_one = _letters(earlier, texts)
    two, head_two = _letters(later, texts)
    if min(len(one), len(two)) < RUN:
        return True
    shift_one, shift_two = _meet(earlier, one, texts), _meet(later, two, texts)
    runs_one = texts.runs[texts.runs_at[earlier] : texts.runs_at[earlier + 1]]
    runs_two = texts.runs[texts.runs_at[later] : texts.runs_at[later + 1]]
    return _may_reach(one, head_one, runs_two, shift_two) or _may_reach(two, head_two, runs_one, shift_one)


@_compile
def _by_letters(earlier: int, later: int, texts: Any, limits: Any, out: Any) -> int:
    """Look at letters -> the kind of alteration, or -1; fills in what matched."""
    one, head_one = _letters(earlier, texts)
    two, head_two = _letters(later, texts)
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
        edited = not (limits.figures and figures_differ(earlier, later, _EDITED, texts))
        return _NOISY if noisy and not edited else _EDITED
    return _NOISY if noisy else -1


@_compile
def _refused(earlier: int, later: int, kind: int, kin: int, near: bool, texts: Any, limits: Any) -> int:
    """Give the number of the guard that speaks against a pair, 0 where none does, `verify.OPEN` where texts tell."""
    if limits.figures and figures_differ(earlier, later, kind, texts):
        return _FIGURES_DIFFER
    one, two = texts.tokens[earlier], texts.tokens[later]
    shorter, longer = (earlier, later) if one <= two else (later, earlier)
    of_both = limits.composites and min(one, two) < verify.LONGER * max(one, two)
    if of_both and may_be_composite(shorter, longer, texts):
        return verify.OPEN
    if limits.quotations and not near and may_be_quotation(shorter, texts):
        return verify.OPEN
    if limits.templates and kin == verify.SAME_SITE and kind != _NOISY and may_be_template(earlier, later, texts):
        return verify.OPEN
    return 0


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
        if limits.altered and by_letters and _may_match(earlier, later, texts):
            kind = _by_letters(earlier, later, texts, limits, out)
        if kind < 0:
            return
    shared = _shared(texts.shingles, one, one_end, two, two_end)
    out[verify.JACCARD] = shared / (a + b - shared) if a + b else 1.0
    out[verify.EARLIER_IN_LATER] = shared / a if a else 0.0
    out[verify.LATER_IN_EARLIER] = shared / b if b else 0.0
    if tokens < limits.min_tokens:
        out[verify.REFUSED] = _TOO_SHORT
        return
    contained = max(out[verify.EARLIER_IN_LATER], out[verify.LATER_IN_EARLIER])
    near = out[verify.JACCARD] >= limits.jaccard
    if not (near or contained >= limits.containment):
        update = kin == verify.SAME_PAGE and limits.updates and contained >= verify.SHARE_OF_UPDATE
        looked = not few and limits.altered and (by_letters or update or contained >= verify.SOME)
        if looked and (whole or update or _may_match(earlier, later, texts)):
            kind = _by_letters(earlier, later, texts, limits, out)
        if kind < 0 and not update:
            return
        out[verify.ALTERED], out[verify.UPDATE], out[verify.KIND] = kind >= 0, update, max(kind, _ALIKE)
    out[verify.REFUSED] = _refused(earlier, later, int(out[verify.KIND]), kin, near, texts, limits)
