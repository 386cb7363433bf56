"""Thrift's compact protocol, as far as the headers in Parquet files go.

Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_DEEPEST = 64  # structs and lists within each other; Parquet's have six


class NotThrift(Exception):
    """The bytes are no struct, or end inside one."""


class TooManyStructs(Exception):
    """There are more structs than the reader asked for."""


Wanted: TypeAlias = "Mapping[int, Wanted] | None"
"""Numbers of fields, each with the same of the structs in it; None for whatever there is."""


class Thrift:
    """Reads structs, one after the other, as dictionaries from the number of a field to its value."""

    def __init__(self, data: bytes | memoryview, at: int = 0, most: int = 4096) -> None:
        """Begin.

        Args:
            data: holds the structs.
            at: where the first begins.
            most: structs that may be met, those within others included: each takes memory, and next to no bytes.
        """
        self._data = memoryview(data)
        self._left = most
        self.at = at
        """Where the next one begins."""

    def struct(self, wanted: Wanted = None) -> dict[int, Any]:
        """Read the next struct.

        Args:
            wanted: the fields that are given, and of structs within those the same; None for all.

        Raises:
            NotThrift: it is none, or not whole.
            TooManyStructs: see above.
        """
        try:
            return self._struct(0, wanted)
        except IndexError as error:
            raise NotThrift("the bytes end inside a header") from error

    def _struct(self, depth: int, wanted: Wanted) -> dict[int, Any]:
        self._left -= 1
        if self._left < 0:
            raise TooManyStructs
        fields: dict[int, Any] = {}
        seen: set[int] = set()
        number = 0
        while head := self._byte():
            delta = head >> 4
            number = number + delta if delta else self._signed()
            kind = head & 15
            if number in seen:
                raise NotThrift(f"field {number} is given twice")
            seen.add(number)
            # A truth is told by its type.
            within = wanted.get(number) if wanted else None
            value = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth, within)
            if wanted is None or number in wanted:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int, wanted: Wanted) -> Any:
        if depth > _DEEPEST:
            raise NotThrift("values within values without end")
        if kind == _STRUCT:
            return self._struct(depth + 1, wanted)
        if kind in (_LIST, _SET):
            head = self._byte()
            size = self._sure(head >> 4 if head >> 4 < 15 else self._unsigned())
            return [self._value(head & 15, depth + 1, wanted) for _ in range(size)]
        if kind == _MAP:
            size = self._sure(self._unsigned())
            kinds = self._byte() if size else 0
            return [
                (self._value(kinds >> 4, depth + 1, None), self._value(kinds & 15, depth + 1, None))
                for _ in range(size)
            ]
        read = self._readers.get(kind)
        if read is None:
            raise NotThrift(f"no type has the number {kind}")
        return read(self)

    def _sure(self, size: int) -> int:
        # Each element takes a byte at least.
        if size > len(self._data) - self.at:
            raise NotThrift("a list is longer than what holds it")
        return size

    def _take(self, size: int) -> memoryview:
        part = self._data[self.at : self.at + size]
        if len(part) < size:
            raise NotThrift("a value is longer than what holds it")
        self.at += size
        return part

    def _byte(self) -> int:
        value = self._data[self.at]
        self.at += 1
        return value

    def _unsigned(self) -> int:
        value = self._data[self.at]
        if value < 128:
            self.at += 1
            return value
        value, self.at = uleb128(self._data, self.at)
        return value

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)

    def _double(self) -> bytes:
        return bytes(self._take(8))

    def _binary(self) -> bytes:
        return bytes(self._take(self._unsigned()))

    # Of the class: one that held its own methods would stay, with its bytes, until Python looks for such circles.
    _readers: ClassVar[dict[int, Callable[[Thrift], Any]]] = {
        **dict.fromkeys((_I16, _I32, _I64), _signed),
        # In a list a truth takes a byte.
        **dict.fromkeys((_TRUE, _FALSE, _BYTE), _byte),
        _DOUBLE: _double,
        _BINARY: _binary,
    }


def uleb128(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """Read a number written in groups of seven bits, the lowest first; gives it and where it ends.

    >>> uleb128(bytes([0xE5, 0x8E, 0x26]), 0)
    (624485, 3)

    Raises:
        IndexError: the data end before it does.
        NotThrift: it is over 64 bits.
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise NotThrift("a number without end")
