"""Train the judge of lines from texts whose lines are labelled text (1) or boilerplate (0).

    python -m training.lines FOLDER --out pipeline/judge/lines.forest [--gate] [--folds 5]

FOLDER holds Parquet files, one for each variant, with columns page_id, dataset, netloc, lines and labels. Prints how
good the judge is on sites that it has not seen: by folds of sites, and on sites that are kept aside. The weights are
then trained on all sites. The same data give the same bytes on one machine with one version of LightGBM.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.choose import keep, reluctance
from pipeline.judge.lines import SHIFTS, SURE, VOCABULARY
from pipeline.judge.measures import Measured, measure, measure_again
from pipeline.judge.vocabulary import Vocabulary
from training.forest import from_lightgbm
from training.pages import ASIDE, Pages, read_pages
from training.scores import FLOORS, NEWS, below_floors, report
from training.vocabulary import learn

Array = NDArray[Any]

FIRST = {"num_leaves": 31, "trees": 200}
SECOND = {"num_leaves": 31, "trees": 200}
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "max_bin": 63,
    "lambda_l2": 5.0,
    "use_missing": False,
    "num_threads": 1,
    "verbose": -1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}
# Variants count as much as they are like what is cleaned; texts with little boilerplate or none teach when not to cut.
VARIANT_WEIGHT = {"visible": 0.7, "trafrecall": 1.5, "clean": 0.2, "light": 0.5}
NEWS_WEIGHT = 1.7


class Judged(NamedTuple):
    """What the second judgement rests on."""

    names: list[str]
    features: Array
    own: int
    """How many of the features, the first ones, tell of the first judgement."""
    told: Measured
    first: Array
    """Log-odds of the first judgement, out of fold."""


def main() -> None:
    """Train and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of labelled Parquet files")
    parser.add_argument("--out", type=Path, help="file of weights to write (and beside it that of the first judgement)")
    parser.add_argument("--gate", action="store_true", help="write nothing if a score is under its floor")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds to score, at least 2")
    parser.add_argument("--dump", type=Path, help="save what the judge said out of fold (.npz), for experiments")
    options = parser.parse_args()
    pages = read_pages(options.folder)
    print(f"{len(pages.labels)} lines of {len(pages.variant)} texts; digest {pages.digest[:16]}", flush=True)
    judged, margins = out_of_fold(pages, options.folds)
    if options.dump:
        np.savez(options.dump, margins=margins, tokens=judged.told.tokens, first=judged.first, features=judged.features)
    scores = {}
    tokens = judged.told.tokens
    leaning = margins + reluctance(tokens, judged.told.sentence, pages.spans)
    for setting, shift in SHIFTS.items():
        stays = keep(leaning, tokens, pages.ruled, pages.spans, shift)
        told = (pages.fold >= 0) & (pages.fold < options.folds)
        scores[setting] = report(pages, stays, told, f"{setting}, out of fold")
        report(pages, stays, pages.fold == ASIDE, f"{setting}, aside")
    low = below_floors(scores["balanced"])
    for line in low:
        print(f"under its floor: {line}")
    if low and options.gate:
        sys.exit(f"not written: {len(low)} of {len(FLOORS)} scores are under their floors")
    if options.out:
        write(pages, judged, options.out)


def weights_of(pages: Pages) -> Array:
    """Weigh lines as the scores do: pages alike, in them tokens, and each line a little."""
    texts = len(pages.variant)
    content = np.bincount(pages.text, pages.tokens * pages.labels, texts)
    whole = np.bincount(pages.text, pages.tokens, texts)
    lines = np.bincount(pages.text, minlength=texts)
    of_page = np.minimum(pages.tokens / np.maximum(np.maximum(content, 0.3 * whole), 30)[pages.text], 0.5)
    weight = of_page + 0.3 / np.maximum(lines, 20)[pages.text] + 0.0005
    weight *= np.array([VARIANT_WEIGHT.get(variant, 1.0) for variant in pages.variant])[pages.text]
    weight *= np.where(np.isin(np.array(pages.dataset), sorted(NEWS)), NEWS_WEIGHT, 1.0)[pages.text]
    return np.asarray(weight / weight.mean())


def train(features: Array, labels: Array, weights: Array, rows: Array, size: dict[str, int]) -> Any:
    """Train one booster on some of the rows."""
    import lightgbm

    settings = {**PARAMETERS, "num_leaves": size["num_leaves"]}
    data = lightgbm.Dataset(
        features[rows], labels[rows], weight=weights[rows], params={"max_bin": PARAMETERS["max_bin"], "verbose": -1}
    )
    return lightgbm.train(settings, data, size["trees"])


def measured(pages: Pages, known: Vocabulary) -> Measured:
    """Measure all lines with a vocabulary."""
    return measure(pages.seen, pages.words, pages.keys, pages.spans, pages.ruled, known)


def out_of_fold(pages: Pages, folds: int) -> tuple[Judged, Array]:
    """Judge each line by a judge that has not seen its site -> what the judgements rest on, and the log-odds.

    What the vocabulary says of a line it has learned from other sites than the line's, too: a judge that reads its own
    vocabulary's examples would trust it too much.
    """
    fold = pages.fold[pages.text]
    weights = weights_of(pages)
    numbers = sorted(set(pages.fold.tolist()))
    told = measured(pages, learn(pages, fold != ASIDE))
    features = told.features.copy()
    for number in numbers:
        if number != ASIDE:
            others = measured(pages, learn(pages, (fold != number) & (fold != ASIDE)))
            features[fold == number] = others.features[fold == number]
    first = np.zeros(len(fold))
    for number in numbers:
        booster = train(features, pages.labels, weights, (fold != number) & (fold != ASIDE), FIRST)
        first[fold == number] = booster.predict(features[fold == number], raw_score=True)
        print(f"first judgement, fold {number}", file=sys.stderr, flush=True)
    names, again = measure_again(first, told.tokens, told.held, told.prose, pages.spans)
    judged = Judged([*names, *told.names], np.concatenate([again, features], axis=1), len(names), told, first)
    out = np.zeros(len(fold))
    for number in [ASIDE, *range(folds)]:
        booster = train(judged.features, pages.labels, weights, (fold != number) & (fold != ASIDE), SECOND)
        out[fold == number] = booster.predict(judged.features[fold == number], raw_score=True)
        print(f"second judgement, fold {number}", file=sys.stderr, flush=True)
    return judged, np.where(np.abs(first) > SURE, first, out)


def write(pages: Pages, judged: Judged, path: Path) -> None:
    """Train on all sites and write both forests; the first judgement that the second learns from is out of fold."""
    weights = weights_of(pages)
    everywhere = np.ones(len(pages.labels), bool)
    known = learn(pages, everywhere)
    vocabulary = {name: base64.b64encode(values.tobytes()).decode() for name, values in known._asdict().items()}
    names, own = judged.names, judged.own
    one = from_lightgbm(
        train(np.ascontiguousarray(judged.features[:, own:]), pages.labels, weights, everywhere, FIRST),
        task="lines-first", features=names[own:], trained_on=pages.digest,
        parameters={"lightgbm": PARAMETERS, "size": FIRST, VOCABULARY: vocabulary},
    )  # fmt: skip
    two = from_lightgbm(
        train(judged.features, pages.labels, weights, everywhere, SECOND),
        task="lines", features=names, trained_on=pages.digest, parameters={"lightgbm": PARAMETERS, "size": SECOND},
    )  # fmt: skip
    for forest, where in ((one, path.with_suffix(f".first{path.suffix}")), (two, path)):
        forest.write(where)
        print(f"{where}: {where.stat().st_size} bytes, {len(forest.trees.roots)} trees")


if __name__ == "__main__":
    main()
