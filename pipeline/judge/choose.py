"""From the log-odds of lines to those that stay: what is expected to serve a document best.

All in integers, so that every machine cuts the same lines.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.spans import Ints, Spans, running

_STEP = 64
_MOST = 8 * _STEP
_ONE = 1 << 14
# Probabilities in 2**14ths of log-odds in 64ths, never nothing: some line of each document stays.
_PROBABILITY = np.array(
    [max(1, round(_ONE / (1 + math.exp(-step / _STEP)))) for step in range(-_MOST, _MOST + 1)], np.int64
)
_ROUNDS = 8
# So many words of a line count: the sums stay small.
_MOST_WORDS = 10_000


# A whole sentence goes on stronger evidence than a label, the more so in a text that is made of sentences: one that is
# lost is missed; there labels are left alone a little, too: they may be headings. The price on labelled pages of news:
# page F1 .903 instead of .902 out of fold, .884 instead of .892 on the sites kept aside.
_SENTENCE = 1.0
_AMONG_SENTENCES = 1.5
_LABEL_AMONG_SENTENCES = 0.3
# A label right between two sentences is likelier a heading still.
_BETWEEN_SENTENCES = 0.15
_MOSTLY = 0.7
# Elsewhere a line of few words goes a little sooner: if it was text, next to nothing of the text is lost. It raises F1
# of the dropped lines of the labelled news sets, out of fold, from .723 to .733 (over-inclusive extraction) and .594 to
# .606 (trafilatura favouring recall), page F1 by .001 or not at all; texts without boilerplate lose .001,
# texts with little .003.
_FEW_WORDS = 4
_LABEL = -0.3
# A text of few words gives little to judge by; from 150 words on it is judged like the labelled pages, of which few
# are shorter.
_SMALL = 2.0
_SMALL_WORDS = 150


def reluctance(tokens: Ints, sentence: NDArray[np.bool_], spans: Spans) -> NDArray[np.float64]:
    """Say how much is added to the log-odds of each line before lines are chosen.

    Args:
        tokens: words of each line.
        sentence: which lines are whole sentences.
        spans: which lines make a document.
    """
    whole = spans.whole(running(tokens))
    mostly = spans.whole(running(np.where(sentence, tokens, 0))) > _MOSTLY * whole
    small = _SMALL * (1 - np.minimum(whole, _SMALL_WORDS) / _SMALL_WORDS)
    among = np.where(sentence, _AMONG_SENTENCES, 0.0) + _LABEL_AMONG_SENTENCES
    among += np.where(_between(sentence, spans) & ~sentence, _BETWEEN_SENTENCES, 0.0)
    elsewhere = np.where(tokens <= _FEW_WORDS, _LABEL, 0.0)
    reluctant: NDArray[np.float64] = np.where(sentence, _SENTENCE, 0.0) + np.where(mostly, among, elsewhere) + small
    return reluctant


def _between(sentence: NDArray[np.bool_], spans: Spans) -> NDArray[np.bool_]:
    """Say of each line whether the lines before and after it, in its document, are whole sentences."""
    lines = np.arange(len(sentence))
    before, after = np.maximum(lines - 1, 0), np.minimum(lines + 1, max(len(sentence) - 1, 0))
    inside = (lines > spans.first) & (lines + 1 < spans.beyond)
    both: NDArray[np.bool_] = inside & sentence[before] & sentence[after]
    return both


def keep(
    margins: NDArray[np.float64], tokens: Ints, gone: NDArray[np.bool_], spans: Spans, shift: float
) -> NDArray[np.bool_]:
    """Choose the lines of each document that give the highest expected F1, words weighed.

    A line stays where its probability is over half the F1 that is expected of what stays (Z. Lipton, C. Elkan and
    B. Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014); found by rounds from keeping
    all (W. Dinkelbach, "On nonlinear fractional programming", 1967), each of which leaves something. So a document
    that looks like no text in all its lines, such as a list or a poem, keeps them or the best of them.

    Args:
        margins: float64[n], log-odds that a line is text.
        tokens: words of each line.
        gone: lines that are cut already: they count for nothing.
        spans: which lines make a document.
        shift: added to the log-odds; above 0 more stays.

    Returns:
        bool[n]; of lines that are gone False.
    """
    steps = np.round((margins + shift) * _STEP)
    chance = np.where(gone, 0, _PROBABILITY[np.clip(steps, -_MOST, _MOST).astype(np.int64) + _MOST])
    weight = np.where(gone, 0, np.minimum(tokens, _MOST_WORDS) + 1)
    expected = chance * weight
    text = spans.whole(running(expected))
    stays = ~gone
    for _ in range(_ROUNDS):
        right = spans.whole(running(np.where(stays, expected, 0)))
        all_of_it = spans.whole(running(np.where(stays, weight, 0))) * _ONE + text
        # chance / 1 > F1 / 2 = right / all_of_it
        now = ~gone & (chance * (all_of_it / _ONE) > right)
        if np.array_equal(now, stays):
            break
        stays = now
    return stays
