"""Marks that stand on a letter, put in order: Unicode's normal forms then take linear time on any text.

Python sorts the marks after a letter by insertion: a megabyte of them after one letter takes a quarter of an hour.
Sorted by their classes beforehand they are what normalising makes of them anyway (UAX #15).
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import regex

from pipeline.words.characters import unusual

# Shorter runs cost their square, which is little. No writing has so many marks on a letter.
_FEW = 100
# The five are letters of class 0 that are taken apart into marks.
_RUN = regex.compile(rf"[\P{{ccc=0}}\u0f73\u0f75\u0f81\uff9e\uff9f]{{{_FEW},}}")


def in_order(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    r"""Sort the marks of every long run by their classes, as the normal forms do; any other text stays as it is.

    Args:
        text: any text.
        form: how characters are taken apart in such a run.

    >>> run = "\u0301\u0316" * 50
    >>> in_order(run) == "\u0316" * 50 + "\u0301" * 50
    True
    """
    if len(text) < _FEW or text.isascii() or not any(map(_is_mark, unusual(text))):
        return text
    return _RUN.sub(lambda run: _sorted(run[0], form), text)


def _is_mark(char: str) -> bool:
    return bool(unicodedata.combining(char)) or char in "\u0f73\u0f75\u0f81\uff9e\uff9f"


def _sorted(run: str, form: Literal["NFD", "NFKD"]) -> str:
    done: list[str] = []
    marks: list[str] = []
    for char in "".join(unicodedata.normalize(form, char) for char in run):
        if not unicodedata.combining(char):
            # `regex` knows a later Unicode than Python does: to Python this is no mark.
            done += [*sorted(marks, key=unicodedata.combining), char]
            marks = []
        else:
            marks.append(char)
    return "".join([*done, *sorted(marks, key=unicodedata.combining)])
