"""What one writes in an afternoon with the same libraries, to have something to hold the whole job against.

    python benchmarks/naive.py FOLDER OUT.parquet

Each text is mended by ftfy, its lines are held against patterns, paragraphs that stand in many texts go,
near-duplicates are found by the LSH of datasketch on word 5-grams, and pandas reads and writes.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

import ftfy
import pandas as pd
from datasketch import MinHash, MinHashLSH

PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"sign up (for|to) (our|the) .*newsletter",
        r"^\s*(advertisement|sponsored content)\s*$",
        r"(share|follow us) on (facebook|twitter|x|instagram)",
        r"all rights reserved",
        r"^\s*(read (more|next)|related( articles)?)\b",
        r"we use cookies|cookie (policy|settings)",
        r"leave a (comment|reply)|post a comment",
        r"subscribe (now|today|to continue)",
        r"^\s*(©|copyright\b)",
        r"terms (of|and) (use|service|conditions)",
    )
]
MANY = 20
THRESHOLD, PERMUTATIONS, WORDS = 0.7, 128, 5


def main(folder: Path, out: Path) -> None:
    frame = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))], ignore_index=True)
    frame["text"] = frame["text"].map(ftfy.fix_text).map(without_boilerplate)
    seen = Counter(key for text in frame["text"] for key in {digest(one) for one in text.split("\n\n")})
    frame["text"] = frame["text"].map(
        lambda text: "\n\n".join(one for one in text.split("\n\n") if seen[digest(one)] < MANY)
    )
    frame["text_sha256"] = frame["text"].map(lambda text: hashlib.sha256(text.encode()).hexdigest())
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    kept = []
    for number, text in enumerate(frame["text"]):
        words = re.findall(r"\w+", text.lower())
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch([" ".join(words[at : at + WORDS]).encode() for at in range(max(1, len(words) - WORDS + 1))])
        if not lsh.query(made):
            lsh.insert(number, made)
            kept.append(number)
    frame.iloc[kept].to_parquet(out, compression="zstd")


def without_boilerplate(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not any(one.search(line) for one in PATTERNS))


def digest(paragraph: str) -> str:
    return hashlib.md5(paragraph.strip().lower().encode(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
