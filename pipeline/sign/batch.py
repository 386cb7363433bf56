"""Sign many texts at once: buffers of text → arrays of what texts are compared by.

What comes of each text is what `pipeline.sign.sign.sign` makes of it; where numba is there and there is enough to do,
at a fifteenth to a twenty-fifth of the cost (`benchmarks/signing.py`).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.sign.compiled import Compiled, compiled
from pipeline.sign.figures import figures_of, hashed_figures
from pipeline.sign.letters import letters_of, sketch
from pipeline.sign.minhash import U32, permutations
from pipeline.sign.sets import I64, check_offsets, read_only
from pipeline.sign.shingles import U64
from pipeline.sign.sign import Signed, sign
from pipeline.words.fold import normalised
from pipeline.words.tables import BLOCK, Tables

Bytes = NDArray[np.uint8]

# What signing takes longer without compiled code, a byte of text.
_BYTE_NS = 100
# So many bytes of texts go through together: what is made of them on the way stays in the cache of a processor.
_TOGETHER = 1 << 19


class Texts(NamedTuple):
    """Texts in UTF-8, one after the other; lone surrogates as three bytes."""

    data: Bytes
    offsets: I64
    """(texts + 1,): text i is data[offsets[i]:offsets[i + 1]]."""


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
        texts: strings, or their bytes (see `texts_of_arrow`).
        config: the configuration.
        shingles: give the shingle sets, which take most of the room. Their sizes are told in any case.

    Raises:
        IndexError: offsets that lead out of the bytes.
        ValueError: bytes that are cut off within a character, or lie beyond Unicode; says which text's. Other bytes
            that are no UTF-8 may be signed as something else.
    """
    if isinstance(texts, Texts):
        texts = Texts(np.ascontiguousarray(texts.data, np.uint8), np.array(texts.offsets, np.int64))
        check_offsets(texts.offsets, len(texts.data))
    size = int(texts.offsets[-1] - texts.offsets[0]) if isinstance(texts, Texts) else sum(map(len, texts))
    fast = compiled(_BYTE_NS * size)
    if fast is None:
        return _gathered([sign(text, config) for text in _strings(texts)], config, shingles)
    whole = texts if isinstance(texts, Texts) else _packed(texts)
    parts = [_signed(fast, whole, rows, config, shingles) for rows in _parts(whole.offsets)]
    return _joined(parts) if len(parts) > 1 else parts[0]


def texts_of_arrow(array: Any) -> Texts:
    """Take the buffers of an Arrow array of type string or large_string, without a copy of the text.

    Raises:
        TypeError: an array of another type, or in several chunks.
        ValueError: an array with nulls.
    """
    kind = str(getattr(array, "type", type(array)))
    if kind not in {"string", "large_string"} or not hasattr(array, "buffers"):
        raise TypeError(f"{kind} is not one array of type string or large_string; combine its chunks, or cast it")
    if array.null_count:
        raise ValueError(f"{array.null_count} texts are null; fill them, with an empty text for example")
    _, offsets, data = array.buffers()
    width = np.dtype(np.int32 if kind == "string" else np.int64)
    if offsets is None or not len(array):
        return Texts(np.zeros(0, np.uint8), np.zeros(len(array) + 1, np.int64))
    places = np.frombuffer(offsets, width, len(array) + 1, array.offset * width.itemsize)
    return Texts(np.frombuffer(data if data is not None else b"", np.uint8), places.astype(np.int64))


def _packed(texts: Sequence[str]) -> Texts:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(data) for data in encoded], out=offsets[1:])
    return Texts(np.frombuffer(b"".join(encoded), np.uint8), offsets)


def _strings(texts: Sequence[str] | Texts) -> Iterator[str]:
    if isinstance(texts, Texts):
        yield from (_string(texts, row) for row in range(len(texts.offsets) - 1))
    else:
        yield from texts


def _string(texts: Texts, row: int, first: int = 0) -> str:
    data = texts.data[texts.offsets[row] : texts.offsets[row + 1]].tobytes()
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise ValueError(f"text {first + row}: no UTF-8: {error}") from error


def _parts(offsets: I64) -> Iterator[slice]:
    """Cut rows into runs of about `_TOGETHER` bytes; one at least, with no rows where there are none."""
    rows = len(offsets) - 1
    first = 0
    while True:
        last = int(np.searchsorted(offsets, offsets[first] + _TOGETHER, "right")) - 1
        last = min(max(last, first + 1), rows)
        yield slice(first, last)
        first = last
        if first >= rows:
            return


def _signed(fast: Compiled, texts: Texts, rows: slice, config: MatchConfig, shingles: bool) -> SignedBatch:
    read = _read(fast, Texts(texts.data, texts.offsets[rows.start : rows.stop + 1]), rows.start)
    letters = [sketch(letters_of(text)) for text in read.told]
    figures = [hashed_figures(figures_of(text)) for text in read.told]
    a, b = permutations(config.permutations, config.seed)
    sets, set_offsets, counts, signatures, fingerprints, fingerprint_offsets = fast.sign_hashes(
        read.hashes, read.offsets, config.shingle_tokens, a, b, config.window, shingles
    )
    distinct = np.diff(set_offsets)
    with np.errstate(invalid="ignore"):
        shares = 1 - distinct / counts
    return SignedBatch(
        exact_keys=read.keys,
        tokens=np.diff(read.offsets),
        shingle_counts=distinct,
        repeated_shares=shares,
        signatures=signatures,
        fingerprints=fingerprints,
        fingerprint_offsets=fingerprint_offsets,
        letters=_chain32(letters),
        letter_offsets=_offsets(list(map(len, letters))),
        figures=_chain32(figures),
        figure_offsets=_offsets(list(map(len, figures))),
        shingles=sets,
        shingle_offsets=set_offsets if shingles else np.zeros_like(set_offsets),
    )


class _Folded(NamedTuple):
    """Texts on the way to shingles."""

    keys: Bytes
    hashes: U64
    """Of tokens."""
    offsets: I64
    """(texts + 1,): where the hashes of each text begin."""
    undecided: list[int]
    """Rows of texts, without any hashes, that tables of characters do not decide."""
    told: list[str]
    """The folded texts."""


def _read(fast: Compiled, texts: Texts, first: int) -> _Folded:
    """Fold and cut texts; `first` is the number of the first one."""
    done = _folded(fast, texts, first)
    if not done.undecided:
        return done
    # In these, characters join with their neighbours: once normalised they do so no more.
    again = _packed([normalised(_string(texts, row, first)) for row in done.undecided])
    theirs = _folded(fast, again, first, whole=True)
    done.keys[done.undecided] = theirs.keys
    places, starts = done.offsets.tolist(), [0, *done.offsets[done.undecided].tolist()]
    pieces: list[U64] = []
    for number, row in enumerate(done.undecided):
        done.told[row] = theirs.told[number]
        pieces += [done.hashes[starts[number] : places[row]]]
        pieces += [theirs.hashes[theirs.offsets[number] : theirs.offsets[number + 1]]]
    sizes = np.diff(done.offsets)
    sizes[done.undecided] = np.diff(theirs.offsets)
    return _Folded(done.keys, _chain([*pieces, done.hashes[starts[-1] :]]), _offsets(sizes), [], done.told)


def _folded(fast: Compiled, texts: Texts, first: int, whole: bool = False, keys: bool = True) -> _Folded:
    known, bits_of = _tables(), _bits_of()
    data = read_only(texts.data)
    unmet = 0
    while unmet >= 0:
        folded, ends, bounds, offsets, results, unmet = fast.read_texts(
            data, texts.offsets, whole, known.entries, known.first, known.starter, known.pool, known.pairs, bits_of
        )
        if unmet >= 0:
            known.learn([unmet >> BLOCK])
    from pipeline.sign.reading import UNDECIDED, UNSOUND

    if (results == UNSOUND).any():
        raise ValueError(f"text {first + int((results == UNSOUND).argmax())}: no UTF-8")
    view, places = memoryview(folded), ends.tolist() if keys else []
    digests = [hashlib.sha256(view[begin:end]).digest()[:16] for begin, end in itertools.pairwise(places)]
    told = [str(view[begin:end], "utf-8", "surrogatepass") for begin, end in itertools.pairwise(places)]
    exact_keys = np.frombuffer(bytearray(b"".join(digests)), np.uint8).reshape(-1, 16)
    rows = np.flatnonzero(results == UNDECIDED).tolist()
    return _Folded(exact_keys, fast.hash_tokens(folded, bounds), offsets, rows, told)


@cache
def _tables() -> Tables:
    return Tables()


@cache
def _bits_of() -> U64:
    from pipeline.sign.reading import bits_of_bytes

    return bits_of_bytes()


def _gathered(rows: list[Signed], config: MatchConfig, shingles: bool) -> SignedBatch:
    kept = [row.shingles if shingles else row.shingles[:0] for row in rows]
    shares = [np.nan if row.repeated_share is None else row.repeated_share for row in rows]
    return SignedBatch(
        exact_keys=np.frombuffer(bytearray(b"".join(row.exact_key for row in rows)), np.uint8).reshape(-1, 16),
        tokens=np.array([row.tokens for row in rows], np.int64),
        shingle_counts=np.array([len(row.shingles) for row in rows], np.int64),
        repeated_shares=np.array(shares, np.float64),
        signatures=np.array([row.signature for row in rows], np.uint32).reshape(-1, config.permutations),
        fingerprints=_chain([row.fingerprints for row in rows]),
        fingerprint_offsets=_offsets([len(row.fingerprints) for row in rows]),
        letters=_chain32([row.letters for row in rows]),
        letter_offsets=_offsets([len(row.letters) for row in rows]),
        figures=_chain32([row.figures for row in rows]),
        figure_offsets=_offsets([len(row.figures) for row in rows]),
        shingles=_chain(kept),
        shingle_offsets=_offsets(list(map(len, kept))),
    )


def _chain(arrays: list[U64]) -> U64:
    return np.concatenate([np.zeros(0, np.uint64), *arrays])


def _chain32(arrays: list[U32]) -> U32:
    return np.concatenate([np.zeros(0, np.uint32), *arrays])


def _offsets(sizes: Sequence[int] | I64) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _joined(parts: list[SignedBatch]) -> SignedBatch:
    return SignedBatch(
        exact_keys=np.concatenate([part.exact_keys for part in parts]),
        tokens=np.concatenate([part.tokens for part in parts]),
        shingle_counts=np.concatenate([part.shingle_counts for part in parts]),
        repeated_shares=np.concatenate([part.repeated_shares for part in parts]),
        signatures=np.concatenate([part.signatures for part in parts]),
        fingerprints=_chain([part.fingerprints for part in parts]),
        fingerprint_offsets=_offsets(np.concatenate([np.diff(part.fingerprint_offsets) for part in parts])),
        letters=_chain32([part.letters for part in parts]),
        letter_offsets=_offsets(np.concatenate([np.diff(part.letter_offsets) for part in parts])),
        figures=_chain32([part.figures for part in parts]),
        figure_offsets=_offsets(np.concatenate([np.diff(part.figure_offsets) for part in parts])),
        shingles=_chain([part.shingles for part in parts]),
        shingle_offsets=_offsets(np.concatenate([np.diff(part.shingle_offsets) for part in parts])),
    )
