"""Extract: a page → its main text and what it says of itself, by trafilatura."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.config import ExtractConfig
from pipeline.errors import Unreadable
from pipeline.extract.tree import check_size, load_tree
from pipeline.values import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

_AUTHOR_SEPARATOR = re.compile(r"\s*;\s*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")

# htmldate takes no date later than "now" unless told; a result must not depend on the day of the run.
_LATEST_DATE = "2100-01-01"


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
    language = page_language(tree)
    options: dict[str, Any] = {
        "url": url,
        "with_metadata": True,
        "include_comments": config.comments,
        "include_tables": config.tables,
        "favor_precision": config.mode == "precision",
        "favor_recall": config.mode == "recall",
        "date_extraction_params": {"original_date": True, "extensive_search": True, "max_date": _LATEST_DATE},
    }
    try:
        found = bare_extraction(tree, **options)
        if found is None and config.mode != "recall":
            # A short page falls below trafilatura's size limits; better its little text than nothing.
            found = bare_extraction(load_tree(page), **{**options, "favor_precision": False, "favor_recall": True})
    except (ValueError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise Unreadable("extraction-failed", f"trafilatura stopped with {type(error).__name__}: {error}") from error
    if found is None or isinstance(found, dict):
        return Extracted("", Metadata(url=url, language=language))
    return Extracted(
        text="\n".join(part for part in (found.text, found.comments) if part),
        metadata=Metadata(
            title=found.title or None,
            authors=tuple(name for name in _AUTHOR_SEPARATOR.split(found.author or "") if name),
            date=found.date or None,
            url=found.url or url,
            site_name=found.sitename or None,
            category=(found.categories[0] or None) if found.categories else None,
            language=language,
        ),
    )


def page_language(tree: _Element) -> str | None:
    """Give the language that a page declares (`lang` of its root), as ISO 639."""
    root = tree.getroottree().getroot()
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    match = _LANGUAGE.match(declared.strip())
    return match.group().lower() if match else None
