"""Blocks: the non-empty lines of a text, with what each is and how it reads once folded."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pipeline.words.fold import fold, fold_characters

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


_FENCES = ("```", "~~~")
_HEADING = re.compile(r"#{1,6}[ \t]+")
_LIST = re.compile(r"(?:[-*+•‣▪●◦·–]|\(?\d{1,3}[.)])[ \t]+")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_MARKED = frozenset("#-*+•‣▪●◦·–>|_[(!0123456789`~")
# A longer line is read by nobody as a heading or notice; taking its links apart would only cost time.
_LONGEST_MARKUP = 4000


def split_blocks(text: str) -> list[Block]:
    """Split a text at its line ends into blocks, in linear time.

    Args:
        text: a text whose lines end in a line feed.

    Returns:
        Its non-empty lines in order. Lines between code fences, and the fences, are `code`.

    >>> [(block.shape, block.folded) for block in split_blocks("# A **Title**\\n\\n- One\\n- Two")]
    [('heading', 'a title'), ('list', 'one'), ('list', 'two')]
    """
    blocks: list[Block] = []
    at = 0
    fence = ""
    spaced = True
    # Folded whole: a page has many short lines, and each call has its price.
    for line, folded in zip(text.split("\n"), fold_characters(text).split("\n"), strict=True):
        content = line.strip()
        if not content:
            spaced = True
            at += len(line) + 1
            continue
        start = at + (len(line) - len(line.lstrip()) if line[0].isspace() else 0)
        at += len(line) + 1
        shape: Shape = "paragraph"
        body = content
        if fence or content.startswith(_FENCES):
            shape = "code"
            fence = _next_fence(content, fence)
        elif content[0] in _MARKED:
            shape, body = _unmark(content)
        if len(body) < _LONGEST_MARKUP and ("*" in body or "_" in body or "](" in body):
            body = plain(body)
        read = " ".join(folded.split()) if body is content else fold(body)
        blocks.append(Block(start, start + len(content), content, read, shape, spaced))
        spaced = False
    return blocks


def plain(text: str) -> str:
    """Take Markdown's emphasis and links off a line.

    >>> plain("**Read** [more](https://example.org/a)")
    'Read more'
    """
    text = _LINK.sub(r"\1", text)
    bare = text.strip("*_ ")
    # Single signs inside a line may be a footnote or a name_with_underscores; doubled ones are emphasis.
    return bare.replace("**", "").replace("__", "") if bare else text


def is_bold(block: Block) -> bool:
    """Say whether a block is one bold line, which is how some sources write their headings."""
    text = block.text
    return len(text) > 4 and text[:2] in ("**", "__") and text.endswith(text[:2]) and text.count(text[:2]) == 2


def _next_fence(content: str, fence: str) -> str:
    if not fence:
        return content[:3]
    return "" if content.startswith(fence) and not content.strip(fence[0]) else fence


def _unmark(content: str) -> tuple[Shape, str]:
    if content[0] == "|":
        return "table", content
    for shape, mark in _MARKS:
        if found := mark.match(content):
            return shape, content[found.end() :] or content
    return "paragraph", content


_MARKS: tuple[tuple[Shape, re.Pattern[str]], ...] = (("heading", _HEADING), ("list", _LIST), ("quote", _QUOTE))
