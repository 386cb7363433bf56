"""The names of character sets, as the web means them."""

from __future__ import annotations

from typing import NamedTuple


class Charset(NamedTuple):
    """A character set: its canonical name in lower case, and the Python codec that reads it."""

    name: str
    codec: str


# WHATWG Encoding Standard, "Names and labels". Labels that a page declares are often narrower than what it holds
# (gb2312 with characters of GBK, latin-1 with the quotes of windows-1252), so each means its superset, as in browsers.
# Name, Python codec, labels beside the name.
_TABLE: tuple[tuple[str, str, str], ...] = (
    ("utf-8", "utf-8", "utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig"),
    ("utf-16le", "utf-16-le", "utf-16 utf16 utf-16-le ucs-2 unicode csunicode iso-10646-ucs-2 unicodefeff"),
    ("utf-16be", "utf-16-be", "utf-16-be unicodefffe"),
    ("utf-32le", "utf-32-le", "utf-32 utf32 utf-32-le"),
    ("utf-32be", "utf-32-be", "utf-32-be"),
    (
        "windows-1252",
        "sloppy-windows-1252",
        "cp1252 x-cp1252 ascii us-ascii ansi_x3.4-1968 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 latin1 "
        "latin-1 l1 cp819 ibm819 csisolatin1 iso-ir-100",
    ),
    ("windows-1250", "sloppy-windows-1250", "cp1250 x-cp1250"),
    ("windows-1251", "sloppy-windows-1251", "cp1251 x-cp1251"),
    ("windows-1253", "sloppy-windows-1253", "cp1253 x-cp1253"),
    (
        "windows-1254",
        "sloppy-windows-1254",
        "cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 latin5 l5 csisolatin5 iso-ir-148",
    ),
    ("windows-1255", "sloppy-windows-1255", "cp1255 x-cp1255"),
    ("windows-1256", "sloppy-windows-1256", "cp1256 x-cp1256"),
    ("windows-1257", "sloppy-windows-1257", "cp1257 x-cp1257"),
    ("windows-1258", "sloppy-windows-1258", "cp1258 x-cp1258"),
    ("windows-874", "sloppy-cp874", "cp874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620"),
    ("iso-8859-2", "iso-8859-2", "iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 latin2 l2 csisolatin2 iso-ir-101"),
    ("iso-8859-3", "iso-8859-3", "iso8859-3 iso88593 iso_8859-3 latin3 l3 csisolatin3 iso-ir-109"),
    ("iso-8859-4", "iso-8859-4", "iso8859-4 iso88594 iso_8859-4 latin4 l4 csisolatin4 iso-ir-110"),
    ("iso-8859-5", "iso-8859-5", "iso8859-5 iso88595 iso_8859-5 cyrillic csisolatincyrillic iso-ir-144"),
    ("iso-8859-6", "iso-8859-6", "iso8859-6 iso88596 iso_8859-6 arabic csisolatinarabic asmo-708 ecma-114 iso-ir-127"),
    ("iso-8859-7", "iso-8859-7", "iso8859-7 iso88597 iso_8859-7 greek greek8 csisolatingreek ecma-118 elot_928"),
    ("iso-8859-8", "iso-8859-8", "iso8859-8 iso88598 iso_8859-8 hebrew visual logical iso-8859-8-i csisolatinhebrew"),
    ("iso-8859-10", "iso-8859-10", "iso8859-10 iso885910 latin6 l6 csisolatin6 iso-ir-157"),
    ("iso-8859-13", "iso-8859-13", "iso8859-13 iso885913"),
    ("iso-8859-14", "iso-8859-14", "iso8859-14 iso885914"),
    ("iso-8859-15", "iso-8859-15", "iso8859-15 iso885915 iso_8859-15 latin-9 l9 csisolatin9"),
    ("iso-8859-16", "iso-8859-16", "iso8859-16 iso885916"),
    ("koi8-r", "koi8-r", "koi8 koi koi8_r cskoi8r"),
    ("koi8-u", "koi8-u", "koi8-ru"),
    ("ibm866", "cp866", "cp866 866 csibm866"),
    ("macintosh", "mac-roman", "mac x-mac-roman csmacintosh"),
    ("x-mac-cyrillic", "mac-cyrillic", "x-mac-ukrainian"),
    ("gb18030", "gb18030", "gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 euc-cn cp936 iso-ir-58 hz-gb-2312"),
    ("big5", "big5hkscs", "big5-hkscs cn-big5 csbig5 x-x-big5 cp950"),
    ("euc-jp", "euc-jp", "eucjp x-euc-jp cseucpkdfmtjapanese"),
    ("iso-2022-jp", "iso2022_jp", "csiso2022jp"),
    ("shift_jis", "cp932", "shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis cp932"),
    ("euc-kr", "cp949", "euckr cseuckr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cp949"),
)

CHARSETS: dict[str, Charset] = {name: Charset(name, codec) for name, codec, _ in _TABLE}
"""Every character set that is read, by its canonical name."""

_LABELS: dict[str, Charset] = {label: CHARSETS[name] for name, _, labels in _TABLE for label in (name, *labels.split())}


def resolve(label: str | None) -> Charset | None:
    """Give the character set that a declared label means; None if there is none.

    Source: WHATWG Encoding Standard, "Names and labels". UTF-32 is added: browsers refuse it, files hold it.

    >>> resolve(" Latin-1 ")
    Charset(name='windows-1252', codec='sloppy-windows-1252')
    >>> resolve("x-user-defined") is None
    True
    """
    if label is None:
        return None
    return _LABELS.get(label.strip(" \t\r\n\f\"';").lower())
