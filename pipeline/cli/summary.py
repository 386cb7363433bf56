"""The summary of a run: what was read, kept, cut, collapsed and put aside, and where to look next.

One account, in three forms: a table for a terminal, plain lines elsewhere, Markdown for a page.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.cli.quantities import number, size
from pipeline.cli.terminal import show
from pipeline.run.job import Outcome
from pipeline.store.losses import told_losses
from pipeline.store.manifest import CountsEntry, Manifest

# More kinds than these would push the counts off the screen; the report has them all.
_KINDS_TOLD = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the account."""

    name: str
    number: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to look next: what is there, and the path or command that leads to it."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of a run. `lines` and `removals` are empty where nothing was written."""

    headline: str
    lines: tuple[Line, ...] = ()
    removals: tuple[Line, ...] = ()
    """Spans cut, by kind, the most frequent kind first."""
    hints: tuple[Hint, ...] = ()
    warnings: tuple[str, ...] = ()
    """What the guard found: sources that lost much, clusters that grew large."""


def summarise(outcome: Outcome, *, dry_run: bool = False) -> Summary:
    """Give the account of a run.

    Args:
        outcome: what the run came to.
        dry_run: nothing was to be written; the headline says what would have been read.
    """
    manifest = outcome.manifest
    if manifest is None:
        return Summary(_nothing(outcome, dry_run))
    counts = manifest.counts
    return Summary(
        headline=f"{outcome.clean}: {one_line(outcome)}",
        lines=tuple(_lines(manifest)),
        removals=tuple(
            Line(kind, spans)
            for kind, spans in sorted(counts.removals_by_kind.items(), key=lambda item: -item[1])
            if spans
        ),
        hints=tuple(_hints(outcome.clean, manifest)),
        warnings=warnings_of(manifest),
    )


def warnings_of(manifest: Manifest) -> tuple[str, ...]:
    """Give a line for each source or cluster that passed a limit of the guard."""
    return tuple(told_losses(manifest.losses, manifest.config["guard"])) if manifest.losses else ()


def one_line(outcome: Outcome, *, dry_run: bool = False) -> str:
    """Tell a run's counts in one line, such as a state's message.

    >>> from pathlib import Path
    >>> from pipeline.read.listing import InputFiles
    >>> from pipeline.run.plan import Plan, SeenIds
    >>> one_line(Outcome(None, Plan(InputFiles(), InputFiles(), SeenIds()), Path("clean")))
    'nothing new: 0 files unchanged'
    """
    if outcome.manifest is None:
        return _nothing(outcome, dry_run)
    counts, losses = outcome.manifest.counts, outcome.manifest.losses
    flagged = losses.sources_in_all + losses.clusters_in_all
    return (
        f"{number(counts.read, 'record')} read: {counts.documents:,} kept, {number(counts.duplicates, 'duplicate')}, "
        f"{counts.rejected:,} rejected, {counts.quarantined:,} quarantined"
        + (f"; {number(flagged, 'warning')}" if flagged else "")
    )


def render_summary(outcome: Outcome, *, dry_run: bool = False) -> Group:
    """Show the account as tables, for a terminal. What comes from the data is shown as it is, never read as markup."""
    summary = summarise(outcome, dry_run=dry_run)
    parts: list[Text | Padding] = [Text(summary.headline, style="bold")]
    if summary.lines:
        table = _table()
        for line in summary.lines:
            style = "bold green" if line.name == "kept" else ""
            table.add_row(Text(line.name, style=style), Text(f"{line.number:,}", style=style), Text(line.note, "dim"))
        parts.append(Padding(table, (1, 0, 0, 2)))
    if summary.warnings:
        parts.append(Padding(Text("warnings", "bold yellow"), (1, 0, 0, 2)))
        parts += [Padding(Text(warning, "yellow"), (0, 0, 0, 2)) for warning in summary.warnings]
    if summary.removals:
        table = _table()
        most = max(1, summary.removals[0].number)
        for line in summary.removals[:_KINDS_TOLD]:
            bar = "▇" * max(1, round(24 * line.number / most))
            table.add_row(Text(line.name), Text(f"{line.number:,}"), Text(bar, "cyan"))
        parts += [Padding(Text(_cut_heading(summary), "bold"), (1, 0, 0, 2)), Padding(table, (0, 0, 0, 2))]
    if summary.hints:
        table = _table()
        for hint in summary.hints:
            table.add_row(Text(hint.what), Text(""), Text(hint.where, "cyan", overflow="fold"))
        parts += [Padding(Text("where to look next", "bold"), (1, 0, 0, 2)), Padding(table, (0, 0, 0, 2))]
    return Group(*parts)


def summary_text(outcome: Outcome, *, dry_run: bool = False) -> str:
    """Write the account as plain lines, without a line's end after the last."""
    summary = summarise(outcome, dry_run=dry_run)
    width = max((len(line.name) for line in (*summary.lines, *summary.removals[:_KINDS_TOLD])), default=0)
    told = [summary.headline]
    told += [f"  {line.name:<{width}}  {line.number:>9,}  {line.note}".rstrip() for line in summary.lines]
    told += [f"  warning: {warning}" for warning in summary.warnings]
    if summary.removals:
        told.append(f"  {_cut_heading(summary)}:")
        told += [f"    {line.name:<{width}}  {line.number:>7,}" for line in summary.removals[:_KINDS_TOLD]]
    told += [f"  {hint.what}: {hint.where}" for hint in summary.hints]
    return "\n".join(told)


def summary_markdown(outcome: Outcome) -> str:
    """Write the account as Markdown; what comes from the data is escaped."""
    summary = summarise(outcome)
    told = [f"# {_escaped(summary.headline)}"]
    if summary.lines:
        told += ["", "| | records | |", "|---|---:|---|"]
        told += [f"| {line.name} | {line.number:,} | {_escaped(line.note)} |" for line in summary.lines]
    if summary.warnings:
        told += ["", "## warnings", "", *(f"- {_escaped(warning)}" for warning in summary.warnings)]
    if summary.removals:
        told += ["", f"## {_cut_heading(summary)}", "", "| kind | spans |", "|---|---:|"]
        told += [f"| {_escaped(line.name)} | {line.number:,} |" for line in summary.removals]
    if summary.hints:
        told += ["", "## where to look next", ""]
        told += [f"- {hint.what}: {_escaped(hint.where)}" for hint in summary.hints]
    return "\n".join(told) + "\n"


def print_summary(outcome: Outcome, *, dry_run: bool = False) -> None:
    """Print the account on stdout: tables on a terminal, plain lines elsewhere.

    Raises:
        OSError: stdout cannot be written.
    """
    console = Console()
    if console.is_terminal:
        console.print(render_summary(outcome, dry_run=dry_run))
    else:
        show(summary_text(outcome, dry_run=dry_run))


def _nothing(outcome: Outcome, dry_run: bool) -> str:
    plan = outcome.plan
    if dry_run and plan.new:
        return (
            f"{number(len(plan.new), 'file')} would be read ({size(plan.bytes)}), "
            f"{number(len(plan.unchanged), 'file')} unchanged; nothing was written"
        )
    if plan.new:
        return f"nothing new: {number(len(plan.new), 'changed file')} held only records seen before"
    return f"nothing new: {number(len(plan.unchanged), 'file')} unchanged"


def _lines(manifest: Manifest) -> Iterator[Line]:
    counts, inputs = manifest.counts, manifest.inputs
    yield Line("read", counts.read, f"{number(inputs.files, 'file')}, {size(inputs.bytes)}")
    yield Line("kept", counts.documents, _share(counts.documents, counts.read))
    yield Line("duplicates", counts.duplicates, _by(counts.duplicates_by_relation))
    yield Line("rejected", counts.rejected, _by(counts.rejected_by_reason))
    yield Line("quarantined", counts.quarantined, _by(counts.quarantined_by_reason))
    if counts.superseded:
        yield Line("superseded", counts.superseded, "kept earlier; a fuller version came now")
    if counts.seen_before:
        yield Line("seen before", counts.seen_before, "settled by an earlier run")
    if inputs.files_unchanged:
        yield Line("files unchanged", inputs.files_unchanged, "not read again")
    yield Line("characters cut", counts.chars_before - counts.chars_after, _cut_share(counts))
    seconds = (datetime.fromisoformat(manifest.finished) - datetime.fromisoformat(manifest.started)).total_seconds()
    yield Line("seconds", round(seconds), f"{number(manifest.workers, 'worker')}; run {manifest.run_id}")


def _hints(clean: Path | str, manifest: Manifest) -> Iterator[Hint]:
    where = _shown(clean)
    typed = shlex.quote(where)
    counts = manifest.counts
    yield Hint("the corpus", f"{where}/documents")
    report = f"report-{manifest.upload}.html" if manifest.upload else "report.html"
    yield Hint("the report", f"{where}/runs/{manifest.run_id}/{report}")
    if counts.removals_by_kind:
        yield Hint("what was cut, and why", f"{where}/removals")
    if counts.duplicates:
        yield Hint("what was collapsed", f"{where}/duplicates")
    if counts.duplicates or counts.superseded:
        yield Hint("who ran each story", f"winnow carriers {typed}")
    if counts.rejected:
        yield Hint("what was rejected", f"{where}/rejections")
    if counts.quarantined:
        yield Hint("what could not be read", f"{where}/quarantine")
    yield Hint("one text's story", f"winnow explain {typed} ID")


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    return table


def _cut_heading(summary: Summary) -> str:
    told = f"spans cut, {sum(line.number for line in summary.removals):,} in all"
    return (
        told if len(summary.removals) <= _KINDS_TOLD else f"{told}; the most frequent of {len(summary.removals)} kinds"
    )


def _shown(clean: Path | str) -> str:
    """Give the path as a person at this terminal would type it."""
    if isinstance(clean, str):
        return clean
    relative = os.path.relpath(clean)
    return str(clean) if relative.startswith("..") else relative


def _by(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(numbers.items(), key=lambda item: -item[1]))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} of the records" if whole else ""


def _cut_share(counts: CountsEntry) -> str:
    before = counts.chars_before
    return f"{(before - counts.chars_after) / before:.1%} of {before:,}" if before else ""


def _escaped(text: str) -> str:
    # A vertical bar ends a cell; the others begin markup or a tag.
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
