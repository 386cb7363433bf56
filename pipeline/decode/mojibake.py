"""Mojibake and other accidents of earlier software, repaired by ftfy, which is asked only where it would act."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from ftfy import TextFixerConfig
from ftfy.badness import is_bad
from ftfy.chardata import CONTROL_CHARS, HTML_ENTITY_RE, LIGATURES

from pipeline.decode.bounded import fix_line
from pipeline.words.characters import unusual

CONFIG = TextFixerConfig(
    # Entities that were escaped twice are decoded, until a "<" shows that the text speaks of markup.
    unescape_html="auto",
    remove_terminal_escapes=True,
    fix_encoding=True,
    fix_c1_controls=True,
    # The ligatures of typesetting (ﬁ), which PDF extraction leaves behind.
    fix_latin_ligatures=True,
    # Fullwidth punctuation is right in Chinese and Japanese; comparison folds it, the text keeps it.
    fix_character_width=False,
    # Typographic quotes are the newspaper's own.
    uncurl_quotes=False,
    # `normalise` settles line ends, in one place.
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=True,
    # Not NFKC: it would make 10³ of 10³ and 1⁄2 of ½.
    normalization="NFC",
    explain=False,
)
"""ftfy's options for news text."""

# What the fixers after the mojibake step would change; the escape character of ANSI codes is among the controls.
_FIXABLE = frozenset(map(chr, (*CONTROL_CHARS, *LIGATURES, *range(0x80, 0xA0), *range(0xD800, 0xE000))))
# Each pattern of ftfy's badness holds a character outside ASCII and reaches at most two characters before the
# first such and one after the last, with at most one between; three and six leave room. Windows that overlap are one.
_MARGIN = 3
_LONGEST_GAP = 6
_STRANGE = re.compile(rf"[^\x00-\x7f]+(?:[\x00-\x7f]{{1,{_LONGEST_GAP}}}[^\x00-\x7f]+)*")
_LONG = 1 << 20  # characters; an array of the places in a longer text would take more memory than time is won
_MEMO_WINDOW = 24  # characters; longer windows hardly repeat, and would fill the memo with texts


def repair(text: str) -> str:
    """Repair mojibake, twice escaped entities, ligatures and stray control characters; give NFC.

    The result is that of `ftfy.fix_text(text, CONFIG)`, but for a line that `fix_line` names. ftfy works line by line
    and tries its patterns on each character; here lines that no step of it would change are passed over, as most are.
    """
    if _sound(text):
        return text
    config = CONFIG
    repaired = []
    start = 0
    # The loop of ftfy.fix_text: lines, cut where they are over-long; once a line holds "<", entities stay.
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        end = min(end, start + CONFIG.max_decode_length)
        line = text[start:end]
        if config.unescape_html and "<" in line:
            config = config._replace(unescape_html=False)
        repaired.append(line if _sound(line, bool(config.unescape_html)) else fix_line(line, config))
        start = end
    return "".join(repaired)


def _sound(text: str, unescape: bool = True) -> bool:
    """Say whether no step of ftfy would change the text."""
    if not _FIXABLE.isdisjoint(unusual(text)) or (unescape and "&" in text and HTML_ENTITY_RE.search(text)):
        return False
    if text.isascii():
        return True
    if not unicodedata.is_normalized("NFC", text):
        return False
    return not any(map(_bad_window, _windows(text)))


def _windows(text: str) -> set[str]:
    """Give the distinct pieces of a text outside of which nothing can be bad."""
    spans = _strange(text) if len(text) <= _LONG else map(re.Match.span, _STRANGE.finditer(text))
    windows = {text[max(0, start - _MARGIN) : end + _MARGIN] for start, end in spans}
    # ftfy looks at lines, and some of its patterns are held by their ends.
    return {piece for window in windows for piece in window.split("\n")} if "\n" in text else windows


def _strange(text: str) -> Iterator[tuple[int, int]]:
    """Give the spans of `_STRANGE`; an array is looked through at a tenth of the price of a pattern."""
    places = np.flatnonzero(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4") > 0x7F)
    breaks = np.flatnonzero(np.diff(places) > _LONGEST_GAP + 1)
    starts, ends = places[[0, *(breaks + 1)]], places[[*breaks, -1]] + 1
    return zip(starts.tolist(), ends.tolist(), strict=True)


def _bad_window(window: str) -> bool:
    return _bad_memo(window) if len(window) <= _MEMO_WINDOW else is_bad(window)


@lru_cache(maxsize=1 << 14)
def _bad_memo(window: str) -> bool:
    return is_bad(window)
