"""Candidate pairs: kept documents that share a band or a fingerprint with a new one. A rumour, to be verified."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.bands import band_hashes, band_shape
from pipeline.sign.minhash import U32
from pipeline.sign.shingles import U64


class KeptIndex:
    """The kept documents, by what they can be found with. Documents are named by their number in order of arrival.

    Only kept documents are entered, so a story's copies never crowd a bucket, and what a new document is compared with
    depends on the documents before it alone: not on how the corpus was cut into runs.
    """

    def __init__(self, config: MatchConfig) -> None:
        self._config = config
        self._bands, self._rows = band_shape(config.jaccard, config.recall, config.permutations)
        self._by_key: dict[bytes, int] = {}
        self._by_band: dict[int, list[int]] = {}
        self._by_fingerprint: dict[int, list[int]] = {}

    def exact(self, exact_key: bytes) -> int | None:
        """Give the kept document with the same folded text."""
        return self._by_key.get(exact_key)

    def candidates(self, signature: U32, fingerprints: U64) -> list[int]:
        """Give the kept documents that may be like this one, in order of arrival.

        A fingerprint that `common_fingerprint` kept documents hold already is a phrase of the trade, not a copy.
        """
        found: set[int] = set()
        for band in self._hashes(signature):
            found.update(self._by_band.get(band, ()))
        for fingerprint in fingerprints.tolist():
            holders = self._by_fingerprint.get(fingerprint, ())
            if len(holders) < self._config.common_fingerprint:
                found.update(holders)
        return sorted(found)

    def keep(self, number: int, exact_key: bytes, signature: U32, fingerprints: U64) -> None:
        """Enter a kept document. Documents are entered in order of arrival."""
        self._by_key.setdefault(exact_key, number)
        for band in self._hashes(signature):
            self._by_band.setdefault(band, []).append(number)
        for fingerprint in fingerprints.tolist():
            holders = self._by_fingerprint.setdefault(fingerprint, [])
            if len(holders) < self._config.common_fingerprint:
                holders.append(number)

    def _hashes(self, signature: U32) -> Iterable[int]:
        # Every text without tokens has the same empty signature: such texts are compared whole only.
        if (signature == np.uint32(0xFFFFFFFF)).all():
            return ()
        hashes: list[int] = band_hashes(signature[None, :], self._bands, self._rows)[0].tolist()
        return hashes
