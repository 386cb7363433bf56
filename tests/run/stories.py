"""A small corpus with every relation in it, made from a seed."""

from __future__ import annotations

import json
import random
from pathlib import Path

SYLLABLES = [
    a + b for a in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t") for b in ("a", "e", "i", "o", "u")
]


def story(chance: random.Random, sentences: int = 8) -> list[str]:
    """Make sentences of words that hardly any other story shares."""

    def sentence() -> str:
        words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(12)]
        return " ".join(words).capitalize() + "."

    return [sentence() for _ in range(sentences)]


def records(seed: int, count: int) -> list[dict[str, str]]:
    """Make records: stories, exact and edited copies of them, leads, fuller versions and notices of one template."""
    chance = random.Random(seed)
    told: list[list[str]] = []
    out: list[dict[str, str]] = []
    for number in range(count):
        kind = chance.choice(["new", "new", "exact", "edited", "lead", "fuller", "notice"]) if told else "new"
        base = chance.choice(told) if told else []
        if kind == "exact":
            text = " ".join(base).upper()
        elif kind == "edited":
            at = chance.randrange(len(base))
            text = " ".join([*base[:at], base[at].replace("a", "o", 1), *base[at + 1 :]])
        elif kind == "lead":
            text = " ".join(base[: max(3, len(base) // 2)])
        elif kind == "fuller":
            told.append([*base, *story(chance, 6)])
            text = " ".join(told[-1])
        elif kind == "notice":
            figures = [str(chance.randrange(100, 999)) for _ in range(5)]
            text = (
                "The harbour office tells skippers that the north gauge stood at {} and the south gauge at {} this "
                "morning while the flow was {} and the wind {} with {} boats at the quay and all locks in use."
            ).format(*figures)
        else:
            told.append(story(chance))
            text = " ".join(told[-1])
        out.append({"id": f"r{number}", "text": text, "url": f"https://site{number % 5}.example/{number}"})
    return out


def write_jsonl(path: Path, items: list[dict[str, str]]) -> Path:
    """Write records as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return path


def write_raw(folder: Path, seed: int = 1, files: int = 4, each: int = 25) -> Path:
    """Write a raw folder of several files."""
    items = records(seed, files * each)
    for number in range(files):
        write_jsonl(folder / f"part-{number}.jsonl", items[number * each : (number + 1) * each])
    return folder
