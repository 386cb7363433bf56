"""What deciding on more documents than one has costs: the global step on marks that are drawn, not signed.

    python benchmarks/projection.py DOCUMENTS [--share 1.0] [--folder DIR]

As many bands, fingerprints and letters are drawn as generated news texts have (`benchmarks/generated.py`), a fifth of
the documents take most of theirs from one of the 20,000 before them, and those are dropped. With `--share 0.1` every
document has a tenth of its marks: what is sorted is a tenth, what is held for each document is whole. Prints CPU time,
wall time, memory, and what lay on disk at most. Texts are neither read nor compared: benchmarks/scale.py tells that.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.config import MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.marks import Marks

BANDS, FINGERPRINTS, LETTERS = 17, 50, 85
COPIES, TAKEN = 0.2, 0.7
TOGETHER = 20_000


def drawn(count: int, share: float, seed: int = 1) -> Iterator[Marks]:
    """Draw the marks of so many documents."""
    chance = np.random.default_rng(seed)
    before: list[np.ndarray] = []
    sizes = [max(1, round(share * one)) for one in (BANDS, FINGERPRINTS, LETTERS)]
    for first in range(0, count, TOGETHER):
        rows = min(TOGETHER, count - first)
        now = [chance.integers(0, 2**64, (rows, size), np.uint64) for size in sizes]
        if before:
            copies = np.flatnonzero(chance.random(rows) < COPIES)
            of = chance.integers(0, len(before[0]), len(copies))
            for ours, theirs in zip(now, before, strict=True):
                taken = chance.random((len(copies), ours.shape[1])) < TAKEN
                ours[copies] = np.where(taken, theirs[of], ours[copies])
        before = now
        bands, fingerprints, letters = now
        yield Marks(
            exact_keys=chance.integers(0, 2**64, (rows, 2), np.uint64),
            bands=bands.ravel(),
            band_offsets=np.arange(rows + 1) * sizes[0],
            fingerprints=fingerprints.ravel(),
            fingerprint_offsets=np.arange(rows + 1) * sizes[1],
            letters=(letters >> np.uint64(32)).astype(np.uint32).ravel(),
            letter_offsets=np.arange(rows + 1) * sizes[2],
            pages=np.zeros(rows, np.uint64),
            domains=chance.integers(0, 1000, rows, np.uint32),
        )


class Watched:
    """The most that lay in a folder."""

    def __init__(self, folder: Path) -> None:
        self.most, self._folder, self._over = 0, folder, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(1):
            sizes = (path.stat().st_size for path in self._folder.iterdir() if path.exists())
            self.most = max(self.most, sum(sizes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=int)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    drawing = time.process_time()
    for _ in drawn(options.documents, options.share):
        pass
    drawing = time.process_time() - drawing
    began, wall, dropped = time.process_time(), time.perf_counter(), 0
    try:
        with Watched(folder) as watched:
            candidates = Candidates(
                lambda: (),
                lambda: drawn(options.documents, options.share),
                0,
                options.documents,
                MatchConfig(),
                folder,
            )
            built = time.process_time() - began - drawing
            while turn := candidates.next():
                dropped += 1
                if not turn.candidates:
                    candidates.keep()
    finally:
        shutil.rmtree(folder)
    decided = time.process_time() - began - drawing
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    count = options.documents
    print(f"{count:,} documents, {options.share:g} of their marks: {1e6 * built / count:.2f} µs a document to sort,")
    print(f"{1e6 * (decided - built) / count:.2f} to go through; {time.perf_counter() - wall:.0f} s by the clock;")
    print(f"peak memory {peak / 1e6:,.0f} MB, {peak / count:.0f} B a document; disk {watched.most / 1e9:.1f} GB;")
    print(f"{dropped / count:.3f} of the documents had candidates")


if __name__ == "__main__":
    main()
