"""`winnow clean --profile`: where a run's processor time went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.cli.quantities import number, size

if TYPE_CHECKING:
    from pipeline.run.account import Profile

_UNACCOUNTED = "not accounted"


def profile_table(profile: Profile) -> str:
    """Write a table of the stages that took any time."""
    rows = [("stage", "seconds", "share", "ms a MB", "µs a record")]
    stages = [(name, spent) for name, spent in profile.seconds.items() if round(spent, 2)]
    rows += [_row(name, spent, profile) for name, spent in [*stages, (_UNACCOUNTED, profile.unaccounted)]]
    rows.append(_row("in all", profile.total, profile))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        f"  {row[0]:<{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
    told = f"Processor time, of all processes, for {number(profile.records, 'record')} of {size(profile.bytes)}:"
    return "\n".join(["", told, *lines, _memory(profile)])


def _row(name: str, spent: float, profile: Profile) -> tuple[str, str, str, str, str]:
    return (
        name,
        f"{spent:.2f}",
        f"{spent / profile.total:.1%}" if profile.total else "",
        f"{1e9 * spent / profile.bytes:.2f}" if profile.bytes else "",
        f"{1e6 * spent / profile.records:.0f}" if profile.records else "",
    )


def _memory(profile: Profile) -> str:
    main = f"Most memory: main process {size(profile.peak_main)}"
    if not profile.workers:
        return f"{main}, which did all of the work"
    largest = f" (largest of {profile.workers})" if profile.workers > 1 else ""
    return f"{main}, worker {size(profile.peak_worker)}{largest}, all at one time {size(profile.peak_all)}"


def profile_json(profile: Profile) -> dict[str, Any]:
    """Give a profile for programs; times in seconds, sizes in bytes."""
    return {
        "seconds": {name: round(spent, 3) for name, spent in profile.seconds.items()},
        "unaccounted": round(profile.unaccounted, 3),
        "total": round(profile.total, 3),
        "records": profile.records,
        "bytes": profile.bytes,
        "workers": profile.workers,
        "peak_main": profile.peak_main,
        "peak_worker": profile.peak_worker,
        "peak_all": profile.peak_all,
    }
