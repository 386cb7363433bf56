"""Which files are read, and by what names they go in the output."""

from __future__ import annotations

import difflib
import os
import stat
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import Refused, SourceMissing
from pipeline.read.names import is_hidden, is_uri, printable, shown
from pipeline.read.patterns import before_wildcard, compile_patterns, is_pattern


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read."""

    file_path: str
    """Its path relative to the root, with forward slashes, printable: how it is named in the output."""
    location: str = field(repr=False)
    """Where it can be opened: an absolute path, or a URI that fsspec knows. May hold credentials, so never shown."""
    size: int
    """In bytes."""
    mtime_ns: int | None
    """When it was last changed, in nanoseconds since 1970; None where the store does not tell."""
    is_local: bool


class InputFiles(Sequence[InputFile]):
    """Files in a row, in 32 bytes each beside their paths below the folders they were found in: they may be millions.

    Where a location does not end in the path that the file goes by, both are kept.
    """

    def __init__(self, files: Iterable[tuple[InputFile, str]] = ()) -> None:
        """Take files, each with what stands before its path in its location."""
        self._folders: list[str] = []
        self._names = bytearray()
        self._ends = array("q", [0])
        self._sizes, self._mtimes, self._kinds = array("q"), array("q"), array("q")
        for file, folder in files:
            if not self._folders or self._folders[-1] != folder:
                self._folders.append(folder)
            both = folder + file.file_path != file.location
            name = f"{file.file_path}\0{file.location}" if both else file.file_path
            self._names += name.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._names))
            self._sizes.append(file.size)
            self._mtimes.append(_UNTOLD if file.mtime_ns is None else file.mtime_ns)
            self._kinds.append(len(self._folders) - 1 << 2 | both << 1 | file.is_local)

    def __len__(self) -> int:
        return len(self._sizes)

    @overload
    def __getitem__(self, at: int) -> InputFile: ...
    @overload
    def __getitem__(self, at: slice) -> InputFiles: ...
    def __getitem__(self, at: int | slice) -> InputFile | InputFiles:
        if isinstance(at, slice):
            return self.take(range(*at.indices(len(self))))
        place = range(len(self))[at]
        name = self._names[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")
        kind, mtime = self._kinds[place], self._mtimes[place]
        path, location = name.split("\0") if kind & 2 else (name, self._folders[kind >> 2] + name)
        return InputFile(path, location, self._sizes[place], None if mtime == _UNTOLD else mtime, bool(kind & 1))

    @property
    def bytes(self) -> int:
        """Size of all of them."""
        return sum(self._sizes)

    def take(self, places: Iterable[int]) -> InputFiles:
        """Give the files at some places, in that order."""
        taken = InputFiles()
        taken._folders = self._folders
        for place in places:
            taken._names += self._names[self._ends[place] : self._ends[place + 1]]
            taken._ends.append(len(taken._names))
            taken._sizes.append(self._sizes[place])
            taken._mtimes.append(self._mtimes[place])
            taken._kinds.append(self._kinds[place])
        return taken

    def in_order(self) -> InputFiles:
        """Order them by their paths as UTF-8 bytes."""
        # A path ends where its location begins, at a byte that no path holds.
        buffers = [None, pa.py_buffer(self._ends), pa.py_buffer(self._names)]
        order = pc.sort_indices(pa.Array.from_buffers(pa.large_binary(), len(self), buffers))
        return self.take(map(int, order.to_numpy()))

    def once(self) -> InputFiles:
        """Let go of all but one of those with the same location: the one with the longest path, or the first."""
        hashes = np.fromiter((hash(file.location) for file in self), np.int64, len(self))
        values, times = np.unique(hashes, return_counts=True)
        chosen: dict[str, int] = {}
        left_out: set[int] = set()
        for place in np.flatnonzero(np.isin(hashes, values[times > 1])).tolist():
            file = self[place]
            known = chosen.get(file.location)
            longer = known is None or len(self[known].file_path) < len(file.file_path)
            if known is not None:
                left_out.add(known if longer else place)
            if longer:
                chosen[file.location] = place
        return self.take(place for place in range(len(self)) if place not in left_out) if left_out else self


# Stands for no time of change.
_UNTOLD = -(1 << 63)


def list_inputs(
    sources: Sequence[str | Path], root: str | Path | None, include: Sequence[str], exclude: Sequence[str]
) -> InputFiles:
    """List the files of sources, ordered by `file_path` as UTF-8 bytes, each once.

    A source is a file, a folder (with all below it), a pattern with wildcards (`*`, `?`, `[…]`, `**` for any depth) or
    a URI that fsspec knows. Hidden files and folders, files that begin with "_", sockets, pipes and devices are passed
    over. Links to files are followed; links to folders too, but no folder is read twice. A file that two sources name
    goes by its longer path.

    Args:
        sources: what to read.
        root: paths in the output are relative to this; None means relative to a folder itself, to a file's folder, and
            to the part of a pattern before its first wildcard.
        include: only files whose path matches one of these patterns (all, if there are none).
        exclude: never files whose path matches one of these.

    Raises:
        SourceMissing: a source is not there, or holds no file.
        Refused: two files would go by the same name in the output, or a file is not below `root`.
        Transient: a store did not answer.
    """
    wanted = compile_patterns(include) if include else None
    unwanted = compile_patterns(exclude) if exclude else None
    files = InputFiles(
        (file, folder)
        for source in sources
        for file, folder in _list(source, root)
        if not (wanted and not wanted.fullmatch(file.file_path))
        and not (unwanted and unwanted.fullmatch(file.file_path))
    )
    files = (files.once() if len(sources) > 1 else files).in_order()
    for one, other in pairwise(files):
        if one.file_path == other.file_path:
            raise Refused(
                f"{one.file_path}: two files would go by this name in the output, {shown(one.location)} and "
                f"{shown(other.location)}; a path is relative to its source. Pass `--root COMMON_FOLDER`, a folder "
                "above both."
            )
    return files


def _list(source: str | Path, root: str | Path | None) -> Iterator[tuple[InputFile, str]]:
    """Give the files of a source, each with what stands before its path in its location."""
    text = os.fspath(source)
    if not text:
        raise SourceMissing("a source is an empty word; a variable in the command may be unset. Name a file or folder.")
    if isinstance(source, str) and is_uri(text):
        from pipeline.read.stores import list_store, local_path

        path = local_path(text)
        if path is None:
            for name, location, size in list_store(text, None if root is None else os.fspath(root)):
                yield InputFile(name, location, size, None, False), location.removesuffix(name)
            return
        text = path
    yield from _list_local(text, None if root is None else _absolute(root))


def _absolute(path: str | Path) -> Path:
    # Not Path.resolve, which follows links: a file goes by the name that it was given.
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100


def _list_local(source: str, root: Path | None) -> Iterator[tuple[InputFile, str]]:
    path = _absolute(source)
    if is_pattern(source) and not os.path.lexists(path):
        base = Path(before_wildcard(path.as_posix()))
        if not base.is_dir():
            raise _missing(base, source)
        pattern = compile_patterns(["./" + path.relative_to(base).as_posix()])
        found = [file for file in _walk(base) if pattern.fullmatch(f"./{_below(file, base)}")]
        if not found:
            raise SourceMissing(f"{shown(source)}: no file matches this pattern; hidden files are never taken.")
    else:
        base, found = _folder_or_file(path, source)
    folder = os.path.join(root or base, "")  # noqa: PTH118
    for file in found:
        yield _input_file(file, root or base, source), folder


def _folder_or_file(path: Path, source: str) -> tuple[Path, list[str]]:
    """Give the folder that paths are relative to, and the files."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _missing(path, source) from error
    except OSError as error:
        raise SourceMissing(f"{shown(source)}: cannot be read ({error.strerror}); check its rights.") from error
    if stat.S_ISREG(mode):
        return path.parent, [str(path)]
    if not stat.S_ISDIR(mode):
        raise SourceMissing(f"{shown(source)}: is neither a file nor a folder; give one of these.")
    found = list(_walk(path))
    if not found:
        raise SourceMissing(
            f"{shown(source)}: holds no files; hidden files and files that begin with _ are never taken."
        )
    return path, found


def _missing(path: Path, source: str) -> SourceMissing:
    if path.is_symlink():
        return SourceMissing(f"{shown(source)}: is a link to {printable(str(path.readlink()))}, which is not there.")
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, beside, n=1)
    hint = f" Did you mean {printable(str(Path(source).parent / close[0]))}?" if close else ""
    return SourceMissing(f"{shown(source)}: no such file, folder or pattern.{hint}")


def _walk(folder: Path) -> Iterator[str]:
    """Give the regular files below a folder that are not hidden; no folder is read twice, whatever links lead to it."""
    seen: set[tuple[int, int]] = set()
    folders, links = [str(folder)], list[str]()
    while folders or links:
        # Links last and in order, so that a folder goes by its own name rather than by a link's.
        if not folders:
            links.sort(key=os.fsencode, reverse=True)
        current = folders.pop() if folders else links.pop()
        try:
            # Strings, here and below: a `Path` costs as much to make as its file to look at, and there may be millions.
            about = os.stat(current)  # noqa: PTH116
            inside = list(os.scandir(current))
        except OSError as error:
            raise SourceMissing(
                f"{printable(current)}: the folder cannot be read ({error.strerror}); check its rights."
            ) from error
        if (about.st_dev, about.st_ino) in seen:
            continue
        seen.add((about.st_dev, about.st_ino))
        for entry in inside:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                (links if entry.is_symlink() else folders).append(entry.path)
            elif entry.is_file() and not is_hidden(entry.name):
                yield entry.path


def _input_file(path: str, root: Path, source: str) -> InputFile:
    below = _below(path, root)
    if below is None:
        raise Refused(
            f"{shown(source)}: {printable(path)} is not below the root {printable(str(root))}. "
            "Pass `--root COMMON_FOLDER`, a folder above all sources."
        )
    about = os.stat(path)  # noqa: PTH116
    return InputFile(printable(below), path, about.st_size, about.st_mtime_ns, True)


def _below(path: str, folder: Path) -> str | None:
    """Give a path relative to a folder; None where it is not below it."""
    prefix = os.path.join(folder, "")  # noqa: PTH118
    return path[len(prefix) :] if path.startswith(prefix) else None
