"""Extract: a page → its main text, by trafilatura, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.config import ExtractConfig
from pipeline.errors import Unreadable
from pipeline.extract.meta import read_metadata
from pipeline.extract.tree import check_size, load_tree
from pipeline.values import Metadata


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a page holds."""

    text: str
    metadata: Metadata


@cache
def extractor_name() -> str:
    """Name the extractor with its version, as `documents` tells it."""
    from importlib.metadata import version

    return f"trafilatura {version('trafilatura')}"


def extract_html(page: str, url: str | None, config: ExtractConfig) -> Extracted:
    """Extract the main text and the metadata of a page; a page without a main text gives an empty one.

    Raises:
        Unreadable: the page cannot be parsed, or not within bounds of time and memory.
    """
    from trafilatura import bare_extraction

    check_size(page, config.max_tags)
    tree = load_tree(page)
    if tree is None:
        return Extracted("", Metadata(url=url))
    # Before the text: trafilatura changes the tree.
    metadata = read_metadata(tree, url)
    options: dict[str, Any] = {
        "url": url,
        "with_metadata": False,
        "include_comments": config.comments,
        "include_tables": config.tables,
        "favor_precision": config.mode == "precision",
        "favor_recall": config.mode == "recall",
    }
    try:
        found = bare_extraction(tree, **options)
        if found is None and config.mode != "recall":
            # A short page falls below trafilatura's size limits; better its little text than nothing.
            found = bare_extraction(load_tree(page), **{**options, "favor_precision": False, "favor_recall": True})
    except (ValueError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise Unreadable("extraction-failed", f"trafilatura stopped with {type(error).__name__}: {error}") from error
    if found is None or isinstance(found, dict):
        return Extracted("", metadata)
    return Extracted("\n".join(part for part in (found.text, found.comments) if part), metadata)
