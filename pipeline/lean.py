"""What a process that runs Winnow and nothing else need not load: it loads much that it never uses.

Given any values of Python, pyarrow loads pandas to see whether they are a frame's: a third of a second. numba loads
SciPy to have linear algebra: an eighth, YAML for settings that may lie in the current folder, and looks through all
that is installed for what adds to it. pyarrow takes apart what it tells of each function's options. ftfy loads what
lays out tables on a terminal, numba what paints its messages there, pydantic whatever is installed beside it, and
numpy starts a thread for each processor to multiply matrices. And Python looks through all objects for garbage after
each 700 that are made.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from pipeline.jit import without_additions
from pipeline.patterns import keep_patterns

_own = [False]

# Objects, and times that so many were looked through, after which more are. Loading makes no garbage, records little.
_LOOK_THROUGH = (50_000, 20, 20)


def begin_lean() -> None:
    """Let libraries take it that there is no SciPy, and no pandas until that is used; call it before they are loaded.

    For processes of our own alone: elsewhere somebody may hand pyarrow a series, or numba a matrix.
    """
    _own[0] = True
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(*_LOOK_THROUGH)
    for name in ("scipy", "yaml", "colorama"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    for stand_in in (_Widths("wcwidth"), _Documentation("pyarrow.vendored.docscrape")):
        sys.modules.setdefault(stand_in.__name__, stand_in)
    without_additions()
    keep_patterns()
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _NotThere()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])  # pyarrow looks for pandas once
    finally:
        sys.meta_path.remove(finder)


def is_own() -> bool:
    """Say whether this process runs Winnow and nothing else."""
    return _own[0]


def give_back() -> None:
    """Give the system back the memory that was freed: what lies between things that are held, C's allocator keeps."""
    if sys.platform == "linux":
        # Where all is linked into one there may be nothing to look it up in.
        with suppress(OSError):
            getattr(ctypes.CDLL(None), "malloc_trim", abs)(0)


def with_pandas() -> None:
    """Let pyarrow have pandas: it gives what is finer than a microsecond as pandas' values, and else not at all."""
    import pyarrow as pa

    pa.nulls(0, pa.int64()).to_pandas()


class _Widths(ModuleType):
    """How wide characters are on a terminal: ftfy asks for it when it is loaded, to print tables that nobody wants."""

    wcwidth = wcswidth = None


class _Documentation(ModuleType):
    """What functions of pyarrow tell of their options, where nobody asks."""

    @staticmethod
    def NumpyDocString(text: str) -> dict[str, tuple[()]]:  # noqa: N802 - so pyarrow calls it
        del text
        return {"Parameters": ()}


class _NotThere(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None
