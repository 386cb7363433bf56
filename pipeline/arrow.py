"""pyarrow with pandas and without.

Given any values of Python, pyarrow loads pandas to see whether they are a frame's: a third of a second of each process,
for nothing where nobody has a frame.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa


def without_pandas() -> None:
    """Let pyarrow take it that there is no pandas, until it is used.

    For processes that run Winnow and nothing else: elsewhere somebody may hand pyarrow a series.
    """
    if "pandas" in sys.modules:
        return
    finder = _NotThere()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])  # pyarrow looks for pandas once
    finally:
        sys.meta_path.remove(finder)


def with_pandas() -> None:
    """Let pyarrow have pandas: it gives what is finer than a microsecond as pandas' values, and else not at all."""
    pa.nulls(0, pa.int64()).to_pandas()


class _NotThere(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None
