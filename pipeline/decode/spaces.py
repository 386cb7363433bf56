"""White space and line ends, the same whatever they came from."""

from __future__ import annotations

import re

from pipeline.words.characters import unusual

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 but tab and newline, DEL, C1, byte order marks in the middle, interlinear annotation and the
# object replacement character. Joiners and direction marks stay: scripts need them.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffc]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_KINDS = "".join(map(chr, range(0x10000)))
# Which kinds of characters make each of the four above worth trying; most texts hold none of them.
_LINE_ENDS = frozenset(_LINE_END.findall(_KINDS))
_CONTROLS = frozenset(_CONTROL.findall(_KINDS))
_SURROGATES = frozenset(_SURROGATE.findall(_KINDS))
_ODD_SPACES = frozenset("".join(_SPACES.findall(_KINDS))) - {" "}
UNTIDY = _LINE_ENDS | _CONTROLS | _SURROGATES | _ODD_SPACES
"""Characters that do not stay; beside them, only spaces and line feeds are changed."""
_SEVERAL_SPACES = re.compile("  +")
_BLANK_LINES = re.compile("\n{3,}")


def normalise(text: str) -> str:
    """Give the text with one kind of line end, one kind of space and no characters that cannot be seen.

    Line ends become a newline, runs of white space inside a line one space, several blank lines one. White space at the
    ends of lines and of the text goes. Control characters go; a lone surrogate, which no UTF-8 file can hold, becomes
    U+FFFD. Quotes, dashes and letters are not touched. Doing it twice changes nothing more.

    >>> normalise("Title \\r\\n\\r\\n\\r\\n\\tFirst\\u00a0 line\\x00.  ")
    'Title\\n\\nFirst line.'
    """
    kinds = unusual(text)
    if kinds & _LINE_ENDS:
        text = _LINE_END.sub("\n", text)
    if kinds & _SURROGATES:
        text = _SURROGATE.sub("\ufffd", text)
    if kinds & _CONTROLS:
        text = _CONTROL.sub("", text)
    for space in kinds & _ODD_SPACES:
        text = text.replace(space, " ")
    if "  " in text:
        text = _SEVERAL_SPACES.sub(" ", text)
    # No run of spaces is left, so each edge of a line has one at most.
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    text = _BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text
    return text.strip()
