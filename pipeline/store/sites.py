"""What a corpus knows of its sites: `site_stories` and `site_templates`, read for the sites that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import Damaged
from pipeline.sites.learn import Page, page_of
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
    wanted = pa.array(sorted(sites), pa.string())
    for manifest in corpus.manifests:
        if upto is None or manifest.sequence < upto:
            yield from _rows(corpus, manifest, table, wanted)


def _rows(corpus: Corpus, manifest: Manifest, table: str, wanted: pa.StringArray) -> Iterator[dict[str, Any]]:
    for path in corpus.files_of(manifest, table):
        with readable(path), pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                sites = file.read_row_group(group, columns=["site"])["site"]
                mask = pc.is_in(sites, wanted)
                if pc.any(mask).as_py():
                    yield from file.read_row_group(group).filter(mask).to_pylist()


def latest_pages(
    corpus: Corpus, sites: Collection[str], window: int, upto: int | None = None
) -> dict[str, list[tuple[str, Page]]]:
    """Give the id and the sketch of the latest pages that are kept of some sites, at most `window` of each, in order.

    Raises:
        Damaged: a file cannot be read, or a row holds no sketch.
    """
    pages: dict[str, list[tuple[str, Page]]] = {}
    for row in rows_of_sites(corpus, "site_stories", sites, upto):
        mine = pages.setdefault(row["site"], [])
        try:
            mine.append((row["id"], page_of(row["blocks"], row["anchors"])))
        except ValueError as error:
            raise Damaged(
                f"{corpus.layout.table('site_stories')}: {row['id']}: is no sketch of a page: {error}. `winnow check` "
                "tells what else is damaged."
            ) from error
        if len(mine) > 2 * window:
            del mine[:-window]
    return {site: mine[-window:] for site, mine in pages.items()}


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
