"""Other tools read the pages and texts as the truth says: trafilatura, FastWARC and ftfy."""

from __future__ import annotations

import io
import json
import zipfile

import ftfy
import pytest
import trafilatura
import trafilatura.settings
from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.words.tokens import tokens
from tests.sample.opened import contents, entries, made, named, unpacked
from tests.sample.pieces import Entry
from tests.sample.shingles import alike
from tests.sample.truth import lines

CALLS = {"vote": 2, "mill": 3}
"""How many calls to readers stand among the paragraphs of a page: the last ones that its entry lacks."""


def pages() -> list[tuple[bytes, Entry]]:
    found = []
    for file in made():
        if file.path.endswith((".html", ".html.gz")) and file.entries[0].end in {"document", "duplicate"}:
            found.append((unpacked(file.path, file.data), file.entries[0]))
        elif file.path.endswith(".zip"):
            archive = zipfile.ZipFile(io.BytesIO(file.data))
            found += [(archive.read(e.member), e) for e in file.entries if e.member and e.member.endswith(".html")]
        elif file.path == "feeds/pages.jsonl":
            found += [(json.loads(file.data)["raw_html"].encode(), file.entries[0])]
        elif ".warc" in file.path:
            records = ArchiveIterator(io.BytesIO(file.data), record_types=WarcRecordType.response)
            found += [(record.reader.read(), entry) for record, entry in zip(records, file.entries, strict=True)]
    return found


def extracted(html: str) -> trafilatura.settings.Document:
    found = trafilatura.bare_extraction(html, include_comments=False, include_tables=True, with_metadata=True)
    assert isinstance(found, trafilatura.settings.Document)
    return found


@pytest.mark.parametrize(("page", "entry"), [pytest.param(page, entry, id=entry.name) for page, entry in pages()])
def test_pages_extract(page: bytes, entry: Entry) -> None:
    html = page.decode(entry.encoding or "utf-8")
    found = extracted(html)
    assert found.text is not None
    assert [held for held in entry.holds if held not in found.text] == []
    # Calls that stand among the paragraphs are left for Winnow to cut; the rest is left out by the extractor.
    calls = entry.lacks[len(entry.lacks) - CALLS.get(entry.name, 0) :]
    left = {lacked for lacked in entry.lacks if lacked in found.text}
    assert left <= set(calls)
    assert bool(left) == bool(calls)
    assert found.title == entry.title
    assert found.date == entry.date
    if entry.authors:
        assert [found.author] == list(entry.authors)
    assert alike(entry.cleaned, found.text)[1] > 0.9


def test_a_page_of_navigation_gives_its_menu_and_no_sentence() -> None:
    found = extracted(contents("broken/menu-only.html").decode())
    assert found.text is not None
    assert len(tokens(found.text)) < 25
    assert "." not in found.text


def test_character_sets_are_what_the_truth_says() -> None:
    wrong = next(page for page, entry in pages() if entry.name == "bruecke")
    assert b'charset="iso-8859-1"' in wrong
    assert "überraschend" in wrong.decode("utf-8")
    assert "überraschend" not in wrong.decode("iso-8859-1")
    for name in ("phare", "bathhouse"):
        page = next(page for page, entry in pages() if entry.name == name)
        with pytest.raises(UnicodeDecodeError):
            page.decode("utf-8")


def test_mojibake_is_of_the_kind_that_can_be_repaired() -> None:
    ponies = contents("hill-country-herald.example/2026-03-14-ponies.txt").decode()
    evening = contents("feeds/evening.jsonl.zst").decode()
    for garbled in (ponies, evening.splitlines()[0]):
        assert "â€" in garbled
        assert "â€" not in ftfy.fix_encoding(garbled)
    assert lines(ftfy.fix_encoding(ponies)) == lines(named("ponies").cleaned)


def test_texts_in_order_are_not_taken_for_mojibake() -> None:
    for _, entry in entries():
        assert ftfy.fix_encoding(entry.cleaned) == entry.cleaned, entry.name
