"""Matching all rules on many blocks, in time linear in the blocks.

Most blocks are passed over: they neither begin as a rule's pattern may (`pipeline.strip.heads`) nor hold a cue, which
is looked for in all blocks at once. On the others RE2 walks the rules as one automaton (Cox, "Regular Expression
Matching in the Wild", 2010); only a rule that this reports is then matched by itself and held against its limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import re2

from pipeline.strip.cues import FEWEST_BYTES, Words, can_look, shortest, words_of
from pipeline.strip.heads import LETTERS, Heads
from pipeline.strip.rows import Rows
from pipeline.strip.rule import DRESS_AFTER, DRESS_BEFORE, TOLD, Rule
from pipeline.words.tokens import count_tokens

# No rule is meant for a longer block (the longest disclaimers run to 700 characters), and most of a corpus is in longer
# ones: not looking at them is half the speed.
MAX_CHARS = 1200
# A character has four bytes at most.
_MAX_BYTES = 4 * MAX_CHARS
# So few tokens at most make it worth looking at blocks of few by themselves.
_FEW_TOKENS = 14
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf].", re.DOTALL)

# The automaton of all rules outgrows RE2's default of 8 MiB; beyond its memory a set would answer "no match".
_MEMORY = 64 * 2**20


# Where a sentence ends within a block; a block of more sentences is no row of notices.
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")
_MOST_SENTENCES = 12
# Headlines of other articles have fewer tokens.
_ENTRY_TOKENS = 14
_TOLD = re.compile(TOLD)

Search = Callable[[bytes], Any]
Matches = dict[str, tuple[Rule, ...]]
"""The rules that fit a block, by its folded text, in order; none is empty. Where a block stands is not looked at."""


class _Pattern:
    """A pattern that is compiled once it is asked: to compile the longest takes a tenth of a second."""

    def __init__(self, text: str, options: Any) -> None:
        self._text = text
        self._options = options

    @cached_property
    def search(self) -> Search:
        search: Search = re2.compile(self._text, self._options).search
        return search


def heads_of(rules: Sequence[Rule]) -> Heads:
    """Read off rules how the blocks begin that they may match: most of what making a `Matcher` takes."""
    heads = Heads(DRESS_BEFORE, DRESS_AFTER)
    for rule in rules:
        heads.add(rule.pattern)
    return heads


class Matcher:
    """The rules compiled together. Making one takes a tenth of a second."""

    def __init__(self, rules: Sequence[Rule], heads: Heads | None = None) -> None:
        """Compile them.

        Args:
            rules: the rules.
            heads: what `heads_of` gives of them; None to have it made.
        """
        self.rules = tuple(rules)
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        options.never_capture = True
        self._set = re2.Set.FullMatchSet(options)
        self._cues = re2.Set.SearchSet(options)
        self._cued: list[int] = []
        self._whole: list[_Pattern] = []
        self._free: list[Search | None] = []
        self._unless: list[Search | None] = []
        self._heads = heads or heads_of(rules)
        for index, rule in enumerate(self.rules):
            self._set.Add(loose(rule.whole()))
            self._whole.append(_Pattern(rule.whole(), options))
            self._unless.append(re2.compile(rule.unless, options).search if rule.unless else None)
            free = rule.whole_free()
            self._free.append(re2.compile(free, options).search if free else None)
            if rule.cue:
                self._cues.Add(rule.cue)
                self._cued.append(index)
        self._set.Compile()
        self._cues.Compile()
        # A cue that words tell is looked for by these, one of a rule for few words in blocks of few.
        words: set[str] = set()
        cues: dict[bool, list[str]] = {True: [], False: []}
        for rule in self.rules:
            if rule.cue and shortest(told := words_of(rule.cue)) >= FEWEST_BYTES:
                words |= told
            elif rule.cue:
                cues[rule.max_tokens <= _FEW_TOKENS].append(rule.cue)
        self._words = Words.of(words)
        self._cue_of_few, self._other_cue = (_one_of(cues[few], options) for few in (True, False))
        self._cue = _one_of([rule.cue for rule in self.rules if rule.cue], options)

    def match(self, rows: Rows) -> tuple[Matches, list[int]]:
        """Find the rules whose pattern and limits fit blocks; where these stand is not looked at.

        Args:
            rows: blocks of any number of texts.

        Returns:
            What fits, and the numbers of the blocks that something fits.
        """
        # Most blocks are passed over by their first letters; only of the others it is asked whether they are the same.
        begins = rows.octets[rows.starts + np.arange(LETTERS + 1)[:, None]]
        likely = np.flatnonzero(self._heads.likely(begins) & (rows.sizes <= _MAX_BYTES)).tolist()
        told = {at: rows.block(at).decode("utf-8", "surrogatepass") for at in likely}
        passed = set(self._heads.passed(told.values()))
        # A lone surrogate is no character of any pattern; the question mark that replaces it isn't either.
        data = {block: block.encode("utf-8", "replace") for block in passed if len(block) <= MAX_CHARS}
        hits: dict[str, set[int]] = {block: set(some) for block in data if (some := self._set.Match(data[block]))}
        for at in self._with_cue(rows):
            block = told[at] = rows.block(at).decode("utf-8", "surrogatepass")
            if len(block) > MAX_CHARS:
                continue
            if block not in data:
                data[block] = block.encode("utf-8", "replace")
            if cues := self._cues.Match(data[block]):
                hits.setdefault(block, set()).update(self._cued[at] for at in cues)
        found: Matches = {}
        for block, rules in hits.items():
            if held := tuple(self._held(block, data[block], sorted(rules))):
                found[block] = held
        for block in data.keys() & passed - found.keys():
            if _SENTENCE_END.search(block) and (rule := self._sentence_by_sentence(block)):
                found[block] = (rule,)
        return found, [at for at, block in told.items() if block in found]

    def _sentence_by_sentence(self, block: str) -> Rule | None:
        """Give the rule of the first sentence of a block of which each sentence is boilerplate by itself.

        Naive extractors run the items of a page together on a line. Under the heading of a list all other sentences may
        be anything short: its entries.
        """
        sentences = _SENTENCE_END.split(block, maxsplit=_MOST_SENTENCES)
        if len(sentences) > _MOST_SENTENCES:
            return None
        first = self._anywhere(sentences[0])
        if first is None:
            return None
        rest = sentences[1:]
        if all(self._anywhere(sentence) for sentence in rest):
            return first
        entries = first.reach == "list" and all(count_tokens(sentence) <= _ENTRY_TOKENS for sentence in rest)
        return first if entries and not _TOLD.search(block) else None

    def _anywhere(self, sentence: str) -> Rule | None:
        """Give the first rule that fits a sentence, of those for which it is the same where it stands."""
        if not self._heads.passed([sentence]):
            return None
        data = sentence.encode("utf-8", "replace")
        held = self._held(sentence, data, sorted(self._set.Match(data) or ()))
        return next((rule for rule in held if rule.where == "anywhere"), None)

    def matches(self, folded: str) -> Iterator[Rule]:
        """Give the rules that fit one block, in order."""
        rows = Rows.joined([folded.encode("utf-8", "surrogatepass")], [1], [1])
        return iter(self.match(rows)[0].get(folded, ()))

    def _with_cue(self, rows: Rows) -> list[int]:
        """Give the blocks that hold a cue, and some others: at times one beside such a block, or one that may."""
        if not can_look(rows):
            return sorted(_holding(self._cue, rows))
        from pipeline.strip.cue_loops import hold_words, of_few

        blocks, words = (rows.octets, rows.starts, rows.sizes), self._words
        held = _holding(self._other_cue, rows)
        held.update(np.flatnonzero(hold_words(*blocks, words.data, words.bounds, words.entries, words.others)).tolist())
        if self._cue_of_few is not None:
            numbers, data, starts = of_few(*blocks, _FEW_TOKENS)
            few = Rows(data.tobytes(), starts, rows.sizes[numbers], np.ones(len(numbers), np.int64))
            held.update(numbers[list(_holding(self._cue_of_few, few))].tolist())
        return sorted(held)

    def _held(self, folded: str, data: bytes, rules: list[int]) -> Iterator[Rule]:
        size = -1
        for index in rules:
            if self._holds(index, data):
                size = count_tokens(folded) if size < 0 else size
                if size <= self.rules[index].max_tokens:
                    yield self.rules[index]

    def _holds(self, index: int, data: bytes) -> bool:
        free, unless = self._free[index], self._unless[index]
        return bool(self._whole[index].search(data) or (free and free(data))) and not (unless and unless(data))


def _one_of(cues: Sequence[str], options: Any) -> Any:
    """Compile what finds one of some cues in many blocks; None where there are none."""
    return re2.compile("(?m)" + "|".join(f"(?:{loose(cue)})" for cue in cues), options) if cues else None


def _holding(cue: Any, rows: Rows) -> set[int]:
    """Give the blocks that hold a cue, and at times one beside such a block.

    A match that reaches over the end of a block marks all that it touches, so it hides none.
    """
    if cue is None or not len(rows.starts):
        return set()
    data = rows.whole
    if b"\xed" in data:
        # The first byte of a surrogate, and of some Hangul.
        data = _SURROGATE.sub(b"???", data)
    spans = np.array([found.span() for found in cue.finditer(data)], np.int64).reshape(-1, 2)
    first = np.searchsorted(rows.ends, spans[:, 0])
    last = np.searchsorted(rows.starts, spans[:, 1], side="right") - 1
    return {at for one, other in zip(first.tolist(), last.tolist(), strict=True) for at in range(one, other + 1)}


def loose(pattern: str) -> str:
    """Let every bounded run of any characters in a pattern be unbounded: it then matches more, and never less.

    An automaton counts to 200 by 200 states, and times that for each place a count may begin; the set, which only has
    to say which rules are worth a look, grows ten times slower without.

    >>> loose("copyright .{2,60}[0-9]{4}")
    'copyright .*[0-9]{4}'
    """
    return _COUNTED.sub(".*", pattern)


_COUNTED = re.compile(r"(?<!\\)(?:\[\^[^\]]*\]|\.)\{\d+,\d*\}")
