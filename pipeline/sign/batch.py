"""Sign many texts at once: buffers of text → arrays of what texts are compared by.

What comes of each text is what `pipeline.sign.sign.sign` makes of it; where numba is there and there is enough to do,
at a fifteenth to a twenty-fifth of the cost (`benchmarks/signing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.sign.compiled import Compiled, compiled
from pipeline.sign.marked import hashed, hashed_and_marked
from pipeline.sign.minhash import U32, permutations
from pipeline.sign.rows import Rows, joined, rows_of
from pipeline.sign.sets import I64, check_offsets
from pipeline.sign.shingles import U64, shingle_sequence, shingle_set, token_hashes
from pipeline.sign.sign import Signed, sign
from pipeline.sign.texts import Bytes, Texts, packed, parts, strings
from pipeline.words.fold import fold
from pipeline.words.tokens import tokens_of

# What signing takes longer without compiled code, a byte of text; what making shingle sets does, and hashing tokens.
_BYTE_NS, _SET_BYTE_NS, _HASH_BYTE_NS = 150, 50, 40


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """What texts are compared by, a row each."""

    exact_keys: Bytes
    """(texts, 16)"""
    tokens: I64
    """(texts,)"""
    shingle_counts: I64
    """(texts,): distinct shingles."""
    repeated_shares: NDArray[np.float64]
    """(texts,): the share of the shingles that repeat within the text; not a number without shingles."""
    signatures: U32
    """(texts, permutations)"""
    fingerprints: U64
    """Those of all texts, each one's sorted and distinct."""
    fingerprint_offsets: I64
    """(texts + 1,)"""
    letters: U32
    """Sketches of the letters of all texts, each one's sorted and distinct."""
    letter_offsets: I64
    """(texts + 1,)"""
    figures: U32
    """Hashes of the figures of all texts, each one's sorted."""
    figure_offsets: I64
    """(texts + 1,)"""
    shingles: U64
    """The distinct shingle hashes of all texts, each one's sorted; empty where they were not asked for."""
    shingle_offsets: I64
    """(texts + 1,)"""

    def __len__(self) -> int:
        return len(self.tokens)

    def row(self, number: int) -> Signed:
        """Give what one text is compared by, in views; without shingles where these were not asked for."""
        share = float(self.repeated_shares[number])
        return Signed(
            exact_key=self.exact_keys[number].tobytes(),
            tokens=int(self.tokens[number]),
            shingles=self.shingles[self.shingle_offsets[number] : self.shingle_offsets[number + 1]],
            signature=self.signatures[number],
            fingerprints=self.fingerprints[self.fingerprint_offsets[number] : self.fingerprint_offsets[number + 1]],
            letters=self.letters[self.letter_offsets[number] : self.letter_offsets[number + 1]],
            figures=self.figures[self.figure_offsets[number] : self.figure_offsets[number + 1]],
            repeated_share=None if np.isnan(share) else share,
        )


def sign_batch(texts: Sequence[str] | Texts, config: MatchConfig, shingles: bool = False) -> SignedBatch:
    """Sign texts of any length, empty ones included.

    Args:
        texts: strings, or their bytes (see `pipeline.sign.texts.texts_of_arrow`).
        config: the configuration.
        shingles: give the shingle sets, which take most of the room. Their sizes are told in any case.

    Raises:
        IndexError: offsets that lead out of the bytes.
        ValueError: bytes that are cut off within a character, or lie beyond Unicode; says which text's. Other bytes
            that are no UTF-8 may be signed as something else.
    """
    texts, fast = _checked(texts), compiled(_BYTE_NS * _size(texts))
    if fast is None:
        return gathered([sign(text, config) for text in strings(texts)], config, shingles)
    return joined_batches([_signed(fast, some, first, config, shingles) for some, first in _some(texts)])


def shingle_sets(texts: Sequence[str] | Texts, config: MatchConfig) -> tuple[I64, U64]:
    """Make the shingle sets of texts, and nothing else, at half the cost of signing them; for verification.

    Gives offsets of shape (texts + 1,) and the distinct hashes of all texts, each one's sorted, as
    `pipeline.sign.sets.intersections` takes them; takes and raises what `sign_batch` does.

    >>> offsets, values = shingle_sets(["One two three four five six", "", "one two"], MatchConfig())
    >>> offsets.tolist()
    [0, 2, 2, 3]
    """
    texts, fast = _checked(texts), compiled(_SET_BYTE_NS * _size(texts))
    n = config.shingle_tokens
    if fast is None:
        hashes = (token_hashes(tokens_of(fold(text))) for text in strings(texts))
        rows = rows_of([shingle_set(shingle_sequence(some, n)) for some in hashes], np.uint64)
    else:
        rows = joined([Rows(*fast.shingle_sets(*hashed(fast, some, first), n)) for some, first in _some(texts)])
    return rows.offsets, rows.values


def hashes_of(texts: Sequence[str]) -> list[U64]:
    """Hash the tokens of texts, in order.

    >>> [len(hashes) for hashes in hashes_of(["One two three", ""])]
    [3, 0]
    """
    fast = compiled(_HASH_BYTE_NS * _size(texts))
    if fast is None:
        return [token_hashes(tokens_of(fold(text))) for text in texts]
    values, offsets = hashed(fast, packed(texts), 0)
    return np.split(values, offsets[1:-1])


def _checked(texts: Sequence[str] | Texts) -> Sequence[str] | Texts:
    if isinstance(texts, Texts):
        texts = Texts(np.ascontiguousarray(texts.data, np.uint8), np.array(texts.offsets, np.int64))
        check_offsets(texts.offsets, len(texts.data))
    return texts


def _size(texts: Sequence[str] | Texts) -> int:
    return int(texts.offsets[-1] - texts.offsets[0]) if isinstance(texts, Texts) else sum(map(len, texts))


def _some(texts: Sequence[str] | Texts) -> Iterator[tuple[Texts, int]]:
    """Give a part of the texts after the other, and the number of its first text."""
    whole = texts if isinstance(texts, Texts) else packed(texts)
    for rows in parts(whole.offsets):
        yield Texts(whole.data, whole.offsets[rows.start : rows.stop + 1]), rows.start


def _signed(fast: Compiled, texts: Texts, first: int, config: MatchConfig, shingles: bool) -> SignedBatch:
    hashes, marked = hashed_and_marked(fast, texts, first)
    a, b = permutations(config.permutations, config.seed)
    sets, set_offsets, counts, signatures, fingerprints, fingerprint_offsets = fast.sign_hashes(
        *hashes, config.shingle_tokens, a, b, config.window, shingles
    )
    distinct = np.diff(set_offsets)
    with np.errstate(invalid="ignore"):
        shares = 1 - distinct / counts
    return SignedBatch(
        exact_keys=marked.keys,
        tokens=np.diff(hashes.offsets),
        shingle_counts=distinct,
        repeated_shares=shares,
        signatures=signatures,
        fingerprints=fingerprints,
        fingerprint_offsets=fingerprint_offsets,
        letters=marked.letters.values,
        letter_offsets=marked.letters.offsets,
        figures=marked.figures.values,
        figure_offsets=marked.figures.offsets,
        shingles=sets,
        shingle_offsets=set_offsets if shingles else np.zeros_like(set_offsets),
    )


def gathered(rows: Sequence[Signed], config: MatchConfig, shingles: bool = False) -> SignedBatch:
    """Put texts that were signed one by one into a batch."""
    shares = [np.nan if row.repeated_share is None else row.repeated_share for row in rows]
    fingerprints = rows_of([row.fingerprints for row in rows], np.uint64)
    letters = rows_of([row.letters for row in rows], np.uint32)
    figures = rows_of([row.figures for row in rows], np.uint32)
    sets = rows_of([row.shingles if shingles else row.shingles[:0] for row in rows], np.uint64)
    return SignedBatch(
        exact_keys=np.frombuffer(bytearray(b"".join(row.exact_key for row in rows)), np.uint8).reshape(-1, 16),
        tokens=np.array([row.tokens for row in rows], np.int64),
        shingle_counts=np.array([len(row.shingles) for row in rows], np.int64),
        repeated_shares=np.array(shares, np.float64),
        signatures=np.array([row.signature for row in rows], np.uint32).reshape(-1, config.permutations),
        fingerprints=fingerprints.values,
        fingerprint_offsets=fingerprints.offsets,
        letters=letters.values,
        letter_offsets=letters.offsets,
        figures=figures.values,
        figure_offsets=figures.offsets,
        shingles=sets.values,
        shingle_offsets=sets.offsets,
    )


def joined_batches(batches: Sequence[SignedBatch]) -> SignedBatch:
    """Put one or more batches one after the other."""
    if len(batches) == 1:
        return batches[0]
    fingerprints = joined([Rows(one.fingerprints, one.fingerprint_offsets) for one in batches])
    letters = joined([Rows(one.letters, one.letter_offsets) for one in batches])
    figures = joined([Rows(one.figures, one.figure_offsets) for one in batches])
    sets = joined([Rows(one.shingles, one.shingle_offsets) for one in batches])
    return SignedBatch(
        exact_keys=np.concatenate([one.exact_keys for one in batches]),
        tokens=np.concatenate([one.tokens for one in batches]),
        shingle_counts=np.concatenate([one.shingle_counts for one in batches]),
        repeated_shares=np.concatenate([one.repeated_shares for one in batches]),
        signatures=np.concatenate([one.signatures for one in batches]),
        fingerprints=fingerprints.values,
        fingerprint_offsets=fingerprints.offsets,
        letters=letters.values,
        letter_offsets=letters.offsets,
        figures=figures.values,
        figure_offsets=figures.offsets,
        shingles=sets.values,
        shingle_offsets=sets.offsets,
    )
