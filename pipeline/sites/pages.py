"""The sketches of pages as arrays: one page's, and those of many without an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from pipeline.sites.sketch import KEY_SHIFT, TELLING

_I64 = npt.NDArray[np.int64]


class Page(NamedTuple):
    """The sketch of a page, as arrays (`pipeline.sites.sketch.Sketch`)."""

    blocks: npt.NDArray[np.uint64]
    anchors: npt.NDArray[np.uint32]


class Pages(Sequence[Page]):
    """The sketches of many pages, one after the other in two arrays: a page costs no object until it is asked for."""

    def __init__(
        self, blocks: npt.NDArray[np.uint64], ends: _I64, anchors: npt.NDArray[np.uint32], anchor_ends: _I64
    ) -> None:
        """Take them.

        Args:
            blocks: of all pages.
            ends: (pages + 1,): where the blocks of each page begin, and where those of the last end.
            anchors: of all pages.
            anchor_ends: the same for them.
        """
        self._blocks, self._ends, self._anchors, self._anchor_ends = blocks, ends, anchors, anchor_ends

    @classmethod
    def of(cls, pages: Sequence[Page]) -> Pages:
        """Put pages into one row."""
        if isinstance(pages, Pages):
            return pages
        blocks, anchors = [page.blocks for page in pages], [page.anchors for page in pages]
        nothing: Any = np.empty(0, np.uint64), np.empty(0, np.uint32)
        return cls(
            np.concatenate([nothing[0], *blocks]),
            np.cumsum([0, *map(len, blocks)]),
            np.concatenate([nothing[1], *anchors]),
            np.cumsum([0, *map(len, anchors)]),
        )

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> Page: ...
    @overload
    def __getitem__(self, at: slice) -> Pages: ...
    def __getitem__(self, at: int | slice) -> Page | Pages:
        if isinstance(at, slice):
            first, last, _ = at.indices(len(self))
            upto = max(first, last) + 1
            return Pages(self._blocks, self._ends[first:upto], self._anchors, self._anchor_ends[first:upto])
        place = range(len(self))[at]
        blocks, anchors = self._ends[place : place + 2], self._anchor_ends[place : place + 2]
        return Page(self._blocks[blocks[0] : blocks[1]], self._anchors[anchors[0] : anchors[1]])

    def __add__(self, others: Pages) -> Pages:
        if not len(self):
            return others
        ends, anchor_ends = self._ends - self._ends[0], self._anchor_ends - self._anchor_ends[0]
        return Pages(
            np.concatenate([self.blocks, others.blocks]),
            np.concatenate([ends, ends[-1] + others._ends[1:] - others._ends[0]]),
            np.concatenate([self.anchors, others.anchors]),
            np.concatenate([anchor_ends, anchor_ends[-1] + others._anchor_ends[1:] - others._anchor_ends[0]]),
        )

    @property
    def blocks(self) -> npt.NDArray[np.uint64]:
        """The blocks of all pages."""
        return self._blocks[self._ends[0] : self._ends[-1]]

    @property
    def anchors(self) -> npt.NDArray[np.uint32]:
        """The anchors of all pages."""
        return self._anchors[self._anchor_ends[0] : self._anchor_ends[-1]]

    @property
    def sizes(self) -> _I64:
        """How many blocks each page has: shape (pages,)."""
        return np.diff(self._ends)

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """The keys of all blocks."""
        return self.blocks >> np.uint64(KEY_SHIFT)


def page_of(blocks: bytes, anchors: bytes) -> Page:
    """Read a sketch.

    Raises:
        ValueError: it is none.
    """
    page = Page(np.frombuffer(blocks, "<u8"), np.frombuffer(anchors, "<u4"))
    # Flags stand in the first byte of a block.
    telling = len(blocks[::8].translate(None, _NOT_TELLING))
    if telling != len(page.anchors):
        raise ValueError(f"it has {telling} blocks with an anchor, and {len(page.anchors)} anchors")
    return page


def pages_of(blocks: Sequence[bytes], anchors: Sequence[bytes]) -> Pages:
    """Read many sketches, at a fraction of the cost of reading one by one.

    Raises:
        ValueError: one of them is none; `page_of` tells what is wrong with which.
    """
    ends, anchor_ends = _bounds(blocks, 8), _bounds(anchors, 4)
    packed, marks = np.frombuffer(b"".join(blocks), "<u8"), np.frombuffer(b"".join(anchors), "<u4")
    told = np.concatenate([[0], np.cumsum(packed & np.uint64(TELLING) > 0)])
    if not np.array_equal(told[ends], anchor_ends):
        raise ValueError("a sketch has more or fewer anchors than blocks with one")
    return Pages(packed, ends, marks, anchor_ends)


def _bounds(packed: Sequence[bytes], width: int) -> _I64:
    """Give where, in numbers of that many bytes, each row of them begins in all, and where the last ends."""
    sizes = np.fromiter(map(len, packed), np.int64, len(packed))
    if (sizes % width).any():
        raise ValueError("a sketch is cut off")
    return np.concatenate([[0], np.cumsum(sizes // width)])


_NOT_TELLING = bytes(byte for byte in range(256) if not byte & TELLING)
