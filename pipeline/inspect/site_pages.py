"""What a run knew of its sites, made again from its texts and what was known before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import Config, parse_config
from pipeline.cuts import read_removals, restore
from pipeline.inspect.check_rows import TEXTS
from pipeline.recut import shown
from pipeline.run.learn import SKETCHES, begin_lessons, portions
from pipeline.sites.cut import RULES
from pipeline.sites.sketch import block_at, keys_of, sketch
from pipeline.sites.template import Templates, site_of
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import Manifest
from pipeline.store.sites import template_row
from pipeline.strip.blocks import split_blocks
from pipeline.values import Removal, Sketch

_ROWS = 1024
# A sketch has about so many bytes for each character of its text.
_SKETCHED = 1 / 10


@dataclass(slots=True)
class SitePage:
    """A document of the run as it was when its site was learned of."""

    arrival: int
    id: str
    table: str
    before: str
    removals: list[Removal]
    """By rules."""
    cut: list[Removal]
    """All that was cut, template too."""
    sketch: Sketch


class Learned(NamedTuple):
    """What pages teach of a site."""

    stories: list[dict[str, Any]]
    """Rows of `site_stories`, but for the run's id."""
    templates: list[dict[str, Any]]
    """Rows of `site_templates`, but for the run's id."""
    known: Templates
    """All that is known of the site then."""


class SitesOfRun:
    """The sites of one run, by the texts that it wrote."""

    def __init__(self, corpus: Corpus, manifest: Manifest, arrival: Mapping[str, int]) -> None:
        """Begin.

        Args:
            corpus: whose earlier runs tell what was known.
            manifest: of the run.
            arrival: id of every record that has a text → a number that grows in order of arrival.
        """
        self._corpus = corpus
        self._manifest = manifest
        self._arrival = arrival
        self._config: Config = parse_config(manifest.config)

    def sizes(self) -> dict[str, int]:
        """Give each site with what its sketches have, about, in bytes."""
        sizes: dict[str, int] = {}
        for _, row in self._documents(("chars_before",)):
            site = _site(row)
            sizes[site] = sizes.get(site, 0) + int(row["chars_before"] * _SKETCHED)
        return sizes

    def portions(self) -> Iterator[dict[str, list[SitePage]]]:
        """Give the pages of all sites, so many sites at a time as fit into memory, in order of arrival."""
        for sites in portions(self.sizes()):
            pages: dict[str, list[SitePage]] = {site: [] for site in sites}
            for site, page in self._pages(frozenset(sites)):
                pages[site].append(page)
            for mine in pages.values():
                mine.sort(key=lambda page: page.arrival)
            yield pages

    def learn(self, pages: Mapping[str, Sequence[SitePage]]) -> dict[str, Learned]:
        """Learn of a portion of the sites as the run did.

        Raises:
            Damaged: what was known before cannot be read.
        """
        lessons = begin_lessons(list(pages), self._corpus, self._config.sites, self._manifest.sequence)
        learned: dict[str, Learned] = {}
        for site, mine in pages.items():
            lesson = lessons[site]
            sketches = [(page.id, page.sketch) for page in mine if page.sketch.blocks]
            arrived = [{"id": name, "blocks": one.blocks, "anchors": one.anchors} for name, one in sketches]
            lesson.arrive(pa.Table.from_pylist(arrived, schema=SKETCHES))
            kept = [{"site": site, **row} for row in lesson.end().to_pylist()]
            news = [template_row(site, lesson.news[key], _text(key, mine)) for key in sorted(lesson.news)]
            learned[site] = Learned(kept, news, lesson.known)
        return learned

    def _pages(self, sites: Collection[str]) -> Iterator[tuple[str, SitePage]]:
        ids = {row["id"] for _, row in self._documents(()) if _site(row) in sites}
        removals: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows("removals", ["id", "rule", "kind", "start", "end", "text", "score"]):
            if row["id"] in ids:
                removals.setdefault(row["id"], []).append(row)
        for table, row in self._documents(("text",)):
            if row["id"] not in ids:
                continue
            cut, _ = read_removals(removals.get(row["id"], ()))
            by_rules = [one for one in cut if one.rule not in RULES]
            if table == "rejections" and len(by_rules) == len(cut):
                # It was turned away before its site was learned of.
                continue
            before = restore(row["text"], cut)
            sketched = sketch(split_blocks(before), by_rules)
            yield _site(row), SitePage(self._arrival[row["id"]], row["id"], table, before, by_rules, cut, sketched)

    def _documents(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Stream what was staged as cleaned, and more rejections than were."""
        wanted = ["id", "source_domain", "file_path", "member", "format", *columns]
        for table in TEXTS:
            more = ["duplicate_of"] if table == "documents" else []
            for row in self.rows(table, [*wanted, *more]):
                if row.get("duplicate_of") is None:
                    yield table, row

    def rows(self, table: str, columns: list[str]) -> Iterator[dict[str, Any]]:
        """Stream some columns of a table of the run."""
        for path in self._corpus.files_of(self._manifest, table):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    yield from batch.to_pylist()


def _site(row: dict[str, Any]) -> str:
    return site_of(row["source_domain"], row["file_path"], row["member"], row["format"])


def _text(key: int, pages: Sequence[SitePage]) -> str:
    for page in pages:
        if key in keys_of(page.sketch.blocks):
            return shown(page.before, *block_at(page.sketch.blocks, page.sketch.spans, key))
    return ""
