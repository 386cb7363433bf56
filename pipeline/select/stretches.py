"""Stretches: documents that are decided on together, their texts made ready, and pairs measured, by threads."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates, Wanted
from pipeline.match.ready import Ready, Room, ready
from pipeline.match.verify import COLUMNS, limits_of
from pipeline.sign.compiled import Compiled
from pipeline.sign.sets import I64
from pipeline.sign.texts import Texts, parts
from pipeline.threads import Threads

# So many bytes of text are made ready together, which takes some seven times their room; or of so many pairs.
_BYTES = 1 << 23
# And of so many bytes at most those that were needed are held.
_ROOM = 3 << 22
# So many texts are asked at once how long they are.
_ASKED = 512
_PAIRS = 1 << 15
# A thread measures so many pairs at a time.
_MEASURED = 256


class Source(Protocol):
    """The texts of documents by their numbers, in UTF-8 with lone surrogates as they are."""

    def sizes(self, numbers: I64) -> I64:
        """Give the bytes of each text."""
        ...

    def take(self, numbers: I64) -> Texts:
        """Give the texts of documents, whose numbers are sorted."""
        ...


class Measured(NamedTuple):
    """Pairs that were measured before it was known which documents of a stretch are kept."""

    first: int
    """Number of the first document of the stretch."""
    at: I64
    """(documents + 1,): where the pairs of each begin; all the same where none were measured."""
    earlier: I64
    """(pairs,): the earlier document of each, sorted for each later one."""
    by_letters: NDArray[np.bool_]
    """(pairs,): whether its letters were looked at."""
    rows: NDArray[np.float64]
    """(pairs, `pipeline.match.verify.COLUMNS`)"""


class Stretch(NamedTuple):
    """Documents that can be decided on, and the texts that it takes."""

    documents: I64
    """Numbers of those whose texts are ready, sorted."""
    rows: I64
    """The row of each in the room."""
    room: Room
    last: int
    """One past the last document that can be decided on."""
    measured: Measured

    def places(self, documents: I64) -> tuple[I64, NDArray[np.bool_]]:
        """Say of documents where they stand, and whether they do."""
        return _places(self.documents, documents)


class Stretches:
    """One stretch after the other. What threads do ahead is what would be done in any case, so it tells nothing new."""

    def __init__(self, config: MatchConfig, candidates: Candidates, texts: Source, threads: Threads) -> None:
        """Begin with none.

        Args:
            config: what counts as a duplicate.
            candidates: what documents may be like one another.
            texts: of the documents.
            threads: for what can be done at once.
        """
        self._config = config
        self._candidates = candidates
        self._texts = texts
        self._threads = threads
        self._room = Room(_ROOM)

    def read(self, fast: Compiled, held: Stretch | None) -> Stretch:
        """Make ready what the next documents need, as many as go together; `held` is the stretch before."""
        wanted = self._candidates.wanted(_PAIRS)
        read, last = self._fitting(wanted), wanted.last
        if read < len(wanted.documents):
            # The first document is decided on in any case: with texts that are read one by one.
            last = max(int(wanted.needed_by[read]), int(wanted.needed_by[0]) + 1)
        documents = np.sort(wanted.documents[:read])
        kept, rows = (documents[:0], documents[:0]) if held is None else (held.documents, held.rows)
        at, is_held = _places(kept, documents)
        fresh = documents[~is_held]
        texts = self._texts.take(fresh)
        room = self._room
        if room.rows and room.bytes + int(texts.offsets[-1] - texts.offsets[0]) > _ROOM:
            # What is not needed now may be again, but there is no room for it.
            kept, rows = documents[is_held], rows[at[is_held]]
            order = np.argsort(rows)
            room.keep(rows[order])
            kept, rows = kept[order], np.arange(len(rows))

        def made(part: slice) -> Ready:
            some = Texts(texts.data, texts.offsets[part.start : part.stop + 1])
            return ready(fast, some, self._config.shingle_tokens)

        # A few at a time: what is made of them on the way stays in the cache of a processor.
        for more in self._threads.each(made, parts(texts.offsets)):
            room.append(more)
        every = np.concatenate([kept, fresh])
        order = np.argsort(every)
        rows = np.concatenate([rows, np.arange(room.rows - len(fresh), room.rows)])
        documents, rows = every[order], rows[order]
        return Stretch(documents, rows, room, last, self._measured(documents, rows, last))

    def _measured(self, documents: I64, rows: I64, last: int) -> Measured:
        """Measure the pairs of the next documents with those that are kept, where threads can share the work."""
        from pipeline.select import deciding

        first, texts = self._candidates.number, self._room.texts if self._room.rows else None
        if not self._threads.several or texts is None:
            none = np.zeros(0, np.int64)
            at = np.zeros(max(0, last - first) + 1, np.int64)
            return Measured(first, at, none, np.zeros(0, np.bool_), np.zeros((0, COLUMNS)))
        at, pairs, by_letters = self._candidates.foresee(deciding.foresee, last, documents, rows)
        out, limits = np.empty((len(pairs), COLUMNS)), limits_of(self._config)

        def measure(begin: int) -> None:
            some = slice(begin, begin + _MEASURED)
            deciding.measure_all(pairs[some], by_letters[some], texts, limits, out[some])

        for _ in self._threads.each(measure, range(0, len(pairs), _MEASURED)):
            pass
        return Measured(first, at, np.ascontiguousarray(pairs[:, 0]), by_letters, out)

    def _fitting(self, wanted: Wanted) -> int:
        """Count the documents that are wanted first and whose texts go together."""
        size = 0
        for first in range(0, len(wanted.documents), _ASKED):
            ends = size + np.cumsum(self._texts.sizes(wanted.documents[first : first + _ASKED]))
            if ends[-1] >= _BYTES:
                return first + int(np.searchsorted(ends, _BYTES)) + 1
            size = int(ends[-1])
        return len(wanted.documents)


def _places(held: I64, documents: I64) -> tuple[I64, NDArray[np.bool_]]:
    """Say of documents where they stand among sorted ones, and whether they do."""
    if not len(held):
        return np.zeros(len(documents), np.int64), np.zeros(len(documents), np.bool_)
    at = np.minimum(np.searchsorted(held, documents), len(held) - 1)
    return at, held[at] == documents
