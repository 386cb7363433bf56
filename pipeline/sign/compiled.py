"""The compiled code of signing and matching, where it is worth loading (`pipeline.compiling`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from pipeline.compiling import worth_loading


class Compiled(NamedTuple):
    """What is worth compiling."""

    read_texts: Callable[..., Any]
    """See `pipeline.sign.reading`."""
    hash_tokens: Callable[..., Any]
    """See `pipeline.sign.hashing`."""
    scan_texts: Callable[..., Any]
    """See `pipeline.sign.scanning`."""
    sign_hashes: Callable[..., Any]
    """See `pipeline.sign.kernel`, as for the next ones."""
    shingle_sets: Callable[..., Any]
    shared: Callable[..., Any]


def compiled(nanoseconds: int) -> Compiled | None:
    """Give the compiled code once it is worth loading; None before, and where there is no numba.

    Args:
        nanoseconds: what the work at hand takes longer without it.
    """
    return _numba() if worth_loading(nanoseconds) else None


@cache
def _numba() -> Compiled | None:
    try:
        import numba  # noqa: F401 - whether it is there is asked apart from what else may lack
    except ImportError:
        return None
    try:
        from pipeline.sign.hashing import hash_tokens
        from pipeline.sign.kernel import shared, shingle_sets, sign_hashes
        from pipeline.sign.reading import read_texts
        from pipeline.sign.scanning import scan_texts
    except RuntimeError:
        # No folder to keep the compiled code in; compiling anew in each process would cost more than it saves.
        return None
    return Compiled(read_texts, hash_tokens, scan_texts, sign_hashes, shingle_sets, shared)
