"""The learned judge of lines: two forests in a row, the second told what the first says of a line's neighbours.

That order is auto-context (Z. Tu, "Auto-context and its application to high-level vision tasks", 2008).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadWeights
from pipeline.judge.choose import keep, reluctance
from pipeline.judge.forest import AGAIN, Forest, probabilities
from pipeline.judge.glyphs import look, words_of
from pipeline.judge.masks import Doubles, Floats, Leaves
from pipeline.judge.measures import Measured, measure, measure_again
from pipeline.judge.spans import Spans
from pipeline.judge.vocabulary import BIGRAM_BITS, UNIGRAM_BITS, WHOLE_BITS, Vocabulary, keys_of

WEIGHTS = Path(__file__).with_name("lines.forest")
VOCABULARY = "vocabulary"

SHIFTS = {"precision": -0.9, "balanced": -0.35, "recall": 0.9}
"""What each setting adds to the log-odds that a line is text, before lines are chosen."""

SURE = 2.5
"""A line whose first log-odds are beyond this, either way, is not judged again: half of the lines, at no cost (page F1
of the labelled news sets, out of fold, .904 with and without)."""

_REASONS = 3
_EXPLAINED_AT_ONCE = 1024
# So many lines are judged at once, at two kilobytes a line; a document is parted only where it has more by itself.
_LINES_AT_ONCE = 50_000
_MOST_LINES = 50_000


class Verdict(NamedTuple):
    """A line that the judge takes for boilerplate."""

    line: int
    """Its number in its document."""
    score: float
    """How sure the judge is that it is boilerplate, 0 to 1."""
    reasons: tuple[str, ...]
    """The features that weighed most against it, the heaviest first."""


class Judged(NamedTuple):
    """What is said of lines, and what it rests on."""

    margins: Doubles
    """Log-odds that a line is text."""
    early: Doubles
    """Those of the first judgement."""
    told: Measured
    again: Floats
    """What the second judgement was told of the first."""
    unsure: NDArray[np.int64]
    """The lines that were judged again."""
    leaves: tuple[Leaves | None, Leaves | None]
    """Those of all lines in the first forest and of the unsure ones in the second, where they are known."""


@dataclass(frozen=True, slots=True)
class LineJudge:
    """The forests and the vocabulary of one file of weights."""

    first: Forest
    second: Forest
    known: Vocabulary

    @classmethod
    def read(cls, path: Path = WEIGHTS) -> LineJudge:
        """Read the weights: `path`, and beside it those of the first judgement.

        Raises:
            BadWeights: one cannot be used, or they do not belong together.
        """
        before = path.with_suffix(f".first{path.suffix}")
        names, again = _feature_names()
        first, second = Forest.read(before, names), Forest.read(path, [*again, *names])
        if first.trained_on != second.trained_on or (first.task, second.task) != ("lines-first", "lines"):
            raise BadWeights(f"{path} and {before.name} were not trained together. {AGAIN}")
        return cls(first, second, _vocabulary(first, before))

    def judge(
        self, documents: Sequence[Sequence[str]], gone: Sequence[Sequence[bool]], setting: str
    ) -> list[list[Verdict]]:
        """Judge the lines of documents, each document by itself.

        Args:
            documents: the lines of each, without line feeds in them.
            gone: of each line, whether it is cut already: it tells on its neighbours, and is not judged itself.
            setting: one of `SHIFTS`.

        Returns:
            The verdicts on each document, in order of its lines. Of a document whose lines were not all gone already
            some line stays. Time is linear in the text, n log n in the lines; of a document of over 50,000 lines each
            50,000 are judged as a document of their own, so that memory is bounded.
        """
        if any(len(document) > _MOST_LINES for document in documents):
            return [self._parted(document, cut, setting) for document, cut in zip(documents, gone, strict=True)]
        found: list[list[Verdict]] = []
        chunk: list[int] = []
        lines = 0
        for number, document in enumerate(documents):
            if chunk and lines + len(document) > _LINES_AT_ONCE:
                found += self._chunk([documents[at] for at in chunk], [gone[at] for at in chunk], setting)
                chunk, lines = [], 0
            chunk.append(number)
            lines += len(document)
        if chunk:
            found += self._chunk([documents[at] for at in chunk], [gone[at] for at in chunk], setting)
        return found

    def _parted(self, document: Sequence[str], gone: Sequence[bool], setting: str) -> list[Verdict]:
        return [
            verdict._replace(line=first + verdict.line)
            for first in range(0, len(document), _MOST_LINES)
            for verdict in self._chunk(
                [document[first : first + _MOST_LINES]], [gone[first : first + _MOST_LINES]], setting
            )[0]
        ]

    def margins(self, lines: Sequence[str], spans: Spans, gone: NDArray[np.bool_]) -> Judged:
        """Give the log-odds that each line is text, and what they rest on."""
        seen = look(lines)
        words = words_of(seen)
        told = measure(seen, words, keys_of(words, len(lines)), spans, gone, self.known)
        early, first_leaves = self.first.margins_and_leaves(told.features)
        _, again = measure_again(early, told.tokens, told.held, told.prose, spans)
        unsure = np.flatnonzero(np.abs(early) <= SURE)
        margins = early.copy()
        known = np.concatenate([again[unsure], told.features[unsure]], axis=1)
        margins[unsure], leaves = self.second.margins_and_leaves(known)
        return Judged(margins, early, told, again, unsure, (first_leaves, leaves))

    def _chunk(
        self, documents: Sequence[Sequence[str]], gone: Sequence[Sequence[bool]], setting: str
    ) -> list[list[Verdict]]:
        verdicts: list[list[Verdict]] = [[] for _ in documents]
        # A document of one line has nothing that could tell what does not belong.
        open_ones = [number for number, cut in enumerate(gone) if len(cut) - sum(cut) > 1 and _worth(documents[number])]
        if not open_ones:
            return verdicts
        lines = [line for number in open_ones for line in documents[number]]
        sizes = np.array([len(documents[number]) for number in open_ones], np.int64)
        cut = np.array([mark for number in open_ones for mark in gone[number]], bool)
        spans = Spans.of(np.cumsum(sizes) - sizes, len(lines))
        judged = self.margins(lines, spans, cut)
        told = judged.told
        leaning = judged.margins + reluctance(told.tokens, told.sentence, spans)
        dropped = np.flatnonzero(~cut & ~keep(leaning, told.tokens, cut, spans, SHIFTS[setting]))
        scores = 1.0 - probabilities(judged.margins[dropped])
        reasons = self._reasons(judged, dropped)
        numbers, places = spans.number[dropped].tolist(), (dropped - spans.first[dropped]).tolist()
        for number, line, score, why in zip(numbers, places, scores.tolist(), reasons, strict=True):
            verdicts[open_ones[number]].append(Verdict(line, round(score, 4), why))
        return verdicts

    def _reasons(self, judged: Judged, dropped: NDArray[np.int64]) -> list[tuple[str, ...]]:
        """Name what weighed most against each line that is dropped.

        What the first judgement of the line itself weighed in the second is shared out among the features that it
        rested on; where there was no second, it is all.
        """
        # So many lines at once that what is known of them stays in the processor's cache.
        return [
            why
            for first in range(0, len(dropped), _EXPLAINED_AT_ONCE)
            for why in self._explained(judged, dropped[first : first + _EXPLAINED_AT_ONCE])
        ]

    def _explained(self, judged: Judged, dropped: NDArray[np.int64]) -> list[tuple[str, ...]]:
        own = len(self.second.features) - len(self.first.features)
        told = judged.told.features[dropped]
        leaves, late_leaves = judged.leaves
        early = np.minimum(self.first.contributions(told, _of(leaves, dropped)).astype(np.float64), 0)
        credit = np.concatenate([np.zeros((len(dropped), own)), early], axis=1)
        unsure = np.flatnonzero(np.abs(judged.early[dropped]) <= SURE)
        again = dropped[unsure]
        known = np.concatenate([judged.again[again], told[unsure]], axis=1)
        late = self.second.contributions(known, _of(late_leaves, np.searchsorted(judged.unsure, again)))
        share = early[unsure] / np.minimum(early[unsure].sum(axis=1, keepdims=True), -1e-9)
        credit[unsure] = late
        credit[unsure, own:] += share * np.minimum(late[:, :1], 0)
        credit[:, 0] = 0
        here = np.arange(len(dropped))
        # The features that weigh most, as the digits of one number: the same few come again and again.
        heaviest = np.zeros(len(dropped), np.int64)
        for _ in range(_REASONS):
            least = credit.argmin(axis=1)
            heaviest = heaviest * (len(self.second.features) + 1) + np.where(credit[here, least] < 0, least + 1, 0)
            credit[here, least] = 0
        numbers = heaviest.tolist()
        told_once = {number: self._named(number) for number in set(numbers)}
        return [told_once[number] for number in numbers]

    def _named(self, number: int) -> tuple[str, ...]:
        names: list[str] = []
        while number:
            number, digit = divmod(number, len(self.second.features) + 1)
            names += [self.second.features[digit - 1]] if digit else []
        return tuple(reversed(names))


def _of(leaves: Leaves | None, rows: NDArray[np.int64]) -> Leaves | None:
    return None if leaves is None else np.take(leaves, rows, axis=1)


@cache
def line_judge() -> LineJudge:
    """Give the judge whose weights come with Winnow, read once."""
    return LineJudge.read()


def _worth(lines: Sequence[str]) -> bool:
    """Say whether a document has anything to judge: a line that is short or does not end a sentence."""
    held = list(filter(None, lines))
    return bool(held) and (min(map(len, held)) < SHORT or not ENDS.issuperset(map(_LAST, held)))


_LAST = itemgetter(-1)
SHORT = 40
"""Characters below which a line is short."""
ENDS = frozenset(".!?…。！？؟।”’»\"')」』")
"""What ends a sentence."""


@cache
def _feature_names() -> tuple[list[str], list[str]]:
    """Give the names of the features of both judgements, by computing them of nothing."""
    nothing = np.zeros(0, np.int64)
    seen = look([])
    words = words_of(seen)
    spans = Spans.of(nothing, 0)
    blank = Vocabulary(*(np.zeros(1 << bits, np.int8) for bits in _BITS))
    told = measure(seen, words, keys_of(words, 0), spans, np.zeros(0, bool), blank)
    return told.names, measure_again(np.zeros(0), told.tokens, told.held, told.prose, spans)[0]


_BITS = (UNIGRAM_BITS, BIGRAM_BITS, WHOLE_BITS, UNIGRAM_BITS + 1, BIGRAM_BITS + 1, UNIGRAM_BITS)


def _vocabulary(forest: Forest, path: Path) -> Vocabulary:
    stored: Any = forest.parameters.get(VOCABULARY)
    try:
        arrays = [np.frombuffer(base64.b64decode(stored[name], validate=True), np.int8) for name in Vocabulary._fields]
    except (TypeError, KeyError, binascii.Error) as error:
        raise BadWeights(f"{path}: the weights hold no vocabulary ({error}). {AGAIN}") from error
    if [len(array) for array in arrays] != [1 << bits for bits in _BITS]:
        raise BadWeights(f"{path}: the vocabulary has another size than this version reads. {AGAIN}")
    return Vocabulary(*arrays)
