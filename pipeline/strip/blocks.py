"""Blocks: the non-empty lines of a text, with what each is and how it reads once folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from typing import Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.texts import Strings
from pipeline.words.characters import taken_apart
from pipeline.words.fold import fold, fold_data

Shape = Literal["heading", "list", "quote", "table", "code", "paragraph"]
"""What a block is, by its mark-up. A line without any is a paragraph, however short."""


class Block(NamedTuple):
    """A non-empty line. `text` is `before[start:end]`, without white space at its ends."""

    start: int
    end: int
    text: str
    folded: str
    """The line folded, without list marker, heading sign or emphasis: what rules are matched on."""
    shape: Shape
    spaced: bool
    """Whether a blank line, or the beginning of the text, stands before it."""


MARGIN = 16
"""Line feeds behind the last text of many, so that as many bytes can be read from wherever a block begins."""


class Split(NamedTuple):
    """What tidy texts, of those of paragraphs alone, were split into."""

    whole: bytes
    """Their blocks folded, in UTF-8, a line feed between two, and after each text; `MARGIN` of them at the end."""
    ends: NDArray[np.int64]
    """(texts + 1,): where each text begins in `whole`, and the last one ends."""
    starts: NDArray[np.int64]
    """Where each block begins in `whole`."""
    sizes: NDArray[np.int64]
    """The bytes of each block there."""
    places: NDArray[np.int64]
    """Where each block begins in its text, in characters."""
    chars: NDArray[np.int64]
    """The characters of each block."""
    lasts: NDArray[np.uint32]
    """The last character of each block."""
    firsts: NDArray[np.int64]
    """(texts + 1,): the first block of each text."""
    lines: NDArray[np.int64]
    """The lines of each text; below 1 where it is not split."""


class Blocks(Sequence[Block]):
    """The blocks of one text, in order, held as columns: `texts`, `folded`, `shapes`, `starts`, `spaced`.

    Most blocks are only ever looked at in bulk, by their bytes (`pipeline.strip.rows`): columns that few texts are
    asked for are made when they are, and what is asked for by index is put together as a `Block`. The columns are of
    one length and are not to be changed.
    """

    def __init__(
        self,
        source: str,
        texts: list[str],
        shapes: list[Shape],
        whole: bytes,
        *,
        high: int,
        lines: list[str] | None = None,
    ) -> None:
        """Hold columns.

        Args:
            source: the text.
            texts, shapes: of each block.
            whole: the blocks folded, in UTF-8, a line feed between two.
            high: the lines that these are: as many as blocks, or more where some are empty, and then no blocks.
            lines: all lines of the text, where its white space is tidy, so that they are blocks or empty.
        """
        self.split: Split | None = None
        self.is_lined = lines is not None
        self.__dict__.update(source=source, whole=whole, high=high, texts=texts, shapes=shapes)
        if lines is not None:
            self.__dict__["lines"] = lines

    @classmethod
    def plain(cls, split: Split, row: int, first: int, beyond: int) -> Blocks:
        """Hold the blocks of a tidy text of paragraphs, of which strings are made once somebody asks.

        Args:
            split: what many texts were split into.
            row: which of these it is.
            first, beyond: its first block of those of all, and one past its last.
        """
        blocks = cls.__new__(cls)
        blocks.split, blocks.row, blocks.first, blocks.beyond = split, row, first, beyond
        return blocks

    split: Split | None
    row: int = 0
    first: int = 0
    beyond: int = 0
    """Where it is one of paragraphs alone and was split with others, what came of them, which of them it is, and which
    blocks are its own."""
    among: Sequence[str] | None = None
    number: int = 0
    """The texts that it is one of, and which, where that is known."""
    is_lined = True
    """Whether the white space of the text is tidy, so that its lines are blocks or empty."""

    @cached_property
    def source(self) -> str:
        """The text."""
        if self.among is None:
            raise AttributeError("a text that is none of others holds its own")
        return self.among[self.number]

    @cached_property
    def whole(self) -> bytes:
        """The blocks folded, in UTF-8, a line feed between two."""
        split, row = self._split, self.row
        return split.whole[split.ends[row] : split.ends[row + 1] - 1]

    @cached_property
    def high(self) -> int:
        """The lines that these are: as many as blocks, or more where some are empty."""
        return int(self._split.lines[self.row])

    @property
    def _split(self) -> Split:
        if self.split is None:
            raise AttributeError("a text that was split by itself holds all of its columns")
        return self.split

    @cached_property
    def lines(self) -> list[str]:
        """All lines of the text."""
        return self.source.split("\n")

    @cached_property
    def texts(self) -> list[str]:
        """Each block."""
        return list(filter(None, self.lines))

    @cached_property
    def shapes(self) -> list[Shape]:
        """What each block is."""
        return ["paragraph"] * len(self)

    @cached_property
    def folded(self) -> list[str]:
        """Each block folded."""
        return [one.decode("utf-8", "surrogatepass") for one in self.data]

    @cached_property
    def data(self) -> list[bytes]:
        """Each block folded, in UTF-8."""
        data = self.whole.split(b"\n")
        return data if len(data) == len(self) else list(filter(None, data))

    def block(self, index: int) -> bytes:
        """Give one block folded, in UTF-8; for its index counted from the first."""
        if self.split is None:
            return self.data[index]
        start = int(self.split.starts[self.first + index])
        return self.split.whole[start : start + int(self.split.sizes[self.first + index])]

    @property
    def marked(self) -> bool:
        """Whether some block is more than a paragraph."""
        return self.split is None and self.shapes.count("paragraph") < len(self.shapes)

    @cached_property
    def starts(self) -> list[int]:
        """Where each block begins, in characters of the text."""
        if self.split is not None:
            places: list[int] = self.split.places[self.first : self.beyond].tolist()
            return places
        if self.is_lined:
            starts: list[int] = []
            at = 0
            for line in self.lines:
                if line:
                    starts.append(at)
                    at += len(line)
                at += 1
            return starts
        before = accumulate(map(len, self.lines), initial=0)
        return [
            number + size + len(line) - len(stripped)
            for number, (size, line) in enumerate(zip(before, self.lines, strict=False))
            if (stripped := line.lstrip())
        ]

    @cached_property
    def spaced(self) -> list[bool]:
        """Of each block, whether a blank line, or the beginning of the text, stands before it."""
        spaced: list[bool] = []
        blank = True
        for line in self.lines:
            if line and not line.isspace():
                spaced.append(blank)
                blank = False
            else:
                blank = True
        return spaced

    def placed(self, whole: str, starts: list[int]) -> Blocks:
        """Give the same blocks as parts of another text, which holds each of their lines.

        Args:
            whole: that text.
            starts: where each block begins in it.
        """
        placed = Blocks(whole, self.texts, self.shapes, self.whole, high=self.high)
        placed.__dict__.update(starts=starts, spaced=self.spaced)
        return placed

    def span(self, index: int) -> tuple[int, int]:
        """Give where a block, counted from the first, begins and ends, in characters of the text."""
        if self.split is not None:
            at = self.first + index
            start = int(self.split.places[at])
            return start, start + int(self.split.chars[at])
        start = self.starts[index]
        return start, start + len(self.texts[index])

    def __len__(self) -> int:
        return len(self.texts) if self.split is None else self.beyond - self.first

    @overload
    def __getitem__(self, index: int) -> Block: ...
    @overload
    def __getitem__(self, index: slice) -> list[Block]: ...
    def __getitem__(self, index: int | slice) -> Block | list[Block]:
        if isinstance(index, slice):
            return [self._block(at) for at in range(*index.indices(len(self)))]
        return self._block(index)

    def __iter__(self) -> Iterator[Block]:
        return map(self._block, range(len(self)))

    def _block(self, index: int) -> Block:
        start, end = self.span(index)
        return Block(start, end, self.texts[index], self.folded[index], self.shapes[index], self.spaced[index])


_FENCES = ("```", "~~~")
_HEADING = re.compile(r"#{1,6}[ \t]+")
_LIST = re.compile(r"(?:[-*+•‣▪●◦·–]|\(?\d{1,3}[.)])[ \t]+")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
MARKED = frozenset("#-*+•‣▪●◦·–>|(0123456789")
# A longer line is read by nobody as a heading or notice; taking its links apart would only cost time.
_LONGEST_MARKUP = 4000


def split_blocks(text: str, *, tidy: bool = False) -> Blocks:
    """Split a text at its line ends into blocks, in linear time.

    Args:
        text: a text whose lines end in a line feed.
        tidy: whether its white space is as `pipeline.decode.normalise` leaves it; then it need not be looked at.

    Returns:
        Its non-empty lines in order. Lines between code fences, and the fences, are `code`.

    >>> [(block.shape, block.folded) for block in split_blocks("# A **Title**\\n\\n- One\\n- Two")]
    [('heading', 'a title'), ('list', 'one'), ('list', 'two')]
    """
    # Folded whole: a page has many short lines, and each call has its price. In bytes, since in memory one typographic
    # quote makes every letter of a text two bytes long.
    folded, kept_spaces = fold_data(text)
    lines = text.split("\n") if tidy else list(map(str.strip, text.split("\n")))
    texts = list(filter(None, lines))
    shapes: list[Shape] = ["paragraph"] * len(texts)
    look = [index for index, line in enumerate(texts) if line[0] in MARKED]
    _, _, marks = taken_apart(text)
    if "*" in marks or "_" in marks or ("[" in marks and "](" in text):
        look += [index for index, line in enumerate(texts) if "*" in line or "_" in line or "](" in line]
    code = _code(texts) if "`" in marks or "~" in marks else frozenset()
    for index in code:
        shapes[index] = "code"
    if tidy and kept_spaces and not look:
        # As most texts are: no block is read otherwise than it stands in the whole.
        return Blocks(text, texts, shapes, folded, high=len(lines), lines=lines)
    data = list(compress(folded.split(b"\n"), lines))
    if not (tidy and kept_spaces):
        data = [_encoded(" ".join(line.decode("utf-8", "surrogatepass").split())) for line in data]
    for index in look:
        line = body = texts[index]
        if index not in code:
            shapes[index], mark = _mark(line)
            if mark and (body := line[len(mark) :]):
                dress = _folded_mark(mark)
                data[index] = data[index][len(dress) :] if data[index].startswith(dress) else _encoded(fold(body))
            else:
                body = line
        if len(body) < _LONGEST_MARKUP and ("*" in body or "_" in body or "](" in body):
            data[index] = _encoded(fold(plain(body)))
    if tidy and all(data):
        each = iter(data)
        whole = b"\n".join([next(each) if line else b"" for line in lines])
        blocks = Blocks(text, texts, shapes, whole, high=len(lines), lines=lines)
    else:
        blocks = Blocks(text, texts, shapes, b"\n".join(data), high=len(data) or 1)
    blocks.__dict__["data"] = data
    return blocks


def sources_of(batch: Sequence[Blocks]) -> Strings:
    """Give the texts that blocks are of; no string is made of what is in bytes."""
    texts = batch[0].among if batch else None
    if not (isinstance(texts, Strings) and len(texts) == len(batch)):
        return Strings(blocks.source for blocks in batch)
    are_all = all(blocks.among is texts and blocks.number == at for at, blocks in enumerate(batch))
    return texts if are_all else Strings(blocks.source for blocks in batch)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def plain(text: str) -> str:
    """Take Markdown's emphasis and links off a line.

    >>> plain("**Read** [more](https://example.org/a)")
    'Read more'
    """
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    bare = text.strip("*_ ")
    # Single signs inside a line may be a footnote or a name_with_underscores; doubled ones are emphasis.
    return bare.replace("**", "").replace("__", "") if bare else text


def is_bold(block: Block | str) -> bool:
    """Say whether a block, or its text, is one bold line, which is how some sources write their headings."""
    text = block if isinstance(block, str) else block.text
    return len(text) > 4 and text[:2] in ("**", "__") and text.endswith(text[:2]) and text.count(text[:2]) == 2


def _code(texts: Sequence[str]) -> frozenset[int]:
    """Give which lines are code fences or stand between them."""
    code: set[int] = set()
    fence = ""
    for index, line in enumerate(texts):
        if fence or line.startswith(_FENCES):
            code.add(index)
            fence = _next_fence(line, fence)
    return frozenset(code)


def _next_fence(line: str, fence: str) -> str:
    if not fence:
        return line[:3]
    return "" if line.startswith(fence) and not line.strip(fence[0]) else fence


def _mark(line: str) -> tuple[Shape, str]:
    """Give what a line is by its mark-up, and the sign before its text, with the space after it."""
    if line[0] == "|":
        return "table", ""
    shape, mark = _MARKS.get(line[0], _NO_MARK)
    found = mark.match(line)
    return (shape, found[0]) if found else ("paragraph", "")


@lru_cache(maxsize=1024)
def _folded_mark(mark: str) -> bytes:
    return _encoded(fold(mark)) + b" "


_NO_MARK: tuple[Shape, re.Pattern[str]] = ("paragraph", re.compile("(?!)"))
_MARKS: dict[str, tuple[Shape, re.Pattern[str]]] = {
    "#": ("heading", _HEADING),
    **dict.fromkeys("-*+•‣▪●◦·–(0123456789", ("list", _LIST)),
    ">": ("quote", _QUOTE),
}
