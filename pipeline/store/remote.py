"""A corpus in an object store, where nothing can be renamed: the commit of a run is one object.

```
commits/00000007.json                              the manifest of a run, put where none is: by this it is visible
<table>/run=<run id>/part-00000-<upload>.parquet   its files, under names that belong to this run's upload alone
runs/<run id>/report-<upload>.html                 its report
README.md  croissant.json                          the card
```

Commits are numbered, and none is ever changed or removed. The last one's sequence says how many belong to the corpus:
one that was cleaned anew begins with sequence 1 again. A run that began after commit 6 can be commit 7 and no other, so
of two runs at once one is refused, wherever they are, and a run that was killed holds nothing.

Work is done on a copy on this machine, a corpus as on any disk: manifests are copied when it is opened, files when they
are asked for, each held against its digest.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath

from pipeline.errors import Busy, Damaged, NotACorpus, Refused, Transient, WinnowError
from pipeline.read.names import shown
from pipeline.read.stores import local_path
from pipeline.schemas import TABLES
from pipeline.store.card import CROISSANT, README
from pipeline.store.layout import Layout, known_names
from pipeline.store.manifest import MANIFEST, FileEntry, Manifest, changed_since, read_manifest
from pipeline.store.objects import Objects, in_parallel

_COMMITS = "commits"
_COMMIT = re.compile(r"commits/(\d{8})\.json")
_MARK = b'{"format": "a corpus of Winnow in an object store", "version": 1}\n'
"""The first commit, of no run: whoever may not or cannot put one object twice learns it here."""
_RUN = re.compile(r"\d{6}-[0-9a-f]{12}")
_FILE = re.compile(
    rf"(?:({'|'.join(TABLES)})/run={_RUN.pattern}/part-\d{{5}}-[0-9a-f]{{16}}\.parquet"
    rf"|runs/{_RUN.pattern}/report-[0-9a-f]{{16}}\.html)"
)
"""Where Winnow puts the files of its runs."""


class Remote:
    """What stands in the store."""

    def __init__(self, uri: str, *, near: Path | None = None) -> None:
        """Take an address.

        Args:
            uri: of the corpus.
            near: folder of a copy in which files may be found that need not be fetched; they are held against their
                digests. None: all is fetched.

        Raises:
            Refused: it holds credentials or a query, or no program here knows such addresses.
        """
        if shown(uri) != uri:
            raise Refused(
                f"{shown(uri)}: holds a user's name, a key or a query, and would be told in logs. Give the address "
                "alone, and the credentials in the environment or in the files of the store's client."
            )
        if "::" in uri or local_path(uri) is not None:
            raise Refused(f"{uri}: is no address in a store. Give one such as s3://bucket/folder, or a folder's path.")
        self._objects = Objects(uri)
        self._near = near
        self._base = 0
        self._sound: set[Path] = set()

    def __str__(self) -> str:
        return self._objects.told()

    def holds(self, location: str) -> bool:
        """Say whether a file in a store belongs to this corpus."""
        return location.startswith(f"{self._objects.uri}/")

    # What is there

    def check_place(self, *, must_exist: bool) -> None:
        """Check that a corpus is there, or may come there.

        Raises:
            NotACorpus: other things stand there, or nothing does and it must exist.
        """
        there = self._objects.first_names()
        strangers = sorted(there - known_names() - {_COMMITS})
        if strangers or (_COMMITS not in there and there & TABLES.keys()):
            raise NotACorpus(
                f"{self}: is not a corpus of Winnow (found {', '.join(strangers[:5]) or 'tables without commits'}), "
                "and nothing in it was touched. Give another address."
            )
        if must_exist and not any(self._numbers()):
            raise NotACorpus(f"{self}: holds no corpus. Make one with `winnow clean RAW --out {self}`.")

    def bring_manifests(self, layout: Layout) -> None:
        """Make the copy hold the manifests of the committed runs, and no file of any other run.

        Raises:
            Damaged: a commit is missing, or is no manifest.
        """
        committed = {manifest.run_id: data for data, manifest in self._committed()}
        known = {run for run, data in committed.items() if _manifest_of(layout, run) == data}
        for name in TABLES:
            for folder in layout.table(name).glob("run=*"):
                if folder.name.removeprefix("run=") not in known:
                    shutil.rmtree(folder)
        if layout.runs.is_dir():
            for folder in layout.runs.iterdir():
                if folder.is_dir() and folder.name not in known:
                    shutil.rmtree(folder)
        for run in committed.keys() - known:
            folder = layout.runs / run
            folder.mkdir(parents=True)
            (folder / MANIFEST).write_bytes(committed[run])

    def bring(self, layout: Layout, wanted: Iterable[tuple[Manifest, FileEntry]]) -> None:
        """Make the copy hold files of committed runs.

        Raises:
            Damaged: one is not there, or is not what its manifest says.
        """

        def bring(of: tuple[Manifest, FileEntry]) -> None:
            manifest, entry = of
            path = layout.root / entry.path
            if not _is_whole(path, entry) and not self._take_near(path, entry):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._objects.fetch(_name(entry.path, manifest.upload), path, entry)
            self._sound.add(path)

        in_parallel(bring, [of for of in wanted if layout.root / of[1].path not in self._sound])

    def bring_others(self, layout: Layout, manifests: Iterable[Manifest]) -> None:
        """Make the copy hold reports and card, of which none is needed to work; what is lost is not there."""
        for manifest in manifests:
            if manifest.report is not None:
                with suppress(Damaged):
                    self.bring(layout, [(manifest, manifest.report)])
        for name in (README, CROISSANT):
            with suppress(FileNotFoundError):
                (layout.root / name).write_bytes(self._objects.read(name))

    def strangers(self, manifests: Iterable[Manifest]) -> tuple[list[str], list[str]]:
        """Give the objects that no manifest names: those that Winnow can have put there, and the others."""
        unnamed = sorted(self._objects.names() - _named(manifests))
        ours = [name for name in unnamed if _is_ours(name)]
        known = {README, CROISSANT}
        others = [name for name in unnamed if name not in known and not _COMMIT.fullmatch(name) and name not in ours]
        return ours, others

    # A run

    @staticmethod
    def new_upload() -> str:
        """Give what stands in the names of the objects of one run's upload, and of no other's."""
        return secrets.token_hex(8)

    def begin(self, layout: Layout) -> None:
        """Begin a run on the copy, which the caller holds: see that the store takes commits, and bring the manifests.

        Raises:
            Refused: the store takes no objects, or cannot keep two runs apart.
            NotACorpus: another version of Winnow made it, or none.
            Damaged: as `bring_manifests`.
        """
        if not self._objects.create(_commit(0), _MARK):
            raise NotACorpus(
                f"{self._objects.told(_commit(0))}: is not what this version of Winnow writes, and nothing was "
                "touched. Use the Winnow that made the corpus, or give another address."
            )
        overwritten = self._objects.create(_commit(0), _MARK + b"\n")
        if overwritten:
            self._objects.write(_commit(0), _MARK)
        if overwritten or not self._objects.is_exclusive:
            raise Refused(
                f"{self}: this store, or its client here, cannot be told to put an object only where none is (S3: "
                "If-None-Match), so two runs at once could not be kept apart, and nothing was begun. Bring both up to "
                "date, or clean into a folder and copy that."
            )
        self.bring_manifests(layout)

    def upload(self, manifest: Manifest, files: Mapping[Path, FileEntry]) -> None:
        """Put the files of a run where no reader looks for them yet, and see that they arrived whole.

        Raises:
            Busy: another run has been committed since this one began.
            Transient: the store does not answer.
        """
        if max(self._numbers(), default=0) > self._base:
            raise self._lost(manifest)
        try:
            in_parallel(
                lambda of: self._objects.put(of[0], _name(of[1].path, manifest.upload), of[1]), list(files.items())
            )
        except Transient:
            raise  # The next run that is committed removes what is there.
        except BaseException:
            self._withdraw(files.values(), manifest)
            raise

    def commit(self, manifest: Manifest, earlier: Iterable[Manifest]) -> None:
        """Make a run visible whose files are all there, and remove what no manifest names then.

        Args:
            manifest: of the run.
            earlier: those of the runs that it adds to; of a corpus cleaned anew, none.

        Raises:
            Busy: another run has been committed since this one began.
            Transient: the store does not answer; whether the run is visible is told by the next look.
        """
        # Whatever uploads are there now began before this commit. None of them can be committed after it, so none
        # is removed that will be needed.
        left = self._objects.names() - _named([*earlier, manifest])
        parts = self._objects.unfinished()
        if not self._objects.create(_commit(self._base + 1), manifest.to_json()):
            self._withdraw(_files(manifest), manifest)
            raise self._lost(manifest)
        self._base += 1
        # What is left over does no harm, and the next run tries again.
        with suppress(WinnowError):
            self._objects.remove(name for name in left if _is_ours(name))
            self._objects.abort(one for one in parts if _is_ours(one[0]))

    def put_card(self, layout: Layout) -> None:
        """Put the card that stands in the copy, where another or none is there; where that fails, the next run does."""
        with suppress(WinnowError):
            for name in (README, CROISSANT):
                data = (layout.root / name).read_bytes()
                if not self._objects.holds(name, data):
                    self._objects.write(name, data)

    # Commits

    def _numbers(self) -> list[int]:
        found = (_COMMIT.fullmatch(name) for name in self._objects.names(_COMMITS))
        return sorted(int(one[1]) for one in found if one)

    def _committed(self) -> list[tuple[bytes, Manifest]]:
        """Read the manifests of the runs that the corpus holds, in order."""
        self._base = max(self._numbers(), default=0)
        if not self._base:
            return []
        last = self._read(self._base)
        first = self._base - last[1].sequence + 1
        numbers = range(max(first, 1), self._base + 1)
        manifests = [*in_parallel(self._read, numbers[:-1]), last]
        for number, sequence, (_, manifest) in zip(numbers, count(1), manifests, strict=False):
            if manifest.sequence != sequence:
                raise Damaged(
                    f"{self._objects.told(_commit(number))}: is run number {manifest.sequence}, not {sequence}. "
                    "Restore commits/ from a copy."
                )
        return manifests

    def _read(self, number: int) -> tuple[bytes, Manifest]:
        name = _commit(number)
        try:
            data = self._objects.read(name)
            manifest = read_manifest(data)
        except FileNotFoundError:
            raise Damaged(f"{self._objects.told(name)}: is lost. Restore it from a copy.") from None
        except ValueError as error:
            raise Damaged(
                f"{self._objects.told(name)}: is not a manifest of a run ({error}). Restore it from a copy."
            ) from None
        # Files are written where these say, so they may lead nowhere else.
        paths = [entry.path for entry in _files(manifest)]
        strange = [path for path in paths if not _is_ours(_name(path, manifest.upload))]
        if strange or not _RUN.fullmatch(manifest.run_id):
            raise Damaged(
                f"{self._objects.told(name)}: names {(strange or [manifest.run_id])[0]!r}, which Winnow did not write. "
                "Restore it from a copy."
            )
        return data, manifest

    def _lost(self, manifest: Manifest) -> Busy:
        return Busy(
            f"{self}: another run has been committed since run {manifest.run_id} began, which would not fit on it. "
            "Nothing of this one is visible. Run again: what the other one read is not read again."
        )

    def _withdraw(self, files: Iterable[FileEntry], manifest: Manifest) -> None:
        with suppress(WinnowError):
            self._objects.remove(_name(entry.path, manifest.upload) for entry in files)

    def _take_near(self, path: Path, entry: FileEntry) -> bool:
        """Take a file from the copy near by, if it is there as it should be."""
        if self._near is None or not _is_whole(self._near / entry.path, entry):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        # A run may be changing that copy.
        with suppress(OSError):
            shutil.copyfile(self._near / entry.path, path)
        return _is_whole(path, entry)


def open_for_writing(uri: str) -> Layout:
    """Open the copy that runs on this machine work on. It stays, so that the next one need fetch little."""
    remote = Remote(uri)
    remote.check_place(must_exist=False)
    return Layout(_copy_of(remote), remote)


def open_for_reading(uri: str, *, must_exist: bool = True, anew: bool = False) -> Layout:
    """Open a copy of one's own, which goes with the last that uses it.

    Args:
        uri: of the corpus.
        must_exist: refuse where none is.
        anew: fetch every file, also one that a run on this machine has fetched or made.
    """
    remote = Remote(uri)
    remote.check_place(must_exist=must_exist)
    if not anew:
        remote = Remote(uri, near=_copy_of(remote))
    folder = tempfile.mkdtemp(prefix="winnow-")
    weakref.finalize(remote, shutil.rmtree, folder, ignore_errors=True)
    layout = Layout(Path(folder), remote)
    remote.bring_manifests(layout)
    return layout


def _copy_of(remote: Remote) -> Path:
    home = os.environ.get("WINNOW_CACHE")
    base = Path(home) if home else Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "winnow"
    name = re.sub(r"[^A-Za-z0-9.]+", "-", str(remote))[-60:].strip("-.")
    return base.absolute() / f"{name}-{hashlib.sha256(str(remote).encode()).hexdigest()[:12]}"


def _manifest_of(layout: Layout, run: str) -> bytes | None:
    try:
        return (layout.runs / run / MANIFEST).read_bytes()
    except OSError:
        return None


def _commit(number: int) -> str:
    return f"{_COMMITS}/{number:08d}.json"


def _name(path: str, upload: str | None) -> str:
    """Give the name of the object of a file of a run."""
    place = PurePosixPath(path)
    return str(place.with_name(f"{place.stem}-{upload}{place.suffix}"))


def _files(manifest: Manifest) -> list[FileEntry]:
    return [*manifest.files, *([manifest.report] if manifest.report else [])]


def _named(manifests: Iterable[Manifest]) -> set[str]:
    return {_name(entry.path, manifest.upload) for manifest in manifests for entry in _files(manifest)}


def _is_ours(name: str) -> bool:
    return _FILE.fullmatch(name) is not None


def _is_whole(path: Path, entry: FileEntry) -> bool:
    return path.is_file() and changed_since(path, entry) is None
