"""Repeats within a document: the headline that stands again in the body, paragraphs that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipeline.cuts import Cut
from pipeline.strip.blocks import Blocks
from pipeline.strip.find import taken_blocks
from pipeline.strip.rows import MIX, Rows
from pipeline.words.fold import fold
from pipeline.words.tokens import count_tokens

# Refrains, recurring sub-headings, names of speakers and one-line answers are shorter; news paragraphs are longer.
_FEWEST_WORDS = 12
_FEWEST_CHARS = 24
# A character has four bytes at most.
_SURELY_BYTES = 4 * _FEWEST_CHARS
# One changed word in 30 is a slip of the pen; in fewer it may be the point of the sentence.
_FEWEST_WORDS_NEAR = 30
_WORDS_A_CHANGE = 40
_ANCHOR = 10
# Words have a letter each at least, and are parted by spaces.
_ANCHOR_CHARS = 2 * _ANCHOR - 1
# Paragraphs that share their beginning or end are compared with so many earlier ones: templated texts stay linear.
_CANDIDATES = 4
_TITLE_TOKENS = 3
# Short lines between two repeated paragraphs go with them if they are the same lines as at the first place.
_LONGEST_GAP = 40


def find_repeats(
    blocks: Blocks,
    already: Sequence[Cut],
    title: str | None,
    among: Sequence[int] | None = None,
    titled: Sequence[int] | None = None,
) -> list[Cut]:
    """Find what the reader has read before in the same text.

    A headline (of three tokens or more) in the body is `repeated-headline`. A paragraph is `repeated-paragraph` when an
    earlier one, itself kept, is the same folded, or differs in one place by a word in forty, figures excepted: other
    figures are another fact. The first occurrence stays. Short lines stay, except between two repeated paragraphs that
    have the same lines between them at the first place. Tables and code stay.

    Args:
        blocks: the blocks of a text, in order.
        already: what is cut already.
        title: the document's headline, None where it has none.
        among: the only blocks that may be repeats of one another, or be repeated (`may_repeat`), where that is known.
        titled: the only blocks that may be the headline (`pipeline.extract.titles.title_blocks`), where that is known.

    Returns:
        Cuts in order, none of them in `already`. Time is linear in the text.
    """
    asked = range(len(blocks)) if among is None else among
    told = {index: data for index in asked if len(data := blocks.block(index)) >= _FEWEST_CHARS}
    distinct = frozenset(told.values())
    near = _look_alike(distinct)
    repeats = near or len(distinct) < len(told)
    if not repeats and titled is not None and len(titled) == 1 and _is_cut(blocks, titled[0], already):
        # As in most texts with a headline, which is cut where it stands at their head.
        return []
    taken = taken_blocks(blocks, already)
    open_ones = [index for index in (range(len(blocks)) if titled is None else titled) if not taken[index]]
    wanted = _headline(title) if title and open_ones else None
    headlines = [index for index in open_ones if wanted is not None and blocks.block(index) == wanted]
    if not (headlines or repeats):
        return []
    marked = blocks.marked
    cuts: dict[int, Cut] = {}
    source: dict[int, int] = {}
    same: dict[bytes, int] = {}
    anchors: dict[tuple[str, ...], list[tuple[int, list[str]]]] = {}
    for index in sorted({*told, *headlines}) if headlines else told:
        shape = blocks.shapes[index] if marked else "paragraph"
        if taken[index] or shape in ("table", "code"):
            continue
        data = told.get(index) or blocks.block(index)
        if data == wanted:
            cuts[index] = Cut(*blocks.span(index), "repeated-headline.same", "repeated-headline")
        elif shape == "heading" or not _is_paragraph(data):
            continue
        elif (first := same.get(data)) is not None:
            source[index] = first
            cuts[index] = Cut(*blocks.span(index), "repeated-paragraph.same", "repeated-paragraph")
        elif data in near and (first := _nearly_seen(words := _words(_text(data)), anchors)) is not None:
            source[index] = first
            cuts[index] = Cut(*blocks.span(index), "repeated-paragraph.near", "repeated-paragraph")
        else:
            same[data] = index
            if data in near:
                _remember(index, words, anchors)
    for index in _between(blocks, source, taken):
        cuts.setdefault(index, Cut(*blocks.span(index), "repeated-paragraph.between", "repeated-paragraph"))
    return [cuts[index] for index in sorted(cuts)]


def _is_cut(blocks: Blocks, index: int, cuts: Sequence[Cut]) -> bool:
    """Say whether one of some cuts covers a block."""
    start, end = blocks.span(index)
    return any(cut.start <= start and end <= cut.end for cut in cuts)


def _headline(title: str) -> bytes | None:
    """Give a title as a block that it is reads; None where it is too short to be told from others."""
    return fold(title).encode("utf-8", "surrogatepass") if count_tokens(title) >= _TITLE_TOKENS else None


def may_repeat(rows: Rows) -> list[list[int]]:
    """Give of each of many texts the blocks that may be repeats, or be repeated: they begin or end with the same bytes.

    What is looked at here is less than what `find_repeats` looks at, so it finds nothing beside these.
    """
    long = np.flatnonzero(rows.sizes >= _FEWEST_CHARS)
    text = rows.text[long]
    # Eight bytes twice. Blocks that agree in 19 letters at either end agree in 16 bytes there.
    alike = np.zeros(len(long), bool)
    for first in (rows.starts[long], rows.ends[long] - 16):
        mixed = rows.windows(first) * MIX[0] ^ rows.windows(first + 8) * MIX[1] ^ text.astype(np.uint64) * MIX[2]
        order = np.argsort(mixed)
        same = np.flatnonzero(mixed[order[1:]] == mixed[order[:-1]])
        alike[order[same]] = alike[order[same + 1]] = True
    return rows.by_text(long[alike])


def _look_alike(data: frozenset[bytes]) -> frozenset[bytes]:
    """Give those of some blocks that may be nearly the same: each begins or ends as another does.

    Cheap, since few texts hold such blocks. Blocks that agree in their first or last ten words agree in so many
    letters, and bytes, at least. What begins and ends like no other is never compared with anything, so it need not be
    taken apart.
    """
    if len(data) < 2 or len({one[:_ANCHOR_CHARS] for one in data}) == len(
        {one[-_ANCHOR_CHARS:] for one in data}
    ) == len(data):
        return frozenset()
    heads = Counter(one[:_ANCHOR_CHARS] for one in data)
    tails = Counter(one[-_ANCHOR_CHARS:] for one in data)
    return frozenset(one for one in data if heads[one[:_ANCHOR_CHARS]] > 1 or tails[one[-_ANCHOR_CHARS:]] > 1)


def _is_paragraph(data: bytes) -> bool:
    """Say whether a block is long enough to be one that is cut."""
    if len(data) >= _SURELY_BYTES and data.count(b" ") >= _FEWEST_WORDS - 1:
        return True
    folded = _text(data)
    return len(folded) >= _FEWEST_CHARS and len(_words(folded)) >= _FEWEST_WORDS


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _words(folded: str) -> list[str]:
    words = folded.split(" ")
    # Without spaces between words, characters stand in for them: two make about one word. No word begins with a space,
    # so these are never taken for words of another paragraph.
    if len(folded) > 12 * len(words) and len(words) < _FEWEST_WORDS:
        return [" " + folded[at : at + 2] for at in range(0, len(folded), 2)]
    return words


def _anchors(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the two ends of a paragraph: one change leaves at least one of them as it was."""
    return ("<", *words[:_ANCHOR]), (">", *words[-_ANCHOR:])


def _remember(index: int, words: list[str], anchors: dict[tuple[str, ...], list[tuple[int, list[str]]]]) -> None:
    if len(words) < _FEWEST_WORDS_NEAR:
        return
    for anchor in _anchors(words):
        seen = anchors.setdefault(anchor, [])
        if len(seen) < _CANDIDATES:
            seen.append((index, words))


def _nearly_seen(words: list[str], anchors: dict[tuple[str, ...], list[tuple[int, list[str]]]]) -> int | None:
    if len(words) < _FEWEST_WORDS_NEAR:
        return None
    for anchor in _anchors(words):
        for index, earlier in anchors.get(anchor, ()):
            if _one_change(earlier, words):
                return index
    return None


def _one_change(one: list[str], two: list[str]) -> bool:
    """Say whether two paragraphs differ in one place, by a word in forty, and not by a figure."""
    most = max(1, min(len(one), len(two)) // _WORDS_A_CHANGE)
    if abs(len(one) - len(two)) > most:
        return False
    short = min(len(one), len(two))
    head = 0
    while head < short and one[head] == two[head]:
        head += 1
    tail = 0
    while tail < short - head and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    changed = (one[head : len(one) - tail], two[head : len(two) - tail])
    return all(len(part) <= most and not any(c.isdigit() for word in part for c in word) for part in changed)


def _between(blocks: Blocks, source: dict[int, int], taken: list[bool]) -> list[int]:
    """Give the short lines between two repeated paragraphs whose first occurrences have the same lines between them."""
    found: list[int] = []
    for here, there in pairwise(sorted(source)):
        gap = there - here
        first = source[here]
        if not 1 < gap <= _LONGEST_GAP or source[there] - first != gap:
            continue
        inner = range(1, gap)
        if all(blocks.block(here + step) == blocks.block(first + step) for step in inner):
            found += [here + step for step in inner if not taken[here + step] and not taken[first + step]]
    return found
