"""Compiled functions whose code is kept on disk for as long as no source of Winnow changes.

numba keeps compiled code by the file of the function alone: constants that it takes from other files, and functions
that it calls there, may change unseen, as in an upgrade. So the code of each state of the sources has a folder of its
own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])

_HERE = Path(__file__).parent
_PREFIX = "winnow-compiled-"
# The versions of numba whose cache was read, and whose code runs when it was loaded by itself.
_LOADED_ALONE = "0.68."


def njit(function: _Function, *, inline: bool = False) -> _Function:
    """Compile a function when it is first called, or take what was compiled of it before.

    Args:
        function: written in what numba can compile.
        inline: put it into those that call it: a call that takes an array counts a reference, which costs more than
            small functions do.

    Raises:
        ImportError: there is no numba.
        RuntimeError: there is no folder to keep compiled code in.
    """
    import numba

    settings: Any = numba.config
    before = settings.CACHE_DIR
    folder = _folder(before)
    if folder is not None:
        settings.CACHE_DIR = str(folder)
    try:
        if numba.__version__.startswith(_LOADED_ALONE):
            made: Any = numba.njit(function, nogil=True, forceinline=inline)
            made._cache = _kept()(function)
        else:
            made = numba.njit(function, cache=True, nogil=True, forceinline=inline)
    finally:
        settings.CACHE_DIR = before
    result: _Function = made
    return result


@cache
def _kept() -> Any:
    """Give numba's cache of a function, but that loading from it does not make ready all that compiling needs.

    That takes as long as all else of loading. Where there is nothing to load, compiling makes it ready itself.
    """
    from numba.core.caching import FunctionCache
    from numba.core.runtime.nrt import rtsys

    class Kept(FunctionCache):
        def load_overload(self, sig: Any, target_context: Any) -> Any:
            # Compiled code counts references to arrays by it.
            rtsys.initialize(target_context)
            with self._guard_against_spurious_io_errors():
                return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            return None

    return Kept


@cache
def can_compile() -> bool:
    """Say whether there is numba, and a folder to keep compiled code in: without, each process would compile anew."""
    try:
        njit(_nothing)
    except (ImportError, RuntimeError):
        return False
    return True


def _nothing() -> None:
    """Nothing that is ever compiled."""


@cache
def _folder(chosen: str) -> Path | None:
    """Give the folder for the compiled code of these sources; None where none of those that may be can be written."""
    name = f"{_PREFIX}{_state(_HERE)}"
    bytecode, home = _HERE / "__pycache__", os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    for base in [Path(chosen)] if chosen else [bytecode, Path(home).expanduser()]:
        folder = base / name
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                if base == bytecode:
                    _forget_others(folder)
                return folder
    return None


def _state(sources: Path) -> str:
    """Digest which sources there are, and when they were last changed."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*.py")):
        facts = path.stat()
        digest.update(f"{path.relative_to(sources)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _forget_others(folder: Path) -> None:
    # Whoever runs on an older state has loaded its code, or compiles it again.
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
