"""What a corpus knows of its sites: `site_stories` and `site_templates`, read for the sites that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import Damaged
from pipeline.sites.pages import Page, page_of, pages_of
from pipeline.sites.template import Template, Templates
from pipeline.store.corpus import Corpus, readable
from pipeline.store.manifest import Manifest


def rows_of_sites(
    corpus: Corpus, table: str, sites: Collection[str], upto: int | None = None
) -> Iterator[dict[str, Any]]:
    """Stream the rows of some sites, in order of arrival. Row groups of other sites are not read.

    Args:
        corpus: the corpus.
        table: site_stories or site_templates, whose rows are sorted by site.
        sites: which sites.
        upto: runs before the one of that sequence number alone; None for all.

    Raises:
        Damaged: a file cannot be read.
    """
    for manifest in corpus.manifests:
        if upto is None or manifest.sequence < upto:
            for rows in _tables(corpus, manifest, table, sites):
                yield from rows.to_pylist()


def _tables(corpus: Corpus, manifest: Manifest, table: str, sites: Collection[str]) -> Iterator[pa.Table]:
    wanted = pa.array(sorted(sites), pa.string())
    for path in corpus.files_of(manifest, table):
        with readable(path), pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                mask = pc.is_in(file.read_row_group(group, columns=["site"])["site"], wanted)
                if pc.any(mask).as_py():
                    yield file.read_row_group(group).filter(mask)


def latest_pages(
    corpus: Corpus, sites: Collection[str], window: int, upto: int | None = None
) -> dict[str, list[tuple[str, Page]]]:
    """Give the id and the sketch of the latest pages that are kept of some sites, at most `window` of each, in order.

    Runs are read from the latest back, until no site lacks pages: each kept some of what it saw.

    Raises:
        Damaged: a file cannot be read, or a row holds no sketch.
    """
    lacking = dict.fromkeys(sites, window)
    parts: dict[str, list[list[tuple[str, Page]]]] = {}
    for manifest in reversed(corpus.manifests):
        if upto is not None and manifest.sequence >= upto:
            continue
        of_run: dict[str, list[tuple[str, Page]]] = {}
        for rows in _tables(corpus, manifest, "site_stories", lacking):
            columns = rows["site"].to_pylist(), rows["id"].to_pylist(), _pages(corpus, rows)
            for site, identity, page in zip(*columns, strict=True):
                of_run.setdefault(site, []).append((identity, page))
        for site, pages in of_run.items():
            parts.setdefault(site, []).append(pages[-lacking[site] :])
            lacking[site] -= len(parts[site][-1])
            if not lacking[site]:
                del lacking[site]
        if not lacking:
            break
    return {site: [page for part in reversed(mine) for page in part] for site, mine in parts.items()}


def _pages(corpus: Corpus, rows: pa.Table) -> Sequence[Page]:
    blocks, anchors = rows["blocks"].to_pylist(), rows["anchors"].to_pylist()
    try:
        return pages_of(blocks, anchors)
    except ValueError:
        for identity, *sketch in zip(rows["id"].to_pylist(), blocks, anchors, strict=True):
            try:
                page_of(*sketch)
            except ValueError as error:
                raise Damaged(
                    f"{corpus.layout.table('site_stories')}: {identity}: is no sketch of a page: {error}. `winnow "
                    "check` tells what else is damaged."
                ) from error
        raise


def known_templates(corpus: Corpus, sites: Collection[str], upto: int | None = None) -> dict[str, Templates]:
    """Give what is known of some sites' templates; of one learned several times, what was learned last.

    Raises:
        Damaged: a file cannot be read.
    """
    known: dict[str, Templates] = {}
    for row in rows_of_sites(corpus, "site_templates", sites, upto):
        known.setdefault(row["site"], {})[row["key"]] = template_of(row)
    return known


def template_of(row: dict[str, Any]) -> Template:
    """Read a row of `site_templates`."""
    return Template(
        key=row["key"],
        stories=row["stories"],
        stories_seen=row["stories_seen"],
        places=frozenset(row["places"]),
        evidence=frozenset(row["evidence"]),
        neighbours=frozenset(row["neighbours"]),
    )


def template_row(site: str, template: Template, text: str) -> dict[str, Any]:
    """Make the row of a template, but for the run's id."""
    return {
        "site": site,
        "key": template.key,
        "text": text,
        "stories": template.stories,
        "stories_seen": template.stories_seen,
        "places": sorted(template.places),
        "evidence": sorted(template.evidence),
        "neighbours": sorted(template.neighbours),
    }
