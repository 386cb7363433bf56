"""What a process that runs Winnow and nothing else need not load: it loads much that it never uses.

Given any values of Python, pyarrow loads pandas to see whether they are a frame's: a third of a second. numba loads
SciPy to have linear algebra: an eighth.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa


def begin_lean() -> None:
    """Let libraries take it that there is no SciPy, and no pandas until that is used.

    For processes of our own alone: elsewhere somebody may hand pyarrow a series, or numba a matrix.
    """
    sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]
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
