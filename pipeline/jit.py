"""Compiled functions, and what else takes long to make, kept on disk for as long as no source of Winnow changes.

numba keeps compiled code by the file of the function alone: constants that it takes from other files, and functions
that it calls there, may change unseen, as in an upgrade. So the code of each state of the sources has a folder of its
own.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Made = TypeVar("_Made")

_HERE = Path(__file__).parent
_PREFIX = "winnow-compiled-"
# The versions of numba whose cache was read, and whose code runs when it was loaded as is done here.
_LOADED_ALONE = "0.68."

_alone = [False]


def without_additions() -> None:
    """Let numba not look through all that is installed for what adds to it: for a process that runs Winnow alone."""
    _alone[0] = True


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

    if _alone[0]:
        numba.core.entrypoints._already_initialized = True
    if numba.__version__.startswith(_LOADED_ALONE):
        from pipeline.dispatching import Dispatcher

        # No entry for C is compiled beside that for Python: nobody calls it.
        options: Any = {"nogil": True, "forceinline": inline, "no_cfunc_wrapper": True}
        made: Any = Dispatcher(function, {"nopython": True, **options})
        made._cache = _kept()(function)
    else:
        with _in_folder():
            made = numba.njit(function, cache=True, nogil=True, forceinline=inline)
    result: _Function = made
    return result


@contextmanager
def _in_folder() -> Iterator[None]:
    """Let numba keep code in the folder of these sources."""
    import numba

    settings: Any = numba.config
    before = settings.CACHE_DIR
    folder = _folder(before)
    if folder is not None:
        settings.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        settings.CACHE_DIR = before


@cache
def _kept() -> Any:
    """Give numba's cache of a function, but that to load from it does what running takes and no more.

    numba makes ready all that compiling needs, reads the code as LLVM's text too, in case other code is to be compiled
    with it, looks through that for names, and imports the module of each function that was compiled into it, some of
    which load SciPy: five sixths of what loading took.
    """
    import llvmlite.binding as llvm
    import numba
    from numba.core import caching, codegen, environment
    from numba.core.compiler import compile_result
    from numba.core.runtime import nrt

    settings: Any = numba.config
    memo = environment.Environment._memo
    runtime: Any = nrt
    result: Any = compile_result
    # What compiled code counts references to arrays by.
    for name, address in runtime._nrt.c_helpers.items():
        llvm.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)

    def found(name: str, module: str | None, consts: list[Any]) -> Any:
        """Give what code finds objects of Python by; of its module, which numba imports, compiling asks the name."""
        if name not in memo:
            memo[name] = made = environment.Environment({"__name__": module})
            made.consts[:], made.env_name = consts, name
            return made
        return memo[name]

    class Loaded(codegen.JITCodeLibrary):
        """Code as the processor has it; as LLVM's text where other code is compiled with it."""

        _finalized = True

        def __init__(self, owner: Any, name: str, code: bytes, text: bytes, symbol: str) -> None:
            codegen.CodeLibrary.__init__(self, owner, name)
            self._text = text
            self._shared_module = None
            owner._engine._ee.add_object_file(llvm.ObjectFileRef.from_data(code))
            owner._engine._defined_symbols.add(symbol)
            owner._engine.finalize_object()

        def _get_module_for_linking(self) -> Any:
            if self._shared_module is None:
                self._shared_module = llvm.parse_bitcode(self._text)
            return self._shared_module

    class Results(caching.CompileResultCacheImpl):
        def reduce(self, cres: Any) -> Any:
            library, about, own, signature, _, _, told, _, others = cres._reduce()
            where = [(one.env_name, one.globals.get("__name__"), one.consts) for one in (own, *others)]
            return library, about, where, signature, told

        def rebuild(self, target_context: Any, payload: Any) -> Any:
            (name, _, (code, text)), about, where, signature, told = payload
            owner = target_context.codegen()
            library = Loaded(owner, name, code, text, about.llvm_cpython_wrapper_name)
            own, *others = (found(*one) for one in where)
            entry_point = target_context.get_executable(library, about, own)
            for one in others:
                owner.set_env(one.env_name, one)
            return result(
                typing_context=target_context.typing_context,
                target_context=target_context,
                entry_point=entry_point,
                type_annotation=told,
                signature=signature,
                objectmode=False,
                lifted=(),
                fndesc=about,
                library=library,
                environment=own,
                reload_init=(),
                referenced_envs=tuple(others),
            )

    class Kept(caching.FunctionCache):
        """What was kept of a function is looked for once it is asked: most are compiled into others alone."""

        _impl_class = Results

        def __init__(self, function: Any) -> None:
            self._function = function
            if _folder(settings.CACHE_DIR) is None:
                self._look()

        def __getattr__(self, name: str) -> Any:
            if "_impl" in self.__dict__:
                raise AttributeError(name)
            self._look()
            return getattr(self, name)

        def save_overload(self, sig: Any, data: Any) -> None:
            from pipeline.dispatching import is_part

            if not is_part(data.library):
                super().save_overload(sig, data)  # type: ignore[no-untyped-call]

        def _look(self) -> None:
            with _in_folder():
                caching.FunctionCache.__init__(self, self._function)  # type: ignore[no-untyped-call]

        def load_overload(self, sig: Any, target_context: Any) -> Any:
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


def kept(name: str, make: Callable[[], _Made]) -> _Made:
    """Give what follows from the sources alone: from the disk, where it was put when it was made first.

    Args:
        name: of the file; it tells all that the outcome hangs on, beside the sources, Python and its Unicode.
        make: makes it. What it makes can be pickled.
    """
    path = _place(name)
    if path is not None:
        # Whatever a file that is damaged makes of it.
        with suppress(Exception):
            made: _Made = pickle.loads(path.read_bytes())  # noqa: S301 - it lies beside code, and is trusted as that is
            return made
    made = make()
    keep(name, made)
    return made


def keep(name: str, made: object) -> None:
    """Put on the disk what `kept` shall give from now on."""
    path = _place(name)
    if path is not None:
        aside = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            aside.write_bytes(pickle.dumps(made, protocol=5))
            aside.replace(path)


def _place(name: str) -> Path | None:
    folder = _folder(os.environ.get("NUMBA_CACHE_DIR", ""))
    return folder and folder / f"{name}.{sys.implementation.cache_tag}-{unicodedata.unidata_version}.pickle"


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
    for path in _modules(str(sources)):
        facts = path.stat()
        digest.update(f"{path.path[len(str(sources)) :]}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _modules(folder: str) -> Iterator[os.DirEntry[str]]:
    # Each process that compiles goes through some hundred: `Path` takes four times as long.
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            yield entry
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _modules(entry.path)


def _forget_others(folder: Path) -> None:
    # Whoever runs on an older state has loaded its code, or compiles it again.
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
