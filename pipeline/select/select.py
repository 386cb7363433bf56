"""Selection: a document is dropped only for a verified copy among the kept ones before it.

Taken in order of arrival, this greedy choice gives an independent dominating set of the graph of verified pairs: no two
kept documents are copies, and every duplicate is like the very document that stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.config import MatchConfig
from pipeline.match.verify import Likeness
from pipeline.values import Relation


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a later document stands to an earlier, kept one."""

    outcome: Literal["copy", "fuller"]
    """copy: the later one is dropped. fuller: it is kept and supersedes the earlier one."""
    relation: Relation
    similarity: float
    measured: Likeness | None = field(default=None, compare=False)
    """All that was measured of the pair; None where the texts are the same."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pair that came close and was refused."""

    earlier: int
    measured: Likeness


@dataclass(frozen=True, slots=True)
class Selected:
    """What becomes of a document: a duplicate of a kept one, or kept, superseding others or none."""

    duplicate_of: int | None = None
    relation: Relation | None = None
    similarity: float | None = None
    supersedes: tuple[tuple[int, Verdict], ...] = ()
    refused: Sequence[Refusal] = field(default=(), compare=False)
    """Kept documents that it would have been merged with but for a guard."""
    measured: Likeness | None = field(default=None, compare=False)


EXACT = Verdict("copy", "exact", 1.0)


def judge(pair: Likeness, config: MatchConfig) -> Verdict | None:
    """Say how the later document of a verified pair stands to the earlier one; None where they are two stories.

    A later document that lies inside the earlier one adds nothing. One that contains the earlier one and adds to it is
    the fuller version. Else the Jaccard similarity decides. Of an altered copy the one that has more of the other, or
    is longer by as much as a fuller version, stands for both. The later version of a page stands for the earlier one.
    """
    return None if pair.refused else _judge(pair, config)


def _judge(pair: Likeness, config: MatchConfig) -> Verdict | None:
    near = pair.jaccard >= config.jaccard
    if pair.later_in_earlier >= config.containment:
        if near:
            return Verdict("copy", "near", pair.jaccard, pair)
        return Verdict("copy", "contained", pair.later_in_earlier, pair)
    if pair.earlier_in_later >= config.containment and (pair.growth >= config.fuller or not near):
        return Verdict("fuller", "contained", pair.earlier_in_later, pair)
    if near:
        return Verdict("copy", "near", pair.jaccard, pair)
    earlier, later = pair.matched_earlier, pair.matched_later
    if pair.altered and earlier is not None and later is not None:
        fuller = earlier > later and pair.growth >= config.fuller
        return Verdict("fuller" if fuller else "copy", "altered", max(earlier, later), pair)
    return Verdict("fuller", "update", pair.jaccard, pair) if pair.update else None


def select(verdicts: Sequence[tuple[int, Verdict]], refused: Sequence[Refusal] = ()) -> Selected:
    """Decide on one document from the verdicts on its pairs with kept documents, each named by its number.

    Of several documents that it may be a copy of, an exact one comes first, then the most similar, then the earliest.
    """
    copies = [(number, verdict) for number, verdict in verdicts if verdict.outcome == "copy"]
    if copies:
        number, best = min(copies, key=lambda pair: (pair[1].relation != "exact", -pair[1].similarity, pair[0]))
        return Selected(duplicate_of=number, relation=best.relation, similarity=best.similarity, measured=best.measured)
    return Selected(supersedes=tuple(pair for pair in verdicts if pair[1].outcome == "fuller"), refused=tuple(refused))
