"""Which pairs are found as candidates, by their exact Jaccard similarity, beside the LSH of datasketch and rensa.

    python benchmarks/recall.py FOLDER... [--plot docs/recall.svg]

A folder holds docs.parquet (doc_id, text, url). Winnow cleans it as a user would; all pairs of the stripped texts are
compared by brute force on Winnow's sets of shingles, and every tool gets those same sets. Texts that are the same once
folded count once. Winnow's candidates are those of a corpus that keeps every document. Told are: the share of the pairs
that each finds, by similarity in bins of .05 from .3 on; of those of .7 and of .8 at least; the pairs that each gives,
and how many of those have .7. "Near" duplicates of the run must have the threshold exactly.

Exit status 1 when Winnow misses a floor.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks import neardup, peers
from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.marks import marks_of_batch
from pipeline.sign.batch import SignedBatch, sign_batch

CONFIG = MatchConfig()
FROM, STEP = 0.3, 0.05
BINS = round((1 - FROM) / STEP)
# Least share of the pairs that have so much in common; and of the near duplicates, that are it.
FLOORS = {0.7: 0.99, 0.8: 1.0}

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
COLOURS = {"winnow": "#1b6ca8", "datasketch": "#c8553d", "rensa": "#6a994e"}


def similar(signed: SignedBatch) -> tuple[I64, F64]:
    """-> pairs with a similarity of `FROM` at least (`packed`), and it, from a product of sparse matrices."""
    _, columns = np.unique(signed.shingles, return_inverse=True)
    texts = len(signed)
    ones = np.ones(len(columns), np.int32)
    sets = sparse.csr_matrix((ones, columns, signed.shingle_offsets), shape=(texts, int(columns.max(initial=0)) + 1))
    turned, sizes = sets.T.tocsc(), np.diff(signed.shingle_offsets)
    pairs, measured = [np.empty(0, np.int64)], [np.empty(0)]
    for first in range(0, texts, 500):
        product = (sets[first : first + 500] @ turned).tocoo()
        later, earlier = product.row.astype(np.int64) + first, product.col.astype(np.int64)
        jaccard = product.data / (sizes[later] + sizes[earlier] - product.data)
        wanted = (earlier < later) & (jaccard >= FROM)
        pairs.append(later[wanted] << 32 | earlier[wanted])
        measured.append(jaccard[wanted])
    return np.concatenate(pairs), np.concatenate(measured)


def packed(pairs: Iterable[tuple[int, int]]) -> I64:
    return np.unique(np.array([later << 32 | earlier for earlier, later in pairs], np.int64))


def by_winnow(signed: SignedBatch) -> Iterable[tuple[int, int]]:
    candidates = Candidates(lambda: (), lambda: [marks_of_batch(signed, CONFIG)], 0, len(signed), CONFIG)
    while turn := candidates.next():
        yield from ((candidate.number, turn.number) for candidate in turn.candidates)
        candidates.keep()


def found_by_each(signed: SignedBatch) -> dict[str, I64]:
    out = {"winnow": packed(by_winnow(signed))}
    places = itertools.pairwise(signed.shingle_offsets.tolist())
    sets = [[one.tobytes() for one in signed.shingles[begin:end]] for begin, end in places]
    return out | {name: packed(finder(sets)) for name, finder in peers.finders().items()}


def distinct(texts: list[str]) -> list[str]:
    """-> those that have tokens, of the same ones the first."""
    signed = sign_batch(texts, CONFIG)
    first = {key.tobytes(): at for at, key in reversed(list(enumerate(signed.exact_keys)))}
    return [texts[at] for at in sorted(first.values()) if signed.tokens[at]]


def near_and_right(tables: dict[str, list[neardup.Row]]) -> tuple[int, int]:
    """-> how many near duplicates a run told of, and how many of them have the threshold."""
    texts = {row["id"]: row["text"] for row in tables["documents"]}
    near = [row for row in tables["duplicates"] if row["relation"] == "near"]
    right = 0
    for row in near:
        signed = sign_batch([texts[row["id"]], texts[row["duplicate_of"]]], CONFIG, shingles=True)
        one, two = (set(signed.row(at).shingles.tolist()) for at in (0, 1))
        right += len(one & two) >= CONFIG.jaccard * len(one | two)
    return len(near), right


def measure(folder: Path) -> tuple[F64, dict[str, NDArray[np.bool_]], list[str]]:
    """Print the figures of one set -> the similarity of each pair, which of them each tool finds, floors missed."""
    docs = neardup.rows(folder / "docs.parquet", ["doc_id", "text", "url"])
    with tempfile.TemporaryDirectory() as name:
        tables = neardup.clean(Path(name), docs)
    texts = distinct([row["text"] for row in tables["documents"]])
    signed = sign_batch(texts, CONFIG, shingles=True)
    pairs, jaccard = similar(signed)
    alike = pairs[jaccard >= CONFIG.jaccard]
    near, right = near_and_right(tables)
    print(f"{folder.name}: {len(texts)} texts, {len(pairs)} pairs of {FROM} and more, {len(alike)} of {CONFIG.jaccard}")
    found, missed = {}, []
    for name, given in found_by_each(signed).items():
        found[name] = np.isin(pairs, given)
        recall = {least: share(found[name], jaccard >= least) for least in FLOORS}
        told = "  ".join(f"recall from {least} {value:.4f}" for least, value in recall.items())
        print(f"  {name:12} {told}  of {len(given)} pairs given {len(np.intersect1d(given, alike))} have it")
        missed += [
            f"{folder.name}: finds {recall[least]:.4f} of the pairs of {least} and more, floor {floor}"
            for least, floor in FLOORS.items()
            if name == "winnow" and recall[least] < floor
        ]
    print(f"  near duplicates of the run: {near}, of them with Jaccard {CONFIG.jaccard} and more {right}", flush=True)
    if right < near:
        missed.append(f"{folder.name}: {near - right} near duplicates are under the threshold")
    return jaccard, found, missed


def share(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    return float(found[wanted].mean()) if wanted.any() else 1.0


def curve(jaccard: F64, found: NDArray[np.bool_]) -> list[float | None]:
    """-> the share found in each bin; None where there is no pair."""
    at = bins(jaccard)
    return [float(found[at == one].mean()) if (at == one).any() else None for one in range(BINS)]


def bins(jaccard: F64) -> I64:
    # 0.7 begins a bin, whatever 0.3 + 8 * 0.05 comes to; 1 belongs to the last one.
    return np.minimum(((jaccard - FROM) / STEP + 1e-9).astype(np.int64), BINS - 1)


def plot(curves: dict[str, list[float | None]]) -> str:
    """-> a drawing (SVG) of the share found over similarity."""
    wide, high, left, top = 560, 280, 60, 20

    def x(value: float) -> float:
        return round(left + wide * (value - FROM) / (1 - FROM), 1)

    def y(value: float) -> float:
        return round(top + high * (1 - value), 1)

    tenths = (tenth / 10 for tenth in range(3, 11))
    marks = [f'<text x="{x(one)}" y="{y(0) + 18}" text-anchor="middle">{one}</text>' for one in tenths]
    for part in range(0, 11, 2):
        marks.append(f'<path d="M{left} {y(part / 10)}h{wide}" stroke="#ddd"/>')
        marks.append(f'<text x="{left - 8}" y="{y(part / 10) + 4}" text-anchor="end">{part / 10}</text>')
    marks.append(f'<path d="M{x(CONFIG.jaccard)} {top}v{high}" stroke="#999" stroke-dasharray="4 3"/>')
    for at, (name, values) in enumerate(curves.items()):
        points = [(x(FROM + STEP * (one + 0.5)), y(value)) for one, value in enumerate(values) if value is not None]
        line, colour = " ".join(f"{a},{b}" for a, b in points), COLOURS[name]
        marks.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        marks += [f'<circle cx="{a}" cy="{b}" r="3" fill="{colour}"/>' for a, b in points]
        marks.append(f'<text x="{left + 16}" y="{top + 24 + 18 * at}" fill="{colour}">{name}</text>')
    marks.append(f'<text x="{left + wide / 2}" y="{y(0) + 38}" text-anchor="middle">Jaccard similarity</text>')
    marks.append(
        f'<text transform="translate(16 {top + high / 2}) rotate(-90)" text-anchor="middle">share found</text>'
    )
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 20} {top + high + 50}" '
        f'font-family="sans-serif" font-size="13">\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the shares over similarity")
    arguments = parser.parse_args()
    measured = [measure(folder) for folder in arguments.folders]
    jaccard = np.concatenate([one for one, _, _ in measured])
    names = list(measured[0][1])
    curves = {name: curve(jaccard, np.concatenate([found[name] for _, found, _ in measured])) for name in names}
    counts = np.bincount(bins(jaccard), minlength=BINS)
    print("| Jaccard | pairs |", " | ".join(names), "|")
    print("|---|---|" + "---|" * len(names))
    for at, count in enumerate(counts):
        values = (curves[name][at] for name in names)
        shown = " | ".join("–" if value is None else f"{value:.3f}" for value in values)
        print(f"| {FROM + STEP * at:.2f}–{FROM + STEP * (at + 1):.2f} | {count} | {shown} |")
    if arguments.plot:
        arguments.plot.write_text(plot(curves), encoding="utf-8")
    missed = [line for _, _, lines in measured for line in lines]
    for line in missed:
        print("MISSED", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
