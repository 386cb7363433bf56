"""Sketch: the blocks of a text as numbers, small enough to be kept for each page of a site.

A block is eight bytes: a hash of its folded text, and what the model must know of it. Figures are left out of the hash,
so that a banner that counts its readers is one block on all pages; what figures stood there is remembered in a byte.
Sketches are kept with the corpus: whoever changes how they are made raises `pipeline.schemas.SCHEMA_VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import xxhash

from pipeline.strip.blocks import Block, split_blocks
from pipeline.values import Removal, Sketch

PROSE, TELLING, FIXED, LABEL = 1, 2, 4, 8
"""Flags of a block: a line of prose; long enough to tell stories apart; never cut (code, tables); reads like a
heading: marked as one, or short and without the end of a sentence."""

KEY_SHIFT, FIGURES_SHIFT, SIZE_SHIFT = 16, 8, 4
"""A block's number is key << 16 | digest of its figures << 8 | size << 4 | flags; its size is the bit length of the bytes
of its folded text, at most 15."""

_KEY_MASK = (1 << 48) - 1
_DIGITS = b"0123456789"
_LARGEST_SIZE = 15
# Of a longer text the ends are sketched: template stands there, and a sketch stays below some 10 kB.
_ENDS = 200
# In UTF-8, so that a Chinese, Japanese or Thai character counts as three: 90 bytes are 15 words, or 30 characters.
_PROSE_BYTES, _PROSE_BYTES_ANYWAY, _TELLING_BYTES = 90, 360, 40
_LABEL_BYTES = 64
_SENTENCE = tuple(".!。।")
_ENDED = tuple(".!?。।؟:;\"')]…")
# The end of a block survives an edit elsewhere in it; 40 bytes are some six words.
_ANCHOR_BYTES = 40
# A block with more figures than this is data, and its figures are what it says.
_MOST_FIGURES = 0.2

BREAK = FIXED
"""Stands for the blocks between the two ends of a long text."""


NOTHING = Sketch(b"", b"", b"")


def sketch(blocks: Sequence[Block], removals: Iterable[Removal]) -> Sketch:
    """Sketch what is left of a text.

    Args:
        blocks: of the text before cutting, in order.
        removals: what was cut from it, in order.

    Returns:
        The blocks of which something is left; of more than 400, the first and the last 200. Linear time.
    """
    left = left_of(blocks, removals)
    if not left:
        return NOTHING
    skipped = len(left) > 2 * _ENDS
    if skipped:
        left = [*left[:_ENDS], *left[-_ENDS:]]
    whole = "\n".join([block.folded for block in left]).encode("utf-8", "surrogatepass")
    bare = whole.translate(None, _DIGITS)
    parts = whole.split(b"\n")
    bares = parts if len(bare) == len(whole) else bare.split(b"\n")
    numbers: list[int] = []
    anchors: list[int] = []
    spans: list[int] = []
    digest = xxhash.xxh3_64_intdigest
    for block, part, without in zip(left, parts, bares, strict=True):
        size = len(part)
        figures = 0
        if len(without) != size:
            if len(without) < (1 - _MOST_FIGURES) * size:
                without = part  # noqa: PLW2901 - the figures are the block
            else:
                figures = xxhash.xxh32_intdigest(part) & 0xFF
        flags = min(size.bit_length(), _LARGEST_SIZE) << SIZE_SHIFT
        folded, shape = block.folded, block.shape
        if size >= _TELLING_BYTES:
            flags |= TELLING
            anchors.append(xxhash.xxh32_intdigest(without[-_ANCHOR_BYTES:]))
        if shape == "heading" or (size < _LABEL_BYTES and not folded.endswith(_SENTENCE)):
            flags |= LABEL
        elif size >= _PROSE_BYTES and (size >= _PROSE_BYTES_ANYWAY or folded.endswith(_ENDED)):
            flags |= PROSE
        if shape in ("code", "table") or not size:
            flags |= FIXED
        numbers.append((digest(without) & _KEY_MASK) << KEY_SHIFT | figures << FIGURES_SHIFT | flags)
        spans += (block.start, block.end)
    if skipped:
        numbers.insert(_ENDS, BREAK)
        spans[2 * _ENDS : 2 * _ENDS] = (0, 0)
    return Sketch(
        np.array(numbers, "<u8").tobytes(), np.array(anchors, "<u4").tobytes(), np.array(spans, "<u4").tobytes()
    )


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
    at = 0
    for block in blocks:
        while at < len(gone) and gone[at][1] < block.end:
            at += 1
        if at == len(gone) or gone[at][0] > block.start:
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
