"""Put placeholders where secrets stood: in texts, what was cut from them, and what is told beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from pipeline.config import PrivacyConfig
from pipeline.cuts import Cut, apply_cuts
from pipeline.mask.find import find_secrets
from pipeline.mask.key import keyed_hash, read_key
from pipeline.mask.row import Span
from pipeline.values import Document, Mask, MaskKind, Metadata, Removal

_DOT = "•"

Tell = Callable[[Span, str], str]
"""Span, the text that it stands in → what `removals` tells of it."""


def placeholder(kind: MaskKind) -> str:
    """Give what stands for a secret.

    >>> placeholder("email")
    '[email]'
    """
    return f"[{kind}]"


def mask_documents(documents: Sequence[Document], config: PrivacyConfig) -> list[Document]:
    """Mask documents: the text before cutting, and with it the text and its removals; and the metadata.

    What was cut stays cut, as if it had been masked before; a removal that ends in a secret takes all of it. Sketches
    are left as they are: they tell of the unmasked text (see `pipeline.record`).

    Args:
        documents: as they were cleaned.
        config: what is masked, and what is told of it.

    Returns:
        The documents; one that holds no secret is the same object.

    Raises:
        ConfigError: a key is needed and missing.
    """
    tell = _teller(config)
    texts: list[str] = []
    for document in documents:
        texts += [document.before, *_told(document.metadata)]
    found = find_secrets(texts, config.mask)
    masked: list[Document] = []
    at = 0
    for document in documents:
        count = 1 + len(_told(document.metadata))
        spans = [found.get(number, []) for number in range(at, at + count)]
        if any(spans):
            document = _masked(document, spans, texts[at : at + count], tell)  # noqa: PLW2901 - the same, masked
        masked.append(document)
        at += count
    return masked


def mask_texts(texts: Sequence[str | None], config: PrivacyConfig) -> list[str | None]:
    """Mask texts that stand by themselves; None stays."""
    there = [text or "" for text in texts]
    found = find_secrets(there, config.mask)
    return [text if text is None else _replaced(text, found.get(number, ())) for number, text in enumerate(texts)]


def _told(known: Metadata) -> list[str]:
    return [known.title or "", known.url or "", known.site_name or "", known.category or "", *known.authors]


def _masked(document: Document, spans: Sequence[list[Span]], texts: Sequence[str], tell: Tell) -> Document:
    if any(spans[1:]):
        title, url, site_name, category, *authors = map(_replaced, texts[1:], spans[1:])
        metadata = document.metadata._replace(
            title=title or None,
            url=url or None,
            site_name=site_name or None,
            category=category or None,
            authors=tuple(authors),
        )
        document = document._replace(metadata=metadata)
    if not spans[0]:
        return document
    before, masks = _mask(document.before, spans[0], tell)
    moved = _Moved(spans[0], masks)
    text, removals = apply_cuts(before, [moved.cut(one) for one in document.removals])
    return document._replace(text=text, before=before, removals=removals, masks=tuple(masks))


def _mask(text: str, spans: Sequence[Span], tell: Tell) -> tuple[str, list[Mask]]:
    pieces: list[str] = []
    masks: list[Mask] = []
    at = size = 0
    for span in spans:
        shown = placeholder(span.kind)
        pieces += (text[at : span.start], shown)
        size += span.start - at
        masks.append(Mask(span.kind, size, size + len(shown), tell(span, text)))
        size += len(shown)
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces), masks


def _replaced(text: str, spans: Iterable[Span]) -> str:
    return _mask(text, tuple(spans), lambda *_: "")[0]


class _Moved:
    """Where places in a text are once it is masked."""

    def __init__(self, spans: Sequence[Span], masks: Sequence[Mask]) -> None:
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]
        self._masks = masks

    def cut(self, removal: Removal) -> Cut:
        """Give a removal as a cut of the masked text. One that begins or ends in a secret takes all of it."""
        start, end = self._place(removal.start, 0), self._place(removal.end, 1)
        return Cut(start, end, removal.rule, removal.kind, removal.score, removal.weighed)

    def _place(self, place: int, side: int) -> int:
        """Give a place in the masked text; of one inside a secret, the start (0) or the end (1) of the placeholder."""
        number = bisect_right(self._starts, place) - 1
        if number >= 0 and self._starts[number] < place < self._ends[number]:
            mask = self._masks[number]
            return (mask.start, mask.end)[side]
        done = bisect_right(self._ends, place)
        return place + (self._masks[done - 1].end - self._ends[done - 1] if done else 0)


def _teller(config: PrivacyConfig) -> Tell:
    if config.told == "text":
        return lambda span, text: text[span.start : span.end]
    if config.told == "length":
        return lambda span, _: _DOT * (span.end - span.start)
    key = read_key(config)
    return lambda span, _: keyed_hash(key, span.kind, span.canonical)
