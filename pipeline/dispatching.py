"""Functions that are compiled or loaded once they are called, by Python or by what else is compiled; see `jit.py`.

Of numba this takes what loading takes, and no more: what compiling takes is loaded for that (`linking.py`).
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from numba.core import sigutils, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

_depth = [0]


class Dispatcher(CPUDispatcher):
    """A function that Python calls, or others that are compiled, or both."""

    def __init__(self, function: Any, options: dict[str, Any]) -> None:
        super().__init__(function, targetoptions=options)
        compiler: Any = self._compiler  # type: ignore[attr-defined]
        self._translate = compiler.compile
        compiler.compile, compiler._customize_flags = self._compile_anew, _without_entry

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Give what a call is of, by types alone: numba would compile a function anew for each number given to it."""
        plain = tuple(types.unliteral(one) for one in args)  # type: ignore[no-untyped-call]
        return super().get_call_template(plain, kws)

    def add_overload(self, cres: Any) -> None:
        """Let Python call what was compiled, unless it is a part of something else."""
        if is_part(cres.library):
            self.overloads[tuple(cres.signature.args)] = cres
        else:
            super().add_overload(cres)

    def compile(self, sig: Any) -> Any:
        """Compile the function for some types, or load it."""
        with global_compiler_lock:
            known: dict[Any, Any] = self.overloads
            args = tuple(sigutils.normalize_signature(sig)[0])  # type: ignore[no-untyped-call]
            if not _depth[0] and args in known and is_part(known[args].library):
                del known[args]
            _depth[0] += 1
            try:
                return super().compile(sig)
            finally:
                _depth[0] -= 1

    def _compile_anew(self, args: Any, return_type: Any) -> Any:
        from pipeline.linking import Translation, quickly

        compiler: Any = self._compiler  # type: ignore[attr-defined]
        compiler.pipeline_class = Translation
        target: Any = self.targetctx
        with quickly(target.codegen()) if _depth[0] == 1 else nullcontext():
            return self._translate(args, return_type)


def is_part(library: Any) -> bool:
    """Say whether the code of a function is by itself, compiled for what calls it, and cannot run."""
    return getattr(library, "is_part", False)


def _without_entry(flags: Any) -> Any:
    """Leave out what Python would call a function by where other code does."""
    if _depth[0] > 1:
        flags.no_cpython_wrapper = True
    return flags
