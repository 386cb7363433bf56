"""Small corpora for tests: invented stories, in two instalments, with every fate that a record can have."""

from __future__ import annotations

import json
import random
from pathlib import Path

from pipeline.config import Config, MatchConfig, RunConfig
from pipeline.run.clean import clean_folder
from pipeline.store.corpus import Corpus, read_corpus

_WHO = ("mayor", "council", "harbour", "school", "library", "museum", "orchestra", "bakery", "ferry", "farmer", "nurse")
_DID = ("opened", "closed", "repaired", "painted", "sold", "visited", "measured", "praised", "questioned", "moved")
_WHAT = ("bridge", "market", "garden", "tunnel", "theatre", "station", "lighthouse", "archive", "orchard", "quarry")
_WHY = ("storm", "festival", "vote", "election", "strike", "flood", "winter", "harvest", "exhibition", "debate")
_NEWSLETTER = "Sign up for our newsletter"


def story(seed: int, sentences: int = 12) -> str:
    """An invented article of one paragraph for every three sentences; other seeds share no run of five words."""
    rng = random.Random(seed)
    told = [
        f"The {rng.choice(_WHO)} {rng.choice(_DID)} the {rng.choice(_WHAT)} of {_name(rng)} after the "
        f"{rng.choice(_WHY)} because {_name(rng)} and {_name(rng)} had asked for it."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(told[at : at + 3]) for at in range(0, len(told), 3))


def edited(text: str, every: int = 90) -> str:
    """The same article with a word changed here and there."""
    words = text.split(" ")
    for at in range(10, len(words), every):
        words[at] = "meanwhile"
    return " ".join(words)


def line(identity: str, text: str, site: str, **more: str) -> str:
    return json.dumps({"id": identity, "url": f"https://{site}/{identity}", "text": text, **more})


def first_instalment(raw: Path) -> None:
    (raw / "a").mkdir(parents=True)
    rows = [
        line("one", f"{story(1)}\n\n{_NEWSLETTER}", "alpha.example", title="Story one", date="2024-03-01"),
        line("one-copy", story(1), "beta.example", title="Story one"),
        line("one-edited", f"{edited(story(1))}\n\n{_NEWSLETTER}", "gamma.example", title="Story one, edited"),
        line("two", story(2, 24), "alpha.example", title="Story two"),
        line("two-lead", story(2, 24).split("\n\n")[0] + "\n\n" + story(2, 24).split("\n\n")[1], "beta.example"),
        line("three", story(3, 6), "alpha.example", title="Story three, first report"),
        line("nothing", _NEWSLETTER, "alpha.example"),
        "{broken",
    ]
    (raw / "a" / "wire.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (raw / "note.txt").write_text(story(4) + "\n\n" + _NEWSLETTER + "\n", encoding="utf-8")


def second_instalment(raw: Path) -> None:
    rows = [
        line("three-full", story(3, 6) + "\n\n" + story(5, 6), "alpha.example", title="Story three <in full> & more"),
        line("two-again", story(2, 24), "delta.example", title="Story two"),
        line("six", f"{story(6)}\n\nWe use cookies to improve this site", "delta.example", title="Story six"),
    ]
    (raw / "z.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


def make_corpus(folder: Path, *, instalments: int = 2, keep_duplicates: bool = False) -> Corpus:
    """Clean the stories below `folder`, in one or two runs."""
    raw, clean = folder / "raw", folder / "clean"
    config = Config(run=RunConfig(workers=1), match=MatchConfig(keep_duplicates=keep_duplicates))
    for give in (first_instalment, second_instalment)[:instalments]:
        give(raw)
        clean_folder(raw, clean, config)
    return read_corpus(clean)


def _name(rng: random.Random) -> str:
    return "".join(rng.choice("bdfklmnprstv") + rng.choice("aeiou") for _ in range(3)).capitalize()
