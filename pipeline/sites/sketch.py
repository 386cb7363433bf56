"""Sketch: the blocks of a text as numbers, small enough to be kept for each page of a site.

A block is eight bytes: a hash of its folded text, and what the model must know of it. Figures are left out of the hash
of a short one, so that a banner that counts its readers is one block on all pages; what figures stood there is
remembered in a byte. Sketches are kept with the corpus: whoever changes how they are made raises
`pipeline.schemas.SCHEMA_VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from pipeline.sites.anchors import ANCHOR_BYTES, anchors
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.learned import RULE as LEARNED
from pipeline.strip.rows import Rows
from pipeline.values import Removal, Sketch

PROSE, TELLING, FIXED, LABEL = 1, 2, 4, 8
"""Flags of a block: a line of prose; long enough to tell stories apart; never cut (code, tables); reads like a
heading: marked as one, or short and without the end of a sentence."""

KEY_SHIFT, FIGURES_SHIFT, SIZE_SHIFT = 16, 8, 4
"""A block's number is key << 16 | digest of its figures << 8 | size << 4 | flags; its size is the bit length of the
bytes of its folded text, at most 15."""

_DIGITS = b"0123456789"
# Of a longer text the ends are sketched: template stands there, and a sketch stays below some 10 kB.
_ENDS = 200
# In UTF-8, so that a Chinese, Japanese or Thai character counts as three: 90 bytes are 15 words, or 30 characters.
_PROSE_BYTES, _PROSE_BYTES_ANYWAY, _TELLING_BYTES = 90, 360, 40
_LABEL_BYTES = 64
_SENTENCE = frozenset(".!。।")
_ENDED = frozenset(".!?。।؟:;\"')]…")
_ENDED_BYTES, _SENTENCE_BYTES = (
    np.array([chr(byte) in ends and byte < 0x80 for byte in range(256)]) for ends in (_ENDED, _SENTENCE)
)
_ENDED_BEYOND, _SENTENCE_BEYOND = (
    tuple(end.encode() for end in ends if not end.isascii()) for ends in (_ENDED, _SENTENCE)
)
# In a longer block, and in one that holds more figures, they are what it says.
_FIGURES_BYTES, _MOST_FIGURES = 200, 0.2

_LARGEST = (1 << 15) - 1
_BEYOND = 1 << 62

_hash64 = xxhash.xxh3_64_intdigest
_hash32 = xxhash.xxh32_intdigest

BREAK = FIXED
"""Stands for the blocks between the two ends of a long text."""
_BREAK_BLOCK = BREAK.to_bytes(8, "little")


NOTHING = Sketch(b"", b"", b"")


def sketch(blocks: Blocks, removals: Iterable[Removal]) -> Sketch:
    """Sketch what is left of a text.

    Args:
        blocks: of the text before cutting, in order.
        removals: what was cut from it, in order. Cuts of the judge of lines don't count: it may see a template on one
            page and miss it on the next, and what a site repeats is the surer reason.

    Returns:
        The blocks of which something is left; of more than 400, the first and the last 200. Linear time.
    """
    return next(sketches(Rows.of([blocks]), [tuple(removals)]))


def sketches(rows: Rows, removals: Sequence[Sequence[Removal]]) -> Iterator[Sketch]:
    """Sketch what is left of each of many texts: as `sketch` does, which costs more for each by itself."""
    stays = np.ones(len(rows.starts), bool)
    counts = rows.counts.copy()
    parted: list[int] = []
    for text in np.flatnonzero((counts > 2 * _ENDS) | np.array(list(map(bool, removals)), bool)).tolist():
        left = left_of(rows.batch[text], (removal for removal in removals[text] if removal.rule != LEARNED))
        if len(left) > 2 * _ENDS:
            parted.append(text)
            left = [*left[:_ENDS], *left[-_ENDS:]]
        first = int(rows.firsts[text])
        stays[first : first + int(counts[text])] = False
        stays[np.array(left, np.int64) + first] = True
        counts[text] = len(left)
    packed, anchored, telling = _numbers(rows, stays)
    starts, sizes = rows.places[stays], rows.chars[stays]
    numbers, ends_told = packed.tobytes(), anchored.tobytes()
    spans = np.stack([starts, starts + sizes], axis=1).astype("<u4").tobytes()
    ends = np.cumsum(counts)
    counted = np.concatenate([[0], np.cumsum(telling)])
    breaks = set(parted)
    bounds = (ends - counts, ends, counted[ends - counts], counted[ends])
    for text, (first, beyond, one, other) in enumerate(zip(*(bound.tolist() for bound in bounds), strict=True)):
        if first == beyond:
            yield NOTHING
            continue
        blocks_, spans_ = numbers[8 * first : 8 * beyond], spans[8 * first : 8 * beyond]
        if text in breaks:
            at = 8 * _ENDS
            blocks_ = blocks_[:at] + _BREAK_BLOCK + blocks_[at:]
            spans_ = spans_[:at] + bytes(8) + spans_[at:]
        yield Sketch(blocks_, ends_told[4 * one : 4 * other], spans_)


def _numbers(rows: Rows, stays: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.bool_]]:
    """Give the numbers of those blocks that stay, the anchors of those that tell stories apart, and which they are."""
    flags, sizes, starts, ends = _flags(rows)[stays], rows.sizes[stays], rows.starts[stays], rows.ends[stays]
    telling = np.flatnonzero(flags & TELLING)
    anchored = np.zeros(len(sizes), np.uint32)
    anchored[telling] = anchors(rows, ends[telling])
    # Most blocks are hashed where they stand.
    whole = memoryview(rows.whole)
    spans = list(map(slice, starts.tolist(), ends.tolist()))
    keys = np.array([_hash64(whole[span]) for span in spans], np.uint64)
    figures = np.zeros(len(keys), np.uint64)
    for at in np.flatnonzero(sizes <= _FIGURES_BYTES).tolist():
        part = rows.whole[spans[at]]
        bare = part.translate(None, _DIGITS)
        if len(part) > len(bare) >= (1 - _MOST_FIGURES) * len(part):
            figures[at] = _hash32(part) % 255 + 1
            keys[at] = _hash64(bare)
            anchored[at] = _hash32(bare[-ANCHOR_BYTES:])
    bits = np.frexp(np.minimum(sizes, _LARGEST).astype(np.float64))[1]
    numbers = (
        keys << np.uint64(KEY_SHIFT)
        | figures << np.uint64(FIGURES_SHIFT)
        | (bits << SIZE_SHIFT | flags).astype(np.uint64)
    )
    return numbers.astype("<u8"), anchored[telling].astype("<u4"), (flags & TELLING) > 0


def _flags(rows: Rows) -> NDArray[np.int64]:
    sizes, last = rows.sizes, rows.last
    ended, sentence = _ENDED_BYTES[last], _SENTENCE_BYTES[last]
    for at in np.flatnonzero(last >= 0x80).tolist():
        block = rows.block(at)
        ended[at] = block.endswith(_ENDED_BEYOND)
        sentence[at] = block.endswith(_SENTENCE_BEYOND)
    label = (sizes < _LABEL_BYTES) & ~sentence
    prose = (sizes >= _PROSE_BYTES) & (ended | (sizes >= _PROSE_BYTES_ANYWAY))
    fixed = sizes == 0
    for text in np.flatnonzero(rows.marked).tolist():
        shapes, here = (
            rows.batch[text].shapes,
            slice(int(rows.firsts[text]), int(rows.firsts[text] + rows.counts[text])),
        )
        heading = np.fromiter(map("heading".__eq__, shapes), np.bool_, len(shapes))
        label[here] |= heading
        prose[here] &= ~heading
        fixed[here] |= np.fromiter(map(("code", "table").__contains__, shapes), np.bool_, len(shapes))
    flags: NDArray[np.int64] = PROSE * prose + TELLING * (sizes >= _TELLING_BYTES) + FIXED * fixed + LABEL * label
    return flags


def left_of(blocks: Blocks, removals: Iterable[Removal]) -> list[int]:
    """Give the numbers of the blocks that removals, which are in order, do not cover altogether."""
    gone: list[list[int]] = []
    for removal in removals:
        if gone and removal.start <= gone[-1][1]:
            gone[-1][1] = removal.end
        else:
            gone.append([removal.start, removal.end])
    if not gone:
        return list(range(len(blocks)))
    left: list[int] = []
    spans = iter([*gone, [_BEYOND, _BEYOND]])
    start, end = next(spans)
    for at, (first, size) in enumerate(zip(blocks.starts, map(len, blocks.texts), strict=True)):
        while end < first + size:
            start, end = next(spans)
        if start > first:
            left.append(at)
    return left


def key_of_text(text: str) -> int:
    """Give the key of a text of one block: 48 bits; 0 for no block.

    >>> key_of_text("Read by 17 people today") == key_of_text("read by 4  people today\\n")
    True
    """
    return next(iter(sorted(keys_of(sketch(split_blocks(text), ()).blocks))), 0)


def keys_of(blocks: bytes) -> frozenset[int]:
    """Give the keys of a sketch's blocks."""
    return frozenset((np.frombuffer(blocks, "<u8") >> np.uint64(KEY_SHIFT)).tolist())


def block_at(blocks: bytes, spans: bytes, key: int) -> tuple[int, int]:
    """Give start and end of the first block of a sketch that has a key."""
    at = int(np.argmax(np.frombuffer(blocks, "<u8") >> np.uint64(KEY_SHIFT) == key))
    start, end = np.frombuffer(spans, "<u4")[2 * at : 2 * at + 2].tolist()
    return start, end
