"""How well duplicates are told from what only looks like one, on labelled documents.

    python benchmarks/neardup.py FOLDER... [--strip] [--half tune|report|all] [--show KIND]

A folder holds docs.parquet (doc_id, text, url), clusters.parquet (doc_id, cluster_id, ignore) and truth.parquet
(labelled pairs: doc_id_a, doc_id_b, kind, is_dup). Documents arrive in the order of docs.parquet and go the way of
`pipeline.select.arrivals`; a cluster is a kept document with its duplicates and what it supersedes. Pairwise precision,
recall and the adjusted Rand index (ARI) are over all documents; then, by kind, the share of labelled pairs that ended
in one cluster: high is right for duplicates, low for negatives. `--strip` sends the texts through `clean_record` first.
Pairs are split in halves by a hash of their ids (the documents are not: each arrives among all the others); guards are
written looking at `tune`, `report` tells how good they are. `--show` prints what was measured of the pairs of a kind
that came out wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.config import Config, MatchConfig
from pipeline.match.candidates import Candidates
from pipeline.match.marks import marks_of
from pipeline.match.verify import likeness, profile
from pipeline.record import clean_record, raw_record
from pipeline.select.arrivals import Arrivals
from pipeline.sign.sign import sign

HALVES = {"tune": 0, "report": 1}


def half(one: str, two: str) -> int:
    return hashlib.sha256(" ".join(sorted((one, two))).encode()).digest()[1] & 1


def clusters(texts: Sequence[str], config: MatchConfig) -> list[int]:
    """-> of each text, in order of arrival, the number of the document that stands for it in the end."""
    signed = marks_of([sign(text, config) for text in texts])
    candidates = Candidates(lambda: (), lambda: [signed], 0, len(texts), config)
    arrivals = Arrivals(config, candidates, texts.__getitem__, 0)
    stands_for: dict[int, int] = {}
    for number in range(len(texts)):
        chosen = arrivals.choose()
        if chosen.duplicate_of is not None:
            stands_for[number] = chosen.duplicate_of
        stands_for |= {earlier: number for earlier, _ in chosen.supersedes}

    def last(number: int) -> int:
        while number in stands_for:
            number = stands_for[number]
        return number

    return [last(number) for number in range(len(texts))]


def agreement(truth: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """-> pairwise precision and recall, adjusted Rand index (Hubert and Arabie, 1985) of two labelings."""

    def pairs(labels: Sequence[Hashable]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    both, of_truth, of_found = pairs(list(zip(truth, found, strict=True))), pairs(truth), pairs(found)
    chance = of_truth * of_found / max(1, len(truth) * (len(truth) - 1) // 2)
    most = (of_truth + of_found) / 2
    ari = (both - chance) / (most - chance) if most != chance else 1.0
    return {"ARI": ari, "P": both / max(1, of_found), "R": both / max(1, of_truth)}


def stripped(text: str, url: str | None, config: Config) -> str:
    return clean_record(raw_record(text, "text", url), config).text


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--strip", action="store_true")
    parser.add_argument("--half", choices=[*HALVES, "all"], default="all")
    parser.add_argument("--show", metavar="KIND")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        score(folder, arguments.half, arguments.show, strip=arguments.strip)


def score(folder: Path, wanted: str, show: str | None, *, strip: bool) -> None:
    config = Config()
    docs = rows(folder / "docs.parquet")
    texts = [stripped(doc["text"], doc["url"], config) if strip else doc["text"] for doc in docs]
    began = time.perf_counter()
    found = clusters(texts, config.match)
    took = time.perf_counter() - began
    number = {doc["doc_id"]: at for at, doc in enumerate(docs)}
    known = [row for row in rows(folder / "clusters.parquet") if not row["ignore"]]
    overall = agreement([row["cluster_id"] for row in known], [found[number[row["doc_id"]]] for row in known])
    figures = "  ".join(f"{name} {value:.3f}" for name, value in overall.items())
    print(f"{folder.name}: {figures}  {len(docs)} documents, {1000 * took / max(1, len(docs)):.2f} ms each")

    merged: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for pair in rows(folder / "truth.parquet"):
        if wanted != "all" and half(pair["doc_id_a"], pair["doc_id_b"]) != HALVES[wanted]:
            continue
        one, two = sorted((number[pair["doc_id_a"]], number[pair["doc_id_b"]]))
        same, alike = found[one] == found[two], bool(pair["is_dup"])
        merged[alike, pair["kind"]].append(same)
        if pair["kind"] == show and same != alike:
            print(one, two, likeness(profile(texts[one], 5), profile(texts[two], 5), config.match))
    for (alike, kind), pairs in sorted(merged.items()):
        print(
            f"  {'duplicate' if alike else 'negative '} {kind:26} merged {sum(pairs) / len(pairs):.3f} of {len(pairs)}"
        )


if __name__ == "__main__":
    sys.exit(main())
