"""Verification: how alike two texts really are, on all that they hold, and what speaks against merging them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Literal, NamedTuple, get_args

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.composite import is_composite
from pipeline.match.passages import Shared, align, count_shared
from pipeline.match.profile import Profile, profile
from pipeline.match.quotation import is_quotation
from pipeline.match.template import is_template

__all__ = ["Guard", "Likeness", "Profile", "figures_differ", "likeness", "profile"]

Guard = Literal["too-short", "figures-differ", "composite", "shared-quotation", "site-template"]
"""What speaks against merging a pair that is alike.

too-short: compared whole only. figures-differ: a template with other figures is another notice. composite: the longer
text holds two articles. shared-quotation: what they share is what somebody said. site-template: what they share is
what their site puts round its stories.
"""
Kind = Literal["alike", "noisy", "edited"]
"""How a pair may be taken for a copy: by its shingles; with noise all over; by long passages."""


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


KINDS: tuple[Kind, ...] = get_args(Kind)
GUARDS: tuple[Guard | None, ...] = (None, *get_args(Guard))
STRANGERS, SAME_SITE, SAME_PAGE = range(3)
"""Where two documents come from, as far as their URLs tell."""
SENTENCE_GUARDS: tuple[Guard, ...] = ("composite", "shared-quotation", "site-template")
"""Those that look at sentences and lines."""
OPEN = len(GUARDS)
"""Stands for a guard where only the texts tell whether there is one."""
COLUMNS = 10
(
    JACCARD, EARLIER_IN_LATER, LATER_IN_EARLIER, GROWTH, MATCHED_EARLIER, MATCHED_LATER, ALTERED, UPDATE, REFUSED, KIND
) = range(COLUMNS)  # fmt: skip
"""Numbers that stand for a likeness: its fields; not a number for a share of letters that was not taken; of the guard
its place in `GUARDS`, and last the place of its kind in `KINDS`."""


class Limits(NamedTuple):
    """What of the configuration a likeness depends on, for compiled code."""

    jaccard: float
    containment: float
    fuller: float
    min_tokens: int
    matched: float
    altered: bool
    updates: bool
    figures: bool
    composites: bool
    quotations: bool
    templates: bool


def limits_of(config: MatchConfig) -> Limits:
    """Take the limits from the configuration."""
    return Limits(**{name: getattr(config, name) for name in Limits._fields})


def as_likeness(row: Sequence[float]) -> Likeness:
    """Take a likeness from the numbers that stand for it; its guard is known."""
    jaccard, earlier_in_later, later_in_earlier, growth, earlier, later, altered, update, guard, _ = row[:COLUMNS]
    return Likeness(
        jaccard,
        earlier_in_later,
        later_in_earlier,
        growth,
        None if isnan(earlier) else earlier,
        None if isnan(later) else later,
        bool(altered),
        bool(update),
        GUARDS[int(guard)],
    )


def as_row(pair: Likeness) -> list[float]:
    """Give the numbers that stand for a likeness; of its kind they do not tell."""
    earlier, later = (nan if share is None else share for share in (pair.matched_earlier, pair.matched_later))
    shares = [pair.jaccard, pair.earlier_in_later, pair.later_in_earlier, pair.growth, earlier, later]
    return [*shares, pair.altered, pair.update, GUARDS.index(pair.refused), 0]


# Least figures that must differ, by the tokens of the shorter text: two in a hundred. A longer report whose toll was
# corrected is an edit. docs/benchmarks.md tells what the guard does to labelled pairs.
FIGURES_OF_TOKENS = 0.02
# But a notice may be as long as an article: there at least three must have changed, and half of all.
FIGURES_OF_NOTICE = 3
FIGURES_OF_FIGURES = 0.5
# And least share of figures in all that changed: of a text whose words changed as well, the words tell. The less the
# texts are alike, the less it takes: noise changes figures as often as other tokens, and edits seldom.
FIGURES_SHARE = {"alike": 0.4, "noisy": 0.2, "edited": 0.05}
# Texts of so nearly one length lost no part: a figure that is missing in one was replaced, if only by a word.
SAME_LENGTH = 1.1

# Noise: passages that lie close to one another, and what stands between them differs by a few letters.
NOISY_MATCHED = 0.55
NOISY_UNLIKE = 4.0
NOISY_GAPS = 0.3
NOISY_BEYOND = 0.12
# Edits: long passages. A short text shares some with others of its kind, so there more of it must match.
PASSAGE_LETTERS = 36
SHORT_TOKENS = 100
SHORT_MATCHED = 0.85
# Texts that share so many shingles are looked at by their letters, whatever the sketches say.
SOME = 0.15
# The later version of a page has so much of the earlier one, or the other way round.
SHARE_OF_UPDATE = 0.5
# A composite is longer than each of its articles.
LONGER = 0.85


def likeness(
    earlier: Profile, later: Profile, config: MatchConfig, kin: int = STRANGERS, by_letters: bool = True
) -> Likeness:
    """Measure a pair exactly: Jaccard similarity and containment in both directions of the shingle sets, and letters.

    Letters are looked at where the shingles say that neither is a copy of the other, and a copy may be altered
    (`by_letters`). Versions of one page need less in common, and stories of one site may share its template (`kin`).
    """
    shared = len(np.intersect1d(earlier.shingles, later.shingles, assume_unique=True))
    told = _by_shingles(shared, len(earlier.shingles), len(later.shingles))
    if min(earlier.tokens, later.tokens) < config.min_tokens:
        return replace(told, refused="too-short")
    contained = max(told.earlier_in_later, told.later_in_earlier)
    near = told.jaccard >= config.jaccard
    if near or contained >= config.containment:
        return replace(told, refused=refusal(earlier, later, "alike", config, kin, near))
    update = kin == SAME_PAGE and config.updates and contained >= SHARE_OF_UPDATE
    if not config.altered or not (by_letters or update or contained >= SOME):
        return replace(told, update=update, refused=refusal(earlier, later, "alike", config, kin) if update else None)
    shared_letters = count_shared(earlier.letters, later.letters)
    matched = shared_letters.shares(earlier.letters, later.letters)
    kind = _alteration(earlier, later, shared_letters, matched, config)
    return replace(
        told,
        growth=len(later.letters) / max(1, len(earlier.letters)),
        matched_earlier=matched[0],
        matched_later=matched[1],
        altered=kind is not None,
        update=update,
        refused=refusal(earlier, later, kind or "alike", config, kin) if kind or update else None,
    )


def _by_shingles(shared: int, a: int, b: int) -> Likeness:
    return Likeness(
        jaccard=shared / (a + b - shared) if a + b else 1.0,
        earlier_in_later=shared / a if a else 0.0,
        later_in_earlier=shared / b if b else 0.0,
        growth=b / a if a else float("inf"),
    )


def _alteration(
    earlier: Profile,
    later: Profile,
    shared: Shared,
    matched: tuple[float, float],
    config: MatchConfig,
) -> Kind | None:
    """Say how one text is an altered copy of the other; None where it is none."""
    if max(matched) < NOISY_MATCHED:
        return None
    if matched[0] >= matched[1]:
        told = align(earlier.letters, later.letters, shared)
    else:
        told = align(later.letters, earlier.letters, Shared(shared.two, shared.bare_two, shared.one, shared.bare_one))
    noisy = told.unlike <= NOISY_UNLIKE and told.gaps >= NOISY_GAPS and told.beyond <= NOISY_BEYOND
    short = min(earlier.tokens, later.tokens) < SHORT_TOKENS
    least = max(config.matched, SHORT_MATCHED) if short else config.matched
    if told.passage >= PASSAGE_LETTERS and max(matched) >= least:
        edited = not (config.figures and figures_differ(earlier, later, "edited"))
        return "noisy" if noisy and not edited else "edited"
    return "noisy" if noisy else None


def refusal(
    earlier: Profile, later: Profile, kind: Kind, config: MatchConfig, kin: int = STRANGERS, near: bool = False
) -> Guard | None:
    """Say which guard speaks against a pair that is alike in some way; `near` by its Jaccard similarity."""
    if config.figures and figures_differ(earlier, later, kind):
        return "figures-differ"
    return by_sentences(earlier, later, kind, config, kin, near)


def by_sentences(
    earlier: Profile,
    later: Profile,
    kind: Kind,
    config: MatchConfig,
    kin: int = STRANGERS,
    near: bool = False,
    among: Collection[Guard] = SENTENCE_GUARDS,
) -> Guard | None:
    """Say what `refusal` does of a pair whose figures do not speak against it; no guard but those `among` is asked."""
    shorter, longer = (earlier, later) if earlier.tokens <= later.tokens else (later, earlier)
    of_both = config.composites and shorter.tokens < LONGER * longer.tokens
    if of_both and "composite" in among and is_composite(shorter, longer):
        return "composite"
    if config.quotations and not near and "shared-quotation" in among and is_quotation(shorter, longer):
        return "shared-quotation"
    # Noise makes other words of all of them.
    of_site = config.templates and kin == SAME_SITE and kind != "noisy"
    if of_site and "site-template" in among and is_template(earlier, later):
        return "site-template"
    return None


def guards_of(asked: int) -> list[Guard]:
    """Give the guards that a number stands for, as `pipeline.match.guarding.open_guards` gives it.

    >>> guards_of(5)
    ['composite', 'site-template']
    """
    return [guard for number, guard in enumerate(SENTENCE_GUARDS) if asked >> number & 1]


def figures_differ(earlier: Profile, later: Profile, kind: Kind = "alike") -> bool:
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
    gone_words, come_words = earlier.own_words(later), later.own_words(earlier)
    changed = min(gone, come)
    if most <= SAME_LENGTH * fewest:
        changed = min(max(gone, come), gone + gone_words, come + come_words)
    of_all = min(len(earlier.figures), len(later.figures))
    if changed > 1 and len(earlier.figures) == len(later.figures):
        # A reading of today may be the one of yesterday that stands beside it.
        changed = max(changed, sum(map(str.__ne__, earlier.figures, later.figures)))
    notice = changed >= FIGURES_OF_NOTICE and changed >= FIGURES_OF_FIGURES * of_all
    if changed == 0 or not (notice or changed >= FIGURES_OF_TOKENS * fewest):
        return False
    return changed >= FIGURES_SHARE[kind] * (changed + min(gone_words, come_words))


def _may_differ(gone: int, come: int, tokens: int) -> bool:
    return max(gone, come) >= min(FIGURES_OF_NOTICE - 1, FIGURES_OF_TOKENS * tokens)
