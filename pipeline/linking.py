"""Compiles a function together with those that it calls; loaded once something is to be compiled.

numba makes each function ready for the processor by itself, with all that it calls in it, and then once more within
each that calls it: what stands at the bottom of five calls is optimised five times. Here a function that another calls
is translated and no more; linked, optimised and made ready is what Python calls, once, with all below it. That, and
what is left out of numba's way, takes a third of the time; the code is as quick.

All of it leans on how numba is built inside, so it is used with the versions that it was read in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.binding as llvm
from numba.core import codegen, compiler, types
from numba.core import typed_passes as typed
from numba.core import untyped_passes as untyped
from numba.core.compiler_machinery import PassManager
from numba.core.extending import overload
from numba.np import arrayobj

_PASSES = (
    untyped.TranslateByteCode,
    untyped.FixupArgs,
    untyped.IRProcessing,
    untyped.RewriteSemanticConstants,
    untyped.GenericRewrites,
    untyped.ReconstructSSA,
    untyped.DeadBranchPrune,
    typed.NopythonTypeInference,
    typed.PreLowerStripPhis,
    typed.NopythonRewrites,
    typed.IRLegalization,
    typed.NativeLowering,
    typed.NoPythonBackend,
)
"""numba's, but for those that are for what our functions do not have: closures, contexts, loops over literals."""

_function_type: Any = types.Function
_call_types: dict[Any, tuple[Any, Any]] = {}


class Translation(compiler.CompilerBase):
    """The way of a function from Python to code."""

    def define_pipelines(self) -> list[PassManager]:
        """Give the passes that it goes through."""
        passes = PassManager("winnow")  # type: ignore[no-untyped-call]
        for one in _PASSES:
            passes.add_pass(one, one._name)  # type: ignore[no-untyped-call]
        passes.finalize()  # type: ignore[no-untyped-call]
        return [passes]


class Part(codegen.JITCodeLibrary):
    """The code of one function; with that of all it calls once Python is to call it."""

    def __init__(self, owner: Any, name: str) -> None:
        super().__init__(owner, name)  # type: ignore[no-untyped-call]
        self._environments: dict[str, Any] = {}
        self._alone: Any = None

    @property
    def is_part(self) -> bool:
        """Whether the code is by itself, and cannot run."""
        return not self._finalized

    @property
    def codegen(self) -> Any:
        """Who is told where code finds objects of Python: nobody before the code is ready."""
        return self._codegen if self._finalized else self

    def set_env(self, name: str, environment: Any) -> None:
        """Keep what the code finds objects of Python by."""
        self._environments[name] = environment

    def add_linking_library(self, library: Any) -> None:
        """Take note of what is called."""
        self._linking_libraries.append(library)

    def get_pointer_to_function(self, name: str) -> int:
        """Give the address of a function that Python calls; 0 where there is none of that name."""
        if _is_part(self) and all(one.name != name for one in self._final_module.functions):
            return 0
        pointer: int = super().get_pointer_to_function(name)  # type: ignore[no-untyped-call]
        return pointer

    def finalize(self) -> None:
        """Link, optimise and make ready."""
        owner: Any = self._codegen
        # Of what is linked "once", LLVM takes no more than what is called by then: that comes last.
        below = sorted(self._below({self}), key=_is_part, reverse=True)
        for library in below:
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(_to_link(library), preserve=True)
        _relink(self._final_module, llvm.Linkage.weak_odr, "linkonce_odr")
        self._optimize_final_module()  # type: ignore[no-untyped-call]
        self._final_module.verify()
        self._finalize_final_module()  # type: ignore[no-untyped-call]
        for library in (self, *below):
            if isinstance(library, Part):
                for name, environment in library._environments.items():
                    owner.set_env(name, environment)

    def _optimize_functions(self, module: Any) -> None:
        owner: Any = self._codegen
        module.data_layout = owner._data_layout
        passes, builder = owner._function_pass_manager()
        for function in module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

    def _below(self, seen: set[Any]) -> Iterator[Any]:
        """Give what is called, directly or not, each once."""
        for library in self._linking_libraries:
            if library not in seen:
                seen.add(library)
                yield library
                if _is_part(library):
                    yield from library._below(seen)


def _is_part(library: Any) -> bool:
    return isinstance(library, Part) and library.is_part


def _to_link(library: Any) -> Any:
    if not _is_part(library):
        return library._get_module_for_linking()
    if library._alone is None:
        library._alone = library._final_module.clone()
        _relink(library._alone, llvm.Linkage.external, "weak_odr")
    return library._alone


def _relink(module: Any, before: llvm.Linkage, after: str) -> None:
    for function in module.functions:
        if not function.is_declaration and function.linkage == before:
            function.linkage = after


@contextmanager
def quickly(owner: Any) -> Iterator[None]:
    """Let numba put parts together our way, and not do again what it did."""
    library, told = owner._library_class, arrayobj.raise_with_shape_context
    # Others' functions that ours call are parts, too.
    owner._library_class = Part
    arrayobj.raise_with_shape_context = _tell_misfit
    _function_type.get_call_type = _call_type
    try:
        yield
    finally:
        owner._library_class, arrayobj.raise_with_shape_context = library, told
        del _function_type.get_call_type


def _call_type(function: Any, context: Any, args: Any, kws: Any) -> Any:
    """Find which of some forty meanings a call has: of numbers, once."""
    if kws or not all(isinstance(one, types.Number | types.Boolean) for one in args):
        return super(_function_type, function).get_call_type(context, args, kws)
    key = id(function), args
    if key not in _call_types:
        # The function is kept, so that no other has its number.
        _call_types[key] = function, super(_function_type, function).get_call_type(context, args, kws)
    return _call_types[key][1]


def _tell_misfit(given: Any, wanted: Any) -> None:
    """Stand for what numba says of a slice that is given an array of another size: some forty functions of text."""


@overload(_tell_misfit)
def _say_misfit(given: Any, wanted: Any) -> Any:
    del given, wanted

    def say(given: Any, wanted: Any) -> None:  # noqa: ARG001 - compiled functions have no other way
        raise ValueError("a slice was given an array of another size")

    return say
