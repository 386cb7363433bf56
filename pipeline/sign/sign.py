"""Sign: text → what it is compared by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.config import MatchConfig
from pipeline.sign.figures import figures_of, hashed_figures
from pipeline.sign.fingerprints import fingerprints
from pipeline.sign.letters import LETTERS, letters_of, sketch
from pipeline.sign.minhash import U32, minhash32, signature
from pipeline.sign.shingles import SHINGLE_HASH, U64, shingle_sequence, shingle_set, token_hashes
from pipeline.words.fold import NORMALISER, fold
from pipeline.words.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class Signed:
    """What a text is compared by."""

    exact_key: bytes
    """16 bytes; equal for texts that are the same once folded."""
    tokens: int
    shingles: U64
    """Distinct shingle hashes, sorted."""
    signature: U32
    """Shape (permutations,)."""
    fingerprints: U64
    """Sorted, distinct."""
    letters: U32
    """Sketch of the runs of letters, sorted, distinct."""
    figures: U32
    """Hash of each figure, sorted, each as often as it stands in the text."""
    repeated_share: float | None
    """Share of the shingles that repeat within the text; None without shingles."""


def sign(text: str, config: MatchConfig) -> Signed:
    """Sign a text of any length, an empty one included."""
    folded = fold(text)
    words = tokens_of(folded)
    sequence = shingle_sequence(token_hashes(words), config.shingle_tokens)
    distinct = shingle_set(sequence)
    return Signed(
        exact_key=_key(folded),
        tokens=len(words),
        shingles=distinct,
        signature=signature(minhash32(distinct), config.permutations, config.seed),
        fingerprints=fingerprints(sequence, config.window),
        letters=sketch(letters_of(folded)),
        figures=hashed_figures(figures_of(folded)),
        repeated_share=1 - len(distinct) / len(sequence) if len(sequence) else None,
    )


def exact_key(text: str) -> bytes:
    """Digest the folded text to 16 bytes."""
    return _key(fold(text))


def _key(folded: str) -> bytes:
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[:16]


def index_parameters(config: MatchConfig) -> dict[str, str | int]:
    """Name all that signatures depend on. Indexes with other parameters cannot be compared."""
    return {
        "normaliser": NORMALISER,
        "shingle_hash": SHINGLE_HASH,
        "letters": LETTERS,
        "shingle_tokens": config.shingle_tokens,
        "permutations": config.permutations,
        "seed": config.seed,
        "window": config.window,
    }
