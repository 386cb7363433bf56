"""The stories of the sample corpus, read from the text files beside this module."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path

_FOLDER = Path(__file__).with_name("texts")
_ORDERED = re.compile(r"\d+\. ")


@dataclass(frozen=True, slots=True)
class Story:
    """An article: what is known of it, and its blocks in a small part of Markdown.

    A block is a paragraph, a heading (`## `), a quotation (`> `), a list or a table (one line each item or row).
    """

    key: str
    title: str
    date: str
    section: str
    language: str
    blocks: tuple[str, ...]
    author: str | None = None

    def plain(self) -> list[str]:
        """Give the blocks as plain text: no marks for headings and quotations."""
        return [re.sub(r"^(## |> )", "", block) for block in self.blocks]

    def indented(self) -> list[str]:
        """Give the blocks as plain text whose numbered lists are indented, as text exports of a page have them."""
        return [
            "\n".join("  " + line if _ORDERED.match(line) else line for line in b.split("\n")) for b in self.plain()
        ]

    def text(self) -> str:
        """Give the whole as plain text, paragraphs apart by an empty line."""
        return "\n\n".join(self.plain())


def story(key: str) -> Story:
    """Find a story by its key.

    Raises:
        KeyError: there is no story of that key.
    """
    return _stories()[key]


def all_keys() -> list[str]:
    """Name every story, in the order of the files."""
    return list(_stories())


def edited(source: Story, changes: dict[str, str]) -> Story:
    """Replace passages of a story, each of which must occur exactly once.

    Raises:
        ValueError: a passage occurs never, or more than once.
    """
    whole = "\n\n".join(source.blocks)
    for old, new in changes.items():
        if whole.count(old) != 1:
            raise ValueError(f"{source.key}: {old!r} occurs {whole.count(old)} times, expected once")
        whole = whole.replace(old, new)
    return replace(source, blocks=tuple(whole.split("\n\n")))


def joined(first: Story, second: Story) -> Story:
    """Give the second story's headline and date to a story that tells the first, then the second."""
    return replace(second, blocks=first.blocks + second.blocks)


def lead(source: Story, blocks: int = 2) -> Story:
    """Give the story cut off after so many blocks."""
    return replace(source, blocks=source.blocks[:blocks])


@functools.cache
def _stories() -> dict[str, Story]:
    found: dict[str, Story] = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("=== ")[1:]:
            read = _parse(part)
            if read.key in found:
                raise ValueError(f"{path.name}: the story {read.key!r} is told twice")
            found[read.key] = read
    return found


def _parse(part: str) -> Story:
    head, *blocks = part.strip().split("\n\n")
    key, *facts = head.split("\n")
    known = dict(fact.split(": ", 1) for fact in facts)
    return Story(
        key=key,
        title=known["title"],
        date=known["date"],
        section=known["section"],
        language=known["language"],
        author=known.get("author"),
        blocks=tuple(blocks),
    )
