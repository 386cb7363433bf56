"""Write `raw/` and `tests/sample/truth.json` anew: `python tests/sample/build.py`.

With a folder as argument, write both into that folder instead.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Build; say so when the folder holds files that are not the builder's, and give 1 then."""
    from tests.sample.corpus import write

    strangers = write(Path(arguments[0]) / "raw", Path(arguments[0]) / "truth.json") if arguments else write()
    for path in strangers:
        sys.stderr.write(f"{path}: not made by the builder; take it away, or add it to tests/sample/folders\n")
    return 1 if strangers else 0


if __name__ == "__main__":
    # Run as a program, Python looks for modules beside this file; the project's root is what they are named from.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    sys.exit(main(sys.argv[1:]))
