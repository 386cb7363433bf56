"""Invented sites in several scripts, with the truth of each line: its site's template or the story's own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_LATIN = [a + b for a in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v") for b in "aeiou"]
_CYRILLIC = [a + b for a in "бвгдзклмнпрст" for b in "аеиоу"]
_HAN = [chr(0x4E00 + 37 * at) for at in range(400)]
_THAI = [chr(0x0E01 + at) + vowel for at in range(44) for vowel in ("า", "ะ", "ี", "ู")]


@dataclass(frozen=True)
class Script:
    pieces: Sequence[str]
    a_word: int
    space: str
    stop: str

    def sentence(self, chance: random.Random, words: int = 12) -> str:
        told = self.space.join("".join(chance.choices(self.pieces, k=self.a_word)) for _ in range(words))
        return told[:1].upper() + told[1:] + self.stop

    def label(self, chance: random.Random) -> str:
        return self.sentence(chance, 2).removesuffix(self.stop)

    def paragraph(self, chance: random.Random) -> str:
        return (self.space and " ").join(self.sentence(chance) for _ in range(chance.randint(2, 4)))


SCRIPTS = {
    "latin": Script(_LATIN, 3, " ", "."),
    "cyrillic": Script(_CYRILLIC, 3, " ", "."),
    "han": Script(_HAN, 2, "", "。"),
    "thai": Script(_THAI, 3, "", " ฯ"),
}


@dataclass(frozen=True)
class Line:
    text: str
    template: bool = False


@dataclass(frozen=True)
class Page:
    name: str
    site: str
    lines: tuple[Line, ...]
    url: str | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(line.text for line in self.lines)


def body(script: Script, chance: random.Random, least: int = 3, most: int = 7) -> list[Line]:
    return [Line(script.paragraph(chance)) for _ in range(chance.randint(least, most))]


Frame = Callable[[list[Line], random.Random, int], list[Line]]
"""Puts the template of a site round a story; gets the number of the page."""


def plain_frame(script: Script, seed: int) -> Frame:
    """A name above the text, a notice and three links below it; a banner that counts between notice and links."""
    chance = random.Random(seed)
    name, notice = script.label(chance), script.paragraph(chance)
    links = [script.label(chance) for _ in range(3)]
    counted = script.label(chance)

    def frame(story: list[Line], pages: random.Random, number: int) -> list[Line]:
        del number
        tail = [notice, f"{counted} {pages.randrange(2, 9000)} {counted}", *links]
        return [Line(name, True), *story, *(Line(text, True) for text in tail)]

    return frame


def stories(site: str, script: Script, count: int, seed: int, frame: Frame, *, url: bool = True) -> list[Page]:
    chance = random.Random(seed)
    return [
        Page(
            f"{site}-{number}",
            site,
            tuple(frame(body(script, chance), chance, number)),
            f"https://{site}/{number}" if url else None,
        )
        for number in range(count)
    ]


def courier(seed: int = 5, count: int = 60) -> list[Page]:
    """A site with all that repeats and is no template beside what is: headings, a refrain, a quoted disclaimer."""
    latin = SCRIPTS["latin"]
    chance = random.Random(seed)
    around = plain_frame(latin, seed + 1)
    banner = "The print works of the Courier can be seen on the first Saturday of each month, from ten to noon."
    disclaimer = "Letters are shortened by the editors and do not tell what the paper thinks of the matter at hand."
    pages = []
    for number in range(count):
        told = body(latin, chance, 4, 7)
        if number % 3 != 2:
            told.insert(2, Line(banner, True))
        told.insert(1, Line("What happened on the day"))
        told.insert(-1, Line("What comes next"))
        if number % 6 == 1:
            told.append(Line("And the harbour bell rang once more."))
        if number == 17:
            told.insert(2, Line(disclaimer))
        lines = around([*told, Line(disclaimer, True)], chance, number)
        pages.append(Page(f"courier-{number}", "courier.example", tuple(lines), f"https://courier.example/{number}"))
    return pages


def edited(line: Line, chance: random.Random) -> Line:
    """The line with a word changed in every third sentence or so."""
    words = line.text.split(" ")
    if not line.template and len(words) > 20:
        for _ in range(max(1, len(words) // 40)):
            words[chance.randrange(len(words))] = "meanwhile"
    return Line(" ".join(words), line.template)


def run_again(site: str, times: int, seed: int, frame: Frame, *, edit: bool) -> list[Page]:
    """One story, run many times on one site, each time under another address, with some words changed or none."""
    chance = random.Random(seed)
    told = body(SCRIPTS["latin"], chance, 8, 8)
    return [
        Page(
            f"{site}-again-{number}",
            site,
            tuple(frame([edited(line, chance) for line in told] if edit else told, chance, number)),
            f"https://{site}/again/{number}",
        )
        for number in range(times)
    ]


def wire(sites: Sequence[tuple[str, Frame]], count: int, seed: int) -> list[Page]:
    """Stories that every one of the sites runs, each in its own frame."""
    chance = random.Random(seed)
    pages = []
    for number in range(count):
        told = body(SCRIPTS["latin"], chance)
        for site, frame in sites:
            lines = tuple(frame(told, chance, number))
            pages.append(Page(f"{site}-wire-{number}", site, lines, f"https://{site}/wire/{number}"))
    return pages


def whole(seed: int = 1) -> list[Page]:
    """All of it, mixed."""
    frames = {name: plain_frame(script, seed + at) for at, (name, script) in enumerate(SCRIPTS.items())}
    latin = SCRIPTS["latin"]
    left, right, small = (plain_frame(latin, seed + 90 + at) for at in range(3))
    pages = [
        *courier(seed + 10),
        *stories("dnevnik.example", SCRIPTS["cyrillic"], 20, seed + 20, frames["cyrillic"]),
        *stories("shinbun.example", SCRIPTS["han"], 24, seed + 21, frames["han"]),
        *stories("khao.example", SCRIPTS["thai"], 16, seed + 22, frames["thai"]),
        *stories("left.example", latin, 8, seed + 23, left),
        *stories("right.example", latin, 8, seed + 24, right),
        *wire([("left.example", left), ("right.example", right)], 10, seed + 30),
        *run_again("left.example", 40, seed + 31, left, edit=True),
        *run_again("again.example", 40, seed + 32, small, edit=False),
        *stories("two.example", latin, 2, seed + 33, small),
        *stories("three.example", latin, 3, seed + 34, small),
        *stories("village", latin, 9, seed + 35, frames["latin"], url=False),
    ]
    random.Random(seed).shuffle(pages)
    return pages


def write(pages: Sequence[Page], raw: Path, name: str = "pages") -> Path:
    """Write pages as JSON lines; those without a URL as texts, in a folder of their site."""
    raw.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps({"id": page.name, "url": page.url, "text": page.text}) for page in pages if page.url]
    (raw / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for page in pages:
        if page.url is None:
            (raw / page.site).mkdir(exist_ok=True)
            (raw / page.site / f"{page.name}.txt").write_text(page.text, encoding="utf-8")
    return raw
