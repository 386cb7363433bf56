"""One text or page, cleaned in memory."""

from __future__ import annotations

from pipeline.config import Config
from pipeline.mask.key import with_key
from pipeline.record import clean_record, raw_record
from pipeline.strip.reasons import check_rules
from pipeline.values import Document, Media


def clean_text(text: str | bytes, url: str | None = None, config: Config | None = None) -> Document:
    """Clean a text that was already extracted; the document names its removals.

    >>> document = clean_text("The bridge opened on Monday, two years late.\\n\\nSign up for our newsletter")
    >>> document.text, [removal.kind for removal in document.removals]
    ('The bridge opened on Monday, two years late.', ['newsletter'])

    Raises:
        ConfigError: a rule that the configuration disables is not there, or the key of `privacy` is missing.
        Unreadable: bytes that are no text.
    """
    return _clean(text, "text", url, config)


def clean_html(page: str | bytes, url: str | None = None, config: Config | None = None) -> Document:
    """Clean a page: its main text, metadata and removals.

    Raises:
        ConfigError: a rule that the configuration disables is not there, or the key of `privacy` is missing.
        Unreadable: bytes that are no text, or a page that cannot be parsed.
    """
    return _clean(page, "html", url, config)


def _clean(content: str | bytes, media: Media, url: str | None, config: Config | None) -> Document:
    config = with_key(config or Config())
    check_rules(config.strip)
    return clean_record(raw_record(content, media, url), config)
