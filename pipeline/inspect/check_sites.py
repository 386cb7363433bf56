"""Check the site model: made again from the texts, it must know what the corpus says, and cut what was cut."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import Config, parse_config
from pipeline.cuts import read_removals, restore
from pipeline.errors import Damaged
from pipeline.inspect.check_rows import TEXTS, Records
from pipeline.inspect.findings import Findings
from pipeline.recut import cut_beside, shown, wanted_cuts
from pipeline.run.events import Listener, Progress
from pipeline.run.learn import SKETCHES, begin_lessons, portions
from pipeline.sites.cut import RULES, template_cuts
from pipeline.sites.sketch import block_at, keys_of, sketch
from pipeline.sites.template import Templates, site_of
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import Manifest
from pipeline.store.sites import known_templates, rows_of_sites, template_row
from pipeline.strip.blocks import split_blocks
from pipeline.values import Removal, Sketch

_ROWS = 1024
# A sketch has about so many bytes for each character of its text.
_SKETCHED = 1 / 10


def check_sites(corpus: Corpus, records: Records, found: Findings, listen: Listener) -> None:
    """Learn each run's templates again from its texts and what was known before, and compare.

    Where texts or removals are not what was written, nothing of this can be judged: those are findings already.
    """
    if found.count("texts") or found.count("removals") or found.count("ids"):
        return
    for manifest in corpus.manifests:
        try:
            _Run(corpus, manifest, records, found).check()
        except Damaged as error:
            found.add("sites", f"site_stories/run={manifest.run_id}", f"what was known before cannot be used: {error}")
            return
        listen(Progress(files=0, bytes=0, records=manifest.counts.read))


@dataclass(slots=True)
class _Page:
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


class _Run:
    """The check of one run."""

    def __init__(self, corpus: Corpus, manifest: Manifest, records: Records, found: Findings) -> None:
        self._corpus = corpus
        self._manifest = manifest
        self._records = records
        self._found = found
        self._config: Config = parse_config(manifest.config)

    def check(self) -> None:
        config = self._config.sites
        written = self._written_sites()
        if not config.enabled or not config.learn:
            # A corpus cleaned anew without learning begins with what it knew.
            given = config.enabled and self._manifest.sequence == 1
            if written["site_stories"] or (written["site_templates"] and not given):
                self._add("site_stories", "a run that may not learn wrote what it learned")
        sizes: dict[str, int] = {}
        for _, row in self._documents(("chars_before",)):
            site = _site(row)
            sizes[site] = sizes.get(site, 0) + int(row["chars_before"] * _SKETCHED)
        if config.enabled and config.learn:
            for table, known in written.items():
                for site in sorted(known - sizes.keys()):
                    self._add(table, f"knows of {site}, of which the run read nothing")
        for sites in portions(sizes):
            self._check_portion(sites)

    def _check_portion(self, sites: Sequence[str]) -> None:
        pages: dict[str, list[_Page]] = {site: [] for site in sites}
        for site, page in self._pages(frozenset(sites)):
            pages[site].append(page)
        config = self._config.sites
        if not config.enabled:
            known: dict[str, Templates] = {}
        elif not config.learn:
            known = known_templates(self._corpus, sites, self._manifest.sequence + 1)
        else:
            known = self._learn_again(sites, pages)
        for site in sites:
            for page in pages[site]:
                self._check_cuts(page, known.get(site, {}))

    def _learn_again(self, sites: Sequence[str], pages: dict[str, list[_Page]]) -> dict[str, Templates]:
        """Compare the rows of both tables with what the texts teach."""
        sequence = self._manifest.sequence
        lessons = begin_lessons(sites, self._corpus, self._config.sites, sequence)
        told: dict[str, dict[str, list[dict[str, Any]]]] = {"site_stories": {}, "site_templates": {}}
        for table, rows in told.items():
            for row in rows_of_sites(self._corpus, table, sites, sequence + 1):
                if row.pop("run_id") == self._manifest.run_id:
                    rows.setdefault(row["site"], []).append(row)
        for site in sites:
            pages[site].sort(key=lambda page: page.arrival)
            lesson = lessons[site]
            sketched = [page for page in pages[site] if page.sketch.blocks]
            arrived = [
                {"id": page.id, "blocks": page.sketch.blocks, "anchors": page.sketch.anchors} for page in sketched
            ]
            lesson.arrive(pa.Table.from_pylist(arrived, schema=SKETCHES))
            kept = [{"site": site, **row} for row in lesson.end().to_pylist()]
            if told["site_stories"].get(site, []) != kept:
                self._add("site_stories", f"says other than the texts of {site}, or of other documents")
            news = [template_row(site, lesson.news[key], _text(key, pages[site])) for key in sorted(lesson.news)]
            if told["site_templates"].get(site, []) != news:
                self._add("site_templates", f"says of {site} what its pages do not teach")
        return {site: lessons[site].known for site in sites}

    def _check_cuts(self, page: _Page, templates: Templates) -> None:
        cuts = wanted_cuts(template_cuts(page.sketch.blocks, page.sketch.spans, templates), self._config)
        expected = cut_beside(page.before, page.removals, cuts)[1] if cuts else tuple(page.removals)
        if [_told(one) for one in expected] != [_told(one) for one in page.cut]:
            self._found.add(
                "sites", f"{page.table} {page.id}", "what was cut as template of its site is not what is known"
            )

    def _pages(self, sites: Collection[str]) -> Iterator[tuple[str, _Page]]:
        ids = {row["id"] for _, row in self._documents(()) if _site(row) in sites}
        removals: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows("removals", ["id", "rule", "kind", "start", "end", "text", "score"]):
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
            arrival = self._records.arrival[row["id"]]
            yield _site(row), _Page(arrival, row["id"], table, before, by_rules, cut, sketched)

    def _documents(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Stream what was staged as cleaned, and more rejections than were."""
        wanted = ["id", "source_domain", "file_path", "member", "format", *columns]
        for table in TEXTS:
            more = ["duplicate_of"] if table == "documents" else []
            for row in self._rows(table, [*wanted, *more]):
                if row.get("duplicate_of") is None:
                    yield table, row

    def _written_sites(self) -> dict[str, set[str]]:
        return {
            table: {row["site"] for row in self._rows(table, ["site"])} for table in ("site_stories", "site_templates")
        }

    def _rows(self, table: str, columns: list[str]) -> Iterator[dict[str, Any]]:
        for path in self._corpus.files_of(self._manifest, table):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    yield from batch.to_pylist()

    def _add(self, table: str, what: str) -> None:
        self._found.add("sites", f"{table}/run={self._manifest.run_id}", what)


def _site(row: dict[str, Any]) -> str:
    return site_of(row["source_domain"], row["file_path"], row["member"], row["format"])


def _text(key: int, pages: Sequence[_Page]) -> str:
    for page in pages:
        if key in keys_of(page.sketch.blocks):
            return shown(page.before, *block_at(page.sketch.blocks, page.sketch.spans, key))
    return ""


def _told(removal: Removal) -> tuple[str, int, int]:
    return removal.rule, removal.start, removal.end
