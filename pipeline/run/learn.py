"""Learn: what sites repeat, of staged pages and of what the corpus kept → their template cut out of the staged pages.

Sites are gone through in portions that fit into memory, the pages of each in windows of bounded size. What is known
when a run ends, staged beside its shards, is written with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schemas
from pipeline.batch import flat
from pipeline.config import SitesConfig
from pipeline.recut import Texts
from pipeline.run.aside import Segment, read_arrow
from pipeline.run.cutting import Cutting
from pipeline.run.stage import Shard
from pipeline.run.workers import Workers
from pipeline.sites.learn import learn
from pipeline.sites.pages import Page, Pages
from pipeline.sites.template import Template, Templates, join
from pipeline.store.corpus import Corpus
from pipeline.store.sites import known_templates, latest_pages, template_row

# Sketches that are gone through at once. One site alone has 2 × sites.window of them, of some 10 kB each at most.
_PORTION_BYTES = 128 * 2**20
# Rows of them that are sorted by site at once: a site may be larger than a portion.
_AT_ONCE_BYTES = 32 * 2**20

STORIES, TEMPLATES = schemas.without_run(schemas.SITE_STORIES), schemas.without_run(schemas.SITE_TEMPLATES)
SKETCHES = STORIES.remove(STORIES.get_field_index("site"))
"""The sketches of one site's documents."""


@dataclass(slots=True)
class SiteFacts:
    """What a run adds to what is known of sites: rows of `site_stories` and `site_templates`, but for the run's id."""

    stories: Path | None = None
    """An Arrow file: a run may have many pages."""
    templates: list[dict[str, Any]] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Stream the rows of `site_stories`."""
        return read_arrow(self.stories) if self.stories is not None else iter(())


class Lessons:
    """One site's pages as they arrive, and what is learned of them."""

    def __init__(self, config: SitesConfig, before: Sequence[Page], known: Templates) -> None:
        """Begin with the latest pages that the corpus kept of the site, at most `sites.window`."""
        self._config = config
        self._before = Pages.of(before)
        self._arrived: list[pa.Table] = []
        self._waiting = 0
        self._kept: list[pa.Table] = []
        self.known = dict(known)
        self.news: dict[int, Template] = {}

    def arrive(self, pages: pa.Table) -> None:
        """Take pages of the site as they arrive: rows of `SKETCHES`, each with blocks."""
        while self._waiting + len(pages) >= self._config.window:
            self._arrived.append(pages[: self._config.window - self._waiting])
            pages = pages[self._config.window - self._waiting :]
            self._learn()
        if len(pages):
            self._arrived.append(pages)
            self._waiting += len(pages)

    def end(self) -> pa.Table:
        """Learn of the pages that wait; gives those that are to be kept."""
        if self._arrived:
            self._learn()
        return pa.concat_tables([SKETCHES.empty_table(), *self._kept])

    def _learn(self) -> None:
        rows = pa.concat_tables(self._arrived)
        arrived = Pages(*_numbers(rows["blocks"], np.uint64), *_numbers(rows["anchors"], np.uint32))
        pages = self._before + arrived
        _, found = learn(pages, self._config)
        if found:
            # What stands on no page of this run was judged when it arrived.
            here = np.isin(np.array([one.key for one in found], np.uint64), arrived.keys).tolist()
            self.known, news = join(self.known, list(compress(found, here)))
            self.news |= {one.key: one for one in news}
        window = self._config.window
        self._before = pages[-window:]
        self._kept = [pa.concat_tables([*self._kept, rows])[-window:]]
        self._arrived, self._waiting = [], 0


def learn_sites(
    shards: Sequence[Shard], corpus: Corpus, source: Corpus, config: SitesConfig, folder: Path
) -> tuple[dict[str, Templates], SiteFacts]:
    """Learn of all staged pages.

    Args:
        shards: in order of arrival.
        corpus: whose pages count beside them.
        source: whose templates are known; another corpus than `corpus` only where one is cleaned anew.
        config: the settings; with `learn` off what is known is given back, and nothing is added to it.
        folder: where to stage what is learned.

    Returns:
        The templates of each site that has staged pages, and what the run adds to the corpus.
    """
    sizes = _sizes(shards)
    facts = SiteFacts()
    if not config.learn:
        if source is not corpus:
            facts.templates = _all_templates(source)
        return known_templates(source, sizes.keys()), facts
    templates: dict[str, Templates] = {}
    news: list[tuple[str, Template]] = []
    folder.mkdir(parents=True, exist_ok=True)
    facts.stories = folder / "site_stories.arrow"
    with pa.ipc.new_file(str(facts.stories), STORIES) as writer:
        for sites in portions(sizes):
            lessons = begin_lessons(sites, corpus, config)
            for site, pages in _sketches(shards, sites):
                lessons[site].arrive(pages)
            kept = [lessons[site].end() for site in sites]
            of_site = pa.DictionaryArray.from_arrays(
                np.repeat(np.arange(len(sites), dtype=np.int32), list(map(len, kept))), pa.array(sites, pa.string())
            )
            rows = pa.concat_tables(kept).add_column(0, STORIES.field("site"), of_site.cast(pa.string()))
            writer.write_table(rows.combine_chunks())
            for site in sites:
                if lessons[site].known:
                    templates[site] = lessons[site].known
                news += [(site, lessons[site].news[key]) for key in sorted(lessons[site].news)]
    # Their texts are filled in as the pages are gone through.
    facts.templates = [template_row(site, one, "") for site, one in news]
    return templates, facts


def cut_templates(
    shards: Sequence[Shard], templates: Mapping[str, Templates], facts: SiteFacts, workers: Workers
) -> list[Shard]:
    """Cut template out of staged documents, and fill in the texts of what was learned; gives the shards as they are."""
    if not templates:
        return list(shards)
    wanted: dict[str, set[int]] = {}
    for row in facts.templates:
        if not row["text"]:
            wanted.setdefault(row["site"], set()).add(row["key"])
    texts: Texts = {}
    done = [_cut_shard(shard, templates, wanted, texts, workers) for shard in shards]
    for row in facts.templates:
        row["text"] = row["text"] or texts.get((row["site"], row["key"]), "")
    return done


def _cut_shard(
    shard: Shard,
    templates: Mapping[str, Templates],
    wanted: dict[str, set[int]],
    texts: Texts,
    workers: Workers,
) -> Shard:
    segments: list[Segment] = []
    for segment, found in workers.recut(_cuttings(shard, templates, wanted)):
        segments.append(segment)
        for (site, key), text in found.items():
            texts.setdefault((site, key), text)
            wanted[site].discard(key)
    cut = replace(shard, segments=segments)
    cut.save()
    return cut


def _cuttings(
    shard: Shard, templates: Mapping[str, Templates], wanted: Mapping[str, Collection[int]]
) -> Iterator[Cutting]:
    for segment, cleaned in zip(shard.segments, shard.all_batches("cleaned"), strict=True):
        sites = [site for site in pc.unique(cleaned["site"]).to_pylist() if site in templates]
        yield Cutting(
            shard.folder,
            segment,
            cleaned.num_rows,
            {site: templates[site] for site in sites},
            {site: frozenset(wanted[site]) for site in sites if wanted.get(site)},
        )


def _sizes(shards: Sequence[Shard]) -> dict[str, int]:
    """Give the bytes of the sketches of each site that has any."""
    sizes: Counter[str] = Counter()
    for shard in shards:
        for batch in shard.batches("cleaned"):
            sites = batch["site"].dictionary_encode()
            totals = np.bincount(sites.indices.to_numpy(), pc.binary_length(batch["blocks"]).to_numpy())
            sizes.update(dict(zip(sites.dictionary.to_pylist(), totals.astype(np.int64).tolist(), strict=True)))
    return {site: size for site, size in sizes.items() if size}


def portions(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Cut sites, given with the bytes of their sketches, in order of their names into lists that fit into memory."""
    portion: list[str] = []
    size = 0
    for site in sorted(sizes, key=lambda name: name.encode("utf-8", "surrogatepass")):
        if portion and size + sizes[site] > _PORTION_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(site)
        size += sizes[site]
    if portion:
        yield portion


def begin_lessons(
    sites: Sequence[str], corpus: Corpus, config: SitesConfig, upto: int | None = None
) -> dict[str, Lessons]:
    """Begin with what the corpus knows of some sites: of its runs before the one of that sequence number, or of all."""
    before = latest_pages(corpus, sites, config.window, upto)
    known = known_templates(corpus, sites, upto)
    return {site: Lessons(config, [page for _, page in before.get(site, [])], known.get(site, {})) for site in sites}


def _sketches(shards: Iterable[Shard], sites: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Stream the pages of some sites, many of a site at once, those of each in order of arrival."""
    wanted = pa.array(sites, pa.string())
    parts: list[pa.Table] = []
    size = 0
    for shard in shards:
        for batch in shard.batches("cleaned"):
            part = pa.table(batch.select(["site", *SKETCHES.names])).filter(pc.is_in(batch["site"], wanted))
            parts.append(part)
            size += part.nbytes
            if size >= _AT_ONCE_BYTES:
                yield from by_site(parts, wanted)
                parts, size = [], 0
    if parts:
        yield from by_site(parts, wanted)


def by_site(tables: Sequence[pa.Table], sites: pa.Array) -> Iterator[tuple[str, pa.Table]]:
    """Give each site its rows of cleaned documents that have a sketch, with the columns of it: `SKETCHES`.

    Args:
        tables: in order of arrival.
        sites: all sites that the rows are of.
    """
    pages = pa.concat_tables(tables)
    pages = pages.filter(pc.greater(pc.binary_length(pages["blocks"]), 0))
    places = pc.index_in(pages["site"], sites).to_numpy()
    pages = pages.select(SKETCHES.names).take(np.argsort(places, kind="stable")).combine_chunks()
    ends = np.append(0, np.cumsum(np.bincount(places, minlength=len(sites))))
    for place in np.flatnonzero(np.diff(ends)).tolist():
        yield sites[place].as_py(), pages[int(ends[place]) : int(ends[place + 1])]


def _numbers(column: pa.ChunkedArray, kind: type[np.generic]) -> tuple[Any, Any]:
    values, ends = flat(column, np.dtype(kind).itemsize)
    return values.view(kind), ends


def _all_templates(corpus: Corpus) -> list[dict[str, Any]]:
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for batch in corpus.batches("site_templates", TEMPLATES.names):
        for row in batch.to_pylist():
            rows[row["site"], row["key"]] = row
    return [rows[place] for place in sorted(rows, key=lambda one: (one[0].encode("utf-8", "surrogatepass"), one[1]))]
