"""Sketch: the blocks of a text as numbers, small enough to be kept for each page of a site.

A block is eight bytes: a hash of its folded text, and what the model must know of it. Figures are left out of the hash
of a short one, so that a banner that counts its readers is one block on all pages; what figures stood there is
remembered in a byte. Sketches are kept with the corpus: whoever changes how they are made raises
`pipeline.schemas.SCHEMA_VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np
import xxhash
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.jit import can_compile
from pipeline.strip.blocks import Blocks, split_blocks
from pipeline.strip.learned import RULE as LEARNED
from pipeline.strip.rows import Ints, Rows
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
FIGURES_BYTES = 200
"""In a longer block figures are what it says."""
LEAST_BARE = 0.8
"""The share of its bytes that are no digits, at least, in a block whose figures are left out."""
ANCHOR_BYTES = 40
"""The end of a block survives an edit elsewhere in it; 40 bytes are some six words."""

_LARGEST = (1 << 15) - 1
_MOST = (1 << 64) - 1
# Spans of many texts in one row: no text has so many characters.
_TEXT_SHIFT = 32
# What a block takes longer without compiled code, in nanoseconds.
_BLOCK_NS = 1000

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]

_hash64 = xxhash.xxh3_64_intdigest
_hash32 = xxhash.xxh32_intdigest

BREAK = FIXED
"""Stands for the blocks between the two ends of a long text."""

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
    return sketches(Rows.of([blocks]), [tuple(removals)])[0]


class Sketches(Sequence[Sketch]):
    """The sketches of many texts, one after the other in columns: a text costs no object until it is asked for."""

    def __init__(self, blocks: U64, anchors: U32, spans: U32, offsets: Ints, anchor_offsets: Ints) -> None:
        """Hold columns.

        Args:
            blocks, anchors: of all sketches.
            spans: (2 * blocks,).
            offsets, anchor_offsets: (texts + 1,): where blocks and anchors of each text begin, and the last ones end.
        """
        self.blocks, self.anchors, self.spans = blocks, anchors, spans
        self.offsets, self.anchor_offsets = offsets, anchor_offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, at: int) -> Sketch: ...
    @overload
    def __getitem__(self, at: slice) -> list[Sketch]: ...
    def __getitem__(self, at: int | slice) -> Sketch | list[Sketch]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        first, beyond = self.offsets[at : at + 2].tolist()
        one, other = self.anchor_offsets[at : at + 2].tolist()
        return Sketch(
            self.blocks[first:beyond].tobytes(),
            self.anchors[one:other].tobytes(),
            self.spans[2 * first : 2 * beyond].tobytes(),
        )


def sketches(rows: Rows, removals: Sequence[Sequence[Removal]]) -> Sketches:
    """Sketch what is left of each of many texts: as `sketch` does, which costs more for each by itself."""
    stays = left_of(rows, removals)
    counts = np.bincount(rows.text[stays], minlength=len(rows.counts))
    parted = np.flatnonzero(counts > 2 * _ENDS)
    for text in parted.tolist():
        first = int(rows.firsts[text])
        left = np.flatnonzero(stays[first : first + int(rows.counts[text])]) + first
        stays[left[_ENDS:-_ENDS]] = False
    counts[parted] = 2 * _ENDS
    starts, sizes = rows.places[stays], rows.chars[stays]
    spans = np.stack([starts, starts + sizes], axis=1).astype("<u4")
    blocks, anchors, telling = _numbers(rows, stays)
    told = np.concatenate([[0], np.cumsum(telling)])
    ends = np.cumsum(counts)
    anchor_offsets = told[np.concatenate([[0], ends])]
    if len(parted):
        breaks = ends[parted] - _ENDS
        blocks, spans = np.insert(blocks, breaks, np.uint64(BREAK)), np.insert(spans, breaks, 0, axis=0)
        counts[parted] += 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Sketches(blocks, anchors, spans.ravel(), offsets, anchor_offsets)


def _numbers(rows: Rows, stays: NDArray[np.bool_]) -> tuple[U64, U32, NDArray[np.bool_]]:
    """Give the numbers of those blocks that stay, the anchors of those that tell stories apart, and which they are."""
    flags, sizes, starts = _flags(rows)[stays], rows.sizes[stays], rows.starts[stays]
    telling = (flags & TELLING) > 0
    bits = np.frexp(np.minimum(sizes, _LARGEST).astype(np.float64))[1]
    told = (bits << SIZE_SHIFT | flags).astype(np.uint64)
    numbers, anchors = np.empty(len(told), np.uint64), np.empty(np.count_nonzero(telling), np.uint32)
    if worth_loading(_BLOCK_NS * len(told)) and can_compile():
        from pipeline.sites import hashing

        hashing.numbers(rows.octets, starts, sizes, told, hashing.SECRET, numbers, anchors)
    else:
        ends = iter(range(len(anchors)))
        for at, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
            key, figures, anchor = _hashes(rows.whole[start : start + size])
            numbers[at] = (key << KEY_SHIFT & _MOST) | figures << FIGURES_SHIFT
            if telling[at]:
                anchors[next(ends)] = anchor
        numbers |= told
    return numbers.astype("<u8", copy=False), anchors.astype("<u4", copy=False), telling


def _hashes(block: bytes) -> tuple[int, int, int]:
    """Give the key of a block, a digest of its figures where these are left out of the key, and its anchor."""
    figures = 0
    if len(block) <= FIGURES_BYTES:
        bare = block.translate(None, _DIGITS)
        if len(block) > len(bare) >= LEAST_BARE * len(block):
            figures = _hash32(block) % 255 + 1
            block = bare
    return _hash64(block), figures, _hash32(block[-ANCHOR_BYTES:])


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


def left_of(rows: Rows, removals: Sequence[Sequence[Removal]]) -> NDArray[np.bool_]:
    """Say of each block of many texts whether the removals of its text, which are in order, leave something of it."""
    cut = [
        (text << _TEXT_SHIFT, removal.start, removal.end)
        for text, some in enumerate(removals)
        for removal in some
        if removal.rule != LEARNED
    ]
    stays = np.ones(len(rows.starts), bool)
    if not cut:
        return stays
    of, starts, ends = np.array(cut, np.int64).T
    starts, ends = starts + of, ends + of
    # Of removals side by side one may cover the beginning of a block, and the next one its end.
    apart = np.concatenate([[True], starts[1:] > ends[:-1]])
    starts, ends = starts[apart], ends[np.append(apart[1:], True)]
    is_cut = np.zeros(len(rows.counts), bool)
    is_cut[of >> _TEXT_SHIFT] = True
    asked = np.flatnonzero(is_cut[rows.text])
    first = rows.places[asked] + (rows.text[asked] << _TEXT_SHIFT)
    before = np.searchsorted(starts, first, side="right") - 1
    stays[asked] = (before < 0) | (ends[before] < first + rows.chars[asked])
    return stays


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
