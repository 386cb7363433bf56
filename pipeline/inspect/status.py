"""Status: what a corpus holds, run by run and in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.inspect.plain import one_line
from pipeline.schemas import TABLES
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.figures import Cluster, Site, largest_clusters, sites
from pipeline.store.losses import told_losses
from pipeline.store.manifest import CountsEntry, LossesEntry, Manifest
from pipeline.store.page import percent, size

_CLUSTERS = 10
_COPIES = 5
_SITES = 10
# A share of fewer records than this says nothing of a site.
_FEWEST_RECORDS = 3


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run."""

    run_id: str
    sequence: int
    started: str
    """ISO 8601, UTC."""
    seconds: float
    """On the clock, over its steps."""
    bytes_read: int
    bytes_written: int
    counts: CountsEntry
    losses: LossesEntry
    """What the guard of the run found."""
    warnings: tuple[str, ...]
    """The same in words."""


@dataclass(frozen=True, slots=True)
class TableStatus:
    """One table."""

    table: str
    files: int
    rows: int
    bytes: int
    """On disk."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a corpus holds."""

    root: str
    runs: tuple[RunStatus, ...]
    read: int
    documents: int
    duplicates: int
    rejected: int
    quarantined: int
    superseded: int
    current: int
    """Documents that no later one supersedes: the corpus of today."""
    chars_before: int
    chars_after: int
    relations: dict[str, int]
    kinds: dict[str, int]
    """Spans cut, by what they were."""
    rejected_by_reason: dict[str, int]
    quarantined_by_reason: dict[str, int]
    tables: tuple[TableStatus, ...]
    clusters: tuple[Cluster, ...]
    """The largest, the largest first."""
    sites: int
    most_cut: tuple[Site, ...]
    """The sites with the greatest share of text cut."""
    most_duplicated: tuple[Site, ...]
    """The sites with the greatest share of documents dropped as copies."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain mappings, lists and values, for JSON."""
        told = asdict(self)
        for name, found in (("most_cut", self.most_cut), ("most_duplicated", self.most_duplicated)):
            told[name] = [
                asdict(site) | {"cut_share": site.cut_share, "duplicate_share": site.duplicate_share} for site in found
            ]
        told["runs"] = [
            asdict(run) | {"counts": run.counts.model_dump(), "losses": run.losses.model_dump()} for run in self.runs
        ]
        return told


def status(corpus: Corpus | str | Path) -> Status:
    """Say what a corpus holds. Counts are the manifests'; clusters and sites are counted over the rows, streamed.

    Raises:
        NotACorpus: the folder holds no corpus.
        Damaged: a file of the corpus cannot be read.
    """
    corpus = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    counts = [manifest.counts for manifest in corpus.manifests]
    documents = sum(one.documents for one in counts)
    superseded = sum(one.superseded for one in counts)
    found = sites(corpus)
    return Status(
        root=str(corpus.layout),
        runs=tuple(_run(manifest) for manifest in corpus.manifests),
        read=sum(one.read for one in counts),
        documents=documents,
        duplicates=sum(one.duplicates for one in counts),
        rejected=sum(one.rejected for one in counts),
        quarantined=sum(one.quarantined for one in counts),
        superseded=superseded,
        current=documents - superseded,
        chars_before=sum(one.chars_before for one in counts),
        chars_after=sum(one.chars_after for one in counts),
        relations=_added(one.duplicates_by_relation for one in counts),
        kinds=_added(one.removals_by_kind for one in counts),
        rejected_by_reason=_added(one.rejected_by_reason for one in counts),
        quarantined_by_reason=_added(one.quarantined_by_reason for one in counts),
        tables=tuple(_table(corpus, name) for name in TABLES),
        clusters=tuple(largest_clusters(corpus, _CLUSTERS, _COPIES)),
        sites=len(found),
        most_cut=_greatest(found, lambda site: site.cut_share),
        most_duplicated=_greatest(found, lambda site: site.duplicate_share),
    )


def _run(manifest: Manifest) -> RunStatus:
    return RunStatus(
        run_id=manifest.run_id,
        sequence=manifest.sequence,
        started=manifest.started,
        seconds=round(sum(spent for name, spent in manifest.seconds.items() if "." not in name), 3),
        bytes_read=manifest.inputs.bytes,
        bytes_written=sum(entry.size for entry in manifest.files),
        counts=manifest.counts,
        losses=manifest.losses,
        warnings=tuple(told_losses(manifest.losses, manifest.config["guard"])) if manifest.losses else (),
    )


def _table(corpus: Corpus, name: str) -> TableStatus:
    entries = [entry for manifest in corpus.manifests for entry in manifest.files if entry.path.startswith(f"{name}/")]
    return TableStatus(
        table=name,
        files=len(entries),
        rows=sum(entry.rows or 0 for entry in entries),
        bytes=sum(entry.size for entry in entries),
    )


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    added: Counter[str] = Counter()
    for one in counts:
        added.update(one)
    return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))


def _greatest(found: Sequence[Site], share: Callable[[Site], float]) -> tuple[Site, ...]:
    telling = [site for site in found if site.records >= _FEWEST_RECORDS and share(site) > 0]
    return tuple(sorted(telling, key=lambda site: (-share(site), -site.records, site.domain or ""))[:_SITES])


def render_text(status: Status) -> str:
    """Say it in plain text, for a terminal or a mail."""
    parts = [
        _totals(status),
        table_lines(
            "Runs",
            ["run", "started", "read", "documents", "duplicates", "rejected", "quarantined", "seconds", "written"],
            [_run_cells(run) for run in status.runs],
        ),
        _warnings(status.runs),
        table_lines(
            "Tables",
            ["table", "files", "rows", "on disk"],
            [(one.table, f"{one.files:,}", f"{one.rows:,}", size(one.bytes)) for one in status.tables],
        ),
        _counted("Duplicates by relation", status.relations),
        _counted("Cut, by what it was", status.kinds),
        _counted("Rejected", status.rejected_by_reason),
        _counted("Quarantined", status.quarantined_by_reason),
        table_lines(
            "Largest clusters",
            ["copies", "id", "title"],
            [(f"{one.size:,}", one.id, one.kept.title if one.kept else "") for one in status.clusters],
        ),
        _site_lines("Sites with the greatest share of text cut", status.most_cut),
        _site_lines("Sites with the greatest share of duplicates", status.most_duplicated),
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _totals(status: Status) -> Iterator[str]:
    runs = f"{len(status.runs):,} run{'' if len(status.runs) == 1 else 's'}"
    yield one_line(f"{status.root}: {runs}, {status.current:,} documents in the corpus of today")
    yield (
        f"{status.read:,} records read = {status.documents:,} documents + {status.duplicates:,} duplicates "
        f"+ {status.rejected:,} rejected + {status.quarantined:,} quarantined"
    )
    cut = status.chars_before - status.chars_after
    share = percent(cut / status.chars_before) if status.chars_before else percent(0)
    yield f"{cut:,} of {status.chars_before:,} characters cut ({share}), {status.superseded:,} documents superseded"


def _run_cells(run: RunStatus) -> tuple[str, ...]:
    counts = run.counts
    numbers = (counts.read, counts.documents, counts.duplicates, counts.rejected, counts.quarantined)
    started = run.started[:16].replace("T", " ")
    return (run.run_id, started, *(f"{one:,}" for one in numbers), f"{run.seconds:.1f}", size(run.bytes_written))


def _warnings(runs: Sequence[RunStatus]) -> list[str]:
    lines = [f"  {run.run_id}  {one_line(warning)}" for run in runs for warning in run.warnings]
    return ["Flagged by the guard", *lines] if lines else []


def _counted(title: str, counts: dict[str, int]) -> list[str]:
    return table_lines(title, ["", "records" if "by what" not in title else "spans"], [
        (name, f"{count:,}") for name, count in counts.items()
    ])  # fmt: skip


def _site_lines(title: str, found: Sequence[Site]) -> list[str]:
    return table_lines(
        title,
        ["site", "records", "documents", "duplicates", "text cut"],
        [
            (
                site.domain or "(no URL)",
                f"{site.records:,}",
                f"{site.documents:,}",
                f"{site.duplicates:,} ({percent(site.duplicate_share)})",
                percent(site.cut_share),
            )
            for site in found
        ],
    )


def table_lines(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Set rows in columns: numbers to the right. Nothing for no rows."""
    if not rows:
        return []
    cells = [[one_line(cell) for cell in row] for row in rows]
    right = [
        all(row[at][:1].isdigit() for row in rows) and heads[at] not in ("run", "started", "id")
        for at in range(len(heads))
    ]
    widths = [max(len(row[at]) for row in [heads, *cells]) for at in range(len(heads))]
    lines = [
        "  ".join(
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in [list(heads), *cells]
    ]
    return [title, *(f"  {line}" for line in lines)]
