"""How good a choice of lines is: kept tokens, dropped lines, and the mean over pages."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.pages import Pages

Array = NDArray[Any]

NEWS = frozenset({"aeb", "news424", "cleanportal", "magic"})
VARIANTS = ("lenient", "visible", "trafrecall", "human", "light", "clean")


class Scores(NamedTuple):
    """F1 of what is kept, by tokens: the mean over pages, and of all together; F1 of the lines that are dropped."""

    page: float
    keep: float
    drop: float


# Variant, group, measure, floor: a little under what was measured out of fold. Only ever raised.
FLOORS: tuple[tuple[str, str, str, float], ...] = (
    ("lenient", "news", "page", 0.9),
    ("lenient", "news", "drop", 0.733),
    ("visible", "news", "page", 0.875),
    ("visible", "news", "drop", 0.96),
    ("trafrecall", "news", "page", 0.93),
    ("trafrecall", "news", "drop", 0.62),
    ("human", "all", "keep", 0.95),
    ("human", "all", "drop", 0.878),
)


def score(pages: Pages, stays: Array, texts: Array) -> Scores:
    """Score a choice of lines on some of the texts."""
    count = len(pages.variant)
    labels = pages.labels == 1
    right = np.bincount(pages.text, pages.tokens * (labels & stays), count)[texts]
    wrong = np.bincount(pages.text, pages.tokens * (~labels & stays), count)[texts]
    lost = np.bincount(pages.text, pages.tokens * (labels & ~stays), count)[texts]
    some = right + lost > 0
    here = texts[pages.text]
    dropped = int((here & ~stays & ~labels).sum())
    errors = int((here & (stays != labels)).sum())
    return Scores(
        float((2 * right / np.maximum(1, 2 * right + wrong + lost))[some].mean()) if some.any() else 0.0,
        float(2 * right.sum() / max(1, 2 * right.sum() + wrong.sum() + lost.sum())),
        2 * dropped / max(1, 2 * dropped + errors),
    )


def report(pages: Pages, stays: Array, texts: Array, title: str) -> dict[tuple[str, str], Scores]:
    """Print the scores by variant and set, and give them."""
    variant, dataset = np.array(pages.variant), np.array(pages.dataset)
    news = np.isin(dataset, sorted(NEWS))
    print(f"\n{title}\n{'variant':11} {'set':13} {'texts':>5}  page F1  keep F1  drop F1")
    scores = {}
    for name in VARIANTS:
        groups = {"all": texts, "news": texts & news}
        groups |= {each: texts & (dataset == each) for each in sorted(set(dataset[variant == name].tolist()))}
        for group, chosen in groups.items():
            here = chosen & (variant == name)
            if here.any():
                one = scores[name, group] = score(pages, stays, here)
                print(f"{name:11} {group:13} {int(here.sum()):5}  {one.page:7.3f}  {one.keep:7.3f}  {one.drop:7.3f}")
    print(flush=True)
    return scores


def below_floors(scores: dict[tuple[str, str], Scores]) -> list[str]:
    """Name the scores that are under their floors."""
    low = []
    for variant, group, name, floor in FLOORS:
        got = getattr(scores[variant, group], name) if (variant, group) in scores else 0.0
        if got < floor:
            low.append(f"{variant}, {group}: {name} F1 {got:.3f}, floor {floor}")
    return low
