"""Texts made ready for comparison, many at once: their bytes → flat arrays of all that verification looks at.

A document's turn needs the texts of its candidates. Those of many turns are read together and go through compiled code
once; pairs are measured on the arrays then (`pipeline.match.measuring`). What the turns after those need, too, is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.match.passages import Letters
from pipeline.match.profile import Profile, head_of, letters_above
from pipeline.match.raw import Raw, raw_classes
from pipeline.sign.compiled import Compiled
from pipeline.sign.letters import U32
from pipeline.sign.marked import Folded, bits_of, classes, decided, folded
from pipeline.sign.rows import Rows, filled
from pipeline.sign.sets import read_only
from pipeline.sign.shingles import U64
from pipeline.sign.texts import Bytes, Texts, string_of
from pipeline.words.tables import BLOCK

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_RUN_BITS = 24


class Ready(NamedTuple):
    """Texts, a row each: row i of an array has values[at[i]:at[i + 1]] where `at` is the one with its name."""

    raw: Bytes
    """The texts as they are, in UTF-8."""
    raw_at: I64
    plain: NDArray[np.bool_]
    """(texts,): no character joins with its neighbours, so letters can be counted in `raw`."""
    above: I64
    """(texts,): letters above the prose."""
    lined: NDArray[np.bool_]
    """(texts,): it has a line feed."""
    quoted: NDArray[np.bool_]
    """(texts,): it has a quotation mark."""
    tokens: I64
    """(texts,): how many tokens each has."""
    shingles: U64
    """Distinct, sorted."""
    shingles_at: I64
    bits: U64
    """Bits, 16 or more for each shingle, as many as are a power of two: whether a shingle has such a hash."""
    bits_at: I64
    bits_set: I64
    """(texts,): how many are set."""
    letters: U32
    letters_at: I64
    figures: U64
    """Hashes of figures, in order."""
    figures_sorted: U64
    figures_at: I64
    words: U64
    """Hashes of the tokens without a digit."""
    words_at: I64
    runs: U64
    """Bits, about `_RUN_BITS` for each letter: whether a run of letters has such a hash."""
    runs_at: I64
    raw_classes: NDArray[np.uint16]
    """See `pipeline.match.raw`; those of every character in `raw` are known."""


def ready(fast: Compiled, raw: Texts, shingle_tokens: int) -> Ready:
    """Make texts ready, given in UTF-8 with lone surrogates as they are; shingles are of so many tokens."""
    from pipeline.match import bits as sets
    from pipeline.match import making

    text = _folded(fast, raw)
    shingles, shingles_at = fast.shingle_sets(text.hashes.values, text.hashes.offsets, shingle_tokens)
    known, bits = classes(), bits_of()
    unmet: int = 0
    while unmet >= 0:
        letters, letters_at, figures, figures_sorted, figures_at, words, words_at, unmet = making.scan(
            text.data, text.ends, known.of, bits, text.bounds, text.hashes.values, text.hashes.offsets
        )
        if unmet >= 0:
            known.learn([unmet >> BLOCK])
    bits_at = _powers(np.diff(shingles_at) / 4)
    table, bits_set = sets.bits_of_shingles(shingles, shingles_at, bits_at)
    runs_at = np.concatenate([[0], np.cumsum(_RUN_BITS * np.diff(letters_at) // 64 + 1)])
    texts = len(raw.offsets) - 1
    plain = np.ones(texts, np.bool_)
    plain[text.undecided] = False
    kinds = raw_classes()
    above, lined, quoted = _above(raw, text.undecided, kinds)
    return Ready(
        read_only(raw.data),
        raw.offsets,
        plain,
        above,
        lined,
        quoted,
        np.diff(text.hashes.offsets),
        shingles,
        shingles_at,
        table,
        bits_at,
        bits_set,
        letters,
        letters_at,
        figures,
        figures_sorted,
        figures_at,
        words,
        words_at,
        sets.bits_of_runs(letters, letters_at, runs_at),
        runs_at,
        kinds.of,
    )


class ReadyProfile(Profile):
    """A text that was made ready, for guards that plain code tells of: what arrays hold is not made again.

    Its words are known by their hashes, so it is compared with its like only.
    """

    def __init__(self, texts: Ready, row: int, shingle_tokens: int) -> None:
        """Take the text of a row."""
        super().__init__(string_of(Texts(texts.raw, texts.raw_at), row), shingle_tokens)
        from pipeline.match.guarding import letters_of_lines, sorted_words

        # Copies: the arrays hold many texts, and may be gone before this one is.
        self._tokens = int(texts.tokens[row])
        self._codes = texts.letters[texts.letters_at[row] : texts.letters_at[row + 1]].copy()
        self._above = int(texts.above[row])
        self._hashes: U64 = sorted_words(row, texts)
        self._of_lines: list[int] | None = letters_of_lines(row, texts).tolist() if texts.plain[row] else None

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return self._tokens

    def own_words(self, other: Profile) -> int:
        """Count as any profile does, by hashes where the other text was made ready, too."""
        if not isinstance(other, ReadyProfile):
            return super().own_words(other)
        from pipeline.match.guarding import count_common

        return len(self._hashes) - int(count_common(self._hashes, other._hashes))

    @cached_property
    def letters(self) -> Letters:
        """Its letters."""
        return Letters(self._codes, head_of(self._above, len(self._codes)))

    def _sizes(self, lines: list[str]) -> list[int]:
        return super()._sizes(lines) if self._of_lines is None else self._of_lines


# Of arrays so much more is made than is needed, lest they grow often.
_SPARE = 1.25
_VALUES = ("raw", "shingles", "bits", "letters", "figures", "words", "runs")
"""The arrays that hold more or fewer values of each text; `figures_sorted` is as long as `figures`."""
_SINGLE = ("plain", "above", "lined", "quoted", "tokens", "bits_set")


class Room:
    """Texts that are ready, one behind the other, in arrays that are used again: to have new ones is what costs."""

    def __init__(self, expected: int) -> None:
        """Begin with none; `expected` is how many bytes of texts will be there about, at most."""
        self._expected = expected
        self.rows = 0
        """How many texts there are."""
        self._texts: Ready | None = None
        # The array of raw texts that may be written to.
        self._raw: Bytes = np.zeros(0, np.uint8)

    @property
    def texts(self) -> Ready:
        """The texts, once there are any; the arrays are longer, and what stands behind them tells nothing."""
        if self._texts is None:
            raise LookupError("there are no texts")
        return self._texts

    @property
    def bytes(self) -> int:
        """How many bytes the texts have."""
        return int(self.texts.raw_at[self.rows]) if self.rows else 0

    def keep(self, rows: I64) -> None:
        """Forget all but some rows, whose numbers are sorted: they are the first ones then."""
        from pipeline.match.carrying import move

        move(self.texts, self._raw, rows)
        self.rows = len(rows)

    def append(self, texts: Ready) -> None:
        """Put texts behind those that are there."""
        self._grow(texts)
        held, first, last = self.texts, self.rows, self.rows + len(texts.tokens)
        for name in _VALUES:
            ends = getattr(texts, f"{name}_at")
            ours = getattr(held, f"{name}_at")
            begin = int(ours[first])
            ours[first : last + 1] = ends + (begin - ends[0])
            array = self._raw if name == "raw" else getattr(held, name)
            array[begin : int(ours[last])] = getattr(texts, name)[ends[0] : ends[-1]]
        begin, count = int(held.figures_at[first]), int(texts.figures_at[-1])
        held.figures_sorted[begin : begin + count] = texts.figures_sorted
        for name in _SINGLE:
            getattr(held, name)[first:last] = getattr(texts, name)
        self.rows = last

    def _grow(self, texts: Ready) -> None:
        """Make the arrays longer that are too short for some texts more."""
        held, rows = self._texts, len(texts.tokens)
        grown: dict[str, NDArray[Any]] = {}
        # Each array is as long for all as for the first texts. Zeros that nobody writes to take no memory.
        size = int(texts.raw_at[-1] - texts.raw_at[0])
        times = _SPARE if held is not None else max(_SPARE, _SPARE * self._expected / max(size, 1))
        for name in _VALUES:
            ends = getattr(texts, f"{name}_at")
            used = 0 if held is None else int(getattr(held, f"{name}_at")[self.rows])
            array = self._raw if name == "raw" else getattr(held or texts, name)
            least = used + int(ends[-1] - ends[0])
            if held is None or least > len(array):
                grown[name] = _longer(array, used, int(times * least))
        # One more than there are texts, for where the last one ends.
        if held is None or self.rows + rows >= len(held.tokens):
            for name in (*(f"{name}_at" for name in _VALUES), *_SINGLE):
                array, used = getattr(held or texts, name), self.rows if held else 0
                grown[name] = _longer(array, used, int(times * (used + rows)), 1)
        if not grown:
            return
        if "figures" in grown:
            used = 0 if held is None else int(held.figures_at[self.rows])
            grown["figures_sorted"] = _longer((held or texts).figures_sorted, used, len(grown["figures"]))
        self._raw = grown.get("raw", self._raw)
        grown["raw"] = read_only(self._raw)
        self._texts = (held or texts)._replace(**grown)


def _longer(array: NDArray[Any], used: int, length: int, more: int = 0) -> NDArray[Any]:
    """Give a longer array with the values that are used, and some more; zeros behind them."""
    out = np.zeros(length + more, array.dtype)
    values = array[: used + more]
    out[: len(values)] = values
    return out


def _powers(words: F64) -> I64:
    """Give offsets of rows of so many words each, or more: as many as are a power of two."""
    sizes = 1 << np.ceil(np.log2(np.maximum(words, 1))).astype(np.int64)
    return np.concatenate([[0], np.cumsum(sizes)])


def _folded(fast: Compiled, raw: Texts) -> Folded:
    """Fold texts, those in which characters join with their neighbours, too."""
    done = folded(fast, raw, 0)
    rows = done.undecided
    if not rows:
        return done
    theirs = decided(fast, raw, 0, rows)
    data = filled(Rows(done.data, done.ends), rows, Rows(theirs.data, theirs.ends))
    bounds = filled(_bounds_within(done), rows, _bounds_within(theirs))
    begins = np.repeat(data.offsets[:-1], np.diff(bounds.offsets)).astype(np.uint64)
    hashes = filled(done.hashes, rows, theirs.hashes)
    return Folded(data.values, data.offsets, bounds.values + begins, hashes, rows)


def _bounds_within(done: Folded) -> Rows:
    """Give where tokens begin and end, counted from where their text does."""
    offsets = 2 * done.hashes.offsets
    begins = np.repeat(done.ends[:-1], np.diff(offsets)).astype(np.uint64)
    return Rows(done.bounds - begins, offsets)


def _above(raw: Texts, joining: Sequence[int], kinds: Raw) -> tuple[I64, NDArray[np.bool_], NDArray[np.bool_]]:
    from pipeline.match import making

    unmet = 0
    while unmet >= 0:
        above, lined, quoted, unmet = making.letters_above(raw.data, raw.offsets, kinds.of)
        if unmet >= 0:
            kinds.learn([unmet >> BLOCK])
    for row in joining:
        above[row] = letters_above(string_of(raw, row))
    return above, lined, quoted
