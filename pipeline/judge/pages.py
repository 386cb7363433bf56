"""The judge of a page's blocks: which are its text, how surely, and why.

Two forests of gradient-boosted trees. The first looks at each block by itself and in its elements; the second also at
what the first said of the neighbours, the containers and the whole page ("auto-context": Z. Tu, "Auto-context and its
application to high-level vision tasks", 2008). What class names and words say for text or boilerplate is a table
learned with them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadWeights
from pipeline.judge.forest import AGAIN, Forest
from pipeline.judge.page import Page, name_words
from pipeline.judge.page_learned import measure_again, measure_names, measure_words
from pipeline.judge.page_measures import WORD_BITS, Sketch, measure

Strictness = Literal["precision", "balanced", "recall"]

FIRST = Path(__file__).parent / "pages-1.forest"
SECOND = Path(__file__).parent / "pages-2.forest"

_NAME_LIMIT = 80

# How much surer than the page's best a block must be: see `choose`.
_LEANING: dict[Strictness, float] = {"precision": 1.5, "balanced": 1.1, "recall": 0.7}
_LOWEST, _HIGHEST = 0.2, 0.9
# A page of few words gives little to judge by, and holds little boilerplate: below this many the bar sinks with them,
# to a tenth. F1 of the labelled readability pages, some of which have a paragraph or two: .942 without, .962 with it;
# of no other set did it change by more than .001.
_SMALL_WORDS = 100
_LOWEST_SHARE = 0.1


class Judged(NamedTuple):
    """The judgement on a page."""

    chances: NDArray[np.float64]
    """Of each block, how likely it is text: 0 to 1."""
    kept: NDArray[np.bool_]
    features: NDArray[np.float32]
    """What the second forest looked at, from which the reasons come."""
    words: NDArray[np.int64]
    """How many each block has."""


class PageJudge:
    """Judges the blocks of pages."""

    def __init__(self, first: Forest, second: Forest) -> None:
        self.first = first
        self.second = second
        try:
            tables = first.parameters
            self.names: dict[str, int] = {str(word): int(score) for word, score in tables["names"].items()}
            self.words = np.frombuffer(base64.b64decode(tables["words"], validate=True), np.int8)
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise BadWeights(f"{FIRST}: its tables of names and words are damaged ({error}). {AGAIN}") from error
        if len(self.words) != 1 << WORD_BITS:
            raise BadWeights(f"{FIRST}: {len(self.words)} words in its table, not {1 << WORD_BITS}. {AGAIN}")

    @classmethod
    def read(cls, first: Path, second: Path) -> PageJudge:
        """Read the weights of both forests.

        Raises:
            BadWeights: one is missing, damaged or of another version, or they do not belong together.
        """
        one = Forest.read(first, feature_names(again=False))
        two = Forest.read(second, feature_names(again=True))
        if one.trained_on != two.trained_on:
            raise BadWeights(f"{first} and {second.name} were not trained together. {AGAIN}")
        return cls(one, two)

    @property
    def name(self) -> str:
        """Name the judge by the data that it learned from."""
        return f"winnow {self.first.trained_on[:8]}"

    def judge(self, page: Page, strictness: Strictness = "balanced") -> Judged:
        """Judge the blocks of a page.

        Args:
            page: with at least one block.
            strictness: which way to lean.
        """
        return self.judge_all([page], strictness)[0]

    def judge_all(self, pages: Sequence[Page], strictness: Strictness = "balanced") -> list[Judged]:
        """Judge the blocks of pages, each as it would be alone; many at once cost less."""
        sketch, columns = measure(pages)
        scores = np.array([_score(words, self.names) for page in pages for words in page.words()], np.int64)
        measure_names(scores[sketch.names], sketch, columns)
        measure_words(self.words, sketch, columns)
        own = len(columns.names)
        both = columns.matrix(room=len(self.second.features) - own)
        measure_again(self.first.score(both[:, :own]), sketch).fill(both)
        chances, tokens = self.second.score(both), sketch.tokens
        ends = np.cumsum(sketch.blocks.sizes).tolist()
        parts = [slice(first, end) for first, end in zip([0, *ends], ends, strict=False)]
        return [Judged(chances[p], choose(chances[p], tokens[p], strictness), both[p], tokens[p]) for p in parts]

    def reasons(self, judged: Judged, rows: Sequence[int], most: int = 3) -> list[tuple[str, ...]]:
        """Name the features that weighed most against each of some blocks, heaviest first."""
        return self.reasons_of_all([(judged, rows)], most)

    def reasons_of_all(self, asked: Iterable[tuple[Judged, Sequence[int]]], most: int = 3) -> list[tuple[str, ...]]:
        """Name the same for some blocks of each of many pages, one page after the other."""
        features = [judged.features[list(rows)] for judged, rows in asked if rows]
        if not features:
            return []
        given = self.second.contributions(np.concatenate(features))
        order = np.argsort(given, axis=1, kind="stable")[:, :most]
        names = self.second.features
        weights = np.take_along_axis(given, order, axis=1)
        return [
            tuple(names[number] for number, weight in zip(numbers, row, strict=True) if weight < 0)
            for numbers, row in zip(order.tolist(), weights.tolist(), strict=True)
        ]


def score_names(name: str, known: dict[str, int]) -> int:
    """Give what the words of a class, id or role say together, in 16ths: their sum, damped where they are many."""
    return _score(name_words(name), known)


def _score(words: Iterable[str], known: dict[str, int]) -> int:
    told = known.keys() & words
    if not told:
        return 0
    score = round(sum(map(known.__getitem__, told)) / math.sqrt(len(told)))
    return max(-_NAME_LIMIT, min(_NAME_LIMIT, score))


def choose(chances: NDArray[np.float64], tokens: NDArray[np.int64], strictness: Strictness) -> NDArray[np.bool_]:
    """Choose the blocks that make the text.

    The threshold that gives the best expected F1 is half of that F1 (Z. Lipton et al., "Optimal thresholding of
    classifiers to maximize F1 measure", 2014): on a page where the judge is unsure it is lower. `strictness` leans it.

    Args:
        chances: float64[blocks].
        tokens: words of each block.
        strictness: `precision` keeps the text purer, `recall` loses less of it.
    """
    order = np.argsort(-chances, kind="stable")
    weight = np.maximum(tokens[order], 1).astype(np.float64)
    mass = np.round(chances[order] * 1000) * weight
    taken = np.cumsum(mass)
    score = float((2 * taken / (np.cumsum(weight) * 1000 + taken[-1] + 1)).max())
    threshold = min(max(score / 2 * _LEANING[strictness], _LOWEST), _HIGHEST)
    threshold *= min(_LOWEST_SHARE + (1 - _LOWEST_SHARE) * float(weight.sum()) / _SMALL_WORDS, 1.0)
    # A page of which nothing is likely has its likeliest block for a text.
    return np.asarray(chances >= min(threshold, float(chances.max())))


def feature_names(again: bool) -> list[str]:
    """Name the features of the first forest, or of the second."""
    page = Page(tags=[0], parents=[-1], depths=[0], ends=[1], names=[0], hidden=[0])
    page.texts, page.owners, page.inner = ["x"], [0], [0]
    page.linked, page.links, page.emphasised = [0], [0], [0]
    sketch, columns = measure([page])
    measure_names(np.zeros(1, np.int64), sketch, columns)
    measure_words(np.zeros(1 << WORD_BITS, np.int8), sketch, columns)
    return columns.names + (measure_again(np.zeros(1), sketch).names if again else [])


@cache
def page_judge() -> PageJudge:
    """Read the judge's weights.

    Raises:
        BadWeights: they are missing or damaged, or of another version.
    """
    return PageJudge.read(FIRST, SECOND)


__all__ = [
    "Judged",
    "PageJudge",
    "Sketch",
    "Strictness",
    "choose",
    "feature_names",
    "name_words",
    "page_judge",
    "score_names",
]
