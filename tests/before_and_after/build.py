"""Write `docs/before-and-after.md` anew: `python tests/before_and_after/build.py`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a program, Python looks for modules beside this file; the project's root is what they are named from.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from tests.before_and_after.document import DOCUMENT, write

    DOCUMENT.write_text(write(), encoding="utf-8")
