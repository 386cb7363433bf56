"""Find what is to be masked, in many texts at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

import numpy as np

from pipeline.mask.addresses import find_addresses
from pipeline.mask.emails import find_emails
from pipeline.mask.numbers import find_cards, find_ibans
from pipeline.mask.phones import find_phones
from pipeline.mask.row import Row, Span
from pipeline.values import MASK_KINDS, MaskKind

_FINDERS: dict[MaskKind, Callable[[Row], Iterator[Span]]] = {
    "email": find_emails,
    "phone": find_phones,
    "card": find_cards,
    "iban": find_ibans,
    "ip": find_addresses,
}
# A check digit says more than a form, and a form of its own more than digits in groups.
_RANK: dict[MaskKind, int] = {"email": 0, "iban": 1, "card": 2, "ip": 3, "phone": 4}


def find_secrets(texts: Sequence[str], kinds: Collection[MaskKind]) -> dict[int, list[Span]]:
    """Find what is to be masked.

    Args:
        texts: the texts.
        kinds: what is looked for.

    Returns:
        By the number of a text that holds any, in order: the spans, in order, none over another. Linear time.
    """
    row = Row(texts)
    found = sorted(chain.from_iterable(_FINDERS[kind](row) for kind in MASK_KINDS if kind in kinds))
    if not found:
        return {}
    joined = _joined(found)
    numbers = np.searchsorted(row.ends, np.array([span.start for span in joined]), side="right").tolist()
    starts = row.starts
    by_text: dict[int, list[Span]] = {}
    for number, span in zip(numbers, joined, strict=True):
        first = int(starts[number])
        by_text.setdefault(number, []).append(span._replace(start=span.start - first, end=span.end - first))
    return by_text


def _joined(found: Sequence[Span]) -> list[Span]:
    """Make one span of those that overlap: all they cover, of the kind that is surest."""
    joined = [found[0]]
    for span in found[1:]:
        last = joined[-1]
        if span.start >= last.end:
            joined.append(span)
        else:
            surer = min(last, span, key=lambda one: _RANK[one.kind])
            joined[-1] = surer._replace(start=last.start, end=max(last.end, span.end))
    return joined
