"""Cutting spans out of a text so that what is kept stays tidy and what is cut can be put back.

A `Cut` is a rule's claim on content. `apply_cuts` settles the claims, widens them over the white space that would be
left over, and turns each into a `Removal`; `restore` undoes it, character for character.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.values import MASK_KINDS, Kind, Mask, Removal


class Cut(NamedTuple):
    """A claim on `before[start:end]`: content only, the separators round it are seen to by `apply_cuts`."""

    start: int
    end: int
    rule: str
    kind: Kind
    score: float | None = None
    """How sure a model was, where one decided."""
    weighed: str | None = None
    """What weighed most with it, in words."""


def apply_cuts(before: str, cuts: Iterable[Cut]) -> tuple[str, tuple[Removal, ...]]:
    """Cut the claimed spans out of a text.

    A span that two cuts claim goes to the first of them; a later cut keeps what is left of its claim (in two removals
    where the first stands in its middle). Claims beyond the text, or on white space alone, claim nothing. What is kept
    keeps its own separators; between two kept pieces stands the larger of the two that were there.

    Args:
        before: the text.
        cuts: claims in order of precedence; offsets are in characters of `before`.

    Returns:
        The kept text, and the removals: sorted, not overlapping, together exactly what `restore` needs. Time is linear
        in the text and n log n in the cuts.

    >>> apply_cuts("Lead.\\n\\nSign up!\\n\\nMore.", [Cut(7, 15, "newsletter.sign-up", "newsletter")])[0]
    'Lead.\\n\\nMore.'
    """
    claims = _settle(before, cuts)
    removals: list[Removal] = []
    chain: list[Cut] = []
    for claim in claims:
        if chain and not _blank(before, chain[-1].end, claim.start):
            removals += _widen(before, chain)
            chain = []
        chain.append(claim)
    if chain:
        removals += _widen(before, chain)
    kept: list[str] = []
    at = 0
    for removal in removals:
        kept.append(before[at : removal.start])
        at = removal.end
    kept.append(before[at:])
    return "".join(kept), tuple(removals)


def restore(text: str, removals: Iterable[Removal]) -> str:
    """Put removals back where they were: the inverse of `apply_cuts`, in linear time.

    Args:
        text: the text after cutting.
        removals: all that was cut from it, in any order.

    Raises:
        ValueError: the removals overlap or reach beyond the text, so they aren't those of this text.
    """
    pieces: list[str] = []
    at = taken = 0  # in the text before cutting; in the text after
    for removal in sorted(removals, key=lambda removal: removal.start):
        upto = taken + removal.start - at
        if removal.start < at or upto > len(text) or removal.end - removal.start != len(removal.text):
            raise ValueError(
                f"removal {removal.rule!r} at {removal.start}-{removal.end} does not fit: {at} characters are "
                f"accounted for and {len(text) - taken} of the text are left; these are not the removals of this text"
            )
        pieces += (text[taken:upto], removal.text)
        at, taken = removal.end, upto
    pieces.append(text[taken:])
    return "".join(pieces)


def read_removals(rows: Iterable[Mapping[str, Any]]) -> tuple[list[Removal], list[Mask]]:
    """Read rows of `removals`: what was cut, which `restore` puts back, and what was masked, which stays masked."""
    removals: list[Removal] = []
    masks: list[Mask] = []
    for row in rows:
        if row["kind"] in MASK_KINDS:
            masks.append(Mask(row["kind"], row["start"], row["end"], row["text"]))
        else:
            more = (row.get("score"), row.get("weighed"))
            removals.append(Removal(row["rule"], row["kind"], row["start"], row["end"], row["text"], *more))
    return removals, masks


def _settle(before: str, cuts: Iterable[Cut]) -> Iterator[Cut]:
    """Give each claimed character to the first cut that claims it: a sweep over starts and a heap of ranks."""
    claims = [_on_content(before, cut) for cut in cuts]
    waiting = sorted(((cut.start, rank) for rank, cut in enumerate(claims) if cut.start < cut.end), reverse=True)
    if all(claims[before_it].end <= start for (start, _), (_, before_it) in pairwise(waiting)):
        # Nothing is claimed twice, as in nearly all texts.
        yield from (claims[rank] for _, rank in reversed(waiting))
        return
    open_ranks: list[int] = []
    at = 0
    last: tuple[int, int, int] | None = None  # rank, start, end
    while waiting or open_ranks:
        if not open_ranks:
            at = max(at, waiting[-1][0])
        while waiting and waiting[-1][0] <= at:
            heapq.heappush(open_ranks, waiting.pop()[1])
        while open_ranks and claims[open_ranks[0]].end <= at:
            heapq.heappop(open_ranks)
        if not open_ranks:
            continue
        rank = open_ranks[0]
        upto = min(claims[rank].end, waiting[-1][0]) if waiting else claims[rank].end
        if last and last[0] == rank and last[2] == at:
            last = (rank, last[1], upto)
        else:
            if last:
                yield from _piece(before, claims[last[0]], last[1], last[2])
            last = (rank, at, upto)
        at = upto
    if last:
        yield from _piece(before, claims[last[0]], last[1], last[2])


def _piece(before: str, cut: Cut, start: int, end: int) -> Iterator[Cut]:
    """Give the part of a cut that nothing else claimed, if it holds any content."""
    piece = _on_content(before, cut._replace(start=start, end=end))
    if piece.start < piece.end:
        yield piece


def _on_content(before: str, cut: Cut) -> Cut:
    start, end = cut.start, cut.end
    if 0 <= start < end <= len(before) and not (before[start].isspace() or before[end - 1].isspace()):
        # As nearly all claims are.
        return cut
    start, end = max(0, start), min(len(before), end)
    while start < end and before[start].isspace():
        start += 1
    while start < end and before[end - 1].isspace():
        end -= 1
    return cut if (start, end) == (cut.start, cut.end) else cut._replace(start=start, end=max(start, end))


def _blank(before: str, start: int, end: int) -> bool:
    return start == end or before[start:end].isspace()


def _widen(before: str, chain: list[Cut]) -> list[Removal]:
    """Turn cuts with nothing but white space between them into removals that leave one separator behind."""
    first, last = chain[0].start, chain[-1].end
    left, right = first, last
    while left > 0 and before[left - 1].isspace():
        left -= 1
    while right < len(before) and before[right].isspace():
        right += 1
    if left == 0 or right == len(before):
        start, end = left, right
    else:
        start, end = _keep_one_separator(before, left, first, last, right)
    bounds = [start, *(cut.start for cut in chain[1:]), end]
    return [
        Removal(cut.rule, cut.kind, a, b, before[a:b], cut.score, cut.weighed)
        for cut, (a, b) in zip(chain, pairwise(bounds), strict=True)
    ]


def _keep_one_separator(before: str, left: int, first: int, last: int, right: int) -> tuple[int, int]:
    """Say where a removal begins and ends between two kept pieces, of the white space left..first and last..right."""
    lines_left, lines_right = before.count("\n", left, first), before.count("\n", last, right)
    if last == right or (lines_left > lines_right == 0):
        return first, right
    if lines_left > lines_right:
        # The larger separator stands on the left, the indentation of the kept line on the right.
        return before.rindex("\n", left, first) + 1, before.rindex("\n", last, right) + 1
    return left, last
