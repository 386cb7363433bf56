"""How precise the rules are on lines labelled content (1) or boilerplate (0).

    python benchmarks/lines_rules.py LINES.parquet... [--half tune|report|all] [--show RULE] [--head] [--repeats]

Each file has columns page_id, lines (list of str) and labels (list of int). Pages are split in halves by a hash of
their id: rules are written looking at `tune`; `report` tells how good they are. Precision of what is dropped is
weighted by tokens and counted by line; recall is the share of boilerplate tokens dropped. `--show` prints the content
lines that a rule (or `all`) drops.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.collapse.repeats import find_repeats
from pipeline.config import StripConfig
from pipeline.cuts import Cut
from pipeline.extract.head import read_head
from pipeline.strip.blocks import split_blocks
from pipeline.strip.find import find_boilerplate, match_rules, taken_blocks
from pipeline.values import Metadata
from pipeline.words.tokens import count_tokens

HALVES = {"tune": 0, "report": 1}


def half(page_id: str) -> int:
    # The first byte already parts development pages from held-out ones; the second is independent of it.
    return hashlib.sha256(page_id.encode()).digest()[1] & 1


def judge(lines: list[str], *, head: bool, repeats: bool) -> tuple[dict[int, str], float, int]:
    """-> the rule that drops each line, by line number; seconds taken; bytes read."""
    lines = [" ".join(line.split()) for line in lines]
    text = "\n".join(lines)
    began = time.perf_counter()
    blocks = split_blocks(text)
    cuts: list[Cut] = []
    title = None
    if head:
        metadata, cuts = read_head(blocks, Metadata(), "html")
        title = metadata.title
    cuts += find_boilerplate(blocks, cuts, StripConfig())
    if repeats:
        cuts += find_repeats(blocks, cuts, title)
    took = time.perf_counter() - began
    starts = {}
    at = 0
    for number, line in enumerate(lines):
        starts[at] = number
        at += len(line) + 1
    covered = taken_blocks(blocks, cuts)
    by_start = {cut.start: cut.rule for cut in cuts}
    dropped = {
        starts[block.start]: by_start.get(block.start, "?")
        for block, is_taken in zip(blocks, covered, strict=True)
        if is_taken
    }
    return dropped, took, len(text.encode("utf-8", "replace"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--half", choices=[*HALVES, "all"], default="report")
    parser.add_argument("--show", help="print the content lines that this rule drops (all: every rule)")
    parser.add_argument("--head", action="store_true", help="also read the head")
    parser.add_argument("--repeats", action="store_true", help="also collapse repeats")
    options = parser.parse_args()
    match_rules([])  # compiles them
    for path in options.files:
        tokens: dict[str, Counter[int]] = defaultdict(Counter)
        lines: dict[str, Counter[int]] = defaultdict(Counter)
        boilerplate = content = 0
        seconds, size = 0.0, 0
        for row in pq.read_table(path).to_pylist():
            if options.half != "all" and half(row["page_id"]) != HALVES[options.half]:
                continue
            dropped, took, read = judge(row["lines"], head=options.head, repeats=options.repeats)
            seconds, size = seconds + took, size + read
            for number, (line, label) in enumerate(zip(row["lines"], row["labels"], strict=True)):
                weight = count_tokens(line)
                content, boilerplate = content + weight * label, boilerplate + weight * (1 - label)
                rule = dropped.get(number)
                if rule:
                    tokens[rule][label] += weight
                    lines[rule][label] += 1
                    if label and options.show in (rule, "all"):
                        print(f"  {rule}\t{row['page_id'][:40]}\t{line[:160]}")
        if not size:
            raise SystemExit(f"{path}: no page of the half {options.half!r}")
        print(f"\n{path.stem} ({options.half}): {size / 1e6:.1f} MB, {1000 * seconds / (size / 1e6):.1f} ms/MB")
        print(f"{'rule':36} {'lines':>7} {'precision':>10} {'tokens':>8} {'precision':>10}")
        for rule in sorted(tokens, key=lambda rule: -tokens[rule].total()):
            right, wrong = tokens[rule][0], tokens[rule][1]
            print(
                f"{rule:36} {lines[rule].total():7} {lines[rule][0] / lines[rule].total():10.3f} {right + wrong:8} "
                f"{right / max(1, right + wrong):10.3f}"
            )
        right, wrong = (sum(count[label] for count in tokens.values()) for label in (0, 1))
        right_lines, wrong_lines = (sum(count[label] for count in lines.values()) for label in (0, 1))
        print(
            f"{'all':36} {right_lines + wrong_lines:7} {right_lines / max(1, right_lines + wrong_lines):10.3f} "
            f"{right + wrong:8} {right / max(1, right + wrong):10.3f}   recall {right / max(1, boilerplate):.3f}, "
            f"content lost {wrong / max(1, content):.5f}"
        )


if __name__ == "__main__":
    main()
