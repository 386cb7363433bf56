"""A corpus of invented news texts and pages of any size, the same for the same seed: nothing else is needed.

    python benchmarks/generated.py RECORDS FOLDER [--seed N] [--as parquet|jsonl|html|txt] [--together N]

Words are invented, frequent ones and seldom ones as in a language, some with accents. A fifth of the texts are copies
of texts before them, four in five of these with words replaced, left out and put in (0.3 to 15 %), the others cut off.
A tenth has paragraphs round it that stand in others, too, half have dashes and typographic quotes, and one in a hundred
was once decoded as what it was not. Pages wrap the text in what sites put round it: menus, teasers, a form, comments, a
footer.
"""

from __future__ import annotations

import argparse
import html
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

WORDS = 60_000
SITES = 37
COPIES, CUT_OFF, WRAPPED, TYPOGRAPHIC, GARBLED = 0.2, 0.2, 0.1, 0.5, 0.01
# Copies are of so many texts, of which a new one takes the place of any: most follow soon, some late.
HELD = 3000
BANNERS = 200
PLAIN, COMMA, STOP, PARAGRAPH = range(4)
ENDS = (" ", ", ", ". ", ".\n\n")
ACCENTS = str.maketrans("aeiou", "áéïöü")
KINDS = ("parquet", "jsonl", "html", "txt")


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a source would give it."""

    id: str
    text: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A text before it is written down: the number of each word, and what follows it."""

    words: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __getitem__(self, where: slice | NDArray[np.int64]) -> Draft:
        return Draft(self.words[where], self.ends[where])


class Writer:
    """Invents texts."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.plain = self._vocabulary()
        self.capital = [word[:1].upper() + word[1:] for word in self.plain]
        # Frequency falls with rank (G. K. Zipf, 1935), for the first words less steeply.
        self._reach = np.cumsum(1 / (np.arange(WORDS) + 3))
        self.banners = [self._draft(int(self.chance.integers(20, 60))) for _ in range(BANNERS)]

    def _vocabulary(self) -> list[str]:
        syllables = [
            "".join(parts)
            for parts in itertools.product(("", *"bdfglmnprstv", "st", "tr", "ch"), "aeiou", ("", *"nrst"))
        ]
        words: dict[str, None] = {}
        while len(words) < WORDS:
            rank = len(words)
            size = 1 if rank < 200 else 2 if rank < 6000 else int(self.chance.integers(2, 5))
            word = "".join(syllables[at] for at in self.chance.integers(0, len(syllables), size))
            words[word.translate(ACCENTS) if rank > 1000 and self.chance.random() < 0.03 else word] = None
        return list(words)

    def draw(self, count: int) -> NDArray[np.int64]:
        """-> numbers of words."""
        return np.searchsorted(self._reach, self.chance.random(count) * self._reach[-1])

    def _draft(self, count: int) -> Draft:
        ends = np.where(self.chance.random(count) < 0.05, COMMA, PLAIN)
        stops = np.cumsum(self.chance.integers(8, 30, count // 8 + 1))
        stops = stops[stops < count - 1]
        ends[stops] = np.where(self.chance.random(len(stops)) < 0.3, PARAGRAPH, STOP)
        ends[-1] = PARAGRAPH
        return Draft(self.draw(count), ends)

    def story(self) -> Draft:
        """Invent one of some 450 words."""
        return self._draft(int(np.clip(self.chance.lognormal(6.1, 0.42), 150, 900)))

    def copy(self, story: Draft) -> Draft:
        """Edit one, or cut it off."""
        count = len(story.words)
        if self.chance.random() < CUT_OFF:
            return story[: max(60, int(count * self.chance.uniform(0.4, 0.95)))]
        rate = np.exp(self.chance.uniform(np.log(0.003), np.log(0.15)))
        at = np.sort(self.chance.integers(0, count, max(1, self.chance.binomial(count, rate))))
        kind = self.chance.random(len(at))
        words = story.words.copy()
        words[at[kind < 0.6]] = self.draw(int((kind < 0.6).sum()))
        # Each place once, but none where a word goes, and twice where one comes in.
        places = np.repeat(np.arange(count), 1 + (np.bincount(at[kind >= 0.8], minlength=count) > 0))
        edited = Draft(words, story.ends)[places[~np.isin(places, at[(kind >= 0.6) & (kind < 0.8)])]]
        twice = np.flatnonzero(np.diff(edited.words) == 0)
        edited.words[twice] = self.draw(len(twice))
        edited.ends[twice] = PLAIN
        return edited

    def wrapped(self, story: Draft) -> Draft:
        """Put banners round one and into it."""
        some = [self.banners[at] for at in self.chance.integers(0, BANNERS, int(self.chance.integers(1, 4)))]
        first = int(np.argmax(story.ends == PARAGRAPH)) + 1
        parts = [story[:first], *some, story[first:], some[-1]]
        return Draft(np.concatenate([one.words for one in parts]), np.concatenate([one.ends for one in parts]))

    def written(self, story: Draft) -> str:
        """Write one down."""
        begins = np.concatenate([[True], story.ends[:-1] >= STOP])
        words = [
            (self.capital if begin else self.plain)[word] + ENDS[end]
            for word, begin, end in zip(story.words.tolist(), begins.tolist(), story.ends.tolist(), strict=True)
        ]
        return "".join(words).rstrip()

    def dressed(self, text: str) -> str:
        """Set typographic marks in some texts, and garble few."""
        lot = self.chance.random()
        if lot < TYPOGRAPHIC:
            return text.replace(", ", " — ", 2).replace(". ", ".” ", 2)
        if lot < TYPOGRAPHIC + GARBLED:
            return text.replace(". ", ".’ ", 3).encode().decode("cp1252", "replace")
        return text


def records(count: int, seed: int = 7) -> Iterator[Record]:
    """Invent so many records."""
    writer = Writer(seed)
    chance = writer.chance
    told: list[Draft] = []
    for number in range(count):
        if told and chance.random() < COPIES:
            story = writer.copy(told[int(chance.integers(len(told)))])
        else:
            story = writer.story()
            if len(told) < HELD:
                told.append(story)
            else:
                told[int(chance.integers(HELD))] = story
        title = writer.written(Draft(writer.draw(7), np.zeros(7, np.int64)))
        text = writer.dressed(writer.written(writer.wrapped(story) if chance.random() < WRAPPED else story))
        yield Record(f"{seed}-{number}", text, f"https://news{number % SITES}.example/{seed}/{number}.html", title)


def page(record: Record) -> str:
    """Wrap the text of a record as its site would: some 100 kB, of which most is for a browser."""
    site, number = record.url.split("/")[2], int(record.url.split("/")[-1].split(".")[0])
    words = record.text.split()
    body = "\n".join(f"<p>{html.escape(one)}</p>" for one in record.text.split("\n\n"))
    title, name = html.escape(record.title), html.escape(f"{words[3].capitalize()} {words[5].capitalize()}")
    state = orjson.dumps([{"id": at, "seen": words[at % 40]} for at in range(900)]).decode()
    day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:00:00Z"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | {site}</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{site}">
<meta name="author" content="{name}"><meta property="article:published_time" content="{day}">
<link rel="canonical" href="{record.url}"><style>{_style()}</style>
<script>window.state = {state};</script></head>
<body><header><a href="/"><svg viewBox="0 0 90 20"><path d="M0 0h90v20H0z"/></svg>{site}</a>
<nav>{_menu()}</nav></header>
<div class="cookie-notice">We use cookies to give you the best experience. <button>Accept all</button></div>
<main><article><h1>{title}</h1><div class="meta"><span class="byline">By {name}</span>
<time datetime="{day}">{day[:10]}</time></div>
<figure><img src="/img/{number}.jpg" alt=""><figcaption>Photo: {site}</figcaption></figure>
{body}
<div class="share"><a href="#" class="button">Share</a> <a href="#" class="button">Tweet</a></div></article>
<aside class="related"><h2>Read next</h2>{_teasers(words, number)}</aside>
<section id="comments"><h2>Comments</h2><div class="comment"><p>{html.escape(" ".join(words[-30:]))}</p></div>
<form action="/comment"><textarea>Your comment</textarea><button>Send</button></form></section></main>
<div class="newsletter"><p>Sign up for our newsletter and get the day's stories at noon.</p><input type="email"></div>
<footer>{_menu()}<p>© 2024 {site}. All rights reserved.</p>
<a href="/terms">Terms</a> <a href="/privacy">Privacy</a></footer>
</body></html>
"""


@cache
def _style() -> str:
    sides = "".join(f"padding-{side}:{len(side)}px;" for side in ("top", "right", "bottom", "left"))
    return "".join(f".block-{at}>.item-{at % 7}{{display:flex;color:#{at:06x};{sides}}}\n" for at in range(300))


@cache
def _menu() -> str:
    names = ("News", "Sport", "Money", "Weather", "Culture", "Travel", "Food", "Science", "Health", "Opinion")
    lists = (
        "".join(
            f'<li class="menu-item"><a class="menu-link" href="/{one}/{other}">{one} and {other}</a></li>'
            for other in names
            if other != one
        )
        for one in names
    )
    return "".join(f'<ul class="menu">{one}</ul>' for one in lists)


def _teasers(words: Sequence[str], number: int) -> str:
    told = (html.escape(" ".join(words[at : at + 9]).capitalize()) for at in range(0, min(270, len(words)), 9))
    return "\n".join(
        f'<div class="teaser block-{at}" data-track="{number}-{at}"><a class="link" href="/{number}/{at}.html">'
        f'<img class="image" loading="lazy" src="/img/{number}-{at}.jpg" srcset="/img/{number}-{at}-2.jpg 2x" alt="">'
        f'<h3 class="teaser-title">{one}</h3></a><span class="teaser-time">{at + 1} h ago</span></div>'
        for at, one in enumerate(told)
    )


def write(some: Sequence[Record], path: Path, kind: str) -> None:
    """Write records into one file, or of pages and texts into a file each in a folder of that name."""
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist([{n: getattr(one, n) for n in Record.__slots__} for one in some]), path)
    elif kind == "jsonl":
        path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in some))
    else:
        path.mkdir()
        for number, one in enumerate(some):
            (path / f"{number:06d}.{kind}").write_text(page(one) if kind == "html" else one.text, encoding="utf-8")


def write_corpus(count: int, folder: Path, kind: str = "parquet", seed: int = 7, together: int = 10_000) -> float:
    """Write a corpus, so many records to a file (or folder) -> megabytes of text."""
    folder.mkdir(parents=True)
    source, size = records(count, seed), 0
    for part in range(-(-count // together)):
        some = list(itertools.islice(source, together))
        suffix = "" if kind in ("html", "txt") else f".{kind}"
        write(some, folder / f"part-{seed}-{part:05d}{suffix}", kind)
        size += sum(len(one.text.encode("utf-8", "replace")) for one in some)
    return size / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--as", dest="kind", choices=KINDS, default="parquet")
    parser.add_argument("--together", type=int, default=10_000, help="records to a file")
    options = parser.parse_args()
    size = write_corpus(options.records, options.folder, options.kind, options.seed, options.together)
    print(f"{options.records} records, {size:.1f} MB of text")


if __name__ == "__main__":
    main()
