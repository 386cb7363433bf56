"""Which character set undeclared bytes are in."""

from __future__ import annotations

import re

from pipeline.decode.labels import CHARSETS, Charset

SAMPLE_BYTES = 16 * 1024
"""What detection looks at: charset-normalizer decodes its sample once a candidate, so the cost is bounded by this."""

_BINARY_SHARE = 0.01
"""More control bytes than this is no text: random bytes hold 10 %, texts of any character set practically none."""

# Not DEL: it is the one control that JSON and others write unescaped, so it stands in real texts.
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b"))

# Stretches between tags and line ends that hold a high byte: no trail byte of a multi-byte set is one of these four, so
# no character is cut, and markup does not drown the evidence.
_EVIDENCE = re.compile(rb"[^<>\r\n]*[\x80-\xff][^<>\r\n]*")

# fmt: off
_DETECTABLE = (
    "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
    "windows-1257", "iso-8859-2", "iso-8859-5", "koi8-r", "ibm866", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr",
)
# fmt: on
_PYTHON_NAMES = {
    # charset-normalizer's names for its candidates, which are Python's.
    {
        "big5": "big5",
        "shift_jis": "cp932",
        "euc-jp": "euc_jp",
        "euc-kr": "cp949",
        "ibm866": "cp866",
        "koi8-r": "koi8_r",
    }.get(name, name.replace("windows-", "cp").replace("iso-8859-", "iso8859_")): name
    for name in _DETECTABLE
}  # fmt: skip

# Letters and marks by which the Latin sets are told apart: charset-normalizer compares letters without their accents,
# so it finds these alike. The order settles what is left: windows-1252 is the web's default.
_LATIN_MARKS: dict[str, frozenset[str]] = {
    "windows-1252": frozenset("àâçéèêëîïôùûüœæäößñáíóúåøãõìòÀÂÇÉÈÊÎÔÄÖÜÑÁÍÓÚÅØÆ¿¡‘’“”«»–—…•€£©®º°\xa0"),
    "windows-1250": frozenset("ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîşţđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÖÜĂÂÎŞŢĐ‘’“”„»«–—…€\xa0"),
    "iso-8859-2": frozenset("ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîşţđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÖÜĂÂÎŞŢĐ\xa0"),
    "windows-1254": frozenset("çğıöşüâîûÇĞİÖŞÜ‘’“”–—…\xa0"),
    "windows-1257": frozenset("āčēģīķļņšūžėįųąęõäöüĀČĒĢĪĶĻŅŠŪŽĖĮŲĄĘÕÄÖÜ‘’“”„–—…\xa0"),
}


def is_binary(content: bytes) -> bool:
    """Say whether the bytes hold too many control bytes to be a text in any 8-bit or multi-byte character set.

    UTF-16 and UTF-32 hold NUL bytes, so `utf16_shape` is asked first.
    """
    controls = len(content) - len(content.translate(None, _CONTROLS))
    return controls > _BINARY_SHARE * len(content)


def utf16_shape(content: bytes) -> Charset | None:
    """Recognise UTF-16 without a byte order mark, where it is unmistakable; None elsewhere.

    Spaces, digits, line ends and markup have a NUL byte beside them, always on the same side; on the other side a text
    has none. Both must hold for a sample, which must decode as printable text.
    """
    sample = content[: SAMPLE_BYTES & ~1]
    sample = sample[: len(sample) & ~1]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    units = len(sample) // 2
    # CJK text has a NUL beside its spaces, figures and line ends only: one unit in fifty is the least that is asked.
    for name, beside, other in (("utf-16le", odd, even), ("utf-16be", even, odd)):
        if beside * 50 >= units and other * 50 <= beside:
            text = sample.decode(CHARSETS[name].codec, errors="replace")
            strange = sum(not (char.isprintable() or char.isspace()) or char == "\ufffd" for char in text)
            if strange * 50 <= units:
                return CHARSETS[name]
    return None


def detect(content: bytes) -> list[Charset]:
    """Give the character sets that the bytes may be in, likeliest first; none if none reads them as a text.

    Source: charset-normalizer (mess and coherence of each candidate's reading), on at most `SAMPLE_BYTES` of the text
    that hold high bytes. Candidates are the character sets that the web uses. Where it finds Latin script, the letters
    say which Latin set.
    """
    from charset_normalizer import from_bytes

    sample = _sample(content)
    matches = from_bytes(sample, cp_isolation=list(_PYTHON_NAMES), enable_fallback=False)
    ranked = [_PYTHON_NAMES[match.encoding] for match in matches if match.encoding in _PYTHON_NAMES]
    if ranked and ranked[0] in _LATIN_MARKS:
        # The sort is stable, so what the letters leave open is settled by the order of the table.
        latin = sorted(_LATIN_MARKS, key=lambda name: -_familiar(sample, CHARSETS[name]))
        ranked = latin + [name for name in ranked if name not in _LATIN_MARKS]
    return [CHARSETS[name] for name in ranked]


def _familiar(sample: bytes, charset: Charset) -> int:
    marks = _LATIN_MARKS[charset.name]
    return sum(char in marks for char in sample.decode(charset.codec, errors="replace") if char > "\x7f")


def _sample(content: bytes) -> bytes:
    if len(content) <= SAMPLE_BYTES:
        return content
    parts: list[bytes] = []
    size = 0
    for match in _EVIDENCE.finditer(content):
        parts.append(match.group())
        size += len(parts[-1]) + 1
        if size >= SAMPLE_BYTES:
            break
    sample = b"\n".join(parts)
    if len(sample) <= SAMPLE_BYTES:
        return sample
    cut = sample.rfind(b" ", 0, SAMPLE_BYTES)
    return sample[: cut if cut > SAMPLE_BYTES // 2 else SAMPLE_BYTES]
