"""The blocks of many texts in one row of bytes: what can be asked of all of them at once costs each next to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.strip.blocks import MARGIN, Blocks, Split

Ints = NDArray[np.int64]

_LINE_FEED = 0x0A
_MARGIN = b"\n" * MARGIN


_NONE: Ints = np.zeros(0, np.int64)

MIX = tuple(np.uint64(number) for number in (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
"""Odd numbers without pattern (of xxHash), to make one number of several: what differs in one bit differs in many once
multiplied. Where two differ and look the same nevertheless, a text is looked at for nothing."""


class _Run(NamedTuple):
    """Texts one after the other that were split together, or one by itself; with what `Rows` is made of."""

    whole: bytes | memoryview
    """With a line feed after each text but the last."""
    high: Sequence[int] | Ints
    counts: Sequence[int] | Ints
    chars: Ints
    lasts: NDArray[np.uint32]
    places: Ints


def _runs(batch: Sequence[Blocks]) -> Iterator[_Run]:
    at = 0
    while at < len(batch):
        blocks = batch[at]
        split, first = blocks.split, blocks.row
        begin, at = at, at + 1
        if split is None:
            chars = np.fromiter(map(len, blocks.texts), np.int64, len(blocks))
            lasts = np.fromiter((ord(text[-1]) for text in blocks.texts), np.uint32, len(blocks))
            places = np.array(blocks.starts, np.int64)
            yield _Run(blocks.whole, [blocks.high], [len(blocks)], chars, lasts, places)
            continue
        while at < len(batch) and batch[at].split is split and batch[at].row == first + at - begin:
            at += 1
        end = first + at - begin
        held = slice(split.firsts[first], split.firsts[end])
        yield _Run(
            memoryview(split.whole)[split.ends[first] : split.ends[end] - 1],
            split.lines[first:end],
            np.diff(split.firsts[first : end + 1]),
            split.chars[held],
            split.lasts[held],
            split.places[held],
        )


def _split_as(batch: Sequence[Blocks]) -> Split | None:
    """Give what texts were split into, if they are all that were split together, in order."""
    split = batch[0].split if batch else None
    if split is None or len(split.lines) != len(batch):
        return None
    return split if all(blocks.split is split and blocks.row == row for row, blocks in enumerate(batch)) else None


class Rows:
    """The blocks of texts, in order, as columns of one length; which text each is of is told by `counts`."""

    def __init__(self, whole: bytes, starts: Ints, sizes: Ints, counts: Ints) -> None:
        """Hold columns.

        Args:
            whole: the blocks, folded, in UTF-8; after each comes a line feed, and `MARGIN` bytes after the last.
            starts, sizes: of each block, where it begins in `whole`, and its bytes.
            counts: how many blocks each text has.
        """
        self.whole = whole
        self.octets: NDArray[np.uint8] = np.frombuffer(whole, np.uint8)
        self.starts = starts
        """Where each block begins in `whole`."""
        self.sizes = sizes
        """The bytes of each block."""
        self.counts = counts
        """How many blocks each text has."""
        self.firsts: Ints = np.cumsum(counts) - counts
        """The number of the first block of each text."""

    batch: Sequence[Blocks] = ()
    """The texts, where there is more to them."""
    chars: Ints = _NONE
    """The characters of each block, as it stands in its text."""
    last_chars: NDArray[np.uint32] = _NONE.astype(np.uint32)
    """The last character of each block, as it stands in its text."""
    places: Ints = _NONE
    """Where each block begins in its text, in characters."""

    @classmethod
    def joined(
        cls, wholes: Iterable[bytes | memoryview], high: Sequence[int] | Ints, counts: Sequence[int] | Ints
    ) -> Rows:
        """Put texts in a row.

        Args:
            wholes, high: of each text, as `Blocks` tells them.
            counts: how many blocks each has.
        """
        whole = b"\n".join([*wholes, _MARGIN])
        lines, blocks = np.array(high, np.int64), np.array(counts, np.int64)
        ends = np.flatnonzero(np.frombuffer(whole, np.uint8) == _LINE_FEED)[: lines.sum()]
        starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[:-1]
        held = (ends > starts) | np.repeat(lines == blocks, lines)
        return cls(whole, starts[held], (ends - starts)[held], blocks)

    @classmethod
    def of(cls, batch: Sequence[Blocks]) -> Rows:
        """Put the blocks of texts in a row."""
        if split := _split_as(batch):
            rows = cls(split.whole, split.starts, split.sizes, np.diff(split.firsts))
            rows.chars, rows.last_chars, rows.places = split.chars, split.lasts, split.places
        else:
            runs = list(_runs(batch))
            high, counts, chars, places = (
                np.concatenate([_NONE, *(getattr(run, name) for run in runs)])
                for name in ("high", "counts", "chars", "places")
            )
            rows = cls.joined([run.whole for run in runs], high, counts)
            rows.chars, rows.places = chars, places
            rows.last_chars = np.concatenate([cls.last_chars, *(run.lasts for run in runs)])
        rows.batch = batch
        return rows

    @cached_property
    def marked(self) -> NDArray[np.bool_]:
        """Of each text, whether some block of it is more than a paragraph."""
        if _split_as(self.batch):
            return np.zeros(len(self.counts), bool)
        return np.array([blocks.marked for blocks in self.batch], bool)

    @cached_property
    def ends(self) -> Ints:
        """One past the end of each block in `whole`."""
        return self.starts + self.sizes

    @cached_property
    def text(self) -> Ints:
        """Of each block the number of its text."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def last(self) -> NDArray[np.uint8]:
        """The last byte of each block; a line feed where it is empty."""
        return np.where(self.sizes > 0, self.octets[self.ends - 1], np.uint8(_LINE_FEED))

    def windows(self, at: Ints) -> NDArray[np.uint64]:
        """Give the eight bytes from each of some places on, the first of them the lowest."""
        words: NDArray[np.uint64] = np.ndarray((len(self.whole) - 7,), "<u8", self.whole, 0, (1,))
        return words[at]

    def block(self, number: int) -> bytes:
        """Give the bytes of one block."""
        start = int(self.starts[number])
        return self.whole[start : start + int(self.sizes[number])]

    def by_text(self, blocks: Ints) -> list[list[int]]:
        """Give of each text which of its blocks, counted from its first, are among some, given in order."""
        found: list[list[int]] = [[] for _ in self.counts]
        text = self.text[blocks]
        for number, block in zip(text.tolist(), (blocks - self.firsts[text]).tolist(), strict=True):
            found[number].append(block)
        return found

    def some(self, blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each text whether it has one of some blocks."""
        return np.bincount(self.text[blocks], minlength=len(self.counts)) > 0


def is_one_of(codes: NDArray[np.uint32], chars: frozenset[str]) -> NDArray[np.bool_]:
    """Say of characters, by their code points, whether they are of a set."""
    # Nearly all are of ASCII, and looked up.
    found = np.array([chr(code) in chars for code in range(0x80)])[np.minimum(codes, 0x7F)]
    beyond = np.flatnonzero(codes >= 0x7F)
    found[beyond] = np.isin(codes[beyond], np.array(list(map(ord, chars)), np.uint32))
    return found
