"""Labelled texts as the judge sees them: what rules cut is cut already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.collapse.repeats import find_repeats
from pipeline.config import StripConfig
from pipeline.judge.glyphs import Lines, Words, look, words_of
from pipeline.judge.spans import Spans
from pipeline.judge.vocabulary import Keys, keys_of
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate, taken_blocks
from pipeline.words.tokens import count_tokens

Array = NDArray[Any]

FOLDS = 5
ASIDE = -1
_ASIDE_SHARE = 0.15
DERIVED = ("clean", "light")
"""Variants that are made of the others."""
# Lines of boilerplate that are left round a text.
LIGHT_BEFORE = 6
LIGHT_AFTER = 8
COLUMNS = ("page_id", "dataset", "netloc", "lines", "labels")


@dataclass(frozen=True, slots=True)
class Pages:
    """All lines of all texts, in arrays; a text is a page of one variant."""

    digest: str
    variant: list[str]
    dataset: list[str]
    fold: Array
    """Of each text; all texts of a site are in one. `ASIDE`: kept aside from all development."""
    site: Array
    """Number of each text's site."""
    text: Array
    """Of each line the number of its text."""
    labels: Array
    tokens: Array
    """Tokens of each line, as the scores count them."""
    lines: list[str]
    ruled: NDArray[np.bool_]
    spans: Spans
    seen: Lines
    words: Words
    keys: Keys


def read_pages(folder: Path, only_aside: bool = False) -> Pages:
    """Read every Parquet file of a folder that has the columns; the rest of its name up to `_` is the variant.

    Args:
        folder: where the files are.
        only_aside: leave out all sites but those that are kept aside.

    Raises:
        SystemExit: there is none.
    """
    import pyarrow.parquet as pq

    digest = hashlib.sha256()
    rows: list[tuple[str, str, str, list[str], list[int]]] = []
    for path in sorted(folder.glob("*.parquet")):
        if set(COLUMNS) - set(pq.read_schema(path).names):
            continue
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        variant = path.stem.split("_")[0]
        for row in pq.read_table(path, columns=list(COLUMNS)).to_pylist():
            lines = [" ".join(line.split()) or "-" for line in row["lines"]]
            # Pages of no site stand for themselves.
            site = row["netloc"] or row["page_id"]
            if not only_aside or _fold(site) == ASIDE:
                rows.append((variant, row["dataset"], site, lines, row["labels"]))
    if not rows:
        raise SystemExit(f"{folder}: no Parquet file with the columns {', '.join(COLUMNS)}")
    rows += list(_cleaned(rows))
    return _arrays(rows, digest.hexdigest())


def _cleaned(
    rows: list[tuple[str, str, str, list[str], list[int]]],
) -> Iterator[tuple[str, str, str, list[str], list[int]]]:
    """Give texts that are like what a corpus holds: without boilerplate, or with the little that stands by them."""
    for variant, dataset, site, lines, labels in rows:
        places = [place for place, label in enumerate(labels) if label]
        if len(places) < 3:
            continue
        if variant in ("lenient", "human"):
            yield "clean", dataset, site, [lines[place] for place in places], [1] * len(places)
        if variant in ("visible", "human"):
            before = range(max(0, places[0] - LIGHT_BEFORE), places[0])
            after = range(places[-1] + 1, min(len(lines), places[-1] + 1 + LIGHT_AFTER))
            chosen = [*before, *places, *after]
            yield "light", dataset, site, [lines[place] for place in chosen], [labels[place] for place in chosen]


def _arrays(rows: list[tuple[str, str, str, list[str], list[int]]], digest: str) -> Pages:
    lines = [line for row in rows for line in row[3]]
    sizes = np.array([len(row[3]) for row in rows], np.int64)
    sites = {site: number for number, site in enumerate(sorted({row[2] for row in rows}))}
    seen = look(lines)
    words = words_of(seen)
    return Pages(
        digest=digest,
        variant=[row[0] for row in rows],
        dataset=[row[1] for row in rows],
        fold=np.array([_fold(row[2]) for row in rows]),
        site=np.array([sites[row[2]] for row in rows]),
        text=np.repeat(np.arange(len(rows)), sizes),
        labels=np.array([label for row in rows for label in row[4]], np.int64),
        tokens=np.array([count_tokens(line) for line in lines], np.int64),
        lines=lines,
        ruled=np.concatenate([_ruled(row[3]) for row in rows]),
        spans=Spans.of(np.cumsum(sizes) - sizes, len(lines)),
        seen=seen,
        words=words,
        keys=keys_of(words, len(lines)),
    )


def _fold(site: str) -> int:
    octets = hashlib.sha256(site.encode()).digest()
    return ASIDE if octets[0] < 256 * _ASIDE_SHARE else octets[1] % FOLDS


def _ruled(lines: list[str]) -> NDArray[np.bool_]:
    """Say of each line whether rules or its repeating cut it; the head is left, as its labels follow other rules."""
    blocks = split_blocks("\n".join(lines))
    cuts = find_boilerplate(blocks, [], StripConfig())
    cuts += find_repeats(blocks, cuts, None)
    taken = {block.start for block, gone in zip(blocks, taken_blocks(blocks, cuts), strict=True) if gone}
    sizes = np.array([len(line) + 1 for line in lines], np.int64)
    starts = np.cumsum(sizes) - sizes
    return np.array([int(start) in taken for start in starts], bool)
