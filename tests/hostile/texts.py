"""Texts that nobody writes: each a function of its size, in characters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from pipeline import clean_text
from pipeline.cuts import restore
from pipeline.strip.rules import RULES

Make = Callable[[int], str]

PROSE = "The harbour master said on Monday that the ferry would not sail before the storm had passed the island. "
MARKS = "\u0301\u0316"
"""Two marks of different classes in the order that normal forms undo."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def over(piece: str, before: str = "", after: str = "") -> Make:
    """Repeat a piece over and over."""
    return lambda size: before + piece * (size // len(piece) + 1) + after


def _distinct_lines(size: int) -> str:
    return "".join(f"line {number}\n" for number in range(size // 11))


def _near_paragraphs(size: int) -> str:
    words = map("".join, product(_LETTERS, repeat=4))
    half = PROSE * 2
    return "".join(f"{half}The {next(words)} one. {half}\n\n" for _ in range(size // 440 + 2))


def _letters_of_all_kinds(size: int) -> str:
    return "".join(chr(0x100 + number % 0x3000) for number in range(size))


def _kinds_of_lines(size: int) -> str:
    pieces = [
        "Home",
        "News",
        PROSE,
        "Share",
        "3 Comments",
        "Anna says:",
        "Reply",
        "- One",
        "Related articles",
        "```",
        "",
    ]
    return "".join(f"{pieces[number * number % 11]}\n" for number in range(size // 16 + 2))


TEXTS: dict[str, Make] = {
    # One line.
    "one letter": over("x"),
    "words on a line": over("word "),
    "prose on a line": over(PROSE),
    "no spaces": over("港の橋は月曜日から"),
    "spaces": over(" ", "a", "b"),
    "odd spaces": over("\xa0\u3000\t", "a", "b"),
    "brackets": over("["),
    "links that never end": over("[a](b"),
    "quotes that never end": over("“"),
    "stars": over("**a** *"),
    "dates on a line": over("12 March 2024 "),
    "a path through a site": over("Home > News > "),
    "authors on a line": over("By Ann Lee, "),
    "addresses": over("https://quay.example/?a=b&c=d "),
    "letters of all kinds": _letters_of_all_kinds,
    "invisible": over("\u200b\u202e"),
    "lone surrogates": over("\ud800"),
    # What ftfy and Unicode's normal forms are slow on.
    "marks without letters": over(MARKS),
    "marks between invisible characters": over(MARKS + "\u200b"),
    "marks as entities": over("&#x301;&#x316;"),
    "marks as mojibake": over(MARKS.encode().decode("latin-1")),
    "letters that are marks": over("\u0f73"),
    "escaped over and over": over("amp;", "&"),
    "entities in entities": lambda size: "&a" + "&#1" * (size // 7) + "&#48;" + "9;" * (size // 7),
    "mojibake": over("It was Ã¢â‚¬â„¢ so "),
    "terminal escapes": over("\x1b[3"),
    # Short lines.
    "a letter a line": over("a\n"),
    "a label a line": over("Share\n"),
    "distinct lines": _distinct_lines,
    "empty lines": over("\n", "a", "b"),
    "line ends of all kinds": over("\r\n\x0b\u2028a"),
    "code that never ends": over("```\n"),
    "rows of a table": over("| a | b |\n"),
    "items": over("- a\n"),
    "quotes in quotes": over("> > a\n"),
    "sentences without spaces": over("港の橋は月曜日から、通行止めになる。\n"),
    "menus": over("Home\nNews\nSport\n"),
    "lines of mojibake": over("Ã¢â‚¬â„¢\n"),
    "dates": over("12 March 2024\n"),
    "authors": over("By Ann Lee\n"),
    "comments": over("3 Comments\nAnna says:\nReply\n", PROSE * 8 + "\n"),
    "headings over links": over("Related articles\n- One\n"),
    "lines of all kinds": _kinds_of_lines,
    # Paragraphs.
    "one paragraph": over(PROSE * 3 + "\n\n"),
    "paragraphs but for a word": _near_paragraphs,
    "prose and labels": over(PROSE + "\nHome\n"),
}


def near_misses() -> dict[str, Make]:
    """Give for each rule lines that begin as its examples do and go on for as long as rules look at a line.

    The examples, cut short, repeated and joined to each other, are what a pattern has to follow farthest before it
    fails; a letter that no rule ends with makes it fail at the last.
    """
    found: dict[str, Make] = {}
    for rule in RULES:
        pieces = [line for example in (*rule.drops, *rule.keeps, *rule.misses) for line in example.split("\n") if line]
        lines: list[str] = []
        for at, piece in enumerate(pieces):
            other = pieces[(at + 1) % len(pieces)]
            for part in (piece, piece[: len(piece) // 2], piece.split(" ")[0]):
                # Rules look at lines of up to 1,200 characters.
                lines += [((part + " ") * 1200)[:1190] + " ¬", (part * 1200)[:1190] + "¬", f"{part} {other} " * 4 + "¬"]
        # Numbered, for a line that was seen before is not matched again.
        found[rule.name] = lambda size, lines=lines: "\n".join(  # type: ignore[misc]
            f"{lines[number % len(lines)]}{number}"
            for number in range(size // (sum(map(len, lines)) // len(lines)) + 1)
        )
    return found


def clean(text: str) -> None:
    """Clean a text and see that nothing is lost."""
    document = clean_text(text)
    assert restore(document.text, document.removals) == document.before
