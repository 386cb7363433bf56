"""Files in a store that fsspec knows, such as s3:// or memory://."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import Refused, SourceMissing, Transient, WinnowError
from pipeline.read.names import is_hidden, printable, shown
from pipeline.read.patterns import before_wildcard, compile_patterns, is_pattern

_CREDENTIALS = re.compile(r"([A-Za-z0-9+.-]+://)([^/@]*@)")


def local_path(uri: str) -> str | None:
    """Give the path that a URI means on this machine; None if it means a store."""
    from fsspec.implementations.local import LocalFileSystem

    filesystem, path = store_of(uri)
    return str(path) if isinstance(filesystem, LocalFileSystem) else None


def list_store(uri: str, root: str | None) -> Iterator[tuple[str, str, int]]:
    """Give the files that a URI names: path relative to the root, URI to open it by, size in bytes.

    Args:
        uri: a file, a folder or a pattern in a store.
        root: a URI in the same store, or None, as in `pipeline.read.listing.list_inputs`.

    Raises:
        SourceMissing: it is not there, holds no file, or the store refuses.
        Refused: no program reads such URIs, or a file is not below the root.
        Transient: the store did not answer.
    """
    filesystem, path = store_of(uri)
    try:
        base, found = _find(filesystem, path, uri)
    except WinnowError:
        raise
    except PermissionError:
        raise SourceMissing(f"{shown(uri)}: the store refuses; check the credentials.") from None
    except Exception as error:  # noqa: BLE001 - a store's client raises what it likes
        # Not even as a cause, which is told where a trace is asked for: its text may hold the address.
        raise Transient(f"{shown(uri)}: the store did not answer ({type(error).__name__}); try again.") from None
    if root is not None:
        base = str(store_of(root)[1])
    base = base.rstrip("/")
    empty = True
    for name, size in sorted(found.items()):
        if base and not name.startswith(base + "/"):
            raise Refused(f"{shown(uri)}: {printable(name)} is not below the root. Pass a `--root` above all sources.")
        relative = name[len(base) :].lstrip("/")
        if not is_hidden(relative):
            empty = False
            yield printable(relative), _openable(filesystem, name, uri), size
    if empty:
        raise SourceMissing(f"{shown(uri)}: holds no files; hidden files and files that begin with _ are never taken.")


def store_of(uri: str) -> tuple[Any, str]:
    """Give fsspec's view of the store that a URI names, and the path in it.

    Raises:
        Refused: no program here knows such URIs.
    """
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(uri)
    except (ImportError, ValueError) as error:
        raise Refused(
            f"{shown(uri)}: no program here reads this kind of address ({_why(error)}); install the one that "
            "fsspec names for it, such as s3fs for s3://."
        ) from None
    return filesystem, str(path)


def _why(error: Exception) -> str:
    # The package to install stands in the text; credentials may stand in what a ValueError cites.
    return str(error).rstrip(".") if isinstance(error, ImportError) else type(error).__name__


def _find(filesystem: Any, path: str, uri: str) -> tuple[str, dict[str, int]]:
    """Give the folder that paths are relative to, and the files with their sizes."""
    if is_pattern(path) and not filesystem.exists(path):
        base = before_wildcard(path)
        pattern = compile_patterns([path])
        return base, {name: size for name, size in _files(filesystem, base).items() if pattern.fullmatch(name)}
    if filesystem.isdir(path):
        return path, _files(filesystem, path)
    if not filesystem.exists(path):
        raise SourceMissing(f"{shown(uri)}: no such file or folder in the store.")
    return path.rpartition("/")[0], {path: int(filesystem.info(path).get("size") or 0)}


def _files(filesystem: Any, folder: str) -> dict[str, int]:
    found = filesystem.find(folder, detail=True)
    return {str(name): int(about.get("size") or 0) for name, about in found.items() if about.get("type") == "file"}


def _openable(filesystem: Any, name: str, uri: str) -> str:
    """Give the URI of a file, with the credentials that the source's own URI holds."""
    whole = str(filesystem.unstrip_protocol(name))
    given = _CREDENTIALS.match(uri)
    if given and not _CREDENTIALS.match(whole):
        scheme, _, rest = whole.partition("://")
        return f"{scheme}://{given.group(2)}{rest}"
    return whole
