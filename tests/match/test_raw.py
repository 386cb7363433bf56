"""What each character is before it is folded, asked about many at once, is what is said of it alone."""

from __future__ import annotations

import pytest

from pipeline.match.raw import LETTERS, Raw
from pipeline.sign.letters import letters_of
from pipeline.words.fold import fold_characters
from pipeline.words.tables import BLOCK


# Line feeds and quotes, marks that join, kana that count for three, Hangul, half widths, a plane of its own.
@pytest.mark.parametrize("block", [0x00, 0x03, 0x09, 0x11, 0x20, 0x30, 0xAC, 0xD8, 0xFB, 0xFF, 0x1D4, 0x200])
def test_letters_of_a_character(block):
    raw = Raw()
    raw.learn([block])
    codes = range(block << BLOCK, (block + 1) << BLOCK)
    assert [int(raw.of[code] & LETTERS) for code in codes] == [
        len(letters_of(fold_characters(chr(code)))) for code in codes
    ]
