"""Text of unknown origin for a terminal: what it says, and nothing that moves the cursor."""

from __future__ import annotations

import re

# Control characters, those of the C1 range among them, and marks that turn the direction of a line. Tab and line feed
# stay.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Replace what a terminal would obey instead of show.

    >>> plain("red \\x1b[31malert")
    'red \ufffd[31malert'
    """
    return _UNSHOWN.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Replace it, and put the text on one line.

    >>> one_line("a\\r\\n b")
    'a b'
    """
    return plain(" ".join(text.split()))
