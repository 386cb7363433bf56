"""Small pages for the tests of metadata."""

from __future__ import annotations

import json

from pipeline.extract.meta import read_metadata
from pipeline.extract.tree import load_tree
from pipeline.values import Metadata

URL = "https://www.harbour-mole.example/news/tide"
STORY = "<p>The ferry stayed in the harbour until the tide had turned, and nobody on the quay was surprised by it.</p>"


def page(head: str = "", body: str = STORY, *, root: str = "") -> str:
    return f"<!DOCTYPE html><html{root}><head>{head}</head><body>{body}</body></html>"


def linked(data: object) -> str:
    """Write JSON-LD; a text is taken as it is."""
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


def meta(**values: str) -> str:
    """Write meta tags: `og__title="x"` is og:title."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in values.items())


def read(text: str, url: str | None = URL) -> Metadata:
    tree = load_tree(text)
    assert tree is not None
    return read_metadata(tree, url)
