"""The page of a run: what was read, what became of it, and what repeats. For people; programs read the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.filter.filters import REJECTION_REASONS
from pipeline.store.figures import (
    Cluster,
    Headline,
    KindCut,
    Rows,
    Site,
    StagedRows,
    cuts_by_kind,
    headlines,
    languages,
    largest_clusters,
    shorten,
    sites,
)
from pipeline.store.losses import told_parts
from pipeline.store.manifest import Manifest, RecordEntry
from pipeline.store.page import Html, join, meter, page, percent, section, size, stacked, table, tag, text, tiles
from pipeline.values import QUARANTINE_REASONS

# Rows of a list that the page shows: what does not fit is counted, and stands in the tables.
_ROWS = 50
_CLUSTERS = 20
_COPIES = 10
_TEXTS = 5


def render_report(manifest: Manifest, tables: Path, texts: Rows | None = None) -> str:
    """Give the page of a run: one HTML file that needs neither network nor script.

    Args:
        manifest: of the run.
        tables: folder of its tables, `<table>/part-*.parquet`. They are streamed; memory does not grow with the texts.
        texts: as `pipeline.store.figures.headlines` takes it.
    """
    rows = StagedRows(tables)
    parts = [
        _header(manifest),
        _balance(manifest),
        _losses(manifest),
        _cuts(manifest, rows),
        _duplicates(manifest, rows, texts),
        _superseded(manifest, rows, texts),
        _turned_away(manifest, rows),
        _quarantine(manifest, rows),
        _sites(rows),
        _languages(rows),
        _run(manifest),
        _footer(manifest),
    ]
    return page(f"Winnow: run {manifest.run_id}", *parts)


def _header(manifest: Manifest) -> Html:
    sources = join((tag("code", text(source)) for source in manifest.inputs.sources), ", ")
    files = f"{manifest.inputs.files:,} file{_s(manifest.inputs.files)}, {size(manifest.inputs.bytes)}"
    unchanged = manifest.inputs.files_unchanged
    return tag(
        "header",
        tag("p", f"Winnow, run {manifest.sequence}", class_="eyebrow"),
        tag("h1", manifest.run_id),
        tag("p", "From ", sources, f": {files} read", f", {unchanged:,} known and unchanged" if unchanged else "", "."),
        tag("p", f"{_when(manifest.started)}, took {_took(manifest)}.", class_="soft"),
    )


def _balance(manifest: Manifest) -> Html:
    counts = manifest.counts
    parts = [
        ("documents", counts.documents, "main"),
        ("duplicates", counts.duplicates, "copy"),
        ("rejected", counts.rejected, "warn"),
        ("quarantined", counts.quarantined, "bad"),
    ]
    cut = counts.chars_before - counts.chars_after
    share = cut / counts.chars_before if counts.chars_before else 0.0
    return section(
        "What became of the records",
        tag(
            "p",
            tag("b", f"{counts.read:,}"),
            " read = ",
            join((join([tag("b", f"{number:,}"), f" {name}"]) for name, number, _ in parts), " + "),
            class_="balance",
        ),
        stacked(parts),
        tiles(
            [
                ("Text cut", percent(share), f"{cut:,} of {counts.chars_before:,} characters"),
                ("Superseded", f"{counts.superseded:,}", "earlier documents that a fuller one contains"),
                ("Seen before", f"{counts.seen_before:,}", "records that an earlier run settled"),
            ]
        ),
    )


def _losses(manifest: Manifest) -> Html:
    losses = manifest.losses
    if not losses:
        return Html("")
    limits = manifest.config["guard"]
    lost = [
        (
            text(source.source, "site"),
            f"{source.records:,}",
            meter(source.lost / source.records, percent(source.lost / source.records), "bad"),
            told_parts(source),
            _example(source.example),
        )
        for source in losses.sources
    ]
    grown = [
        (
            join([text(cluster.title), Html("<br>"), tag("small", tag("code", cluster.id))]),
            f"{cluster.duplicates:,}",
            _example(cluster.example),
        )
        for cluster in losses.clusters
    ]
    return section(
        "Flagged by the guard",
        table(["Source", "#Records", "Lost", "Of these", "Such as"], lost) if lost else "",
        _more(losses.sources_in_all, len(lost), None),
        table(["Document", "#Collapsed into it", "Such as"], grown) if grown else "",
        _more(losses.clusters_in_all, len(grown), None),
        note=f"Sources that lost more than {percent(limits['source_loss'])} of their records in this run, and "
        f"documents that more than {limits['cluster_size']:,} were collapsed into. Whether that is right only you can "
        "tell: winnow explain CLEAN ID says why of each. [guard] in the configuration sets the limits.",
    )


def _example(record: RecordEntry) -> Html:
    place = join([_place(record.file_path, record.record), " ", tag("code", record.id)])
    return join([text(record.title), Html("<br>"), tag("small", place)])


def _cuts(manifest: Manifest, rows: Rows) -> Html:
    found = cuts_by_kind(rows, _TEXTS)
    if not found:
        return section("What was cut", tag("p", "Nothing was cut from any text."))
    most = max(cut.spans for cut in found.values())
    kinds = [
        tag(
            "div",
            tag(
                "div",
                tag("h3", kind),
                tag("p", meter(cut.spans / most, _spans(cut), "cut")),
            ),
            tag(
                "ol",
                *(
                    tag("li", tag("span", f"{count:,} ×", class_="count"), text(shown or "(white space)"))
                    for shown, count in cut.texts
                ),
            ),
            class_="kind",
        )
        for kind, cut in found.items()
    ]
    return section(
        "What was cut",
        *kinds,
        note=f"{sum(manifest.counts.removals_by_kind.values()):,} spans, by what they were, with the texts cut most "
        "often. Each span stands in the table removals, and putting them back restores the text.",
    )


def _spans(cut: KindCut) -> Html:
    return join([tag("b", f"{cut.spans:,}"), " ", tag("small", f"{cut.chars:,} characters" if cut.chars else "masked")])


def _duplicates(manifest: Manifest, rows: Rows, texts: Rows | None) -> Html:
    counts = manifest.counts
    if not counts.duplicates:
        return section("Duplicates", tag("p", "No document is a copy of another."))
    tones = {"exact": "copy", "near": "copy-2", "contained": "copy-3"}
    relations = [(name, counts.duplicates_by_relation.get(name, 0), tone) for name, tone in tones.items()]
    clusters = largest_clusters(rows, _CLUSTERS, _COPIES, texts)
    return section(
        "Duplicates",
        stacked(relations),
        tag("h3", "Largest clusters" if len(clusters) > 1 else "The cluster"),
        *(_cluster(cluster) for cluster in clusters),
        note="exact: the same text but for case, quotes and white space. near: most word sequences are shared. "
        "contained: one text is mostly inside the other. Each copy was compared with the document that stands for it.",
    )


def _cluster(cluster: Cluster) -> Html:
    kept = cluster.kept
    title = text(kept.title) if kept else text("A document of an earlier run")
    more = cluster.size - len(cluster.copies)
    copies = table(
        ["Copy", "Site", "Where", "Relation", "#Similarity"],
        [
            (
                text(copy.headline.title),
                text(copy.headline.domain or "–", "site"),
                _where(copy.headline),
                copy.relation,
                f"{copy.similarity:.3f}",
            )
            for copy in cluster.copies
        ],
    )
    badge = tag("span", f"{cluster.size:,} {'copy' if cluster.size == 1 else 'copies'}", class_="badge copy")
    place = join([_where(kept), " · ", text(kept.domain)] if kept and kept.domain else [_where(kept)] if kept else [])
    return tag(
        "div",
        tag("h3", title, badge),
        tag("p", tag("code", cluster.id), " · " if place else "", place, class_="soft"),
        copies,
        tag("p", f"and {more:,} more", class_="soft") if more else "",
        class_="cluster",
    )


def _superseded(manifest: Manifest, rows: Rows, texts: Rows | None) -> Html:
    total = manifest.counts.superseded
    if not total:
        return Html("")
    found = list(islice(_rows(rows, "superseded", ["id", "superseded_by", "similarity"]), _ROWS))
    named = headlines(rows, {row[key] for row in found for key in ("id", "superseded_by")}, texts)
    return section(
        "Superseded",
        table(
            ["Earlier document", "Fuller document", "#Share of it contained"],
            [
                (_named(row["id"], named), _named(row["superseded_by"], named), f"{row['similarity']:.3f}")
                for row in found
            ],
        ),
        _more(total, len(found), "superseded"),
        note="A later document contains the earlier one and adds to it. Both are kept; the corpus of today leaves the "
        "earlier one out.",
    )


def _turned_away(manifest: Manifest, rows: Rows) -> Html:
    by_reason = manifest.counts.rejected_by_reason
    if not by_reason:
        return Html("")
    found = list(islice(_rows(rows, "rejections", ["reason", "detail", "file_path", "record"]), _ROWS))
    return section(
        "Rejected",
        _reasons(by_reason, REJECTION_REASONS, "warn"),
        tag("h3", "Which"),
        table(
            ["Where", "Reason", "What was found"],
            [
                (
                    _place(row["file_path"], row["record"]),
                    tag("span", row["reason"], class_="nb"),
                    text(shorten(row["detail"])),
                )
                for row in found
            ],
        ),
        _more(manifest.counts.rejected, len(found), "rejections"),
    )


def _quarantine(manifest: Manifest, rows: Rows) -> Html:
    by_reason = manifest.counts.quarantined_by_reason
    if not by_reason:
        return Html("")
    found = list(islice(_rows(rows, "quarantine", ["reason", "detail", "file_path", "record"]), _ROWS))
    return section(
        "Quarantined",
        _reasons(by_reason, QUARANTINE_REASONS, "bad"),
        tag("h3", "Which"),
        table(
            ["Where", "Reason", "What is wrong"],
            [
                (
                    _place(row["file_path"], row["record"]),
                    tag("span", row["reason"], class_="nb"),
                    text(shorten(row["detail"])),
                )
                for row in found
            ],
        ),
        _more(manifest.counts.quarantined, len(found), "quarantine"),
        note="These records could not be read. Mend them in the raw files, and the next run takes them up.",
    )


def _reasons(by_reason: dict[str, int], meanings: dict[str, str], tone: str) -> Html:
    most = max(by_reason.values())
    ordered = sorted(by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    return table(
        ["Reason", "Records", "Meaning"],
        [
            (tag("span", name, class_="nb"), meter(count / most, f"{count:,}", tone), meanings.get(name, ""))
            for name, count in ordered
        ],
    )


def _sites(rows: Rows) -> Html:
    found = sites(rows)
    if not found:
        return Html("")
    return section(
        "Sites",
        table(
            ["Site", "#Records", "#Documents", "#Duplicates", "Share duplicate", "Share of text cut"],
            [_site(site) for site in found[:_ROWS]],
        ),
        _more(len(found), min(len(found), _ROWS), None),
    )


def _site(site: Site) -> Sequence[object]:
    return (
        text(site.domain or "(no URL)", "site"),
        f"{site.records:,}",
        f"{site.documents:,}",
        f"{site.duplicates:,}",
        meter(site.duplicate_share, percent(site.duplicate_share), "copy"),
        meter(site.cut_share, percent(site.cut_share), "cut"),
    )


def _languages(rows: Rows) -> Html:
    found = languages(rows)
    if not found:
        return Html("")
    total = sum(count for _, count in found)
    return section(
        "Languages",
        table(
            ["Language", "#Documents", "Share"],
            [
                (text(name or "(unknown)"), f"{count:,}", meter(count / total, percent(count / total)))
                for name, count in found[:_ROWS]
            ],
        ),
        _more(len(found), min(len(found), _ROWS), None),
    )


def _run(manifest: Manifest) -> Html:
    steps = {name: spent for name, spent in manifest.seconds.items() if "." not in name}
    within = {name: spent for name, spent in manifest.seconds.items() if "." in name}
    longest = max(manifest.seconds.values(), default=0.0) or 1.0
    workers = f"{manifest.workers} worker{_s(manifest.workers)}"
    times = [
        (name, meter(spent / longest, f"{spent:.2f} s", tone))
        for part, tone in ((steps, "main"), (within, "copy"))
        for name, spent in part.items()
    ]
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    return section(
        "The run itself",
        table(["Step", "Time"], times),
        tag("h3", "Files written"),
        table(
            ["File", "#Rows", "#Size", "SHA-256"],
            [
                (
                    tag("code", entry.path),
                    "–" if entry.rows is None else f"{entry.rows:,}",
                    size(entry.size),
                    tag("code", f"{entry.sha256[:16]}…", title=entry.sha256),
                )
                for entry in manifest.files[:_ROWS]
            ],
        ),
        _more(len(manifest.files), min(len(manifest.files), _ROWS), None),
        tag("h3", "Made with"),
        tag("p", f"Configuration {manifest.config_hash}; {versions}.", class_="soft"),
        note=f"{workers}. Steps named clean.… are processor time over all workers; the others are time on the clock.",
    )


def _footer(manifest: Manifest) -> Html:
    return tag(
        "footer",
        tag("p", "Why a text looks as it does, or why it is not there: ", tag("code", "winnow explain CLEAN ID"), "."),
        tag("p", "Who ran a story, and who was first: ", tag("code", "winnow carriers CLEAN ID"), "."),
        tag("p", f"manifest.json beside this page tells programs the same. Schema version {manifest.schema_version}."),
    )


def _rows(rows: Rows, name: str, columns: Sequence[str]) -> Any:
    return (row for batch in rows.batches(name, columns) for row in batch.to_pylist())


def _named(identity: str, named: dict[str, Headline]) -> Html:
    headline = named.get(identity)
    told = text(headline.title) if headline else text("of an earlier run")
    return join([told, Html("<br>"), tag("small", tag("code", identity))])


def _where(headline: Headline) -> Html:
    return _place(headline.file_path, headline.record)


def _place(file_path: str, record: int) -> Html:
    return join([text(file_path), ", ", tag("span", f"record {record}", class_="soft nb")])


def _more(total: int, shown: int, name: str | None) -> Html:
    if total <= shown:
        return Html("")
    where = f"; all stand in the table {name}" if name else ""
    return tag("p", f"and {total - shown:,} more{where}", class_="soft")


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%d %B %Y, %H:%M:%S UTC").lstrip("0")


def _took(manifest: Manifest) -> str:
    spent = (datetime.fromisoformat(manifest.finished) - datetime.fromisoformat(manifest.started)).total_seconds()
    minutes, seconds = divmod(round(spent), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s" if seconds else "less than a second"
