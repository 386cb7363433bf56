"""Texts as they go through compiled code: their bytes, one text after the other, and where each begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

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


class Strings(list[str]):
    """Strings that are put into bytes once, however many stages ask for these."""

    @cached_property
    def packed(self) -> Texts:
        """What `bytes_of` gives."""
        return packed(self, _AHEAD)


def bytes_of(texts: Sequence[str]) -> Texts:
    """Put strings into bytes, and as many more after the last one as any stage looks at."""
    return texts.packed if isinstance(texts, Strings) else packed(texts, _AHEAD)


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
