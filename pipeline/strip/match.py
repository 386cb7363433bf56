"""Matching all rules on a block in one pass, in time linear in the block.

RE2 walks a set of patterns as one automaton (Cox, "Regular Expression Matching in the Wild", 2010); only a rule that
the set reports is then matched by itself and held against its limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import re2

from pipeline.strip.rule import Rule
from pipeline.words.tokens import count_tokens

# No rule is meant for a longer block (the longest disclaimers run to 700 characters), and most of a corpus is in longer
# ones: not looking at them is half the speed.
MAX_CHARS = 1200

# The automaton of all rules outgrows RE2's default of 8 MiB; beyond its memory a set would answer "no match".
_MEMORY = 64 * 2**20


Search = Callable[[bytes], Any]


class Matcher:
    """The rules compiled together. Making one takes some tenths of a second."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        options.never_capture = True
        self._set = re2.Set.FullMatchSet(options)
        self._cues = re2.Set.SearchSet(options)
        self._cued: list[int] = []
        self._whole: list[Search] = []
        self._free: list[Search | None] = []
        self._unless: list[Search | None] = []
        for index, rule in enumerate(self.rules):
            self._set.Add(loose(rule.whole()))
            self._whole.append(re2.compile(rule.whole(), options).search)
            self._unless.append(re2.compile(rule.unless, options).search if rule.unless else None)
            free = rule.whole_free()
            self._free.append(re2.compile(free, options).search if free else None)
            if rule.cue:
                self._cues.Add(rule.cue)
                self._cued.append(index)
        self._set.Compile()
        self._cues.Compile()

    def matches(self, folded: str) -> Iterator[Rule]:
        """Give the rules whose pattern and limits fit a block, in order; where it stands is not looked at.

        Args:
            folded: a block as `pipeline.words.fold` gives it.
        """
        if len(folded) > MAX_CHARS:
            return
        # A lone surrogate is no character of any pattern; the question mark that replaces it isn't either.
        data = folded.encode("utf-8", "replace")
        hits = set(self._set.Match(data) or ())
        cued = {self._cued[at] for at in self._cues.Match(data) or ()} - hits
        if not hits and not cued:
            return
        size = -1
        for index in sorted(hits | cued):
            if self._holds(index, data):
                size = count_tokens(folded) if size < 0 else size
                if size <= self.rules[index].max_tokens:
                    yield self.rules[index]

    def _holds(self, index: int, data: bytes) -> bool:
        free, unless = self._free[index], self._unless[index]
        return bool(self._whole[index](data) or (free and free(data))) and not (unless and unless(data))


def loose(pattern: str) -> str:
    """Let every bounded run of any characters in a pattern be unbounded: it then matches more, and never less.

    An automaton counts to 200 by 200 states, and times that for each place a count may begin; the set, which only has
    to say which rules are worth a look, grows ten times slower without.

    >>> loose("copyright .{2,60}[0-9]{4}")
    'copyright .*[0-9]{4}'
    """
    return _COUNTED.sub(".*", pattern)


_COUNTED = re.compile(r"(?<!\\)(?:\[\^[^\]]*\]|\.)\{\d+,\d*\}")
