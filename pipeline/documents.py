"""Documents of a batch in columns, whose texts stand in bytes until somebody asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import overload

from pipeline.sign.texts import Strings
from pipeline.values import Document, Mask, Metadata, Removal, Sketch


@dataclass(frozen=True, eq=False)
class Documents(Sequence[Document]):
    """The fields of `Document`, a row each."""

    texts: Strings
    befores: Strings
    changed: AbstractSet[int]
    """The rows whose text is not what it was before."""
    metadata: Sequence[Metadata]
    languages: Sequence[tuple[str | None, float | None]]
    """Each with how sure it is."""
    encodings: Sequence[str | None]
    extractors: Sequence[str]
    removals: Sequence[tuple[Removal, ...]]
    sketches: Sequence[Sketch | None]
    masks: Sequence[tuple[Mask, ...]]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Documents:
        """Put documents into columns."""
        return cls(
            texts=Strings(one.text for one in documents),
            befores=Strings(one.before for one in documents),
            changed={at for at, one in enumerate(documents) if one.text is not one.before},
            metadata=[one.metadata for one in documents],
            languages=[(one.language, one.language_score) for one in documents],
            encodings=[one.encoding for one in documents],
            extractors=[one.extractor for one in documents],
            removals=[one.removals for one in documents],
            sketches=[one.sketch for one in documents],
            masks=[one.masks for one in documents],
        )

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> Document: ...
    @overload
    def __getitem__(self, at: slice) -> list[Document]: ...
    def __getitem__(self, at: int | slice) -> Document | list[Document]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        language, score = self.languages[at]
        before = self.befores[at]
        return Document(
            text=self.texts[at] if at in self.changed else before,
            before=before,
            metadata=self.metadata[at],
            language=language,
            language_score=score,
            encoding=self.encodings[at],
            extractor=self.extractors[at],
            removals=self.removals[at],
            sketch=self.sketches[at],
            masks=self.masks[at],
        )
