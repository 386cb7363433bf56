"""Bytes become text: the right character set, mojibake repaired, white space settled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.decode.charset import decode_bytes
from pipeline.decode.kinds import look
from pipeline.decode.mojibake import repair, repair_all, repaired_of
from pipeline.decode.spaces import normalise
from pipeline.sign.texts import Strings

__all__ = ["decode_bytes", "normalise", "repair", "repair_all", "settle"]


def settle(texts: Sequence[str], mend: bool = True) -> Strings:
    """Give what `normalise` makes of texts, of each once it went through `repair` if they are to be mended.

    Most texts come out as they are, which is seen of many at once for next to nothing.
    """
    came = texts if isinstance(texts, Strings) else Strings(texts)
    seen = look(came)
    repaired = repaired_of(came, seen.sound) if mend else {}
    changed: dict[int, str] = {}
    for number in sorted({*repaired, *np.flatnonzero(~seen.tidy).tolist()}):
        before = came[number]
        now = repaired.get(number, before)
        if now is not before or not seen.tidy[number]:
            now = normalise(now)
        if now != before:
            changed[number] = now
    return came.changed(changed)
