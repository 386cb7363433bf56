"""Mojibake and other accidents of earlier software, repaired by ftfy, which is asked only where it would act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from ftfy import TextFixerConfig
from ftfy.chardata import HTML_ENTITY_RE
from numpy.typing import NDArray

from pipeline.decode.bounded import fix_line, mend_once
from pipeline.decode.kinds import look
from pipeline.sign.texts import Strings

_AMPERSAND = ord("&")
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


def repair(text: str) -> str:
    """Repair mojibake, twice escaped entities, ligatures and stray control characters; give NFC.

    The result is that of `ftfy.fix_text(text, CONFIG)`, but for a line that `fix_line` names. ftfy works line by line
    and tries its patterns on each character; here lines that no step of it would change are passed over, as most are.
    """
    return repair_all([text])[0]


def repair_all(texts: Sequence[str]) -> list[str]:
    """Give what `repair` gives of each of many texts, which costs a fraction of asking one by one."""
    repaired = list(texts)
    texts = texts if isinstance(texts, Strings) else Strings(repaired)
    for number, text in repaired_of(texts, look(texts).sound).items():
        repaired[number] = text
    return repaired


def repaired_of(texts: Sequence[str], sound: NDArray[np.bool_]) -> dict[int, str]:
    """Repair texts of which it is known that some are `sound`, entities aside (see `pipeline.decode.kinds.Look`).

    Gives those that may have changed, by their numbers.
    """
    told = texts.holding(_AMPERSAND) if isinstance(texts, Strings) else range(len(texts))
    doubtful = {number for number in told if sound[number] and _holds_entity(texts[number])}
    in_lines = {number: _lines(texts[number]) for number in sorted(doubtful.union(np.flatnonzero(~sound).tolist()))}
    mended = iter(_mended(list(chain.from_iterable(in_lines.values()))) if in_lines else ())
    return {number: _by_lines(lines, mended) for number, lines in in_lines.items()}


def _mended(lines: Sequence[str]) -> list[str | None]:
    """Give each line as ftfy leaves it, entities aside; None where that takes all of its steps.

    Of most lines with mojibake one step makes sound ones. ftfy itself sees that by trying its pattern on each
    character three times more.
    """
    sound = look(lines).sound.tolist()
    mended = [line if is_sound else mend_once(line) for line, is_sound in zip(lines, sound, strict=True)]
    told = [number for number, now in enumerate(mended) if now is not None and not sound[number]]
    for number, is_sound in zip(told, look([mended[number] or "" for number in told]).sound.tolist(), strict=True):
        if not is_sound:
            mended[number] = None
    return mended


def _lines(text: str) -> list[str]:
    """Cut a text at its line feeds, and where a line is over-long, as `ftfy.fix_text` does."""
    lines: list[str] = []
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        end = min(end, start + CONFIG.max_decode_length)
        lines.append(text[start:end])
        start = end
    return lines


def _by_lines(lines: Sequence[str], mended: Iterator[str | None]) -> str:
    """Do as the loop of `ftfy.fix_text`: fix each line that is not mended; once one holds "<", entities stay."""
    config = CONFIG
    repaired: list[str] = []
    for line in lines:
        now = next(mended)
        if config.unescape_html and "<" in line:
            config = config._replace(unescape_html=False)
        unescapes = config.unescape_html and (_holds_entity(line) or (now is not None and _holds_entity(now)))
        repaired.append(fix_line(line, config) if now is None or unescapes else now)
    return "".join(repaired)


def _holds_entity(text: str) -> bool:
    return "&" in text and HTML_ENTITY_RE.search(text) is not None
