"""What a check finds: one value for each broken promise, in order, and not without end."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from pipeline.inspect.plain import one_line

Promise = Literal[
    "manifests",
    "balance",
    "files",
    "ids",
    "texts",
    "removals",
    "sites",
    "duplicates",
    "superseded",
    "kept-set",
    "index",
]
"""What a corpus promises.

manifests: the runs follow one another, each with the configuration it names. balance: every record read has one end,
and the tables hold what the manifests count and name as lost. files: what the manifests name is there, unchanged, and
nothing else. ids: unique, and derived from the records. texts: as they were written. removals: putting them back gives
the text before cutting. sites: what is known of them, and what was cut as their template, follows from the pages.
duplicates: each is like the very document that stands for it. superseded: each lies in the document that supersedes it.
kept-set: no two kept documents are copies. index: what later runs compare with fits the texts.
"""

PROMISES: tuple[Promise, ...] = get_args(Promise)

# More findings of one promise say nothing new; they are counted.
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that does not hold."""

    promise: Promise
    where: str
    """File of the corpus, or table and id."""
    what: str
    """What was found and what was expected."""
    next: str
    """What to do."""

    def to_dict(self) -> dict[str, str]:
        """Give it as a mapping of its fields, for JSON."""
        return asdict(self)


class Findings:
    """Gathers findings; at most a few dozen of each promise are told, the rest counted."""

    def __init__(self, advice: str) -> None:
        self._advice = advice
        self._found: list[Finding] = []
        self._counts: Counter[Promise] = Counter()

    def add(self, promise: Promise, where: str, what: str, advice: str | None = None) -> None:
        """Take a finding up; without advice of its own it gives the general one."""
        self._counts[promise] += 1
        if self._counts[promise] <= _SHOWN:
            self._found.append(Finding(promise, where, what, advice or self._advice))

    def count(self, promise: Promise) -> int:
        """Say how many findings of a promise there are, told or not."""
        return self._counts[promise]

    def told(self) -> list[Finding]:
        """Give the findings in the order in which they were found, then what was left out."""
        left = {promise: count - _SHOWN for promise, count in self._counts.items() if count > _SHOWN}
        return self._found + [
            Finding(promise, "the corpus", f"{count:,} more findings of this promise", self._advice)
            for promise, count in left.items()
        ]


def render_text(findings: list[Finding]) -> str:
    """Say findings in plain lines, each with its place and what to do; one line when there are none."""
    if not findings:
        return "Every promise holds.\n"
    lines = []
    advice = ""
    for finding in findings:
        lines.append(one_line(f"{finding.promise}: {finding.where}: {finding.what}"))
        if finding.next != advice:
            lines.append(f"    → {one_line(finding.next)}")
            advice = finding.next
    return "\n".join([*lines, f"{len(findings)} finding{'' if len(findings) == 1 else 's'}.", ""])
