"""What each record of the sample corpus must come to: the entries of `truth.json`, typed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.values import Kind, Relation

End = Literal["document", "duplicate", "rejected", "quarantined"]
Address = tuple[str, int]
"""File path relative to `raw/`, and number of the record in that file."""

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "raw"
TRUTH = Path(__file__).with_name("truth.json")


@dataclass(frozen=True, slots=True)
class Cut:
    """A block that must be removed, without the white space round it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Truth:
    """One record's end and what must be known of it. None and () say nothing, save in the fields named below.

    `member`, `duplicate_of`, `relation` and `superseded_by` always hold: None there means that there is none.
    Records that carry content are counted: the warcinfo and request records of a crawl are not.
    """

    file_path: str
    record: int
    end: End
    member: str | None = None
    reason: str | None = None
    """Name of the filter or of the reason for quarantine."""
    duplicate_of: Address | None = None
    relation: Relation | None = None
    superseded_by: Address | None = None
    title: str | None = None
    date: str | None = None
    """ISO 8601, the day only."""
    language: str | None = None
    authors: tuple[str, ...] = ()
    category: str | None = None
    source_domain: str | None = None
    encoding: str | None = None
    """As `codecs.lookup` names it."""
    text: str | None = None
    """The whole cleaned text, where it is certain. Compare with `same_lines`: white space between lines is free."""
    holds: tuple[str, ...] = ()
    """Stretches within one line that the cleaned text must hold."""
    lacks: tuple[str, ...] = ()
    """Stretches that it must not hold."""
    removed: tuple[Cut, ...] = ()
    """Blocks that must be removals, in their order."""

    @property
    def address(self) -> Address:
        return self.file_path, self.record


def same_lines(left: str, right: str) -> bool:
    """Say whether two texts have the same lines, leaving out empty ones and the space at their ends.

    >>> same_lines("A\\n\\n  1. b\\n", "A\\n1. b")
    True
    >>> same_lines("A b", "A\\nb")
    False
    """
    return lines(left) == lines(right)


def lines(text: str) -> list[str]:
    """Give the lines of a text that are not empty, without the space at their ends."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def dump_truth(entries: list[Truth]) -> str:
    """Write entries as JSON: one object each, what says nothing left out, in the order given."""
    always = {"file_path", "record", "member", "end", "duplicate_of", "relation", "superseded_by"}
    rows = [
        {name: value for name, value in asdict(entry).items() if name in always or value not in (None, ())}
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def load_truth(path: Path = TRUTH) -> list[Truth]:
    """Read the entries, in order of arrival.

    Raises:
        OSError: the file cannot be read.
        TypeError, KeyError: an entry has a field that is unknown or lacks one that is required.
    """
    return [_entry(row) for row in json.loads(path.read_text(encoding="utf-8"))]


def _entry(row: dict[str, Any]) -> Truth:
    given = dict(row)
    for name in ("duplicate_of", "superseded_by"):
        if given[name] is not None:
            file_path, record = given[name]
            given[name] = (file_path, record)
    for name in ("authors", "holds", "lacks"):
        given[name] = tuple(given.get(name, ()))
    given["removed"] = tuple(Cut(**cut) for cut in given.get("removed", ()))
    return Truth(**given)
