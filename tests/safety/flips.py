"""Flip random bits of a corpus, one at a time; `winnow check --deep` must name the file of each.

`python -m tests.safety.flips 1000` does it 1,000 times. Half of the bits are drawn from all bytes of the corpus, half
from a file that is drawn first, so that small files have their share. Exit status 1 where one was not found.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.inspect.check import check
from tests.corpora import make_corpus


def files_of(clean: Path) -> list[Path]:
    """Give all files of a corpus that hold anything."""
    return [path for path in sorted(clean.rglob("*")) if path.is_file() and path.stat().st_size]


def draw(chance: random.Random, files: Sequence[Path]) -> tuple[Path, int]:
    """Draw a file and a bit of it."""
    sizes = [path.stat().st_size for path in files]
    weights = sizes if chance.random() < 1 / 2 else None
    (path,) = chance.choices(files, weights)
    return path, chance.randrange(8 * path.stat().st_size)


def named(clean: Path) -> str:
    """Say what `check --deep` finds."""
    return "\n".join(f"{finding.where}: {finding.what}" for finding in check(clean, deep=True))


def unseen(clean: Path, count: int, seed: int) -> Iterator[tuple[Path, int | None]]:
    """Flip bits one at a time; for each gives its file, and its number where no finding names the file."""
    chance = random.Random(seed)
    files = files_of(clean)
    for _ in range(count):
        path, bit = draw(chance, files)
        whole = path.read_bytes()
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            path.write_bytes(bytes(changed))
            told = named(clean)
        finally:
            path.write_bytes(whole)
        yield path, None if path.relative_to(clean).as_posix() in told else bit


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("flips", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(words)
    found, files = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        clean = make_corpus(Path(folder).resolve()).layout.root
        assert not named(clean), "the corpus is not whole before"
        for path, bit in unseen(clean, args.flips, args.seed):
            files[path.relative_to(clean).parts[0]] += 1
            found += bit is None
            if bit is not None:
                print(f"not found: bit {bit} of {path.relative_to(clean)}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in sorted(files.items())))
    print(f"{found} of {args.flips} flipped bits found")
    return 0 if found == args.flips else 1


if __name__ == "__main__":
    sys.exit(main())
