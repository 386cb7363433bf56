"""Where a line stands: what is before and after it, what is near, and what comes back in turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import CLASSES, Lines
from pipeline.judge.itself import CLASS, RANK
from pipeline.judge.main_text import FAR
from pipeline.judge.spans import Array, Ints, Spans, Table, running, share

_NEAR = {"digit": "digits", "call": "question and exclamation marks", "quote": "quotes"}
# Lines of a kind have as many words, about: labels, headings, sentences, paragraphs.
_LENGTHS = (3, 6, 13, 25, 46, 80)


def add_places(table: Table, tokens: Ints, prose: NDArray[np.bool_], ruled: NDArray[np.bool_], spans: Spans) -> None:
    """Add how much of a document stands before and after a line."""
    above = spans.here - spans.first
    lines = spans.beyond - spans.first
    table.add("lines before", np.minimum(above, 500))
    table.add("lines after", np.minimum(spans.beyond - 1 - spans.here, 500))
    table.add("place among the lines", share(above, lines))
    table.add("lines in all", np.minimum(lines, 2000))
    words = spans.whole(running(tokens))
    for name, values in (("words", tokens), ("prose", np.where(prose, tokens, 0)), ("rules", ruled)):
        sums = running(values)
        before, whole = sums[:-1] - sums[spans.first], spans.whole(sums)
        table.add(f"{name} before", np.minimum(before, 5000))
        table.add(f"{name} after", np.minimum(whole - before - values, 5000))
        table.add(f"share of {name} before", share(before, whole))
        table.add(f"{name} in all", np.minimum(whole, 20000))
        if name == "prose":
            table.add("share of prose in all", share(whole, words))
    table.add("words a line in all", share(words, lines))


def add_neighbours(
    table: Table,
    seen: Lines,
    tokens: Ints,
    prose: NDArray[np.bool_],
    ruled: NDArray[np.bool_],
    valued: Array,
    spans: Spans,
) -> None:
    """Add what the lines round a line are by themselves.

    Args:
        table: what is added to.
        seen: what was seen of the lines.
        tokens: their words.
        prose: which read like prose.
        ruled: which a rule or a repeat cuts.
        valued: what the words of each say in all.
        spans: which make a document.
    """
    here = spans.here
    short = np.minimum(seen.chars, 1000)
    first, final = RANK[seen.first], RANK[seen.final]
    for by in (-1, 1, -2, 2):
        side = f"{abs(by)} before" if by < 0 else f"{by} after"
        table.add(f"characters of the line {side}", spans.shifted(short, by, -1))
        table.add(f"end of the line {side}", spans.shifted(final, by, -1))
        table.add(f"words of the line {side}, value", spans.shifted(valued, by, 0))
    for by in (-1, 1):
        side = "before" if by < 0 else "after"
        table.add(f"a rule matches the line {side}", spans.shifted(ruled, by, 0))
        table.add(f"first character of the line {side}", spans.shifted(first, by, -1))
    before, after = spans.since(prose)
    for name, at in (("before", before), ("after", after)):
        table.add(f"lines to the prose {name}", np.where(at < 0, FAR, np.minimum(np.abs(here - at), FAR)))
        table.add(f"words of the prose {name}", np.where(at < 0, 0, np.minimum(tokens[at], 400)))
    before, after = spans.since(ruled)
    for name, at in (("before", before), ("after", after)):
        table.add(f"lines to a rule {name}", np.where(at < 0, FAR, np.minimum(np.abs(here - at), FAR)))
    before, after = spans.since(short > 60)
    table.add("short lines before", np.where(before < 0, here - spans.first, here - before - 1).clip(0, 200))
    table.add("short lines after", np.where(after < 0, spans.beyond - 1 - here, after - here - 1).clip(0, 200))
    told = {
        "words a line": running(np.minimum(tokens, 100)),
        "prose": running(prose),
        "value of words": running(valued),
        "rules": running(ruled),
    }
    for reach in (3, 8, 20):
        lines = spans.within(reach, reach)
        for name, sums in told.items():
            table.add(f"{name}, {reach} round it", share(spans.windowed(sums, reach, reach), lines))
    for name, back, forth in (("before", 6, -1), ("after", -1, 6)):
        table.add(f"words in the 6 {name}", spans.windowed(told["words a line"], back, forth))
        table.add(f"value of words in the 6 {name}", spans.windowed(told["value of words"], back, forth))


def add_pattern(table: Table, seen: Lines, tokens: Ints, spans: Spans) -> None:
    """Add whether lines of one kind come back at a distance, as in lists of articles or posts, and what is near."""
    kind = np.searchsorted(_LENGTHS, tokens, side="right") * len(CLASSES) + RANK[seen.final]
    most = np.zeros(len(tokens), np.int64)
    for by in range(2, 8):
        alike = spans.shifted(kind, by, -1) == kind
        np.maximum(most, spans.windowed(running(alike), 16, 12), out=most)
    table.add("comes back in turn", share(most, spans.within(16, 12)))
    for name, least, reach in (("digit", 12, 3), ("call", 3, 4), ("quote", 4, 6)):
        near = spans.windowed(running(np.minimum(seen.counts[:, CLASS[name]], least)), reach, reach)
        table.add(f"{_NEAR[name]}, {reach} round it", near)
