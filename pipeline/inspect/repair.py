"""Repair: what no manifest names goes, and what follows from the tables is made again where it is lost or damaged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Container
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from pipeline.config import parse_config
from pipeline.errors import Refused
from pipeline.inspect.check_files import files_of_tables
from pipeline.inspect.check_others import CARD, UNFINISHED, others
from pipeline.inspect.findings import Finding
from pipeline.inspect.remake import FOLLOWS, TAUGHT, make_index, make_sites
from pipeline.read.names import printable, shown
from pipeline.run.plan import unsealed
from pipeline.schemas import TABLES
from pipeline.store.card import write_card
from pipeline.store.commit import Move, commit, discard, finish_commit, new_staging, recover
from pipeline.store.corpus import Corpus
from pipeline.store.layout import HARMLESS, Layout, in_a_store, open_layout
from pipeline.store.lock import write_lock
from pipeline.store.manifest import MANIFEST, REPORT, FileEntry, Manifest, changed_since, is_sealed
from pipeline.store.report import render_report
from pipeline.store.tables import describe

_PART = re.compile(r"(\w+)/run=(\d{6}-[0-9a-f]{12})/part-\d{5}\.parquet")
"""Where Winnow writes the files of its tables."""
_LOOK = "Look at it, and move it elsewhere."
_FROM = {"index": "the documents", **dict.fromkeys(TAUGHT, "the texts")}


@dataclass(slots=True)
class Repaired:
    """What a repair came to."""

    done: list[str] = field(default_factory=list)
    """What was done, or would be."""
    left: list[Finding] = field(default_factory=list)
    """What was left as it is, with what to do about it."""


def repair(clean: str | Path, *, forget_lost: bool = False, dry_run: bool = False, wait: bool = False) -> Repaired:
    """Remove what no manifest names, and make again what follows from the tables.

    Only files that Winnow can have written are removed. The index follows from `documents`, what is known of sites from
    the texts and what was cut, reports from all tables of their run, the card from the version. Any other table is
    restored from a copy, or cleaned anew from the raw files.

    Args:
        clean: folder of the corpus.
        forget_lost: remove the tables of runs whose manifests are lost as well; their input is read again by a run.
        dry_run: say what would be done, and do nothing.
        wait: wait for a run that is writing instead of refusing.

    Raises:
        NotACorpus: the folder holds none.
        Refused: it is an address in a store.
        Damaged: a manifest cannot be read, without which nothing can be told from anything else.
        Busy: a run is writing here.
    """
    if in_a_store(clean) is not None:
        raise Refused(
            f"{shown(str(clean))}: stands in a store, where nothing is mended in place. The next run that is committed "
            "removes what a stopped one left; restore what is damaged from a copy or the store's own versions, or "
            "clean the raw files anew with --reprocess. `winnow check --deep` tells what is wrong."
        )
    layout = Layout(Path(clean).absolute())
    if not any(layout.runs.glob(f"*/{MANIFEST}")):
        open_layout(clean, must_exist=True)
    if dry_run:
        finish_commit(layout)
        return _Repair(layout, forget_lost=forget_lost, dry_run=True).carry_out()
    with write_lock(layout.lock, wait=wait):
        recovered = recover(layout)
        result = _Repair(layout, forget_lost=forget_lost, dry_run=False).carry_out()
        result.done[:0] = recovered
        return result


class _Repair:
    """A repair under way, with the lock held."""

    def __init__(self, layout: Layout, *, forget_lost: bool, dry_run: bool) -> None:
        self._layout = layout
        self._corpus = Corpus(layout)
        self._forget_lost = forget_lost
        self._dry_run = dry_run
        self._result = Repaired()
        self._unlearned = False
        """Whether something that was known of sites is lost: what was learned later follows from it."""

    def carry_out(self) -> Repaired:
        self._remove_strays()
        for manifest in self._corpus.manifests:
            self._mend(manifest)
        self._remake_card()
        self._drop_cache()
        return self._result

    # What no manifest names

    def _remove_strays(self) -> None:
        named = {entry.path for manifest in self._corpus.manifests for entry in manifest.files}
        runs = {manifest.run_id for manifest in self._corpus.manifests}
        for place in files_of_tables(self._layout):
            if place not in named:
                self._remove_stray(place, runs)
        for path in others(self._layout):
            told = printable(path.relative_to(self._layout.root).as_posix())
            if UNFINISHED.fullmatch(told):
                self._do(f"removed {told}, which a stopped run left", path.unlink)
            elif not self._is_ours(path):
                self._leave(told, "was not written by Winnow", _LOOK)

    def _remove_stray(self, place: str, runs: Container[str]) -> None:
        path = self._layout.root / place
        run = _run_of(place)
        if run is None or path.is_symlink():
            self._leave(printable(place), "no manifest names it, and Winnow wrote no such file", _LOOK)
        elif run not in runs and not self._forget_lost:
            # A run becomes visible together with its manifest, so this one was lost later.
            self._leave(
                place,
                f"the manifest of run {run} is lost",
                f"Restore runs/{run} from a copy. Where there is none, `--forget-lost` removes the run's tables, and "
                "its input is read again.",
            )
        else:
            self._do(f"removed {place}, which no manifest names", partial(_remove, path))

    def _is_ours(self, path: Path) -> bool:
        layout = self._layout
        if path in (layout.input_cache, layout.lock):
            return True
        if layout.staging in path.parents:
            # What a run staged is finished or removed whenever one begins.
            return path.relative_to(layout.staging).parts[0].startswith("run-")
        if path.parent == layout.root:
            return path.name in HARMLESS or path.name in CARD
        names = (MANIFEST, REPORT)
        return any(
            path == layout.runs / manifest.run_id / name for manifest in self._corpus.manifests for name in names
        )

    # What follows from the tables

    def _mend(self, manifest: Manifest) -> None:
        """Make index, site tables and report of a run again where they are not what was written; all visible at once.

        Runs are mended in order: what a run learned of sites follows from what was known before it, too.
        """
        root = self._layout.root
        broken = {entry.path for entry in manifest.files if not _is_whole(root / entry.path, entry)}
        lost = {place.split("/")[0] for place in broken}
        remade = {table for table in FOLLOWS if table in lost and not lost & FOLLOWS[table]}
        taught = remade & set(TAUGHT)
        if taught and not self._can_learn_again(manifest):
            remade -= taught
        for place in sorted(broken):
            table = place.split("/")[0]
            if table not in remade:
                self._leave(place, *self._why_left(lost & FOLLOWS.get(table, frozenset()), table))
        folder = self._layout.runs / manifest.run_id
        report = folder / REPORT
        remake_report = not report.is_file() or (manifest.report is not None and not _is_whole(report, manifest.report))
        if remake_report and lost - remade:
            self._leave(f"runs/{manifest.run_id}/{REPORT}", "tells of tables that are damaged", "Mend those first.")
            remake_report = False
        unsealed_yet = manifest.report is None or not is_sealed((folder / MANIFEST).read_bytes())
        told = [f"made {table}/run={manifest.run_id} again from {_FROM[table]}" for table in FOLLOWS if table in remade]
        told += [f"made runs/{manifest.run_id}/{REPORT} again from the tables"] if remake_report else []
        told += [f"sealed runs/{manifest.run_id}/{MANIFEST}"] if unsealed_yet else []
        self._unlearned |= bool(lost & set(TAUGHT) - remade)
        if not told:
            return
        if not self._dry_run:
            self._replace(manifest, remade, remake_report=remake_report)
            # Later runs follow from what stands there now.
            self._corpus = Corpus(self._layout)
        self._result.done += told

    def _why_left(self, damaged: Collection[str], table: str) -> tuple[str, str]:
        """Say why a table is not made again, and what to do; `damaged` are those that it follows from."""
        if damaged:
            return f"follows from {' and '.join(sorted(damaged))}, which are damaged too", "Mend those first."
        anew = f"`winnow clean RAW --out {self._layout.root} --reprocess`"
        if table not in FOLLOWS:
            what = "is lost or damaged, and is not made again from the other tables"
            return what, f"Restore it from a copy, or clean the raw files anew: {anew}."
        if self._unlearned:
            return "follows from what earlier runs knew of sites, which is damaged too", "Mend that first."
        what = "holds what was known of sites before, and follows from nothing that is kept"
        return what, f"Restore it from a copy, or clean anew with sites.learn = true, which learns again: {anew}."

    def _can_learn_again(self, manifest: Manifest) -> bool:
        """Say whether the site tables of a run follow from its texts and the runs before it."""
        config = parse_config(manifest.config).sites
        return config.enabled and config.learn and not self._unlearned

    def _replace(self, manifest: Manifest, tables: Collection[str], *, remake_report: bool) -> None:
        staging = new_staging(self._layout)
        try:
            staged = staging.relative_to(self._layout.root)
            moves: list[Move] = []
            entries = make_index(self._corpus, manifest, staging / "tables") if "index" in tables else []
            taught = [table for table in TAUGHT if table in tables]
            entries += make_sites(self._corpus, manifest, staging / "tables", taught) if taught else []
            if tables:
                rest = [entry for entry in manifest.files if entry.path.split("/")[0] not in tables]
                manifest = manifest.model_copy(update={"files": _sorted([*rest, *entries])})
            for table in sorted(tables):
                place = f"{table}/run={manifest.run_id}"
                if (self._layout.root / place).exists():
                    moves.append((place, f"{staged}/old/{place}"))
                moves.append((f"{staged}/tables/{table}", place))
            run = f"runs/{manifest.run_id}"
            folder = staging / "run"
            folder.mkdir()
            if remake_report:
                (folder / REPORT).write_text(
                    self._make_report(manifest, staging / "view", staging / "tables"), encoding="utf-8"
                )
            else:
                shutil.copyfile(self._layout.root / run / REPORT, folder / REPORT)
            report = FileEntry(**asdict(describe(folder / REPORT, folder, Path(run))))
            (folder / MANIFEST).write_bytes(manifest.model_copy(update={"report": report}).to_json())
            moves += [(run, f"{staged}/old/{run}"), (f"{staged}/run", run)]
            commit(self._layout, staging, moves)
        finally:
            discard(staging)

    def _make_report(self, manifest: Manifest, view: Path, made: Path) -> str:
        """Render the page of a run, which is told of the folder of its tables: here, of links to them."""
        view.mkdir()
        for table in TABLES:
            folder = self._layout.table(table) / f"run={manifest.run_id}"
            if (made / table).is_dir():
                folder = made / table
            if folder.is_dir():
                (view / table).symlink_to(folder)
        page = render_report(manifest.model_copy(update={"report": None}), view)
        shutil.rmtree(view)
        return page

    def _remake_card(self) -> None:
        root = self._layout.root
        stale = [
            name
            for name, render in CARD.items()
            if not (root / name).is_file() or (root / name).read_bytes() != render().encode()
        ]
        if stale and self._corpus.manifests:
            self._do(f"made {' and '.join(stale)} again", lambda: write_card(root))

    def _drop_cache(self) -> None:
        cache = self._layout.input_cache
        if not cache.is_file():
            return
        try:
            unsealed(cache.read_bytes())
        except ValueError:
            self._do(
                f"removed {cache.relative_to(self._layout.root)}, which was damaged; a run makes another", cache.unlink
            )

    def _do(self, told: str, act: Callable[[], object]) -> None:
        if not self._dry_run:
            act()
        self._result.done.append(told)

    def _leave(self, place: str, what: str, advice: str) -> None:
        self._result.left.append(Finding("files", place, what, advice))


def _run_of(place: str) -> str | None:
    """Give the run whose file of a table stands at a place of the corpus; None where Winnow writes no such file."""
    found = _PART.fullmatch(place)
    return found[2] if found and found[1] in TABLES else None


def _remove(path: Path) -> None:
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()


def _is_whole(path: Path, entry: FileEntry) -> bool:
    return path.is_file() and changed_since(path, entry) is None


def _sorted(entries: list[FileEntry]) -> tuple[FileEntry, ...]:
    """Put files in the order in which a run names them."""
    return tuple(sorted(entries, key=lambda entry: Path(entry.path)))
