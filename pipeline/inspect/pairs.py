"""Pairs: the documents that a threshold decides on, to be looked at, and what another threshold would change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config, parse_config
from pipeline.errors import Refused
from pipeline.inspect.survey import MEASURES, SETTINGS, Measure, Pair, Side, Step, Survey
from pipeline.run.events import Listener, StageBegun, ignore
from pipeline.store.corpus import Corpus, read_corpus

__all__ = ["MEASURES", "Measure", "Pair", "Pairs", "Side", "Step", "borderline", "thresholds"]

# Without bounds: so far on either side of the threshold.
_AROUND = 0.1
# Thresholds are tried at multiples of the first of these that gives no more than so many steps.
_STEPS = (0.01, 0.02, 0.05, 0.1)
_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a corpus between two bounds, and what other thresholds would change."""

    root: str
    by: Measure
    setting: str
    """The setting that holds the threshold."""
    threshold: float
    """What it is."""
    lower: float
    upper: float
    seed: int
    fates: dict[str, int]
    """Pairs between the bounds, by what became of them and why."""
    pairs: tuple[Pair, ...]
    """A sample of these, the least alike first."""
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain mappings, lists and values, for JSON."""
        return asdict(self)


def borderline(
    corpus: Corpus | str | Path,
    between: tuple[float, float] | None = None,
    by: str = "jaccard",
    *,
    sample: int = 10,
    seed: int = 1,
    listen: Listener = ignore,
) -> Pairs:
    """Look at the pairs that a threshold decides on.

    These are duplicates with the documents that stand for them, and kept documents that are alike: superseded, refused
    by a guard or under the thresholds. The latter are found as a run finds them, with bands for the lowest threshold.
    Exact duplicates, which no threshold makes, and texts too short to be compared are left out. Tables are streamed and
    texts read where they lie; memory grows with the ids (some 50 bytes a document) and the sample.

    Args:
        corpus: a corpus, or its folder.
        between: bounds of what is looked at, both included; None takes a tenth on either side of the threshold.
        by: what is to lie between them: `jaccard`, `contained` (of either one in the other) or `matched` (letters).
        sample: how many pairs to give in full, at most.
        seed: another one gives another sample; the same one the same, however the corpus was cut into runs.
        listen: is told how far it is.

    Raises:
        Refused: the bounds or the measure cannot be.
        NotACorpus: the folder holds no corpus.
        Damaged: a file of the corpus cannot be read, or rows name documents that are not there.
    """
    measure = _checked(between, by, sample)
    corpus = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    config = parse_config(corpus.manifests[-1].config) if corpus.manifests else Config()
    if measure == "matched" and not config.match.altered:
        raise Refused(
            f"{corpus.layout}: was cleaned with match.altered = false, which looks for no altered copies, so no "
            "threshold of matched letters decides on anything. Take jaccard or contained."
        )
    threshold = float(getattr(config.match, SETTINGS[measure]))
    lower, upper = between or (round(max(0.0, threshold - _AROUND), 4), round(min(1.0, threshold + _AROUND), 4))
    tried = thresholds(lower, upper, threshold)
    survey = Survey(corpus, config.match, measure, (lower, upper), threshold, tried, sample, seed)
    listen(StageBegun("pairs"))
    survey.take_duplicates(listen)
    survey.take_kept(listen)
    return Pairs(
        root=str(corpus.layout),
        by=measure,
        setting=f"match.{SETTINGS[measure]}",
        threshold=threshold,
        lower=lower,
        upper=upper,
        seed=seed,
        fates=dict(sorted(survey.fates.items(), key=lambda pair: (-pair[1], pair[0]))),
        pairs=tuple(survey.pairs()),
        steps=survey.steps(),
    )


def _checked(between: tuple[float, float] | None, by: str, sample: int) -> Measure:
    for measure in MEASURES:
        if measure == by:
            break
    else:
        raise Refused(f"{by}: no such measure; there are {', '.join(MEASURES)}.")
    if between is not None:
        lower, upper = between
        for bound in between:
            if not 0 <= bound <= 1:
                raise Refused(f"{bound:g}: is no bound of what is alike; shares from 0 to 1 are.")
        if lower > upper:
            raise Refused(
                f"{lower:g} {upper:g}: the lower bound is over the upper one. Give them as {upper:g} {lower:g}."
            )
    if sample < 0:
        raise Refused(f"{sample}: is no number of pairs. Give 0 or more.")
    return measure


def thresholds(lower: float, upper: float, now: float) -> list[float]:
    """Choose the thresholds to try: the bounds, round numbers between them, and the one of today if it is there.

    >>> thresholds(0.6, 0.8, 0.7)
    [0.6, 0.65, 0.7, 0.75, 0.8]
    >>> thresholds(0.62, 0.7, 0.5)
    [0.62, 0.63, 0.64, 0.65, 0.66, 0.67, 0.68, 0.69, 0.7]
    """
    step = next((one for one in _STEPS if upper - lower <= one * (_MOST_STEPS + 0.5)), 0.2)
    round_ones = (round(number * step, 4) for number in range(int(1 / step) + 1))
    tried = {lower, upper, *(one for one in round_ones if lower < one < upper)}
    return sorted(tried | ({now} if lower <= now <= upper else set()))
