"""Learning what words say for text or boilerplate: on how many sites they stand in the one and in the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.measures import BIGRAM_BITS, UNIGRAM_BITS, WHOLE_BITS, Vocabulary
from training.pages import DERIVED, Pages

Array = NDArray[Any]

# Longer lines are mostly text, and say so by their length.
_MOST_WORDS = 30
# So many sites' worth of doubt: a word seen on one site says little.
_DOUBT = 2.0


def learn(pages: Pages, chosen: Array) -> Vocabulary:
    """Learn a vocabulary from the chosen lines (a mask), each site counted once for a word and a label.

    The smoothed log-odds of naive Bayes (I. Androutsopoulos et al., 2000), over sites instead of lines.
    """
    cleaned = np.array([variant in DERIVED for variant in pages.variant])
    chosen = chosen & ~cleaned[pages.text]
    keys = pages.keys
    short = chosen & (np.bincount(keys.line, minlength=len(chosen)) <= _MOST_WORDS)
    lines = np.arange(len(chosen))
    return Vocabulary(
        words=_log_odds(pages, keys.line, keys.words, UNIGRAM_BITS, short),
        pairs=_log_odds(pages, keys.pair_line, keys.pairs, BIGRAM_BITS, short),
        wholes=_log_odds(pages, lines, keys.whole, WHOLE_BITS, short),
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


def _rarity(pages: Pages, chosen: Array) -> NDArray[np.int8]:
    line, key = pages.keys.line, pages.keys.words
    use = chosen[line]
    site = pages.site[pages.text[line[use]]].astype(np.int64)
    told = np.unique((site << UNIGRAM_BITS) | key[use])
    sites = np.bincount(told & ((1 << UNIGRAM_BITS) - 1), minlength=1 << UNIGRAM_BITS)
    whole = len(np.unique(site))
    return np.asarray(np.clip(np.round(8 * np.log2((whole + 1) / (sites + 1))), 0, 127), np.int8)
