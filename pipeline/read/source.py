"""Opening files, here or in a store, so that what goes wrong with them has one of our names."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from pipeline.errors import Transient, Unreadable
from pipeline.read.stream import CHUNK

_CLEAR_NO = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


def open_source(location: str, is_local: bool, size: int) -> BinaryIO:
    """Open a file for reading at any place.

    Args:
        location: a path (its name may hold any bytes, as `os.fsdecode` gives them), or a URI that fsspec knows.
        is_local: whether it is a path.
        size: its bytes, as it was listed. A small file is read at once, which spares most of what opening one costs.

    Raises, here and when the file is read:
        Unreadable: "unreadable-file": it is not there, or may not be read, or the device fails.
        Transient: a store did not answer; the same call may succeed later.
    """
    try:
        if is_local:
            source: Any = open(location, "rb", buffering=0)  # noqa: PTH123, SIM115 - the caller closes what is given
            if size < CHUNK and (whole := _whole(source, size)) is not None:
                return whole
        else:
            import fsspec

            source = fsspec.open(location, "rb").open()
    except Exception as error:  # noqa: BLE001 - it is raised, under our name
        raise _named(error, is_local) from (error if is_local else None)
    return cast(BinaryIO, io.BufferedReader(_Guarded(source, is_local), CHUNK))


def _whole(source: Any, size: int) -> BinaryIO | None:
    """Give the content of a file of so many bytes, and close it; None, at its beginning, where it has others by now."""
    try:
        content = source.read(size + 1)
        if len(content) != size:
            source.seek(0)
            return None
    except BaseException:
        source.close()
        raise
    source.close()
    return io.BytesIO(content)


class _Guarded(io.RawIOBase):
    """A file whose errors are ours, whoever reads it: our streams, zipfile or pyarrow."""

    def __init__(self, source: Any, is_local: bool) -> None:
        super().__init__()
        self._source = source
        self._is_local = is_local

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            if self._is_local:
                return int(self._source.readinto(buffer))
            # Not every store's file can do that.
            content = self._source.read(len(buffer))
        except Exception as error:  # noqa: BLE001 - it is raised, under our name
            raise _named(error, self._is_local) from (error if self._is_local else None)
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return int(self._source.seek(offset, whence))
        except Exception as error:
            # zipfile asks broken archives for places before their beginning, and knows what ValueError means.
            if isinstance(error, ValueError) or (isinstance(error, OSError) and offset < 0):
                raise
            raise _named(error, self._is_local) from (error if self._is_local else None)

    def tell(self) -> int:
        return int(self._source.tell())

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def _named(error: Exception, is_local: bool) -> Exception:
    """Say what an error of opening or reading means; the error itself where it is none of the file's.

    The text of a store's error may hold an address with credentials, so only its kind is told, and it is no cause.
    """
    if isinstance(error, _CLEAR_NO):
        return Unreadable("unreadable-file", f"{error.strerror or type(error).__name__}; check the file and its rights")
    if not is_local:
        # A store's client raises what it likes: whatever is not a clear no may go better later.
        return Transient(f"the store did not answer ({type(error).__name__}); the same call may succeed later")
    if isinstance(error, OSError):
        return Unreadable("unreadable-file", f"{error.strerror or error}; check the device and the file's rights")
    return error
