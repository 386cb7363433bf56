"""The sample corpus as a whole: its files in order of arrival, and the truth of their records."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from tests.sample.folders import abroad, archive, broken, crawl, feeds, harbour, herald, parish, tables
from tests.sample.pieces import Entry, File
from tests.sample.truth import RAW, TRUTH, Address, Truth, dump_truth

ABOUT = Path(__file__).with_name("about.md")

_STATED = [one.name for one in fields(Truth) if one.name in {field.name for field in fields(Entry)}]


def corpus() -> list[File]:
    """Make every file, ordered as a run takes them: by the UTF-8 bytes of the path."""
    folders = (abroad, archive, broken, crawl, feeds, harbour, herald, parish, tables)
    made = [file for folder in folders for file in folder.files()]
    return sorted(made, key=lambda file: file.path.encode())


def truth(made: list[File]) -> list[Truth]:
    """Give the records their addresses, and let them refer to one another by address.

    Raises:
        KeyError: an entry refers to a name that no record has.
        ValueError: two records have the same name.
    """
    places = addresses(made)
    found = []
    for file in made:
        for record, entry in enumerate(file.entries):
            stated = {name: getattr(entry, name) for name in _STATED}
            stated["duplicate_of"] = places[entry.duplicate_of] if entry.duplicate_of else None
            stated["superseded_by"] = places[entry.superseded_by] if entry.superseded_by else None
            text = entry.cleaned if entry.exact else None
            found.append(Truth(file_path=file.path, record=record, text=text, **stated))
    return found


def addresses(made: list[File]) -> dict[str, Address]:
    """Say where the record of each name stands."""
    found: dict[str, Address] = {}
    for file in made:
        for record, entry in enumerate(file.entries):
            if entry.name in found:
                raise ValueError(f"{file.path}: another record is called {entry.name!r}")
            found[entry.name] = (file.path, record)
    return found


def write(root: Path = RAW, truth_path: Path = TRUTH) -> list[Path]:
    """Write the corpus and its truth, and give the paths of the files that the builder did not make.

    Files that are there already are written over, and none is taken away.
    """
    made = corpus()
    written = {root / "_about.md": ABOUT.read_bytes()} | {root / file.path: file.data for file in made}
    for path, data in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    truth_path.write_text(dump_truth(truth(made)), encoding="utf-8")
    return sorted(path for path in root.rglob("*") if path.is_file() and path not in written)
