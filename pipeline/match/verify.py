"""Verification: how alike two texts really are, on all that they hold, and what speaks against merging them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.bulk import Sets
from pipeline.match.composite import is_composite
from pipeline.match.passages import Shared, align, count_shared
from pipeline.match.profile import Profile, profile
from pipeline.match.quotation import is_quotation

__all__ = ["Guard", "Likeness", "Profile", "figures_differ", "likeness", "profile", "unlike"]

Guard = Literal["too-short", "figures-differ", "composite", "shared-quotation"]
"""What speaks against merging a pair that is alike.

too-short: compared whole only. figures-differ: a template with other figures is another notice. composite: the longer
text holds two articles. shared-quotation: what they share is what somebody said.
"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was measured of a pair, the earlier document first."""

    jaccard: float
    earlier_in_later: float
    """Share of the earlier one's shingles that stand in the later one."""
    later_in_earlier: float
    growth: float
    """Shingles of the later one, by those of the earlier; letters where the texts were compared by letters."""
    matched_earlier: float | None = None
    """Share of the earlier one's letters in passages that the later one has, too; None where words told enough."""
    matched_later: float | None = None
    altered: bool = False
    """One is the other with alterations, small ones all over or larger ones between long passages."""
    update: bool = False
    """Both are versions of one page and have much in common."""
    refused: Guard | None = None
    """The guard that speaks against the pair, which would be merged but for it."""


# Least figures that must differ, by the tokens of the shorter text: two in a hundred. A longer report whose toll was
# corrected is an edit. docs/benchmarks.md tells what the guard does to labelled pairs.
_FIGURES_OF_TOKENS = 0.02
# But a notice may be as long as an article: there at least three must have changed, and half of all.
_FIGURES_OF_NOTICE = 3
_FIGURES_OF_FIGURES = 0.5
# And least share of figures in all that changed: of a text whose words changed as well, the words tell. The less the
# texts are alike, the less it takes: noise changes figures as often as other tokens, and edits seldom.
_FIGURES_SHARE = {"alike": 0.4, "noisy": 0.2, "edited": 0.05}
# Texts of so nearly one length lost no part: a figure that is missing in one was replaced, if only by a word.
_SAME_LENGTH = 1.1

# Noise: passages that lie close to one another, and what stands between them differs by a few letters.
_NOISY_MATCHED = 0.55
_NOISY_UNLIKE = 4.0
_NOISY_GAPS = 0.3
_NOISY_BEYOND = 0.12
# Edits: long passages. A short text shares some with others of its kind, so there more of it must match.
_PASSAGE_LETTERS = 36
_SHORT_TOKENS = 100
_SHORT_MATCHED = 0.85
# Texts that share so many shingles are looked at by their letters, whatever the sketches say.
_SOME = 0.15
# The later version of a page has so much of the earlier one, or the other way round.
_UPDATE = 0.5
# A composite is longer than each of its articles.
_LONGER = 0.85


def likeness(
    earlier: Profile,
    later: Profile,
    config: MatchConfig,
    same_page: bool = False,
    by_letters: bool = True,
    sets: Sets | None = None,
) -> Likeness:
    """Measure a pair exactly: Jaccard similarity and containment in both directions of the shingle sets, and letters.

    Letters are looked at where the shingles say that neither is a copy of the other, and a copy may be altered
    (`by_letters`). Versions of one page need less in common. `sets` is what `pipeline.match.bulk` says of the pair.
    """
    if sets is None:
        shared = len(np.intersect1d(earlier.shingles, later.shingles, assume_unique=True))
        sizes, tokens = (len(earlier.shingles), len(later.shingles)), (earlier.tokens, later.tokens)
    else:
        shared, sizes, tokens = sets.shared, sets.shingles, sets.tokens
    told = _by_shingles(shared, *sizes)
    if min(tokens) < config.min_tokens:
        return replace(told, refused="too-short")
    contained = max(told.earlier_in_later, told.later_in_earlier)
    if told.jaccard >= config.jaccard or contained >= config.containment:
        if sets and told.jaccard >= config.jaccard and not _questionable(sets):
            return told
        near = told.jaccard >= config.jaccard
        return replace(told, refused=_refusal(earlier, later, "alike", config, sets, near))
    update = same_page and config.updates and contained >= _UPDATE
    if not config.altered or not (by_letters or update or contained >= _SOME):
        refused = _refusal(earlier, later, "alike", config, sets) if update else None
        return replace(told, update=update, refused=refused)
    shared_letters = count_shared(earlier.letters, later.letters)
    matched = shared_letters.shares(earlier.letters, later.letters)
    kind = _alteration(earlier, later, shared_letters, matched, config, sets)
    return replace(
        told,
        growth=len(later.letters) / max(1, len(earlier.letters)),
        matched_earlier=matched[0],
        matched_later=matched[1],
        altered=kind is not None,
        update=update,
        refused=_refusal(earlier, later, kind or "alike", config, sets) if kind or update else None,
    )


def unlike(sets: Sets, config: MatchConfig) -> bool:
    """Say whether the shingles of two texts alone tell that neither is a copy of the other."""
    told = _by_shingles(sets.shared, *sets.shingles)
    contained = max(told.earlier_in_later, told.later_in_earlier)
    return told.jaccard < config.jaccard and contained < min(_SOME, config.containment)


def _by_shingles(shared: int, a: int, b: int) -> Likeness:
    return Likeness(
        jaccard=shared / (a + b - shared) if a + b else 1.0,
        earlier_in_later=shared / a if a else 0.0,
        later_in_earlier=shared / b if b else 0.0,
        growth=b / a if a else float("inf"),
    )


def _questionable(sets: Sets) -> bool:
    """Say whether a guard may speak against two near copies, so that their texts must be looked at."""
    fewest, most = sorted(sets.tokens)
    return fewest < _LONGER * most or _may_differ(sets.figures_gone, sets.figures_come, fewest)


_Kind = Literal["alike", "noisy", "edited"]


def _alteration(
    earlier: Profile,
    later: Profile,
    shared: Shared,
    matched: tuple[float, float],
    config: MatchConfig,
    sets: Sets | None,
) -> _Kind | None:
    """Say how one text is an altered copy of the other; None where it is none."""
    if max(matched) < _NOISY_MATCHED:
        return None
    if matched[0] >= matched[1]:
        told = align(earlier.letters, later.letters, shared)
    else:
        told = align(later.letters, earlier.letters, Shared(shared.two, shared.bare_two, shared.one, shared.bare_one))
    noisy = told.unlike <= _NOISY_UNLIKE and told.gaps >= _NOISY_GAPS and told.beyond <= _NOISY_BEYOND
    short = min(earlier.tokens, later.tokens) < _SHORT_TOKENS
    least = max(config.matched, _SHORT_MATCHED) if short else config.matched
    if told.passage >= _PASSAGE_LETTERS and max(matched) >= least:
        edited = not (config.figures and _other_figures(earlier, later, "edited", sets))
        return "noisy" if noisy and not edited else "edited"
    return "noisy" if noisy else None


def _refusal(
    earlier: Profile, later: Profile, kind: _Kind, config: MatchConfig, sets: Sets | None, near: bool = False
) -> Guard | None:
    if config.figures and _other_figures(earlier, later, kind, sets):
        return "figures-differ"
    shorter, longer = (earlier, later) if earlier.tokens <= later.tokens else (later, earlier)
    if config.composites and shorter.tokens < _LONGER * longer.tokens and is_composite(shorter, longer):
        return "composite"
    if config.quotations and not near and is_quotation(shorter, longer):
        return "shared-quotation"
    return None


def _other_figures(earlier: Profile, later: Profile, kind: _Kind, sets: Sets | None) -> bool:
    if sets and not _may_differ(sets.figures_gone, sets.figures_come, min(sets.tokens)):
        return False
    return figures_differ(earlier, later, kind)


def figures_differ(earlier: Profile, later: Profile, kind: _Kind = "alike") -> bool:
    """Say whether two texts are one template with other figures: weather, markets, results, official notices.

    What each side has and the other lacks is compared: figures on both sides, and among all that changed figures weigh
    as much as words do. An edited article changes words; a shortened one lacks figures on one side only; of a long
    report whose toll was corrected all else still stands.
    """
    first, second = Counter(earlier.figures), Counter(later.figures)
    gone, come = (first - second).total(), (second - first).total()
    fewest, most = sorted((earlier.tokens, later.tokens))
    if not _may_differ(gone, come, fewest):
        return False
    gone_words, come_words = (earlier.words - later.words).total(), (later.words - earlier.words).total()
    changed = min(gone, come)
    if most <= _SAME_LENGTH * fewest:
        changed = min(max(gone, come), gone + gone_words, come + come_words)
    of_all = min(len(earlier.figures), len(later.figures))
    if changed > 1 and len(earlier.figures) == len(later.figures):
        # A reading of today may be the one of yesterday that stands beside it.
        changed = max(changed, sum(map(str.__ne__, earlier.figures, later.figures)))
    notice = changed >= _FIGURES_OF_NOTICE and changed >= _FIGURES_OF_FIGURES * of_all
    if changed == 0 or not (notice or changed >= _FIGURES_OF_TOKENS * fewest):
        return False
    return changed >= _FIGURES_SHARE[kind] * (changed + min(gone_words, come_words))


def _may_differ(gone: int, come: int, tokens: int) -> bool:
    return max(gone, come) >= min(_FIGURES_OF_NOTICE - 1, _FIGURES_OF_TOKENS * tokens)
