"""When compiled code is worth loading. With it and without it the results are the same."""

from __future__ import annotations

WORTH_NS = 200_000_000
"""Loading numba and the compiled code costs about so many nanoseconds of a process (compiling it, once an installation,
takes half a minute). So it is loaded once a process has lost as much without it, in all that can be compiled."""

_lost = [0]


def worth_loading(nanoseconds: int = 0) -> bool:
    """Say whether compiled code is worth loading by now.

    Args:
        nanoseconds: what the work at hand takes longer without it.
    """
    _lost[0] += nanoseconds
    return _lost[0] >= WORTH_NS
