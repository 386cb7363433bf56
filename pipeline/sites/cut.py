"""Cut: which blocks of a text are the template of its site."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from pipeline.cuts import Cut
from pipeline.sites.sketch import FIXED, KEY_SHIFT, PROSE, TELLING, keys_of
from pipeline.sites.template import PLACES, Place, Templates

RULES = tuple(f"site-template.{place}" for place in PLACES)
"""The rules by which template is cut: one for each place."""


def holds_any(blocks: bytes, keys: Set[int]) -> bool:
    """Say whether a sketch holds a block with one of some keys."""
    return bool(keys) and not keys_of(blocks).isdisjoint(keys)


def template_cuts(blocks: bytes, spans: bytes, templates: Templates) -> list[Cut]:
    """Find the template in a sketched text.

    A block is cut where it stands in one of the places, and with the evidence, that its template was learned with: a
    block that is template at the foot of other pages stays where an article quotes it. A text that is template
    altogether is left alone.

    Args:
        blocks, spans: of the sketch (`pipeline.sites.sketch.Sketch`).
        templates: of its site.

    Returns:
        A cut for each block, in order; in linear time.
    """
    packed: list[int] = np.frombuffer(blocks, "<u8").tolist()
    held = [None if one & FIXED else templates.get(one >> KEY_SHIFT) for one in packed]
    if not any(held):
        return []
    first, last = _own(packed, [one is None for one in held])
    if last < 0:
        return []
    places: list[Place] = [
        "head" if index < first else "tail" if index > last else "between" for index in range(len(packed))
    ]
    able = [one is not None and place in one.places for one, place in zip(held, places, strict=True)]
    evidence = [one.evidence if one is not None and fits else frozenset() for one, fits in zip(held, able, strict=True)]
    cut = ["alone" in one for one in evidence]
    for order, end in ((range(len(packed)), "start"), (range(len(packed) - 1, -1, -1), "end")):
        for index in order:
            if not (cut[index] or end in evidence[index]):
                break
            cut[index] = True
    # A neighbour that is cut, or may be, and beside which it was learned.
    for index in range(1, len(packed)):
        one, other = held[index - 1], held[index]
        if one and other and able[index - 1] and able[index]:
            cut[index] |= one.key in other.neighbours
            cut[index - 1] |= other.key in one.neighbours
    bounds = np.frombuffer(spans, "<u4").tolist()
    return [
        Cut(bounds[2 * index], bounds[2 * index + 1], f"site-template.{places[index]}", "site-template")
        for index, goes in enumerate(cut)
        if goes
    ]


def _own(packed: Sequence[int], own: Sequence[bool]) -> tuple[int, int]:
    """Give the first and the last block of the page's own text: its prose, else its longer lines, else any."""
    for flag in (PROSE, TELLING, 0):
        found = [
            index
            for index, (one, mine) in enumerate(zip(packed, own, strict=True))
            if mine and not one & FIXED and one & flag == flag
        ]
        if found:
            return found[0], found[-1]
    return len(packed), -1
