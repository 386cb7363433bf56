"""Patterns of paths."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WILD = re.compile(r"[*?\[]")


def is_pattern(path: str) -> bool:
    """Say whether a path holds a wildcard."""
    return _WILD.search(path) is not None


def before_wildcard(path: str) -> str:
    """Give the folder above the first part of a path that holds a wildcard.

    >>> before_wildcard("/raw/2024-*/feed.jsonl")
    '/raw'
    """
    parts = path.split("/")
    fixed = next((at for at, part in enumerate(parts) if is_pattern(part)), len(parts))
    return "/".join(parts[:fixed]) or "/"


def compile_patterns(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile patterns of relative paths into one expression, for `fullmatch`.

    `*`, `?` and `[…]` stay inside a folder, `**` crosses folders, and a pattern without a slash matches a name in any
    folder.

    >>> bool(compile_patterns(["*.txt", "a/**/b"]).fullmatch("x/y.txt"))
    True
    >>> bool(compile_patterns(["a/*.txt"]).fullmatch("a/b/c.txt"))
    False
    """
    return re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns), re.DOTALL)


def _translated(pattern: str) -> str:
    out = "" if "/" in pattern else "(?:.*/)?"
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif pattern[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            negated = pattern[at + 1] == "!"
            listed = re.sub(r"([\\\[\]^&~|])", r"\\\1", pattern[at + 1 + negated : end])
            out, at = f"{out}(?!/)[{'^' if negated else ''}{listed}]", end + 1
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return out
