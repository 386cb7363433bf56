"""A run on a corpus: its steps from plan to commit, for whoever carries them out: `clean_folder`, a flow, a cluster."""

from __future__ import annotations

import errno
import hashlib
import platform
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from time import perf_counter

from pipeline.config import Config, config_hash, differing_settings, result_settings
from pipeline.errors import OtherConfig, Refused, StorageFailed, Unbalanced
from pipeline.extract.html import check_weights as check_page_weights
from pipeline.lean import give_back
from pipeline.mask.key import with_key
from pipeline.match.composite import check_words
from pipeline.read.listing import InputFile
from pipeline.read.names import printable
from pipeline.read.sniff import named_shape
from pipeline.run.account import Account, Profile
from pipeline.run.events import Listener, Recovered, StageBegun, ignore
from pipeline.run.guard import StagedTexts, guard
from pipeline.run.learn import SiteFacts, cut_templates, learn_sites
from pipeline.run.plan import Plan, SeenIds, make_plan, write_cache
from pipeline.run.settle import Settled, settle
from pipeline.run.stage import Shard, stage_files
from pipeline.run.workers import Workers, worker_count, worth_apart
from pipeline.run.write import Tally, write_tables
from pipeline.schemas import SCHEMA_VERSION, TABLES
from pipeline.sign.sign import index_parameters
from pipeline.store.card import write_card
from pipeline.store.commit import Move, commit, discard, finish_commit, new_staging, recover
from pipeline.store.corpus import Corpus
from pipeline.store.layout import Layout, open_layout
from pipeline.store.lock import write_lock
from pipeline.store.manifest import (
    MANIFEST,
    REPORT,
    CountsEntry,
    FileEntry,
    InputsEntry,
    LossesEntry,
    Manifest,
    redact,
    run_identity,
)
from pipeline.store.report import render_report
from pipeline.store.tables import describe
from pipeline.strip.learned import check_weights as check_line_weights
from pipeline.strip.reasons import check_rules
from pipeline.version import library_versions, winnow_version

# File in a run's staging that is there while the main process cleans: found later, a record may have ended it.
_CLEANING = "cleaning"

# Files whose records are texts as a rule, and of how many the names are looked at. Where there are pages all the same,
# each worker loads by itself what these need.
_LOOKED_AT = 1000
_SELDOM_PAGES = frozenset({"text", "markdown", "jsonl", "csv", "parquet"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    manifest: Manifest | None
    """Of the run; None where nothing was new, or for a dry run."""
    plan: Plan
    clean: Path | str
    """Folder of the corpus, or its address in a store."""
    profile: Profile | None = None
    """Where its processor time went; None where nothing was done."""


@contextmanager
def run_on(
    clean: str | Path,
    config: Config,
    *,
    reprocess: bool = False,
    dry_run: bool = False,
    wait: bool = False,
    listen: Listener = ignore,
) -> Iterator[Run]:
    """Begin a run: hold the corpus, mend what an earlier run left, and stage. What is staged is removed on failure.

    The steps of a run are methods, so that an engine can carry them out one by one; `clean_folder` shows their order.
    """
    account = Account()
    with account.timed("start"):
        check_rules(config.strip)
        check_page_weights(config.extract)
        check_line_weights(config.strip)
        check_words(config.match)
        config = with_key(config)
    layout = open_layout(clean, must_exist=False, writing=not dry_run)
    if dry_run:
        finish_commit(layout)
        yield Run(layout, None, config, reprocess, listen, account)
        return
    with _storage_errors(layout), write_lock(layout.lock, wait=wait, place=str(layout)):
        wary = any(layout.staging.glob(f"run-*/{_CLEANING}"))
        told = recover(layout)
        if told and layout.remote is not None:
            # This is a copy: the store alone knows whether that run was committed.
            told = ["removed what it had staged here; it counts if its manifest is in the store"]
        for what in told:
            listen(Recovered(what))
        if wary:
            listen(Recovered("it ended while it cleaned; records are cleaned in a process of their own this time"))
        if layout.remote is not None:
            layout.remote.begin(layout)
        staging = new_staging(layout)
        try:
            yield Run(layout, staging, config, reprocess, listen, account, wary=wary)
        finally:
            discard(staging)


class Run:
    """A run under way on a corpus."""

    def __init__(
        self,
        layout: Layout,
        staging: Path | None,
        config: Config,
        reprocess: bool,
        listen: Listener,
        account: Account,
        *,
        wary: bool = False,
    ) -> None:
        self.layout = layout
        self.config = config
        self.account = account
        self._wary = wary
        self._staging = staging
        self._reprocess = reprocess
        self._listen = listen
        self._old = Corpus(layout, any_version=reprocess)
        self.corpus = Corpus(Layout(layout.staging / "nothing")) if reprocess else self._old
        self._sources: tuple[str, ...] = ()
        self._workers = 1
        self._pages = True
        self._sites = SiteFacts()
        self._started = datetime.now(UTC)
        self._seconds: dict[str, float] = {}

    @property
    def _started_ns(self) -> int:
        return int(self._started.timestamp()) * 10**9

    @property
    def staging(self) -> Path:
        """Folder that this run writes into."""
        if self._staging is None:
            raise Refused("a dry run writes nothing")
        return self._staging

    def plan(self, raw: Sequence[str | Path], root: str | Path | None, *, forget_missing: bool = False) -> Plan:
        """List the input and compare it with what the corpus has read."""
        if not self._reprocess:
            _check_same_config(self._old, self.config)
        with self._timed("plan"):
            plan = make_plan(raw, root, self.corpus, self.config, self.layout)
        self._pages = any(named_shape(file.file_path) not in _SELDOM_PAGES for file in islice(plan.new, _LOOKED_AT))
        self._sources = tuple(printable(redact(str(source))) for source in raw)
        if self._reprocess and not forget_missing:
            _check_nothing_missing(self._old, plan)
        return plan

    def workers(self, size: int) -> Workers:
        """Make the workers for so many bytes of input."""
        return Workers(
            worker_count(self.config.run, size),
            self.config,
            apart=self._wary or worth_apart(size),
            pages=self._pages,
            mark=self.staging / _CLEANING,
            listen=self._listen,
            account=self.account,
        )

    def stage(self, files: Sequence[InputFile], seen_ids: SeenIds, number: int, workers: Workers) -> Shard:
        """Read, clean and sign files, as the shard of that number; shards stand in order of arrival."""
        self._listen(StageBegun("clean"))
        self._workers = workers.count
        with self._timed("clean", "hand over"):
            return stage_files(files, seen_ids, self.shard_folder(number), workers, self.config, self._listen)

    def shard_folder(self, number: int) -> Path:
        """Where the shard of that number is staged."""
        return self.staging / "shards" / f"{number:05d}"

    def learn(self, shards: Sequence[Shard], workers: Workers) -> list[Shard]:
        """Learn what sites repeat, and cut it out of what is staged; gives the shards as they are then."""
        config = self.config.sites
        if not config.enabled:
            return list(shards)
        self._listen(StageBegun("sites"))
        with self._timed("sites"):
            # Cleaned anew, a corpus learns anew; where it may not, it keeps what it knows.
            known = self.corpus if config.learn else self._old
            templates, self._sites = learn_sites(shards, self.corpus, known, config, self.staging / "sites")
            return cut_templates(shards, templates, self._sites, workers)

    def settle(self, shards: Sequence[Shard]) -> Settled:
        """Decide which staged documents are kept."""
        self._listen(StageBegun("match"))
        with self._timed("match"):
            scratch = self.staging / "match"
            # What failed before may be tried again.
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            give_back()
            settled = settle(shards, self.corpus, self.config.match, scratch, self._workers)
            # Writing takes its memory elsewhere, from Arrow.
            give_back()
            return settled

    def commit(self, plan: Plan, shards: Sequence[Shard], settled: Settled) -> Outcome:
        """Look at what is lost, write the tables, check the account, and make all of it visible at once.

        Raises:
            TooMuchLost: more than the configuration allows, and it says to stop.
        """
        read = sum(shard.read for shard in shards)
        seen_before = sum(shard.seen_before for shard in shards)
        if seen_before and not read:
            # Files touched or rewritten with the same records: there is nothing to tell of them.
            return self.nothing_done(plan)
        self._listen(StageBegun("write"))
        with self._timed("guard"):
            losses = guard(shards, settled, self.corpus, self.config.guard, self.layout)
        with self._timed("write"):
            sequence = len(self.corpus.manifests) + 1
            previous = self.corpus.manifests[-1].run_id if self.corpus.manifests else None
            run_id = run_identity(sequence, previous, _inputs_digest(shards), config_hash(self.config))
            tables = self.staging / "tables"
            tally = write_tables(shards, settled, self._sites, tables, run_id, self.config, beside=self._workers > 1)
            counts = _counts(read, shards, settled, tally)
            if not counts.balances():
                raise Unbalanced(
                    f"{self.layout}: {read} records were read and {counts.documents} kept, {counts.duplicates} "
                    f"duplicate, {counts.rejected} rejected, {counts.quarantined} quarantined, which does not add up. "
                    "Nothing was written. This is a defect of Winnow: please report it with the input."
                )
            files = tuple(self._describe(tables, run_id))
        remote = self.layout.remote
        self._listen(StageBegun("upload" if remote else "commit"))
        with self._timed("commit"):
            manifest = self._manifest(run_id, sequence, previous, plan, shards, counts, losses, files)
            folder = self.staging / "run"
            folder.mkdir()
            (folder / REPORT).write_text(render_report(manifest, tables, StagedTexts(shards)), encoding="utf-8")
            report = FileEntry(**asdict(describe(folder / REPORT, folder, Path("runs") / run_id)))
            manifest = manifest.model_copy(update={"report": report})
            (folder / MANIFEST).write_bytes(manifest.to_json())
            # Space is given back before the renames, so that a full disk cannot stop them.
            for shard in shards:
                shutil.rmtree(shard.folder)
            for name in ("sites", "match"):
                shutil.rmtree(self.staging / name, ignore_errors=True)
            if remote is not None:
                staged = {tables / Path(one.path).parts[0] / Path(one.path).name: one for one in files}
                remote.upload(manifest, {**staged, folder / REPORT: report})
                self._listen(StageBegun("commit"))
                remote.commit(manifest, self.corpus.manifests)
            with _after_commit(self.layout, run_id) if remote else nullcontext():
                commit(self.layout, self.staging, self._moves(run_id))
            with _after_commit(self.layout, run_id):
                self._write_card()
                write_cache(self.layout, chain(plan.new, plan.unchanged), self._started_ns)
        return Outcome(manifest, plan, self._place, self.account.profile())

    def nothing_done(self, plan: Plan) -> Outcome:
        """End a run that has nothing to write."""
        if self._staging is not None and self._old.manifests:
            # An earlier run may have been stopped right after its commit.
            self._write_card()
            write_cache(self.layout, plan.unchanged, self._started_ns)
        return Outcome(None, plan, self._place)

    @property
    def _place(self) -> Path | str:
        return self.layout.root if self.layout.remote is None else str(self.layout)

    def _write_card(self) -> None:
        write_card(self.layout.root)
        if self.layout.remote is not None:
            self.layout.remote.put_card(self.layout)

    def _moves(self, run_id: str) -> list[Move]:
        """Renames that make the run visible: documents after what belongs to them, the manifest last of all."""
        staged = self.staging.relative_to(self.layout.root).as_posix()
        tables = [*(name for name in TABLES if name != "documents"), "documents"]
        moves: list[Move] = []
        if self._reprocess:
            present = [name for name in (*tables, "runs") if self.layout.table(name).exists()]
            moves += [(name, f"{staged}/old/{name}") for name in present]
        written = [name for name in tables if (self.staging / "tables" / name).exists()]
        moves += [(f"{staged}/tables/{name}", f"{name}/run={run_id}") for name in written]
        return [*moves, (f"{staged}/run", f"runs/{run_id}")]

    def _describe(self, tables: Path, run_id: str) -> Iterator[FileEntry]:
        for path in sorted(tables.rglob("*.parquet")):
            name = path.parent.name
            yield FileEntry(**asdict(describe(path, tables / name, Path(name) / f"run={run_id}")))

    def _manifest(
        self,
        run_id: str,
        sequence: int,
        previous: str | None,
        plan: Plan,
        shards: Sequence[Shard],
        counts: CountsEntry,
        losses: LossesEntry,
        files: tuple[FileEntry, ...],
    ) -> Manifest:
        for shard in shards:
            for stage, spent in shard.seconds.items():
                name = f"clean.{stage}"
                self._seconds[name] = self._seconds.get(name, 0.0) + spent
        return Manifest(
            run_id=run_id,
            sequence=sequence,
            previous=previous,
            schema_version=SCHEMA_VERSION,
            versions={"winnow": winnow_version(), "python": platform.python_version(), **library_versions()},
            config_hash=config_hash(self.config),
            config=self.config.model_dump(mode="json"),
            index=index_parameters(self.config.match),
            inputs=InputsEntry(
                sources=self._sources,
                files=len(plan.new),
                bytes=plan.bytes,
                digest=_inputs_digest(shards),
                files_unchanged=len(plan.unchanged),
            ),
            counts=counts,
            losses=losses,
            files=files,
            started=self._started.isoformat(timespec="seconds"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            workers=self._workers,
            seconds={name: round(spent, 3) for name, spent in self._seconds.items()},
            upload=self.layout.remote.new_upload() if self.layout.remote else None,
        )

    @contextmanager
    def _timed(self, stage: str, charged: str | None = None) -> Iterator[None]:
        """Measure a stage by the clock, and charge one with the processor time that none within it takes."""
        begun = perf_counter()
        with self.account.timed(charged or stage):
            yield
        self._seconds[stage] = self._seconds.get(stage, 0.0) + perf_counter() - begun


def _check_same_config(corpus: Corpus, config: Config) -> None:
    if not corpus.manifests:
        return
    last = corpus.manifests[-1]
    told = differing_settings(result_settings(config), _result_part(last))
    parameters = index_parameters(config.match)
    told += [
        f"{name}: {last.index.get(name)!r} → {value!r}"
        for name, value in parameters.items()
        if last.index.get(name) != value and name not in config.match.model_dump()
    ]
    if told:
        raise OtherConfig(
            f"{corpus.layout}: was made with another configuration, and its documents would not fit new ones:\n  "
            + "\n  ".join(told)
            + "\nUse the configuration it was made with, another --out, or clean everything anew with --reprocess."
        )


def _result_part(manifest: Manifest) -> dict[str, dict[str, object]]:
    # As `result_settings`, of settings that this version may not know.
    config = {name: dict(section) for name, section in manifest.config.items() if name not in ("run", "guard")}
    for key in ("include", "exclude"):
        config["read"].pop(key, None)
    config.get("sites", {}).pop("learn", None)
    config.get("privacy", {}).pop("key_variable", None)
    if not config.get("privacy", {}).get("mask"):
        config.pop("privacy", None)
    return config


def _check_nothing_missing(old: Corpus, plan: Plan) -> None:
    present = {file.file_path for file in plan.new}
    missing = sorted(set(old.table("inputs", ["file_path"])["file_path"].to_pylist()) - present)
    if missing:
        raise Refused(
            f"{old.layout}: holds records of {len(missing)} file(s) that are not in the input any more "
            f"({', '.join(missing[:3])}{', …' if len(missing) > 3 else ''}); cleaning anew would lose them. Name their "
            "folders as well, or let them go with --forget-missing."
        )


def _counts(read: int, shards: Sequence[Shard], settled: Settled, tally: Tally) -> CountsEntry:
    return CountsEntry(
        read=read,
        documents=tally.documents,
        duplicates=tally.duplicates.total(),
        rejected=tally.rejected.total(),
        quarantined=tally.quarantined.total(),
        seen_before=sum(shard.seen_before for shard in shards),
        superseded=len(settled.told.fuller),
        duplicates_by_relation=dict(sorted(tally.duplicates.items())),
        rejected_by_reason=dict(sorted(tally.rejected.items())),
        quarantined_by_reason=dict(sorted(tally.quarantined.items())),
        removals_by_kind=dict(sorted(tally.removals.items())),
        chars_before=tally.chars_before,
        chars_after=tally.chars_after,
    )


def _inputs_digest(shards: Sequence[Shard]) -> str:
    digest = hashlib.sha256()
    for shard in shards:
        for batch in shard.batches("inputs"):
            for path, sha256 in zip(batch["file_path"].to_pylist(), batch["sha256"].to_pylist(), strict=True):
                digest.update(f"{path}\0{sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@contextmanager
def _after_commit(layout: Layout, run_id: str) -> Iterator[None]:
    """Say of a failure that the run is done all the same."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(
            f"{error.filename or layout.root}: {_told(error)}. Run {run_id} is committed and whole; only the card or "
            "the cache of the corpus could not be written. Mend that and run again, which writes them."
        ) from error


@contextmanager
def _storage_errors(layout: Layout) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or layout.root
        state = "is as it was; mend that"
        if layout.is_committing():
            state = "takes in this run as soon as it is read or run on again: its commit had begun. Mend that"
        raise StorageFailed(f"{where}: {_told(error)}. The corpus in {layout} {state} and run again.") from error


def _told(error: OSError) -> str:
    known = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota is used up"}
    return known.get(error.errno or 0, error.strerror or str(error))
