"""Sites: what a corpus knows of what each site repeats, and what it cut of that."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.config import SitesConfig, parse_config
from pipeline.errors import Refused
from pipeline.inspect.check_rows import TEXTS
from pipeline.inspect.plain import one_line
from pipeline.inspect.status import table_lines
from pipeline.sites.cut import RULES
from pipeline.sites.learn import count_stories
from pipeline.sites.sketch import key_of_text
from pipeline.sites.template import Template, site_of
from pipeline.store.corpus import Corpus
from pipeline.store.figures import shorten
from pipeline.store.sites import known_templates, latest_pages, rows_of_sites

# Sites whose pages are held at once.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site."""

    site: str
    documents: int
    """Documents, duplicates among them."""
    stories: int
    """Distinct stories of its latest pages, as many as the model looks at."""
    templates: int
    documents_cut: int
    """Documents of which template was cut."""
    chars_cut: int


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One template."""

    text: str
    stories: int
    stories_seen: int
    """Of so many, when it was learned last."""
    places: tuple[str, ...]
    evidence: tuple[str, ...]
    learned: str
    """Run that learned it first."""
    cut_last: str | None
    """Last run that cut it; None where it stood nowhere as it was learned."""
    documents_cut: int
    chars_cut: int


@dataclass(frozen=True, slots=True)
class SiteTold:
    """One site and its templates, the one that cut most first."""

    site: SiteLine
    templates: tuple[TemplateLine, ...]


def list_sites(corpus: Corpus) -> list[SiteLine]:
    """List the sites of a corpus, the one with most documents first.

    Raises:
        Damaged: a file of the corpus cannot be read.
    """
    cut: dict[str, int] = {}
    for row in _rows(corpus, "removals", ["id", "rule", "start", "end"]):
        if row["rule"] in RULES:
            cut[row["id"]] = cut.get(row["id"], 0) + row["end"] - row["start"]
    documents: Counter[str] = Counter()
    documents_cut: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    for row in _documents(corpus):
        site = _site(row)
        documents[site] += 1
        if row["id"] in cut:
            documents_cut[site] += 1
            chars[site] += cut[row["id"]]
    names = sorted(documents, key=lambda site: (-documents[site], site))
    lines: list[SiteLine] = []
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        known = known_templates(corpus, some)
        stories = _stories(corpus, some)
        lines += [
            SiteLine(
                site,
                documents[site],
                stories[site],
                len(known.get(site, {})),
                documents_cut[site],
                chars[site],
            )
            for site in some
        ]
    return lines


def tell_site(corpus: Corpus, name: str) -> SiteTold:
    """Tell what is known of one site.

    Raises:
        Refused: the corpus has no such site; the text names those that may be meant.
        Damaged: a file of the corpus cannot be read.
    """
    ids: set[str] = set()
    others: set[str] = set()
    for row in _documents(corpus):
        if _site(row) == name:
            ids.add(row["id"])
        else:
            others.add(_site(row))
    if not ids:
        close = difflib.get_close_matches(name, sorted(others), n=3)
        hint = f"; did you mean {' or '.join(map(one_line, close))}?" if close else "."
        raise Refused(f"{one_line(name)}: no site of {corpus.layout}{hint} `winnow sites {corpus.layout}` lists them.")
    known = known_templates(corpus, [name]).get(name, {})
    cuts = _cuts(corpus, ids)
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in rows_of_sites(corpus, "site_templates", [name]):
        rows.setdefault(row["key"], []).append(row)
    lines = [_line(known[key], rows[key], cuts.get(key, _Cut(set()))) for key in known]
    site = SiteLine(
        name,
        len(ids),
        _stories(corpus, [name])[name],
        len(known),
        len({identity for one in cuts.values() for identity in one.documents}),
        sum(one.chars for one in cuts.values()),
    )
    return SiteTold(site, tuple(sorted(lines, key=lambda one: (-one.chars_cut, -one.stories, one.text))))


@dataclass(slots=True)
class _Cut:
    """What a template cut."""

    documents: set[str]
    chars: int = 0
    last: str | None = None


def _cuts(corpus: Corpus, ids: set[str]) -> dict[int, _Cut]:
    cuts: dict[int, _Cut] = {}
    for row in _rows(corpus, "removals", ["id", "rule", "start", "end", "text", "run_id"]):
        if row["rule"] in RULES and row["id"] in ids:
            one = cuts.setdefault(key_of_text(row["text"]), _Cut(set()))
            one.documents.add(row["id"])
            one.chars += row["end"] - row["start"]
            one.last = row["run_id"]
    return cuts


def _line(template: Template, rows: Sequence[dict[str, Any]], cut: _Cut) -> TemplateLine:
    return TemplateLine(
        text=rows[-1]["text"],
        stories=template.stories,
        stories_seen=template.stories_seen,
        places=tuple(sorted(template.places)),
        evidence=tuple(sorted(template.evidence)),
        learned=rows[0]["run_id"],
        cut_last=cut.last,
        documents_cut=len(cut.documents),
        chars_cut=cut.chars,
    )


def _stories(corpus: Corpus, sites: Sequence[str]) -> dict[str, int]:
    config = parse_config(corpus.manifests[-1].config).sites if corpus.manifests else SitesConfig()
    pages = latest_pages(corpus, sites, config.window)
    return {site: count_stories([page for _, page in pages.get(site, ())], config) for site in sites}


def _documents(corpus: Corpus) -> Iterator[dict[str, Any]]:
    for table in TEXTS:
        if table != "rejections":
            labels = ["duplicate_of"] if table == "documents" else []
            columns = ["id", "source_domain", "file_path", "member", "format", *labels]
            yield from (row for row in _rows(corpus, table, columns) if not row.get("duplicate_of"))


def _rows(corpus: Corpus, table: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    for batch in corpus.batches(table, columns):
        yield from batch.to_pylist()


def _site(row: dict[str, Any]) -> str:
    return site_of(row["source_domain"], row["file_path"], row["member"], row["format"])


def render_list(sites: Sequence[SiteLine]) -> str:
    """Say it in plain text."""
    heads = ["site", "documents", "stories", "templates", "cut of documents", "characters cut"]
    rows = [
        (
            one.site,
            *(f"{count:,}" for count in (one.documents, one.stories, one.templates, one.documents_cut, one.chars_cut)),
        )
        for one in sites
    ]
    return (
        "\n".join(table_lines(f"{len(sites):,} site{'' if len(sites) == 1 else 's'}", heads, rows) or ["0 sites"])
        + "\n"
    )


def render_site(told: SiteTold) -> str:
    """Say it in plain text."""
    site = told.site
    lines = [
        one_line(f"{site.site}: {site.documents:,} documents, {site.stories:,} distinct stories in its latest pages"),
        f"{site.templates:,} template{'' if site.templates == 1 else 's'}; {site.chars_cut:,} characters cut of "
        f"{site.documents_cut:,} documents",
    ]
    for one in told.templates:
        where = f"cut at the {_places(one)}, known by {_evidence(one)}"
        last = f", last cut in run {one.cut_last}" if one.cut_last else ""
        lines += [
            "",
            f"  “{one_line(shorten(one.text))}”",
            f"    on {one.stories:,} of {one.stories_seen:,} stories; {where}",
            f"    learned in run {one.learned}{last}; {one.chars_cut:,} characters of {one.documents_cut:,} documents",
        ]
    return "\n".join(lines) + "\n"


def _places(template: TemplateLine) -> str:
    words = {"head": "head", "between": "middle", "tail": "foot"}
    return " and the ".join(words[place] for place in words if place in template.places)


def _evidence(template: TemplateLine) -> str:
    words = {
        "start": "beginning the text",
        "end": "ending it",
        "neighbour": "the same neighbour",
        "alone": "its length and stable place",
    }
    return ", ".join(words[one] for one in words if one in template.evidence)
