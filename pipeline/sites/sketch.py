"""Sketch: the blocks of a text as numbers, small enough to be kept for each page of a site.

A block is eight bytes: a hash of its folded text, and what the model must know of it. Figures are left out of the hash
of a short one, so that a banner that counts its readers is one block on all pages; what figures stood there is
remembered in a byte. Sketches are kept with the corpus: whoever changes how they are made raises
`pipeline.schemas.SCHEMA_VERSION`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import numpy as np
import xxhash

from pipeline.strip.blocks import Block, Shape, split_blocks
from pipeline.strip.learned import RULE as LEARNED
from pipeline.values import Removal, Sketch

PROSE, TELLING, FIXED, LABEL = 1, 2, 4, 8
"""Flags of a block: a line of prose; long enough to tell stories apart; never cut (code, tables); reads like a
heading: marked as one, or short and without the end of a sentence."""

KEY_SHIFT, FIGURES_SHIFT, SIZE_SHIFT = 16, 8, 4
"""A block's number is key << 16 | digest of its figures << 8 | size << 4 | flags; its size is the bit length of the
bytes of its folded text, at most 15."""

_KEY_MASK = (1 << 48) - 1
_DIGITS = b"0123456789"
# Of a longer text the ends are sketched: template stands there, and a sketch stays below some 10 kB.
_ENDS = 200
# In UTF-8, so that a Chinese, Japanese or Thai character counts as three: 90 bytes are 15 words, or 30 characters.
_PROSE_BYTES, _PROSE_BYTES_ANYWAY, _TELLING_BYTES = 90, 360, 40
_LABEL_BYTES = 64
_SENTENCE = frozenset(".!。।")
_ENDED = frozenset(".!?。।؟:;\"')]…")
# The end of a block survives an edit elsewhere in it; 40 bytes are some six words.
_ANCHOR_BYTES = 40
# In a longer block, and in one that holds more figures, they are what it says.
_FIGURES_BYTES, _MOST_FIGURES = 200, 0.2

_LARGEST = (1 << 15) - 1
_BEYOND = 1 << 62

_hash64 = xxhash.xxh3_64_intdigest
_hash32 = xxhash.xxh32_intdigest

BREAK = FIXED
"""Stands for the blocks between the two ends of a long text."""


NOTHING = Sketch(b"", b"", b"")


def sketch(blocks: Sequence[Block], removals: Iterable[Removal]) -> Sketch:
    """Sketch what is left of a text.

    Args:
        blocks: of the text before cutting, in order.
        removals: what was cut from it, in order. Cuts of the judge of lines don't count: it may see a template on one
            page and miss it on the next, and what a site repeats is the surer reason.

    Returns:
        The blocks of which something is left; of more than 400, the first and the last 200. Linear time.
    """
    left = left_of(blocks, [removal for removal in removals if removal.rule != LEARNED])
    if not left:
        return NOTHING
    skipped = len(left) > 2 * _ENDS
    if skipped:
        left = [*left[:_ENDS], *left[-_ENDS:]]
    numbers: list[int] = []
    anchors: list[int] = []
    spans: list[int] = []
    # A page has many blocks: fields go by position, and only what is short is searched for figures.
    for start, end, _, folded, shape, _ in left:
        part = folded.encode("utf-8", "surrogatepass")
        size = len(part)
        flags = _flags(size, folded, shape)
        figures = 0
        if size <= _FIGURES_BYTES:
            bare = part.translate(None, _DIGITS)
            if size > len(bare) >= (1 - _MOST_FIGURES) * size:
                figures = _hash32(part) % 255 + 1
                part = bare
        if flags & TELLING:
            anchors.append(_hash32(part[-_ANCHOR_BYTES:]))
        size = min(size, _LARGEST).bit_length()
        numbers.append((_hash64(part) & _KEY_MASK) << KEY_SHIFT | figures << FIGURES_SHIFT | size << SIZE_SHIFT | flags)
        spans += (start, end)
    if skipped:
        numbers.insert(_ENDS, BREAK)
        spans[2 * _ENDS : 2 * _ENDS] = (0, 0)
    return Sketch(
        struct.pack(f"<{len(numbers)}Q", *numbers),
        struct.pack(f"<{len(anchors)}I", *anchors),
        struct.pack(f"<{len(spans)}I", *spans),
    )


def _flags(size: int, folded: str, shape: Shape) -> int:
    if size >= _LABEL_BYTES:
        flags = TELLING
        if size >= _PROSE_BYTES and (folded[-1] in _ENDED or size >= _PROSE_BYTES_ANYWAY):
            flags |= PROSE
    else:
        flags = TELLING if size >= _TELLING_BYTES else 0 if size else FIXED
        if folded[-1:] not in _SENTENCE:
            flags |= LABEL
    if shape == "heading":
        return (flags | LABEL) & ~PROSE
    return flags | FIXED if shape in ("code", "table") else flags


def left_of(blocks: Sequence[Block], removals: Iterable[Removal]) -> list[Block]:
    """Give the blocks that removals, which are in order, do not cover altogether."""
    gone: list[list[int]] = []
    for removal in removals:
        if gone and removal.start <= gone[-1][1]:
            gone[-1][1] = removal.end
        else:
            gone.append([removal.start, removal.end])
    if not gone:
        return list(blocks)
    left: list[Block] = []
    spans = iter([*gone, [_BEYOND, _BEYOND]])
    start, end = next(spans)
    for block in blocks:
        while end < block[1]:
            start, end = next(spans)
        if start > block[0]:
            left.append(block)
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
