"""Bytes become text, in the character set that they are really in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.decode.detect import detect, is_binary, utf16_shape
from pipeline.decode.labels import CHARSETS, Charset, resolve
from pipeline.errors import Unreadable
from pipeline.values import Media

_BOMS: tuple[tuple[bytes, str], ...] = (
    # UTF-32's little-endian mark begins with that of UTF-16, so it is tried first.
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
_PRESCAN = 4096  # bytes; the HTML standard looks at 1024, but pages put scripts and comments before the declaration
_META = re.compile(rb"<meta\b[^>]{0,1024}?\bcharset\s{0,16}=\s{0,16}[\"']?\s{0,16}([a-z0-9_.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s{0,64}<\?xml\b[^>]{0,256}?\bencoding\s{0,16}=\s{0,16}[\"']([a-z0-9_.:-]{1,40})", re.IGNORECASE)
_UTF8 = CHARSETS["utf-8"]
_BROKEN_SHARE = 0.01
"""Broken sequences that a character set may leave, as a share of the characters outside ASCII.

A title that was cut in the middle of a letter does not make a page another character set.
"""
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_bytes(content: bytes, declared: str | None, media: Media) -> tuple[str, str]:
    """Decode the bytes of a record.

    In this order: a byte order mark; UTF-16 by its shape; UTF-8, if the bytes are valid and hold a character beyond
    ASCII; the character set `declared` outside the content (an HTTP header); for HTML, the one that the page declares;
    detection. UTF-8 goes before what is declared because text in another character set is hardly ever valid UTF-8 by
    chance (each high byte would have to stand in the right company), while wrong declarations are common.

    Args:
        content: the record's bytes.
        declared: a character set's label, as the web writes them; unknown labels are passed over.
        media: what the bytes hold; only HTML declares a character set inside.

    Returns:
        the text, without byte order mark and without lone surrogates, and the character set's name in lower case
        (WHATWG). Sequences that are broken in an otherwise sound text become U+FFFD.

    Raises:
        Unreadable: "binary" if the bytes are no text, "undecodable" if no character set reads them.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _checked(_decode(content[len(mark) :], CHARSETS[name])), name
    if 0 in content and (shape := utf16_shape(content)):
        return _checked(_decode(content, shape)), shape.name
    if is_binary(content):
        raise Unreadable("binary", "control bytes throughout: not a text; expected text in some character set")
    # ISO-2022-JP is ASCII to the eye; its escapes stand in no other text.
    if b"\x1b$" in content and content.isascii():
        japanese = _decode(content, CHARSETS["iso-2022-jp"])
        if "\ufffd" not in japanese and not japanese.isascii():
            return japanese, "iso-2022-jp"
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass  # another character set, or UTF-8 with a broken place: tried below
    for charset, claimed in _candidates(content, declared, media):
        text = _read(content, charset, claimed)
        if text is not None:
            return text, charset.name
    raise Unreadable(
        "undecodable",
        f"no character set reads the bytes as a text (declared: {declared or 'none'}); convert them to UTF-8",
    )


def _candidates(content: bytes, declared: str | None, media: Media) -> Iterator[tuple[Charset, bool]]:
    """Give the character sets to try, and whether the source claims each."""
    claims = [resolve(declared)]
    if media == "html":
        claims.append(_declared_inside(content))
    if _UTF8 not in claims:
        yield _UTF8, False
    yield from ((claim, True) for claim in claims if claim is not None)
    yield from ((charset, False) for charset in detect(content))


def _declared_inside(content: bytes) -> Charset | None:
    head = content[:_PRESCAN]
    found = _XML.search(head) or _META.search(head)
    charset = resolve(found.group(1).decode("ascii")) if found else None
    # A declaration that can be read byte by byte does not stand in UTF-16 (HTML standard, "prescan", step 15).
    return _UTF8 if charset is not None and charset.name.startswith("utf-") else charset


def _read(content: bytes, charset: Charset, claimed: bool) -> str | None:
    """Decode the bytes; None if more than a few places are broken in that character set."""
    if charset.name.startswith("utf-16") or charset.name.startswith("utf-32"):
        try:
            return content.decode(charset.codec)
        except UnicodeDecodeError:
            return None  # a wrong declaration, and it says so; the next candidate is tried
    text = _decode(content, charset)
    broken = text.count("\ufffd")
    if not broken:
        return text
    if charset is _UTF8:
        broken -= content.count("\ufffd".encode())
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    # What the source itself claims is given five times the doubt.
    return text if broken <= _BROKEN_SHARE * (5 if claimed else 1) * beyond + claimed else None


def _decode(content: bytes, charset: Charset) -> str:
    import ftfy.bad_codecs  # noqa: F401 - registers the sloppy-windows codecs, which read undefined bytes as browsers do

    return _SURROGATE.sub("\ufffd", content.decode(charset.codec, errors="replace"))


def _checked(text: str) -> str:
    """Refuse what a byte order mark or UTF-16's shape made pass for text by accident."""
    if text.count("\x00") * 100 > len(text):
        raise Unreadable("binary", "NUL characters throughout: not a text; expected text in some character set")
    return text
