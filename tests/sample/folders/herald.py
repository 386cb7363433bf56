"""The Hill Country Herald: copies of other sites' stories, an update and a text in mojibake."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.sample.packing import bz
from tests.sample.pages import page, page_entry
from tests.sample.pieces import Entry, File, drop, duplicate, keep, plain_entry, raw, superseded
from tests.sample.sites import HERALD
from tests.sample.stories import Story, edited, joined, story


def files() -> list[File]:
    """Make the folder of the site."""
    made = [_tannery(), _barrier(), *_quarry(), _clock(), _ponies(), _scan()]
    return [File(f"{HERALD.domain}/{file.path}", file.data, file.entries) for file in made]


def tannery_revised() -> Story:
    """Give the story of the tannery after a sub-editor's light hand."""
    return edited(
        replace(story("tannery"), date="2026-04-09"),
        {
            "Workmen laying a drain under the": "Workmen who were laying a drain beneath the",
            "is being kept in a tub": "is now kept in a tub",
            "Traders wanted compensation;": "Stallholders wanted compensation;",
        },
    )


def _tannery() -> File:
    told = tannery_revised()
    entry = page_entry("tannery-revised", told, HERALD)
    return File(
        "2026-04-09-tannery.html",
        page(told, HERALD, "2026/04/09/tannery").encode(),
        [duplicate(entry, "tannery", "near")],
    )


def _barrier() -> File:
    """The Gazette's story, which an agency passed on, among the Herald's own furniture."""
    told = story("barrier")
    supplied = Story(
        key=told.key,
        title="Storm Gates on the Sallow Close for the First Time",
        date="2026-04-22",
        section="News",
        language="en",
        author=told.author,
        blocks=(*told.blocks, "This report reached the Herald through the Lantern Press Agency in Port Alder."),
    )
    entry = page_entry("barrier-syndicated", supplied, HERALD)
    # Whether the agency's line is boilerplate is a matter of taste.
    entry = Entry(
        entry.name,
        cleaned=entry.cleaned,
        title=entry.title,
        date=entry.date,
        language=entry.language,
        source_domain=entry.source_domain,
        holds=entry.holds[:-1],
        lacks=entry.lacks,
    )
    return File(
        "2026-04-22-storm-gates.html",
        page(supplied, HERALD, "2026/04/22/storm-gates").encode(),
        [duplicate(entry, "barrier", "near")],
    )


def _quarry() -> list[File]:
    first, later = story("quarry"), joined(story("quarry"), story("quarry_more"))
    furniture = [
        *drop("share", "Share this: Facebook Twitter Email"),
        *drop("copyright", "© 2026 Hill Country Herald Ltd. All rights reserved."),
    ]
    early = [*drop("title", first.title), *keep(*first.plain()), *furniture]
    late = [*drop("title", later.title), *keep(*later.plain()), *furniture]
    early_entry = plain_entry("quarry", first, early)
    return [
        File("2026-05-02-quarry-road.txt", raw(early).encode(), [superseded(early_entry, "quarry-update")]),
        File("2026-05-04-quarry-road.txt", raw(late).encode(), [plain_entry("quarry-update", later, late)]),
    ]


def _clock() -> File:
    """The Gazette's story word for word, typed with straight quotes and shouted openings."""
    told = story("clock")
    plain = str.maketrans("“”‘’", "\"\"''")
    text = "\n\n".join(_shouted(block.translate(plain)) for block in told.plain())
    entry = Entry("clock-copy", cleaned=text, exact=True, language="en")
    return File("2026-04-05-clock.txt.bz2", bz(text.encode()), [duplicate(entry, "clock", "exact")])


def _shouted(block: str) -> str:
    first, rest = block.split(" ", 3)[:3], block.split(" ", 3)[3:]
    return " ".join([word.upper() for word in first] + rest)


def _ponies() -> File:
    """UTF-8 that was read as windows-1252 and saved again."""
    told = edited(
        story("ponies"),
        {
            "rescues animals": "– so its motto says – rescues animals",
            "Dog owners": "‘Leave them be,’ says the warden’s sign. Dog owners",
        },
    )
    pieces = keep(*told.plain())
    garbled = raw(pieces).encode().decode("cp1252", errors="strict")
    return File("2026-03-14-ponies.txt", garbled.encode(), [plain_entry("ponies", told, pieces)])


def _scan() -> File:
    """The Gazette's story cut out, scanned and read by a machine: letters misread, words torn and joined."""
    blocks = [scanned(block) for block in story("clock").plain()]
    entry = Entry("clock-scan", cleaned="\n\n".join(blocks), exact=True, language="en")
    return File("clippings/clock-scan.txt", "\n\n".join(blocks).encode(), [duplicate(entry, "clock", "altered")])


def scanned(text: str) -> str:
    """Misread every twelfth letter or so, the same each time."""
    misread = str.maketrans("ecoilthnusagr", "c0a1iltbnuoqn")
    out = [char.translate(misread) if number * 7 % 12 == 3 else char for number, char in enumerate(text)]
    for at in range(37, len(out), 61):
        out[at] = out[at] + " " if out[at].isalpha() else "" if out[at] == " " else out[at]
    return re.sub(" +", " ", "".join(out))
