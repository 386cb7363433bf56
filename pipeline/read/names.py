"""Names of files, as they stand in the output."""

from __future__ import annotations

import re

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
_ESCAPED = re.compile("[\ud800-\udfff\x00-\x1f\x7f]")


def printable(name: str) -> str:
    """Give a name that every tool can print and every file can hold: bytes that are no UTF-8 become %XX.

    A "%" is left alone, so most names stay as they are; a name that held "%FF" and one that held the byte FF would
    become the same, which `list_inputs` refuses.

    >>> printable("caf\\udce9.txt")
    'caf%E9.txt'
    """
    return _ESCAPED.sub(_percent, name)


def _percent(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x80 or 0xDC80 <= code <= 0xDCFF:
        return f"%{code & 0xFF:02X}"
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "surrogatepass"))


def is_hidden(path: str) -> bool:
    """Say whether a file or a folder above it is hidden, or the file is a marker such as `_SUCCESS`.

    >>> is_hidden(".git/config"), is_hidden("a/_SUCCESS"), is_hidden("__MACOSX/x"), is_hidden("a/b.html")
    (True, True, True, False)
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return not parts or parts[-1].startswith("_") or parts[0] == "__MACOSX" or any(p.startswith(".") for p in parts)


def is_uri(source: str) -> bool:
    """Say whether a source is a URI rather than a path."""
    return _URI.match(source) is not None


def shown(source: str) -> str:
    """Give a source as it may be shown: printable, and without the credentials that a URI may hold.

    >>> shown("s3://key:secret@bucket/a?signature=1")
    's3://***@bucket/a?***'
    """
    text = printable(source)
    if is_uri(text):
        text = re.sub(r"://[^/]*@", "://***@", text)
        text = re.sub(r"\?.*", "?***", text)
    return text
