"""Which blocks of a page its labelled text holds: the page's blocks aligned with the text, by words."""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_GRAM = 3
_RUN = 6
_LONG = 8
_NEAR = 12
_REACH = 40

Words = list[str]


def tokens(text: str) -> Words:
    """Split into words; where they aren't spaced, into characters."""
    return _TOKEN.findall(text.lower())


def label_text(texts: Sequence[str], gold: str) -> list[float]:
    """Give of each block the share of it that the labelled text holds.

    Longer blocks by runs of words that both have; a short one only where it stands in the text between the neighbours
    that do. Of blocks that say the same, as many as the text has, those nearest to others that it has.

    Args:
        texts: the blocks of a page.
        gold: its text.
    """
    wanted = tokens(gold)
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(wanted) - _GRAM + 1):
        places[tuple(wanted[place : place + _GRAM])].append(place)
    joined = f" {' '.join(wanted)} "
    words = [tokens(text) for text in texts]
    labels = [0.0] * len(texts)
    found: dict[int, list[int]] = {}
    for block, own in enumerate(words):
        if len(own) >= _LONG:
            labels[block], at = _covered(own, places)
            if at is not None:
                found[block] = at
    _drop_copies(words, labels, joined, lambda block: [other for other in found if abs(other - block) <= _NEAR], _LONG)
    anchors, place_of = _in_order([block for block in sorted(found) if labels[block] >= 0.5], found)
    lines = Counter(" ".join(tokens(line)) for line in gold.splitlines())
    for block, own in enumerate(words):
        if 0 < len(own) < _LONG:
            labels[block] = float(_is_placed(block, own, words, anchors, place_of, wanted, joined, lines))
    near = {block: [anchor for anchor in anchors if abs(anchor - block) <= _NEAR] for block in range(len(texts))}
    _drop_copies(words, labels, joined, lambda block: near[block], 1)
    return labels


def _covered(own: Words, places: dict[tuple[str, ...], list[int]]) -> tuple[float, list[int] | None]:
    """Give the share of a block in runs that the text has, and where the longest run may stand in it."""
    size = len(own)
    inside = [False] * size
    for start in range(size - _GRAM + 1):
        if tuple(own[start : start + _GRAM]) in places:
            inside[start : start + _GRAM] = [True] * _GRAM
    total = best = best_start = start = 0
    while start < size:
        end = start
        while end < size and inside[end]:
            end += 1
        if end - start >= min(_RUN, size):
            total += end - start
            if end - start > best:
                best, best_start = end - start, start
        start = max(end, start + 1)
    share = total / size
    return share, places[tuple(own[best_start : best_start + _GRAM])] if share >= 0.5 and best else None


def _drop_copies(words: list[Words], labels: list[float], joined: str, near, least: int) -> None:  # type: ignore[no-untyped-def]
    alike: dict[str, list[int]] = defaultdict(list)
    for block, own in enumerate(words):
        if len(own) >= least and labels[block] >= 0.5:
            alike[" ".join(own)].append(block)
    for text, blocks in alike.items():
        times = max(1, joined.count(f" {text} ")) if len(blocks) > 1 else 1
        if len(blocks) > times:
            ranked = sorted(blocks, key=lambda block: -len([other for other in near(block) if other not in blocks]))
            for block in ranked[times:]:
                labels[block] = 0.0


def _in_order(blocks: list[int], found: dict[int, list[int]]) -> tuple[list[int], dict[int, int]]:
    place_of: dict[int, int] = {}
    last = -1
    for block in blocks:
        later = [place for place in found[block] if place >= last]
        place_of[block] = last = (later or found[block])[0]
    return sorted(place_of), place_of


def _is_placed(
    block: int,
    own: Words,
    words: list[Words],
    anchors: list[int],
    place_of: dict[int, int],
    wanted: Words,
    joined: str,
    lines: Counter[str],
) -> bool:
    key = " ".join(own)
    if f" {key} " not in joined:
        return False
    at = bisect.bisect(anchors, block)
    before = anchors[at - 1] if at else None
    after = anchors[at] if at < len(anchors) else None
    start = place_of[before] if before is not None else 0
    end = place_of[after] + len(words[after]) + 6 if after is not None else len(wanted)
    if start > end:
        start, end = max(0, end - 60), start + 60
    if f" {key} " not in f" {' '.join(wanted[max(0, start - 8) : end + 8])} ":
        return False
    away = min([abs(block - anchor) for anchor in (before, after) if anchor is not None], default=_FAR)
    if lines[key] and (away <= _REACH or len(own) >= 3 or not anchors):
        return True
    between = before is not None and after is not None and end - start < 400
    return away <= 6 and (len(own) >= 3 or bool(lines[key]) or between)


_FAR = 10**6


def label_segments(texts: Sequence[str], wanted: Sequence[str], unwanted: Sequence[str]) -> list[float | None]:
    """Label the blocks that hold a wanted (1) or an unwanted (0) segment; None for the others.

    A wanted segment that stands twice is taken to mean the longest block that holds it.
    """
    flat = [" ".join(text.split()) for text in texts]
    starts: list[int] = []
    at = 0
    for text in flat:
        starts.append(at)
        at += len(text) + 1
    whole = " ".join(flat)
    labels: list[float | None] = [None] * len(texts)
    for segments, label in ((unwanted, 0.0), (wanted, 1.0)):
        for segment in (" ".join(text.split()) for text in segments):
            places = [match.start() for match in re.finditer(re.escape(segment), whole)] if segment else []
            if label and len(places) > 1:
                places = [max(places, key=lambda place: len(flat[bisect.bisect(starts, place) - 1]))]
            for place in places:
                first = bisect.bisect(starts, place) - 1
                last = bisect.bisect(starts, place + len(segment) - 1) - 1
                labels[first : last + 1] = [label] * (last + 1 - first)
    return labels
