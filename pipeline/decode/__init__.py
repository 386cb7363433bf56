"""Bytes become text: the right character set, mojibake repaired, white space settled."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.decode.charset import decode_bytes
from pipeline.decode.kinds import look
from pipeline.decode.mojibake import repair, repair_all, repair_seen
from pipeline.decode.spaces import normalise

__all__ = ["decode_bytes", "normalise", "repair", "repair_all", "settle"]


def settle(texts: Sequence[str], mend: bool = True) -> list[str]:
    """Give what `normalise` makes of texts, of each once it went through `repair` if they are to be mended.

    Most texts come out as they are, which is seen of many at once for next to nothing.
    """
    seen = look(texts)
    repaired = repair_seen(texts, seen.sound) if mend else texts
    return [
        now if is_tidy and now is text else normalise(now)
        for text, now, is_tidy in zip(texts, repaired, seen.tidy.tolist(), strict=True)
    ]
