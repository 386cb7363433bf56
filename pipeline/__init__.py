"""Winnow: raw news and web pages in, a clean, de-duplicated corpus with provenance out.

The Python API says the command line in a line each: `clean_text`, `clean_html`, `clean_folder`, `read_corpus`,
`carriers`. Names load what they need when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api import clean_html, clean_text
    from pipeline.config import Config, load_config
    from pipeline.cuts import restore
    from pipeline.frames import clean_frame
    from pipeline.inspect.carriers import carriers
    from pipeline.run.clean import clean_folder
    from pipeline.store.corpus import read_corpus

_HOMES = {
    "Config": "pipeline.config",
    "carriers": "pipeline.inspect.carriers",
    "clean_folder": "pipeline.run.clean",
    "clean_frame": "pipeline.frames",
    "clean_html": "pipeline.api",
    "clean_text": "pipeline.api",
    "load_config": "pipeline.config",
    "read_corpus": "pipeline.store.corpus",
    "restore": "pipeline.cuts",
}

__all__ = [
    "Config",
    "carriers",
    "clean_folder",
    "clean_frame",
    "clean_html",
    "clean_text",
    "load_config",
    "read_corpus",
    "restore",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
