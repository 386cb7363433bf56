"""Texts as they go through compiled code: their bytes, one text after the other, and where each begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.sets import I64

Bytes = NDArray[np.uint8]

# So many bytes of texts go through together: what is made of them on the way stays in the cache of a processor.
TOGETHER = 1 << 19
# Eight bytes are read at once.
_AHEAD = 8


class Texts(NamedTuple):
    """Texts in UTF-8, one after the other; lone surrogates as three bytes."""

    data: Bytes
    offsets: I64
    """(texts + 1,): text i is data[offsets[i]:offsets[i + 1]]."""


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


def packed(texts: Sequence[str], ahead: int = 0) -> Texts:
    """Put strings into bytes, and so many more after the last one."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(data) for data in encoded], out=offsets[1:])
    return Texts(np.frombuffer(b"".join([*encoded, bytes(ahead)]), np.uint8), offsets)


class Strings(Sequence[str]):
    """Texts that are put into bytes once, however many stages ask for these; or made strings of once one is asked for.

    They are not to be changed.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Take strings."""
        self._texts: list[str | None] = list(texts)
        self._given: Texts | None = None
        self._before: tuple[Strings, dict[int, str]] | None = None

    @classmethod
    def of(cls, data: Texts) -> Strings:
        """Take texts in bytes, all of them UTF-8; they are copied once a stage asks for them with more behind."""
        made = cls()
        made._texts = [None] * (len(data.offsets) - 1)
        made._given = data
        return made

    @classmethod
    def joined(cls, parts: Sequence[Strings]) -> Strings:
        """Put texts one after the other, as bytes where all of them are."""
        made = cls()
        made._texts = [text for one in parts for text in one._texts]
        held = [texts for one in parts if (texts := one._held()) is not None]
        if len(held) == len(parts):
            made.__dict__["packed"] = _together(held)
        elif None in made._texts:
            made._texts = [text for one in parts for text in one]
        return made

    def _held(self) -> Texts | None:
        """Give the bytes of texts, where they are all there is of some."""
        return self.__dict__.get("packed", self._given)

    def changed(self, now: Mapping[int, str]) -> Strings:
        """Give the texts of which some, by their numbers, have become others; of the rest no string is made."""
        if not now:
            return self
        made = Strings()
        made._texts = [now.get(at, text) for at, text in enumerate(self._texts)]
        made._before = self, dict(now)
        return made

    @cached_property
    def packed(self) -> Texts:
        """What `bytes_of` gives."""
        if (given := self._given) is not None:
            fits = given.offsets[0] == 0 and len(given.data) >= given.offsets[-1] + _AHEAD
            made = given if fits else _together([given])
            # Not before they are copied: what fails may be tried again, with fewer texts.
            self.__dict__["packed"], self._given = made, None
            return made
        if self._before is None:
            return packed([text for text in self._texts if text is not None], _AHEAD)
        before, now = self._before
        data, offsets = before.packed
        whole, places = data.data, offsets.tolist()
        sizes = np.diff(offsets)
        parts: list[bytes | memoryview] = []
        done = 0
        for at in sorted(now):
            encoded = now[at].encode("utf-8", "surrogatepass")
            parts += whole[places[done] : places[at]], encoded
            sizes[at] = len(encoded)
            done = at + 1
        joined = b"".join([*parts, whole[places[done] : places[-1]], bytes(_AHEAD)])
        return Texts(np.frombuffer(joined, np.uint8), np.concatenate([[0], np.cumsum(sizes)]))

    @property
    def chars(self) -> int:
        """How many characters they have together."""
        data, offsets = self.packed
        # All bytes but those that continue a character.
        return int(np.count_nonzero(data[: offsets[-1]].view(np.int8) >= -0x40))

    def holding(self, byte: int) -> list[int]:
        """Give those that hold a byte, in order."""
        data, offsets = self.packed
        places = np.flatnonzero(data[: offsets[-1]] == byte)
        held: list[int] = np.unique(np.searchsorted(offsets, places, "right") - 1).tolist()
        return held

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self._texts))[at]
        text = self._texts[at]
        if text is None:
            source = self if self._before is None else self._before[0]
            text = self._texts[at] = string_of(source._held() or source.packed, at)
        return text


def _together(parts: Sequence[Texts]) -> Texts:
    """Put texts one after the other, and after the last one as many bytes more as any stage looks at."""
    ends = [(int(offsets[0]), int(offsets[-1])) for _, offsets in parts]
    held = [data[begin:end].data for (data, _), (begin, end) in zip(parts, ends, strict=True)]
    starts = np.cumsum([0, *(end - begin for begin, end in ends)])
    places = [offsets[1:] + (start - offsets[0]) for (_, offsets), start in zip(parts, starts[:-1], strict=True)]
    return Texts(np.frombuffer(b"".join([*held, bytes(_AHEAD)]), np.uint8), np.concatenate([starts[:1], *places]))


def bytes_of(texts: Sequence[str]) -> Texts:
    """Put strings into bytes, and as many more after the last one as any stage looks at."""
    return texts.packed if isinstance(texts, Strings) else packed(texts, _AHEAD)


def size_of(texts: Sequence[str]) -> int:
    """Say about how many characters texts have; no string is made for it."""
    return int(texts.packed.offsets[-1]) if isinstance(texts, Strings) else sum(map(len, texts))


def strings(texts: Sequence[str] | Texts) -> Iterator[str]:
    """Give one text after the other as a string; raises what `string_of` does."""
    if isinstance(texts, Texts):
        yield from (string_of(texts, row) for row in range(len(texts.offsets) - 1))
    else:
        yield from texts


def string_of(texts: Texts, row: int, first: int = 0) -> str:
    """Give a text as a string.

    Raises:
        ValueError: it is no UTF-8; names it by its row, counted from `first`.
    """
    data = texts.data[texts.offsets[row] : texts.offsets[row + 1]].tobytes()
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise ValueError(f"text {first + row}: no UTF-8: {error}") from error


def parts(offsets: I64) -> Iterator[slice]:
    """Cut rows into runs of about `TOGETHER` bytes; one at least, with no rows where there are none."""
    rows = len(offsets) - 1
    first = 0
    while True:
        last = int(np.searchsorted(offsets, offsets[first] + TOGETHER, "right")) - 1
        last = min(max(last, first + 1), rows)
        yield slice(first, last)
        first = last
        if first >= rows:
            return
