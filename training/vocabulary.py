"""Learning what words say for text or boilerplate, each for itself and all together.

For itself: on how many sites it stands in the one and in the other. Together: by a regression, which knows that the
words of a line tell of each other; of lines that are told by their words alone, it ranks .79 of the pairs of a long
line of text and one of boilerplate aright on other sites, and .76 of short ones, where the former rank .75 and .71.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import mix
from pipeline.judge.vocabulary import BIGRAM_BITS, LONG_WORDS, UNIGRAM_BITS, WHOLE_BITS, Vocabulary, line_hashes
from training.pages import DERIVED, Pages

Array = NDArray[Any]

# Longer lines are mostly text, and say so by their length.
_MOST_WORDS = 30
# So many sites' worth of doubt: a word seen on one site says little.
_DOUBT = 2.0
# How much the regression is held back, of a mean loss, and how many steps it takes at most; a third or thrice as much
# ranks lines as well or a little worse.
_RIDGE = 1.5e-5
_STEPS = 60


def learn(pages: Pages, chosen: Array) -> Vocabulary:
    """Learn a vocabulary from the chosen lines (a mask), each site counted once for a word and a label.

    The smoothed log-odds of naive Bayes (I. Androutsopoulos et al., 2000), over sites instead of lines.
    """
    cleaned = np.array([variant in DERIVED for variant in pages.variant])
    chosen = chosen & ~cleaned[pages.text]
    keys = pages.keys
    count = np.bincount(keys.line, minlength=len(chosen))
    short = chosen & (count <= _MOST_WORDS)
    lines = np.arange(len(chosen))
    long = count >= LONG_WORDS
    weights = [_regression(pages, chosen & (count > 0) & (long == which)) for which in (False, True)]
    return Vocabulary(
        words=_log_odds(pages, keys.line, keys.words, UNIGRAM_BITS, short),
        pairs=_log_odds(pages, keys.pair_line, keys.pairs, BIGRAM_BITS, short),
        wholes=_log_odds(pages, lines, keys.whole, WHOLE_BITS, short),
        weights=np.concatenate([words for words, _ in weights]),
        pair_weights=np.concatenate([pairs for _, pairs in weights]),
        rarity=_rarity(pages, chosen),
    )


def _log_odds(pages: Pages, line: Array, key: Array, bits: int, chosen: Array) -> NDArray[np.int8]:
    use = chosen[line] & (key >= 0)
    site = pages.site[pages.text[line[use]]].astype(np.int64)
    told = np.unique((((site << bits) | key[use]) << 1) | pages.labels[line[use]])
    place, label = (told >> 1) & ((1 << bits) - 1), told & 1
    text = np.bincount(place[label == 1], minlength=1 << bits)
    boilerplate = np.bincount(place[label == 0], minlength=1 << bits)
    share = min(max(text.sum() / max(1, len(told)), 0.01), 0.99)
    odds = (text + _DOUBT * share) / (boilerplate + _DOUBT * (1 - share))
    steps = np.round(16 * (np.log(odds) - np.log(share / (1 - share))))
    return np.asarray(np.clip(steps, -127, 127), np.int8)


def _regression(pages: Pages, chosen: Array) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Weigh words and pairs of words by logistic regression on lines that hold them, each line of the same length.

    A line counts once for a site and a label, and a site by the root of how many lines it has.
    """
    # SciPy comes with LightGBM.
    import scipy.optimize
    import scipy.sparse

    keys = pages.keys
    size, width = len(chosen), (1 << UNIGRAM_BITS) + (1 << BIGRAM_BITS)
    rows = np.flatnonzero(chosen)
    if not len(rows) or len(set(pages.labels[rows].tolist())) < 2:
        return np.zeros(1 << UNIGRAM_BITS, np.int8), np.zeros(1 << BIGRAM_BITS, np.int8)
    site = pages.site[pages.text].astype(np.uint64)
    hashes, _ = line_hashes(pages.words, size)
    told = mix(hashes[rows], site[rows] * np.uint64(2) + pages.labels[rows].astype(np.uint64))
    rows = rows[np.unique(told, return_index=True)[1]]
    place = np.full(size, -1)
    place[rows] = np.arange(len(rows))
    line = place[np.concatenate([keys.line, keys.pair_line])]
    key = np.concatenate([keys.words, keys.pairs + (1 << UNIGRAM_BITS)])[line >= 0]
    line = line[line >= 0]
    held = scipy.sparse.csr_matrix((np.ones(len(line), np.float32), (line, key)), (len(rows), width))
    count = np.diff(held.indptr)
    held.data[:] = np.repeat(1 / np.sqrt(np.maximum(count, 1)), count)
    turned = held.T.tocsr()
    label = pages.labels[rows].astype(np.float64)
    of_site = np.bincount(site[rows].astype(np.int64))
    weight = 1 / np.sqrt(of_site[site[rows].astype(np.int64)])
    weight /= weight.sum()

    def loss(values: Array) -> tuple[float, Array]:
        margins = held @ values[:-1].astype(np.float32) + values[-1]
        off = weight * (1 / (1 + np.exp(-margins)) - label)
        slope = turned @ off.astype(np.float32) + _RIDGE * values[:-1]
        whole = weight @ (np.logaddexp(0, margins) - label * margins) + _RIDGE / 2 * values[:-1] @ values[:-1]
        return float(whole), np.concatenate([slope, [off.sum()]]).astype(np.float64)

    found = scipy.optimize.minimize(
        loss, np.zeros(width + 1), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "maxcor": 8}
    )
    steps = np.clip(np.round(16 * found.x[:-1]), -127, 127).astype(np.int8)
    return steps[: 1 << UNIGRAM_BITS], steps[1 << UNIGRAM_BITS :]


def _rarity(pages: Pages, chosen: Array) -> NDArray[np.int8]:
    line, key = pages.keys.line, pages.keys.words
    use = chosen[line]
    site = pages.site[pages.text[line[use]]].astype(np.int64)
    told = np.unique((site << UNIGRAM_BITS) | key[use])
    sites = np.bincount(told & ((1 << UNIGRAM_BITS) - 1), minlength=1 << UNIGRAM_BITS)
    whole = len(np.unique(site))
    return np.asarray(np.clip(np.round(8 * np.log2((whole + 1) / (sites + 1))), 0, 127), np.int8)
