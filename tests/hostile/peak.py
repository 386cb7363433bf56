"""Clean inputs of growing size and tell, as JSON, the peak of memory after each; `growth.py` runs it."""

from __future__ import annotations

import json
import resource
import sys


def main(way: str, name: str, sizes: list[int]) -> None:
    from tests.hostile.pages import PAGES, cleaner
    from tests.hostile.texts import TEXTS, clean

    make, work = (TEXTS[name], clean) if way == "text" else (PAGES[name], cleaner(way))
    told: list[int] = []
    for size in sizes:
        work(make(size))
        told.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    print(json.dumps(told))  # noqa: T201 - this is a program


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(size) for size in sys.argv[3:]])
