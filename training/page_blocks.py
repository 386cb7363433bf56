"""Train the judge of pages from pages whose text is labelled.

    python -m training.page_blocks PAGES.parquet [--score SCORE.py] [--out pipeline/judge] [--gate]

PAGES has the columns page_id, dataset, url, html (bytes), gold_text, with, without. Sites are in five folds; those
kept aside are never trained on, so the weights that are written can be judged on them. SCORE.py has a function
`score(pages, predictions)`. The same data give the same bytes on one machine with one version of LightGBM.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Unreadable
from pipeline.extract.others import of_others
from pipeline.judge.page import Page
from pipeline.judge.page_learned import measure_again, measure_names, measure_words
from pipeline.judge.page_measures import WORD_BITS, Sketch, below, measure
from pipeline.judge.pages import FIRST, SECOND, Judged, choose, feature_names, name_words, score_names
from pipeline.judge.spans import Table
from training.forest import from_lightgbm
from training.page_labels import label_segments, label_text, tokens

Array = NDArray[Any]

FOLDS = 5
ASIDE = -1
_ASIDE_SHARE = 0.15
FLOORS = {
    "aeb": 0.974,
    "news424": 0.948,
    "cleanportal": 0.962,
    "magic": 0.83,
    "readability": 0.950,
    "trafeval": 0.940,
    "wcxb": 0.86,
}
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 40,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 0.05,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "use_missing": False,
    "num_threads": 2,
    "verbose": -1,
    "seed": 7,
    "deterministic": True,
    "force_col_wise": True,
}
QUICK_TREES, FIRST_TREES, SECOND_TREES = 40, 260, 160
SECOND_CHANGES = {"num_leaves": 24, "learning_rate": 0.05}
# A page that a judge of other sites gets so wrong is, more often than not, labelled with a part of its text only.
_DOUBTED, _DOUBTED_WEIGHT = 0.6, 0.15
_SHORT_WORDS = 25
_DOUBT = 1.0
_LEAST_SITES = 4


@dataclass(slots=True)
class Row:
    """A page with its labels."""

    page_id: str
    dataset: str
    site: str
    fold: int
    page: Page
    sketch: Sketch
    columns: Table
    labels: Array
    """Of each block the share that is text; NaN where it isn't known."""
    weights: Array
    told: dict[str, Any]
    names: dict[str, tuple[float, float]] = field(default_factory=dict)
    words: tuple[Array, Array, Array] = (np.zeros(0), np.zeros(0), np.zeros(0))
    features: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    again: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    chances: Array = field(default_factory=lambda: np.zeros(0))
    trust: float = 1.0


def site_of(url: str | None, page_id: str) -> str:
    """Name the site of a page; one without a URL is a site of its own."""
    return (urlsplit(url or "").netloc or page_id).lower().removeprefix("www.")


def fold_of(site: str) -> int:
    """Put a site into a fold, or aside."""
    octets = hashlib.sha256(site.encode()).digest()
    return ASIDE if octets[0] < 256 * _ASIDE_SHARE else octets[1] % FOLDS


def read_rows(path: Path) -> tuple[list[Row], list[dict[str, Any]]]:
    """Read, walk and label pages -> those with blocks, and what is told of all of them."""
    import pyarrow.parquet as pq

    told = pq.read_table(path).to_pylist()
    rows = [row for row in map(_row, told) if row]
    for item in told:
        del item["html"]
    return rows, told


def _row(told: dict[str, Any]) -> Row | None:
    from pipeline.decode.charset import decode_bytes
    from pipeline.extract.tree import load_tree
    from pipeline.extract.walk import walk

    try:
        tree = load_tree(decode_bytes(told["html"], None, "html")[0])
    except Unreadable as error:
        print(f"{told['page_id']}: {error}")
        return None
    page = walk(tree) if tree is not None else Page()
    if not page.texts:
        return None
    if (told["gold_text"] or "").strip():
        labels = np.array(label_text(page.texts, told["gold_text"]))
    else:
        found = label_segments(page.texts, told["with"] or (), told["without"] or ())
        labels = np.array([np.nan if label is None else label for label in found])
    sketch, columns = measure([page])
    site = site_of(told["url"], told["page_id"])
    counts = np.array([len(tokens(text)) for text in page.texts], np.float64)
    row = Row(
        told["page_id"],
        told["dataset"],
        site,
        fold_of(site),
        page,
        sketch,
        columns,
        labels,
        _weigh(labels, counts),
        told,
    )
    row.names = _names(row, counts)
    row.words = _words(row)
    return row


def _weigh(labels: Array, counts: Array) -> Array:
    """Weigh blocks as the score does: pages alike, in them words; what is not text, three times the text at most."""
    known = ~np.isnan(labels)
    label = np.nan_to_num(labels)
    weights = np.where(known, np.maximum(counts, 1) ** 0.8, 0)
    weights = weights / max((weights * label).sum(), 0.25 * weights.sum(), 1e-6)
    bad = float((weights * (1 - label)).sum())
    return np.asarray(np.where(label < 0.5, weights * 3 / bad, weights) if bad > 3 else weights)


def _names(row: Row, counts: Array) -> dict[str, tuple[float, float]]:
    """Give for each word of a name the share of the page's text, and of its other words, that stand below it."""
    known = ~np.isnan(row.labels)
    good = np.where(known, np.nan_to_num(row.labels), 0) * counts
    bad = np.where(known, counts, 0) - good
    sketch = row.sketch
    of_good = below(sketch.owners, good, sketch.ends) / max(good.sum(), 1e-6)
    of_bad = below(sketch.owners, bad, sketch.ends) / max(bad.sum(), 1e-6)
    found: dict[str, list[float]] = {}
    for element in np.flatnonzero(sketch.names):
        if of_good[element] + of_bad[element] > 0:
            for word in name_words(row.page.named[sketch.names[element]]):
                sums = found.setdefault(word, [0.0, 0.0])
                sums[0] += of_good[element]
                sums[1] += of_bad[element]
    return {word: (min(1.0, good), min(1.0, bad)) for word, (good, bad) in found.items()}


def _words(row: Row) -> tuple[Array, Array, Array]:
    """Give the places of the words of short blocks, and how much of them is text and not."""
    use = (row.sketch.tokens <= _SHORT_WORDS) & ~np.isnan(row.labels)
    line, slot = row.sketch.word_line, row.sketch.word_slot
    chosen = use[line]
    label = np.nan_to_num(row.labels)[line[chosen]]
    slots, where = np.unique(slot[chosen], return_inverse=True)
    good = np.bincount(where, label, len(slots))
    count = np.bincount(where, minlength=len(slots))
    return slots, good / np.maximum(count, 1), 1 - good / np.maximum(count, 1)


class Tables:
    """What names and words say, learned from rows, and the same without one of the sites."""

    def __init__(self, rows: Iterable[Row]) -> None:
        by_site: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_site[row.site].append(row)
        self._names = {site: self._site_names(members) for site, members in by_site.items()}
        self._words = {site: self._site_words(members) for site, members in by_site.items()}
        self._name_sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for names in self._names.values():
            for word, (good, bad) in names.items():
                sums = self._name_sums[word]
                sums[0] += good
                sums[1] += bad
                sums[2] += 1
        self._sums = np.zeros((3, 1 << WORD_BITS))
        for slots, of_text, of_rest in self._words.values():
            self._sums[:, slots] += np.stack([of_text, of_rest, np.ones(len(slots))])

    @staticmethod
    def _site_names(rows: list[Row]) -> dict[str, tuple[float, float]]:
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            for word, (good, bad) in row.names.items():
                sums[word][0] += good
                sums[word][1] += bad
        out = {}
        for word, (good, bad) in sums.items():
            if both := good + bad:
                part = min(1.0, both)
                out[word] = (good / both * part, bad / both * part)
        return out

    @staticmethod
    def _site_words(rows: list[Row]) -> tuple[Array, Array, Array]:
        slots, where = np.unique(np.concatenate([row.words[0] for row in rows]).astype(np.int64), return_inverse=True)
        good = np.bincount(where, np.concatenate([row.words[1] for row in rows]), len(slots))
        bad = np.bincount(where, np.concatenate([row.words[2] for row in rows]), len(slots))
        return slots, good / (good + bad), bad / (good + bad)

    def names(self, without: str | None) -> dict[str, int]:
        """Give the score of each word of a name, in 16ths."""
        own = self._names.get(without or "", {})
        out = {}
        for word, (good, bad, sites) in self._name_sums.items():
            if sites >= _LEAST_SITES:
                mine = own.get(word, (0.0, 0.0))
                if sites - (word in own) >= _LEAST_SITES - 1:
                    score = np.log((good - mine[0] + _DOUBT) / (bad - mine[1] + _DOUBT))
                    out[word] = int(np.clip(np.round(16 * score), -127, 127))
        return {word: score for word, score in sorted(out.items()) if score}

    def words(self, without: str | None) -> NDArray[np.int8]:
        """Give the score of each word's place, in 16ths."""
        good, bad, sites = self._sums.copy() if without in self._words else self._sums
        if without in self._words:
            slots, its_good, its_bad = self._words[without]
            good[slots] -= its_good
            bad[slots] -= its_bad
            sites[slots] -= 1
        scores = np.clip(np.round(16 * np.log((good + _DOUBT) / (bad + _DOUBT))), -127, 127)
        return np.where(sites >= _LEAST_SITES - 1, scores, 0).astype(np.int8)


def fill(row: Row, names: dict[str, int], words: NDArray[np.int8]) -> None:
    """Give a page its features for the first forest."""
    columns = Table(len(row.page.texts))
    scores = np.array([score_names(name, names) for name in row.page.named], np.int64)
    measure_names(scores[row.sketch.names], row.sketch, columns)
    measure_words(words, row.sketch, columns)
    row.features = np.concatenate([row.columns.matrix(), columns.matrix()], axis=1)


def fit(rows: list[Row], trees: int, again: bool, **changes: Any) -> Any:
    """Train a booster on the labelled blocks of pages."""
    import lightgbm

    known = [~np.isnan(row.labels) for row in rows]
    features = np.concatenate([_matrix(row, again)[use] for row, use in zip(rows, known, strict=True)])
    labels = np.concatenate([row.labels[use] for row, use in zip(rows, known, strict=True)])
    weights = np.concatenate([row.weights[use] * row.trust for row, use in zip(rows, known, strict=True)])
    weights = weights * np.maximum(np.abs(2 * labels - 1), 0.1)
    data = lightgbm.Dataset(
        features,
        (labels >= 0.5).astype(np.int8),
        weight=weights / weights.mean(),
        params={"max_bin": PARAMETERS["max_bin"], "verbose": -1},
    )
    return lightgbm.train({**PARAMETERS, **changes}, data, trees)


def fill_all(rows: list[Row]) -> Tables:
    """Give pages their features, the tables learned from all sites that are not aside, but for the page's own.

    So a page that is trained on is seen as one that will be judged: by tables that know other sites only.
    """
    tables = Tables(row for row in rows if row.fold != ASIDE)
    by_site: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_site[row.site if row.fold != ASIDE else None].append(row)
    for site, members in by_site.items():
        names, words = tables.names(site), tables.words(site)
        for row in members:
            fill(row, names, words)
    return tables


def judge_out_of_fold(rows: list[Row], trees: int, again: bool, **changes: Any) -> Any:
    """Judge each page by a forest that has not seen its site; leaves its chances in the rows.

    Returns:
        The booster that learned from all pages that are not aside.
    """
    whole = None
    for fold in (ASIDE, *range(FOLDS)):
        booster = fit([row for row in rows if row.fold not in (fold, ASIDE)], trees, again=again, **changes)
        for row in rows:
            if row.fold == fold:
                row.chances = np.asarray(booster.predict(_matrix(row, again)))
        whole = booster if fold == ASIDE else whole
        print(
            f"{'second' if again else 'first'} forest, {'all' if fold == ASIDE else f'without fold {fold + 1}'}",
            flush=True,
        )
    return whole


def _matrix(row: Row, again: bool) -> Array:
    return np.concatenate([row.features, row.again], axis=1) if again else row.features


def doubt(rows: list[Row]) -> None:
    """Trust pages less whose labels a quick judge of other sites finds all wrong; it knows no names and words."""
    for row in rows:
        row.features = row.columns.matrix()
    for fold in range(FOLDS):
        booster = fit([row for row in rows if row.fold != fold], QUICK_TREES, again=False, learning_rate=0.15)
        for row in rows:
            if row.fold == fold:
                row.chances = np.asarray(booster.predict(row.features))
    count = 0
    for row in rows:
        known = ~np.isnan(row.labels)
        label = np.nan_to_num(row.labels)
        size = row.sketch.tokens * known
        kept = choose(row.chances, row.sketch.tokens, "balanced")
        right, extra, lost = (
            (size * label * kept).sum(),
            (size * (1 - label) * kept).sum(),
            (size * label * ~kept).sum(),
        )
        if known.all() and 2 * right < _DOUBTED * (2 * right + extra + lost):
            row.trust = _DOUBTED_WEIGHT
            count += 1
    print(f"{count} pages are trusted less: they may be labelled in part", flush=True)


def report(rows: list[Row], told: list[dict[str, Any]], score: Any, title: str) -> dict[str, float]:
    """Print the scores of each setting -> F1 by set, of the balanced one."""
    ids = {row.page_id for row in rows}
    folds = {row.fold for row in rows}
    empty = [
        item for item in told
        if item["page_id"] not in ids and fold_of(site_of(item["url"], item["page_id"])) in folds
    ]  # fmt: skip
    pages = [row.told for row in rows] + empty
    balanced = {}
    for setting in ("precision", "balanced", "recall"):
        predictions = {}
        for row in rows:
            words = row.sketch.tokens
            judged = Judged(row.chances, choose(row.chances, words, setting), row.features, words)
            kept = judged.kept.copy()
            for claim in of_others(row.page, judged, row.told["url"]):
                kept &= ~claim.blocks
            predictions[row.page_id] = "\n".join(
                text for text, stays in zip(row.page.texts, kept, strict=True) if stays
            )
        found = score(pages, predictions)
        print(
            f"{title}, {setting}:",
            "  ".join(
                f"{name} {values['F1']:.4f} ({values['P']:.3f}/{values['R']:.3f})" for name, values in found.items()
            ),
            flush=True,
        )
        if setting == "balanced":
            balanced = {name: values["F1"] for name, values in found.items()}
    return balanced


def main() -> None:
    """Train and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="Parquet file of labelled pages")
    parser.add_argument("--score", type=Path, required=True, help="Python file with score(pages, predictions)")
    parser.add_argument("--out", type=Path, help="folder to write the weights to")
    parser.add_argument("--gate", action="store_true", help="write nothing if a score is under its floor")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("scorer", options.score)
    if spec is None or spec.loader is None:
        sys.exit(f"{options.score}: no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows, told = read_rows(options.pages)
    trained = [row for row in rows if row.fold != ASIDE]
    print(f"{len(trained)} pages, {len(rows) - len(trained)} aside", flush=True)
    doubt(trained)
    tables = fill_all(rows)
    first = judge_out_of_fold(rows, FIRST_TREES, again=False)
    for row in rows:
        # What a first judgement says of pages that it has not seen, as it will of those to come.
        row.again = measure_again(row.chances, row.sketch).matrix()
    second = judge_out_of_fold(rows, SECOND_TREES, again=True, **SECOND_CHANGES)
    balanced = report(trained, told, module.score, "out of fold")
    low = [f"{name} {balanced[name]:.4f} < {floor}" for name, floor in FLOORS.items() if balanced.get(name, 1) < floor]
    for line in low:
        print(f"under its floor: {line}")
    if low and options.gate:
        sys.exit(f"not written: {len(low)} of {len(FLOORS)} scores are under their floors")
    digest = hashlib.sha256(options.pages.read_bytes()).hexdigest()
    aside = [row for row in rows if row.fold == ASIDE]
    report(aside, told, module.score, "aside")
    if options.out:
        names, words = tables.names(None), tables.words(None)
        common = {"folds": FOLDS, "aside": _ASIDE_SHARE}
        given = {"names": names, "words": base64.b64encode(words.tobytes()).decode(), **common}
        for booster, path, again, parameters in ((first, FIRST, False, given), (second, SECOND, True, common)):
            forest = from_lightgbm(
                booster, task=path.stem, features=feature_names(again), trained_on=digest, parameters=parameters
            )
            forest.write(options.out / path.name)
            print(f"{path.name}: {(options.out / path.name).stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
