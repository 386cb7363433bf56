"""One text or page, cleaned in memory."""

from __future__ import annotations

from pipeline.config import Config
from pipeline.record import clean_record, raw_record
from pipeline.values import Document


def clean_text(text: str | bytes, url: str | None = None, config: Config | None = None) -> Document:
    """Clean a text that was already extracted; the document names its removals.

    >>> document = clean_text("The bridge opened on Monday, two years late.\\n\\nSign up for our newsletter")
    >>> document.text, [removal.kind for removal in document.removals]
    ('The bridge opened on Monday, two years late.', ['newsletter'])

    Raises:
        Unreadable: bytes that are no text.
    """
    return clean_record(raw_record(text, "text", url), config or Config())


def clean_html(page: str | bytes, url: str | None = None, config: Config | None = None) -> Document:
    """Clean a page: its main text, metadata and removals.

    Raises:
        Unreadable: bytes that are no text, or a page that cannot be parsed.
    """
    return clean_record(raw_record(page, "html", url), config or Config())
