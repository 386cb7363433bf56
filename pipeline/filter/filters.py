"""Filters: which documents are not kept, and why. By default only those with nothing left."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.values import Document, Rejection

REJECTION_REASONS: dict[str, str] = {
    "empty": "the record held no text to begin with",
    "nothing-left": "no text was left after extraction and stripping",
    "too-short": "fewer tokens than filter.min_tokens",
    "language": "not in one of filter.languages, or not surely enough",
}
"""Every reason, with its meaning. The names are stable."""


def reject(document: Document, tokens: int, held_text: bool, config: FilterConfig) -> Rejection | None:
    """Say why a document is not kept; None keeps it.

    Args:
        document: a cleaned document.
        tokens: how many tokens its text has.
        held_text: whether the record held anything but white space before extraction.
        config: the limits.
    """
    if not document.text.strip():
        if not held_text:
            return Rejection("empty", "the record holds no text")
        cut = sum(removal.end - removal.start for removal in document.removals)
        return Rejection("nothing-left", f"extraction left {len(document.before)} characters, stripping cut {cut}")
    if tokens < config.min_tokens:
        return Rejection("too-short", f"{tokens} tokens, at least {config.min_tokens} wanted")
    if config.languages:
        score = document.language_score if document.language_score is not None else 0.0
        if document.language not in config.languages or score < config.min_language_score:
            wanted = ", ".join(config.languages)
            return Rejection("language", f"{document.language or 'unknown'} at {score:.2f}, wanted {wanted}")
    return None
