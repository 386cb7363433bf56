"""Sites in other languages and other character sets."""

from __future__ import annotations

from dataclasses import replace

from tests.sample.packing import gz
from tests.sample.pages import page, page_entry
from tests.sample.pieces import Entry, File, drop, duplicate, keep, plain_entry, raw
from tests.sample.sites import BOTE, BRASSAC, MARSA, NAGIHAMA, QINGHE
from tests.sample.stories import edited, story


def files() -> list[File]:
    """Make the folders of these sites."""
    return [*_arabic(), _french(), _spanish(), _german(), _japanese(), *_chinese()]


def _arabic() -> list[File]:
    well, boats = story("well"), story("boats")
    pieces = [
        *drop("title", well.title),
        *keep(*well.plain()),
        *drop("copyright", "جميع الحقوق محفوظة © 2026 صحيفة المرسى"),
    ]
    return [
        File(f"{MARSA.domain}/2026-04-15-well.txt", raw(pieces).encode(), [plain_entry("well", well, pieces)]),
        File(
            f"{MARSA.domain}/2026-05-11-boats.html",
            page(boats, MARSA, "economy/boats").encode(),
            [page_entry("boats", boats, MARSA)],
        ),
    ]


def _french() -> File:
    told = story("vigne")
    entry = Entry("vigne", cleaned=told.text(), title=told.title, language="fr", holds=told.blocks)
    return File(f"{BRASSAC.domain}/2026-05-13-vendanges.md", f"# {told.title}\n\n{told.text()}\n".encode(), [entry])


def _spanish() -> File:
    """UTF-16 with a byte order mark, as some word processors save a text."""
    told = story("molino")
    pieces = [*drop("title", told.title), *drop("byline", f"Por {told.author}"), *keep(*told.plain())]
    entry = replace(plain_entry("molino", told, pieces), encoding="utf-16-le")
    data = b"\xff\xfe" + raw(pieces).encode("utf-16-le")
    return File("la-voz-de-almeral.example/2026-04-19-molino.txt", data, [entry])


def _german() -> File:
    told = story("storch")
    return File(
        f"{BOTE.domain}/2026-05-07-storch.html.gz",
        gz(page(told, BOTE, "natur/storch").encode()),
        [page_entry("storch", told, BOTE)],
    )


def _japanese() -> File:
    told = story("bathhouse")
    return File(
        f"{NAGIHAMA.domain}/2026-03-25-sento.html",
        page(told, NAGIHAMA, "area/sento", charset="Shift_JIS").encode("shift_jis"),
        [page_entry("bathhouse", told, NAGIHAMA, encoding="shift_jis")],
    )


def _chinese() -> list[File]:
    revised = edited(
        story("tea"),
        {
            "三十多名茶农从凌晨三点开始采摘": "三十多名茶农凌晨三点就开始采摘",
            "否则容易发酸": "不然容易发酸",
            "今年的头茶预计下周上市": "今年头茶预计下周上市",
        },
    )
    pieces = [*drop("title", revised.title), *keep(*revised.plain())]
    book = story("ferrybook")
    return [
        File(
            f"{QINGHE.domain}/2026-04-13-tea.txt",
            raw(pieces).encode(),
            [duplicate(plain_entry("tea-revised", revised, pieces), "tea", "near")],
        ),
        File(
            f"{QINGHE.domain}/2026-05-10-book-stall.html",
            page(book, QINGHE, "culture/book-stall").encode(),
            [page_entry("ferrybook", book, QINGHE)],
        ),
    ]
