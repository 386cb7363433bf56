"""Patterns of Python's `re`, translated once a machine: some 230 are made when all is loaded, a tenth of a second."""

from __future__ import annotations

import atexit
from array import array
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any

from pipeline.jit import keep, kept

# Patterns that a configuration holds would add to them without an end.
_MOST = 1000

_Key = tuple[str | bytes, int]


def keep_patterns() -> None:
    """Let `re` take from the disk what it made of a pattern before: for a process that runs Winnow alone."""
    with suppress(ImportError, AttributeError):
        compiler: Any = import_module("re._compiler")
        if isinstance(compiler._sre, ModuleType):
            name = f"patterns-{compiler.MAGIC}"
            _Kept(compiler, kept(name, dict), name)


class _Kept:
    """Stands between `re` and what makes a pattern of its translation."""

    def __init__(self, compiler: Any, known: dict[_Key, tuple[Any, ...]], name: str) -> None:
        self._compile: Callable[[Any, int], Any] = compiler.compile
        self._machine = compiler._sre
        self._known = known
        self._name = name
        self._last: tuple[Any, ...] = ()
        self._found = len(known)
        compiler.compile, compiler._sre = self._compiled, self
        atexit.register(self._end)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)

    def compile(self, *translated: Any) -> Any:
        """Make a pattern; `re` calls it with what it translated the pattern to."""
        self._last = translated
        return self._machine.compile(*translated)

    def _compiled(self, pattern: Any, flags: int = 0) -> Any:
        if not isinstance(pattern, str | bytes):
            return self._compile(pattern, flags)
        key = pattern, int(flags)
        if key in self._known:
            text, kinds, code, *groups = self._known[key]
            return self._machine.compile(text, kinds, code.tolist(), *groups)
        made = self._compile(pattern, flags)
        if len(self._known) < _MOST:
            text, kinds, code, *groups = self._last
            self._known[key] = text, int(kinds), array("I", map(int, code)), *groups
        return made

    def _end(self) -> None:
        if len(self._known) > self._found:
            keep(self._name, self._known)
