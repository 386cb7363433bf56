"""Verification: how alike two texts really are, on all their shingles, and what speaks against merging them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pipeline.config import MatchConfig
from pipeline.sign.shingles import U64, shingle_sequence, shingle_set, token_hashes
from pipeline.words.tokens import tokens


@dataclass(frozen=True, slots=True)
class Profile:
    """All of a text that verification looks at."""

    tokens: int
    shingles: U64
    """Distinct shingle hashes, sorted."""
    figures: Counter[str]
    """How often each token that holds a digit stands in the text."""
    words: Counter[str]
    """How often each other token does."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was measured of a pair, the earlier document first."""

    jaccard: float
    earlier_in_later: float
    """Share of the earlier one's shingles that stand in the later one."""
    later_in_earlier: float
    growth: float
    """Shingles of the later one, by those of the earlier."""
    refused: str | None = None
    """Name of the guard that speaks against the pair."""


def profile(text: str, shingle_tokens: int) -> Profile:
    """Measure one text."""
    words = tokens(text)
    counted = Counter(words)
    # Most tokens are letters alone, which one call tells.
    figures = Counter(
        {token: counted[token] for token in counted if not token.isalpha() and any(map(str.isdigit, token))}
    )
    return Profile(
        tokens=len(words),
        shingles=shingle_set(shingle_sequence(token_hashes(words), shingle_tokens)),
        figures=figures,
        words=Counter({token: n for token, n in counted.items() if token not in figures}),
    )


def likeness(earlier: Profile, later: Profile, config: MatchConfig) -> Likeness:
    """Measure a pair exactly: Jaccard similarity and containment in both directions of the shingle sets."""
    shared = len(np.intersect1d(earlier.shingles, later.shingles, assume_unique=True))
    a, b = len(earlier.shingles), len(later.shingles)
    return Likeness(
        jaccard=shared / (a + b - shared) if a + b else 1.0,
        earlier_in_later=shared / a if a else 0.0,
        later_in_earlier=shared / b if b else 0.0,
        growth=b / a if a else float("inf"),
        refused=_refusal(earlier, later, config),
    )


def _refusal(earlier: Profile, later: Profile, config: MatchConfig) -> str | None:
    if min(earlier.tokens, later.tokens) < config.min_tokens:
        return "too-short"
    if config.figures and figures_differ(earlier, later):
        return "figures-differ"
    return None


# Least figures that must differ on both sides: one corrected figure is an edit, two changed ones a new notice.
_FIGURES_CHANGED = 2
# Figures weigh at least this share of all that changed: where words changed as much, the text was edited.
_FIGURES_SHARE = 0.4
# Changed figures that are less than this share of the text are a report's updated toll, not a new notice; but where at
# least half of all figures changed, the text is about them, whatever its length. docs/benchmarks.md tells what both do.
_FIGURES_OF_TOKENS = 0.01
_FIGURES_OF_FIGURES = 0.5


def figures_differ(earlier: Profile, later: Profile) -> bool:
    """Say whether two texts are one template with other figures: weather, markets, results, official notices.

    What each side has and the other lacks is compared: figures on both sides, and among all that changed figures weigh
    as much as words do. An edited article changes words; a shortened one lacks figures on one side only; of a long
    report whose toll was corrected all else still stands.
    """
    gone, come = earlier.figures - later.figures, later.figures - earlier.figures
    changed = min(gone.total(), come.total())
    if changed < _FIGURES_CHANGED:
        return False
    all_figures = min(earlier.figures.total(), later.figures.total())
    if changed < min(_FIGURES_OF_TOKENS * min(earlier.tokens, later.tokens), _FIGURES_OF_FIGURES * all_figures):
        return False
    words = min((earlier.words - later.words).total(), (later.words - earlier.words).total())
    return changed >= _FIGURES_SHARE * (changed + words)
