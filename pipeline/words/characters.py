"""Which characters a text is made of. Most of a text is printable ASCII, which is set aside at a byte a nanosecond."""

from __future__ import annotations

_USUAL = bytes([ord("\n"), *range(0x20, 0x7F)])
_ASCII = bytes(range(0x80))
_DIGITS = b"0123456789"


def unusual(text: str) -> set[str]:
    r"""Give the distinct characters of a text that are neither printable ASCII nor a line feed.

    A pattern tried on each character of a text costs ten times as much; most patterns need not be tried at all once it
    is known which characters there are.

    >>> sorted(unusual("A “word”.\tOne\n"))
    ['\t', '“', '”']
    """
    return set(text.encode("utf-8", "surrogatepass").translate(None, _USUAL).decode("utf-8", "surrogatepass"))


def beyond_ascii(data: bytes) -> set[str]:
    """Give the distinct characters beyond ASCII of a text in UTF-8.

    >>> sorted(beyond_ascii("für „wen“?".encode()))
    ['ü', '“', '„']
    """
    return set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass"))


def count_digits(text: str) -> int:
    """Count the characters that `str.isdigit` is true of.

    >>> count_digits("10³ in ٢٠٢٥")
    7
    """
    data = text.encode("utf-8", "surrogatepass")
    beyond = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    return len(data) - len(data.translate(None, _DIGITS)) + sum(map(str.isdigit, beyond))
