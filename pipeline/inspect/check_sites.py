"""Check the site model: made again from the texts, it must know what the corpus says, and cut what was cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.config import Config, parse_config
from pipeline.errors import Damaged
from pipeline.inspect.check_rows import Records
from pipeline.inspect.findings import Findings
from pipeline.inspect.site_pages import SitePage, SitesOfRun
from pipeline.recut import cut_beside, wanted_cuts
from pipeline.run.events import Listener, Progress
from pipeline.sites.cut import template_cuts
from pipeline.sites.template import Templates
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import Manifest
from pipeline.store.sites import known_templates, rows_of_sites
from pipeline.values import Removal


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


class _Run:
    """The check of one run."""

    def __init__(self, corpus: Corpus, manifest: Manifest, records: Records, found: Findings) -> None:
        self._corpus = corpus
        self._manifest = manifest
        self._found = found
        self._config: Config = parse_config(manifest.config)
        self._sites = SitesOfRun(corpus, manifest, records.arrival)

    def check(self) -> None:
        config = self._config.sites
        written = self._written_sites()
        if not config.enabled or not config.learn:
            # A corpus cleaned anew without learning begins with what it knew.
            given = config.enabled and self._manifest.sequence == 1
            if written["site_stories"] or (written["site_templates"] and not given):
                self._add("site_stories", "a run that may not learn wrote what it learned")
        if config.enabled and config.learn:
            read = self._sites.sizes().keys()
            for table, known in written.items():
                for site in sorted(known - read):
                    self._add(table, f"knows of {site}, of which the run read nothing")
        for pages in self._sites.portions():
            known_then = self._known(pages)
            for site, mine in pages.items():
                for page in mine:
                    self._check_cuts(page, known_then.get(site, {}))

    def _known(self, pages: Mapping[str, Sequence[SitePage]]) -> dict[str, Templates]:
        config = self._config.sites
        if not config.enabled:
            return {}
        if not config.learn:
            return known_templates(self._corpus, pages, self._manifest.sequence + 1)
        return self._learn_again(pages)

    def _learn_again(self, pages: Mapping[str, Sequence[SitePage]]) -> dict[str, Templates]:
        """Compare the rows of both tables with what the texts teach."""
        learned = self._sites.learn(pages)
        told: dict[str, dict[str, list[dict[str, Any]]]] = {"site_stories": {}, "site_templates": {}}
        for table, rows in told.items():
            for row in rows_of_sites(self._corpus, table, pages, self._manifest.sequence + 1):
                if row.pop("run_id") == self._manifest.run_id:
                    rows.setdefault(row["site"], []).append(row)
        for site, now in learned.items():
            if told["site_stories"].get(site, []) != now.stories:
                self._add("site_stories", f"says other than the texts of {site}, or of other documents")
            if told["site_templates"].get(site, []) != now.templates:
                self._add("site_templates", f"says of {site} what its pages do not teach")
        return {site: now.known for site, now in learned.items()}

    def _check_cuts(self, page: SitePage, templates: Templates) -> None:
        cuts = wanted_cuts(template_cuts(page.sketch.blocks, page.sketch.spans, templates), self._config)
        expected = cut_beside(page.before, page.removals, cuts)[1] if cuts else tuple(page.removals)
        if [_told(one) for one in expected] != [_told(one) for one in page.cut]:
            self._found.add(
                "sites", f"{page.table} {page.id}", "what was cut as template of its site is not what is known"
            )

    def _written_sites(self) -> dict[str, set[str]]:
        return {
            table: {row["site"] for row in self._sites.rows(table, ["site"])}
            for table in ("site_stories", "site_templates")
        }

    def _add(self, table: str, what: str) -> None:
        self._found.add("sites", f"{table}/run={self._manifest.run_id}", what)


def _told(removal: Removal) -> tuple[str, int, int]:
    return removal.rule, removal.start, removal.end
