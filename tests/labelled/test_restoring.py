"""Whatever is cut from the labelled pages and texts, putting it back gives the text before cutting.

Each test takes a sample that stays the same; with WINNOW_THOROUGH set all is taken, and none may take long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import clean_html, clean_text, restore
from pipeline.config import Config, ExtractConfig, StripConfig
from pipeline.decode import normalise, repair
from pipeline.record import clean_records, raw_record
from pipeline.values import KINDS, Document
from tests.shared import SHARED, THOROUGH

PAGES = SHARED / "bench" / "html" / "dev.parquet"
TEXTS = [SHARED / "bench" / "lines" / f"{name}_dev.parquet" for name in ("human", "lenient", "trafrecall", "visible")]

pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in (PAGES, *TEXTS)),
    reason="the labelled pages and texts are not beside the checkout (CONTRIBUTING.md)",
)

# One in so many is in the sample.
_PAGES_TO_ONE = 80
_TEXTS_TO_ONE = 10
# CPU time that no page or text of the labelled sets may take.
_MOST_SECONDS = 2.0

SETTINGS = {
    "winnow": ExtractConfig(extractor="winnow"),
    "winnow, markdown": ExtractConfig(extractor="winnow", structure="markdown"),
    "trafilatura": ExtractConfig(extractor="trafilatura"),
    "trafilatura, markdown": ExtractConfig(extractor="trafilatura", structure="markdown"),
}


class Row(NamedTuple):
    name: str
    url: str | None
    content: str | bytes


def in_sample(name: str, to_one: int) -> bool:
    return THOROUGH or int(sha256(name.encode()).hexdigest()[:8], 16) % to_one == 0


def pages() -> Iterator[Row]:
    for batch in pq.ParquetFile(PAGES).iter_batches(64, columns=["page_id", "url", "html"]):
        for name, url, page in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if in_sample(name, _PAGES_TO_ONE):
                yield Row(name, url, page)


def texts() -> Iterator[Row]:
    for path in TEXTS:
        table = pq.read_table(path, columns=["page_id", "url", "lines"])
        for name, url, lines in zip(*(column.to_pylist() for column in table.columns), strict=True):
            if in_sample(f"{path.name} {name}", _TEXTS_TO_ONE):
                yield Row(f"{path.name} {name}", url, "\n".join(lines))


@cache
def sampled_pages() -> list[Row]:
    return list(pages())


@cache
def sampled_texts() -> list[Row]:
    return list(texts())


def assert_restores(document: Document, row: Row) -> None:
    assert restore(document.text, document.removals) == document.before, row.name
    at = 0
    for removal in document.removals:
        assert at <= removal.start < removal.end, row.name
        assert removal.text == document.before[removal.start : removal.end], row.name
        at = removal.end


def test_there_is_enough_of_each_set() -> None:
    assert len(sampled_pages()) >= 20
    names = [row.name for row in sampled_texts()]
    assert min(sum(name.startswith(path.name) for name in names) for path in TEXTS) >= 30


class Clock:
    """The CPU time that each page or text takes; what is read and compiled once is no time of its own."""

    def __init__(self) -> None:
        self._took: list[tuple[float, str]] = []

    def clean(self, row: Row, clean: Callable[..., Document], config: Config) -> Document:
        if not self._took:
            for _ in range(2):
                clean(row.content, row.url, config)
        began = time.process_time()
        document = clean(row.content, row.url, config)
        self._took.append((time.process_time() - began, row.name))
        return document

    def tell(self, what: str) -> None:
        """Tell the figures, and see that none took long; a sample is too small to be worth it."""
        if THOROUGH:
            slowest = sorted(self._took, reverse=True)[:3]
            whole = sum(seconds for seconds, _ in self._took)
            print(f"\n{what}: {len(self._took)} in {whole:.0f} s, the slowest {slowest}")  # noqa: T201 - `-s` shows it
            assert slowest[0][0] < _MOST_SECONDS


@pytest.mark.parametrize("name", SETTINGS)
def test_pages_restore(name: str) -> None:
    config, clock, cut = Config(extract=SETTINGS[name]), Clock(), 0
    for row in sampled_pages():
        document = clock.clean(row, clean_html, config)
        assert_restores(document, row)
        cut += len(document.removals)
    assert cut > len(sampled_pages()) / 2
    clock.tell(name)


def test_texts_restore_to_what_was_read() -> None:
    config, clock, cut = Config(), Clock(), 0
    for row in sampled_texts():
        document = clock.clean(row, clean_text, config)
        assert_restores(document, row)
        assert document.before == normalise(repair(str(row.content))), row.name
        cut += len(document.removals)
    assert cut > len(sampled_texts())
    clock.tell("texts")


def test_texts_cleaned_together_restore() -> None:
    rows = sampled_texts()
    records = [raw_record(row.content, "text", row.url) for row in rows]
    for row, document in zip(rows, clean_records(records, Config()), strict=True):
        assert isinstance(document, Document), (row.name, document)
        assert_restores(document, row)


CONFIGS = st.builds(
    Config,
    extract=st.builds(
        ExtractConfig,
        extractor=st.sampled_from(["winnow", "trafilatura", "both"]),
        structure=st.sampled_from(["plain", "markdown"]),
        mode=st.sampled_from(["precision", "balanced", "recall"]),
        tables=st.booleans(),
        comments=st.booleans(),
    ),
    strip=st.builds(
        StripConfig,
        judge=st.sampled_from(["off", "precision", "balanced", "recall"]),
        keep=st.lists(st.sampled_from(KINDS), max_size=4, unique=True).map(tuple),
    ),
)


@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data(), CONFIGS)
def test_any_page_and_text_restores_with_any_setting(data: st.DataObject, config: Config) -> None:
    page, text = (data.draw(st.sampled_from(rows)) for rows in (sampled_pages(), sampled_texts()))
    assert_restores(clean_html(page.content, page.url, config), page)
    assert_restores(clean_text(text.content, text.url, config), text)
