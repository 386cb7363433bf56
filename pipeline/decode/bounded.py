"""What is done to a long line before ftfy sees it, so that its time is linear in any line.

ftfy repeats its steps until nothing changes, and ends with a normal form. A line that was escaped a thousand times over
(`&amp;amp;amp;…`) is walked a thousand times, and marks without letters are sorted by insertion.
"""

from __future__ import annotations

from ftfy import TextFixerConfig, fix_and_explain
from ftfy import _fix_encoding_one_step_and_explain as _encoding_step
from ftfy.fixes import remove_control_chars, unescape_html

from pipeline.words.marks import in_order

# In a shorter line both cost little, whatever it holds.
_LONG = 1_000
# ftfy is asked twice of so long a line only: a shorter one that turns out to be marks costs 2 s a megabyte at most.
_VERY_LONG = 10_000
# Three times is what careless software does; what was escaped more often than this is left as it is then.
_ROUNDS = 8


def fix_line(line: str, config: TextFixerConfig) -> str:
    """Fix a line as `ftfy.fix_and_explain` does, in linear time.

    Another result has only a long line that was escaped more than eight times over.
    """
    if len(line) > _LONG:
        line, config = _unescaped(line, config)
        line = in_order(line)
        if len(line) > _VERY_LONG:
            # Entities and mojibake may stand for marks.
            fixed = fix_and_explain(line, config._replace(normalization=None)).text
            if (sorted_marks := in_order(fixed)) != fixed:
                line = sorted_marks
    return fix_and_explain(line, config).text


def mend_once(line: str) -> str | None:
    """Give a line after the first step against mojibake of `ftfy.fix_encoding`; None where none is taken.

    Where ftfy would change nothing more in what is given, it is what `fix_line` makes of a line without entities.
    """
    if len(line) > _VERY_LONG:
        return None
    before = in_order(line) if len(line) > _LONG else line
    # `fix_encoding` would try again, and `fix_and_explain` once more.
    mended: str = _encoding_step(before, _PLAIN).text
    return None if mended == line else mended


_PLAIN = TextFixerConfig(explain=False)


def _unescaped(line: str, config: TextFixerConfig) -> tuple[str, TextFixerConfig]:
    """Give a line as it is; one that is escaped too often less escaped, and no more to be unescaped."""
    if not config.unescape_html or "&" not in line or "<" in line:
        return line, config
    before = line
    for _ in range(_ROUNDS):
        # A control character may part an entity, and goes with the same round.
        after = remove_control_chars(unescape_html(before))
        if after == before:
            return line, config
        before = after
    return before, config._replace(unescape_html=False)
