"""Objects in a store that fsspec knows, such as S3: asked again where it does not answer, and never trusted unseen.

A store has no renames and no locks. What it must have is a put that fails where the object is there already (S3:
`If-None-Match`), listings that show what was put before them, and objects that appear whole. No text of a store's own
errors is passed on, for it may hold addresses or keys.
"""

from __future__ import annotations

import errno
import hashlib
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import Damaged, Refused, StorageFailed, Transient
from pipeline.read.names import shown
from pipeline.read.stores import store_of
from pipeline.store.files import digest_of
from pipeline.store.manifest import FileEntry

Given = TypeVar("Given")
Item = TypeVar("Item")

# Seconds before each new try, after those that the store's client makes: S3's five times five, in some 40 seconds.
_WAITS = (2.0,)
# How often a file is copied anew that did not arrive as it was.
_COPIES = 3
_AT_ONCE = 8
# S3 takes parts of 5 MiB and more, at most 10,000. Eight files at once with two parts each are 128 MiB in memory.
_PART = 8 * 2**20
_S3_PUT = {"chunksize": _PART, "max_concurrency": 2}
# What a full disk answers, which no store does.
_FULL = {errno.ENOSPC, errno.EDQUOT}

_NO_KEY = {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError"}
_BAD_NAME = {"ParamValidationError", "InvalidBucketName"}


class Objects:
    """All objects below one address."""

    def __init__(self, uri: str) -> None:
        """Take an address without credentials; nothing is asked of the store yet.

        Raises:
            Refused: no program here knows such addresses.
        """
        self._filesystem, path = store_of(uri)
        self._root = path.rstrip("/")
        self._is_s3 = "s3" in _protocols(self._filesystem)
        self.uri = str(self._filesystem.unstrip_protocol(self._root)).rstrip("/")
        """The address as the store itself writes it."""

    @property
    def is_exclusive(self) -> bool:
        """Say whether the client lets the store put an object only where none is, not looks first and puts then."""
        from fsspec.spec import AbstractFileSystem

        return getattr(self._filesystem.pipe_file, "__func__", None) is not AbstractFileSystem.pipe_file

    def names(self, below: str = "") -> set[str]:
        """Give the names of all objects, or of those below a name; all are relative to the address."""
        place = self._place(below)
        return self._listed(lambda: self._filesystem.find(place), below)

    def first_names(self) -> set[str]:
        """Give the first part of the name of each object."""
        return self._listed(lambda: self._filesystem.ls(self._root, detail=False), "")

    def _listed(self, give: Callable[[], Iterable[str]], below: str) -> set[str]:
        def listed() -> list[str]:
            try:
                return [*give()]
            except FileNotFoundError:
                return []

        before = f"{self._root}/"
        found = self._tried(listed, below)
        return {name[len(before) :].rstrip("/") for name in found if name.startswith(before)} - {""}

    def read(self, name: str) -> bytes:
        """Give an object's bytes.

        Raises:
            FileNotFoundError: it is not there.
        """
        return bytes(self._tried(lambda: self._filesystem.cat_file(self._place(name)), name))

    def holds(self, name: str, data: bytes) -> bool:
        """Say whether an object is there and holds these bytes."""
        try:
            return self.read(name) == data
        except FileNotFoundError:
            return False

    def fetch(self, name: str, path: Path, expected: FileEntry) -> None:
        """Copy an object to a file, which appears when it is whole.

        Raises:
            Damaged: it is not there, or is not what was written.
        """
        unfinished = path.with_name(f"{path.name}.tmp")

        def get() -> bool:
            self._filesystem.get_file(self._place(name), str(unfinished))
            return unfinished.stat().st_size == expected.size and digest_of(unfinished) == expected.sha256

        try:
            if not self._until(get, name):
                raise Damaged(
                    f"{self.told(name)}: is not what its manifest says. `winnow check` tells what else is damaged; "
                    "restore it from a copy, or clean the raw files anew with --reprocess."
                )
            unfinished.rename(path)
        except FileNotFoundError:
            raise Damaged(
                f"{self.told(name)}: is not there, and its manifest names it. Where the corpus was cleaned anew since "
                "it was opened, open it again; else restore the object from a copy."
            ) from None
        finally:
            unfinished.unlink(missing_ok=True)

    def put(self, path: Path, name: str, expected: FileEntry) -> None:
        """Copy a file to an object, and see that it arrived as it is.

        Raises:
            Transient: it did not, however often it was tried.
        """

        def put() -> bool:
            more = _S3_PUT if self._is_s3 else {}
            self._filesystem.put_file(str(path), self._place(name), **more)
            return self._has_arrived(path, name, expected)

        try:
            arrived = self._until(put, name)
        except FileNotFoundError:
            raise self._nowhere() from None
        if not arrived:
            raise Transient(f"{self.told(name)}: arrived damaged each time it was uploaded. Run again later.")

    def write(self, name: str, data: bytes) -> None:
        """Put an object in the place of what is there."""
        try:
            self._tried(lambda: self._filesystem.pipe_file(self._place(name), data), name)
        except FileNotFoundError:
            raise self._nowhere() from None

    def create(self, name: str, data: bytes) -> bool:
        """Put an object where none is; gives whether what stands there is what was given.

        Whatever the store answered, what it holds then decides: an answer may be lost and its request be carried out.
        """
        place = self._place(name)

        def make() -> bool:
            try:
                self._filesystem.pipe_file(place, data, mode="create")
            except Exception:
                with suppress(FileNotFoundError):
                    return bool(self._filesystem.cat_file(place) == data)
                raise
            return bool(self._filesystem.cat_file(place) == data)

        try:
            return self._tried(make, name)
        except FileNotFoundError:
            raise self._nowhere() from None

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; one that is gone already is no error."""

        def remove(name: str) -> None:
            with suppress(FileNotFoundError):
                self._tried(lambda: self._filesystem.rm_file(self._place(name)), name)

        in_parallel(remove, names)

    def unfinished(self) -> list[tuple[str, str]]:
        """Give name and upload's id of objects of which some parts arrived, which S3 keeps and does not list."""
        if not self._is_s3:
            return []
        bucket, _, prefix = self._root.partition("/")
        prefix = prefix and f"{prefix}/"
        found = self._tried(
            lambda: self._filesystem.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=prefix), prefix
        )
        return [(one["Key"][len(prefix) :], one["UploadId"]) for one in found.get("Uploads", [])]

    def abort(self, uploads: Iterable[tuple[str, str]]) -> None:
        """Let go of the parts of what `unfinished` told."""
        bucket = self._root.partition("/")[0]

        def abort(of: tuple[str, str]) -> None:
            name, upload = of
            with suppress(FileNotFoundError):
                self._tried(
                    lambda: self._filesystem.abort_mpu(bucket, self._place(name)[len(bucket) + 1 :], upload), name
                )

        in_parallel(abort, uploads)

    def told(self, name: str = "") -> str:
        """Give the address of an object as it may be shown."""
        return shown(f"{self.uri}/{name}" if name else self.uri)

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def _nowhere(self) -> Refused:
        return Refused(f"{self.told()}: the store has no such bucket. Make it first, or give another address.")

    def _has_arrived(self, path: Path, name: str, expected: FileEntry) -> bool:
        try:
            about = self._filesystem.info(self._place(name))
        except FileNotFoundError:
            return False
        if int(about["size"]) != expected.size:
            return False
        if self._is_s3 and str(about.get("ETag", "")).strip('"') == etag(path):
            return True
        # Of what is encrypted under a customer's key, and in other stores, a tag tells nothing: it is read back.
        digest = hashlib.sha256()
        with self._filesystem.open(self._place(name), "rb", cache_type="none", block_size=_PART) as file:
            while chunk := file.read(_PART):
                digest.update(chunk)
        return digest.hexdigest() == expected.sha256

    def _until(self, act: Callable[[], bool], name: str) -> bool:
        """Do something until it comes out right; gives whether it did."""
        return any(self._tried(act, name) for _ in range(_COPIES))

    def _tried(self, act: Callable[[], Given], name: str) -> Given:
        """Do something, again where the store does not answer.

        Raises:
            FileNotFoundError: as it is: what that means depends on what was asked for.
            Refused, StorageFailed: the store says no.
            Transient: it did not answer.
        """
        for wait in (*_WAITS, None):
            # What the client remembers of a listing, others may have changed.
            self._filesystem.invalidate_cache()
            try:
                return act()
            except FileNotFoundError:
                raise
            except Exception as error:  # noqa: BLE001 - a store's client raises what it likes
                self._raise_no(error, name)
                if wait is None:
                    raise Transient(
                        f"{self.told(name)}: the store did not answer ({kind_of(error)}), however often it was asked. "
                        "The corpus there is whole; run again later."
                    ) from None
            # Not all at once again, where many were turned away together.
            time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret hangs on it
        raise AssertionError

    def _raise_no(self, error: Exception, name: str) -> None:
        """Raise what asking again would not change."""
        kind = kind_of(error)
        if isinstance(error, OSError) and (error.errno in _FULL or str(error.filename or "").startswith("/")):
            # Of the copy on this machine, not of the store.
            raise StorageFailed(
                f"{error.filename or 'the copy on this machine'}: {error.strerror}. The corpus in {self.told()} is as "
                "it was; mend that and run again."
            ) from None
        if isinstance(error, PermissionError) or kind in _NO_KEY:
            raise Refused(
                f"{self.told(name)}: the store refuses ({kind}). Check the credentials, which its client takes from "
                "the environment or its own files, and their rights: list, read, write and delete below this address."
            ) from None
        if kind in _BAD_NAME:
            raise Refused(f"{self.told(name)}: the store takes no such name ({kind}). Give another address.") from None


def etag(path: Path) -> str:
    """Give the tag that S3 puts on a file that `Objects.put` uploads: its MD5, or that of the MD5s of its parts."""
    parts = []
    with path.open("rb") as file:
        if path.stat().st_size < 2 * _PART:
            return hashlib.file_digest(file, _md5).hexdigest()
        while part := file.read(_PART):
            parts.append(_md5(part).digest())
    return f"{_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


def _md5(data: bytes = b"") -> Any:
    return hashlib.md5(data, usedforsecurity=False)


def kind_of(error: Exception) -> str:
    """Name an error without its text: by the store's own code where it has one, else by its class."""
    for one in (error, error.__cause__):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            code = response.get("Error", {}).get("Code")
            if isinstance(code, str) and code.isalnum():
                return code
    return type(error).__name__


def in_parallel(act: Callable[[Item], Given], items: Iterable[Item]) -> list[Given]:
    """Ask a store several things at a time; gives the answers in order. The first error ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = [pool.submit(act, item) for item in items]
        try:
            return [one.result() for one in asked]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
