"""Which characters a text is made of. Most of a text is printable ASCII, which is set aside at a byte a nanosecond."""

from __future__ import annotations

from functools import lru_cache

MARKS = frozenset("*_[`~")
"""Characters that only mark-up is made of, mostly."""

_MARK_BYTES = bytes(map(ord, MARKS))
_USUAL = bytes(byte for byte in (ord("\n"), *range(0x20, 0x7F)) if byte not in _MARK_BYTES)


def unusual(text: str) -> frozenset[str]:
    r"""Give the distinct characters of a text that are neither printable ASCII nor a line feed.

    A pattern tried on each character of a text costs ten times as much; most patterns need not be tried at all once it
    is known which characters there are.

    >>> sorted(unusual("A “word”.\tOne\n"))
    ['\t', '“', '”']
    """
    return taken_apart(text)[1]


# One text after the other goes through stages that each ask this, and most of them change nothing in it.
@lru_cache(maxsize=1)
def taken_apart(text: str) -> tuple[bytes, frozenset[str], frozenset[str]]:
    """Give a text in UTF-8, lone surrogates as they are, its `unusual` characters, and which of `MARKS` it holds."""
    data = text.encode("utf-8", "surrogatepass")
    kinds = frozenset(data.translate(None, _USUAL).decode("utf-8", "surrogatepass"))
    return data, kinds - MARKS, kinds & MARKS
