"""Explain: what became of one record, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pipeline.config import parse_config
from pipeline.cuts import read_removals, restore
from pipeline.errors import Damaged
from pipeline.filter.filters import REJECTION_REASONS
from pipeline.inspect.carriers import story_of
from pipeline.inspect.difference import Difference, difference
from pipeline.inspect.lookup import Spot, look_up, read_row, rows_where
from pipeline.inspect.pieces import Piece, pieces_of
from pipeline.sites.cut import RULES
from pipeline.sites.sketch import key_of_text
from pipeline.sites.template import site_of
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.figures import shorten
from pipeline.store.sites import known_templates
from pipeline.strip.reasons import why
from pipeline.values import QUARANTINE_REASONS, Mask, Removal

Fate = Literal["document", "duplicate", "rejected", "quarantined"]

_FATES: dict[str, Fate] = {
    "documents": "document",
    "duplicates": "duplicate",
    "rejections": "rejected",
    "quarantine": "quarantined",
}
_PLACE = ("file_path", "member", "record", "byte_offset")
_METADATA = ("title", "url", "date", "authors", "language", "language_score", "source_domain", "site_name", "category")
_PROVENANCE = (
    "source_id",
    "format",
    "media",
    "encoding",
    "source_sha256",
    "before_sha256",
    "text_sha256",
    "extractor",
    "pipeline_version",
    "config_hash",
    "run_id",
    "bytes_read",
)
_FIGURES = ("chars_before", "chars_after", "tokens", "ended_share", "digit_share", "repeated_share")
_COPIES = 20


@dataclass(frozen=True, slots=True)
class CutSpan:
    """A span that was cut. Offsets are in characters of the text before cutting."""

    rule: str
    kind: str
    why: str | None
    """Why the rule exists, or on how many stories of its site the block stood; None where this version does not know
    the rule."""
    start: int
    end: int
    text: str
    score: float | None
    """How sure a model was, where one decided."""
    weighed: str | None = None
    """What weighed most with it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another record that this one is bound to."""

    id: str
    title: str
    source_domain: str | None
    file_path: str
    record: int
    relation: str
    similarity: float


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """Who ran a story first, of all that the document of today stands for, over all runs."""

    date: str | None
    """The earliest date; None where no date is known, and it is the record that arrived first."""
    id: str
    source_domain: str | None
    url: str | None
    file_path: str
    record: int
    carriers: int
    """Records that ran the story, this one and the document of today among them."""
    sites: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a record. Mappings hold the columns of its row, by name."""

    id: str
    fate: Fate
    place: dict[str, Any]
    metadata: dict[str, Any]
    provenance: dict[str, Any]
    figures: dict[str, Any]
    reason: str | None = None
    """Why it was rejected or quarantined: a stable name."""
    meaning: str | None = None
    """What the name stands for."""
    detail: str | None = None
    """What was found in this record."""
    cuts: tuple[CutSpan, ...] = ()
    """In the order of the text."""
    masks: tuple[Mask, ...] = ()
    """What is masked, in the order of the text before cutting."""
    pieces: tuple[Piece, ...] = ()
    """Together the text before cutting; without the cut ones, the text."""
    duplicate_of: Linked | None = None
    difference: Difference | None = None
    """How it differs from the document that it is a duplicate of."""
    superseded_by: Linked | None = None
    supersedes: tuple[Linked, ...] = ()
    copies: tuple[Linked, ...] = ()
    """The first of the duplicates that it stands for, over all runs."""
    copies_in_all: int = 0
    apart: tuple[Linked, ...] = ()
    """Documents that it came close to and was not merged with; their relation is the guard that spoke against it."""
    first_seen: FirstSeen | None = None
    """Of a document or a duplicate: who ran the story first."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain mappings, lists and values, for JSON."""
        return asdict(self)


def explain(corpus: Corpus | str | Path, name: str) -> Explanation:
    """Say what became of a record.

    Args:
        corpus: a corpus, or its folder.
        name: its id or the beginning of it (4 digits or more), its place as `file_path:record`, the id that it has at
            its source, or its URL.

    Raises:
        Refused: no record has the name, or several have.
        NotACorpus: the folder holds no corpus.
        Damaged: a file of the corpus cannot be read, or the removals do not fit the text.
    """
    corpus = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    spot = look_up(corpus, name)
    row = read_row(spot)
    fate = _FATES[spot.table]
    told: dict[str, Any] = {
        "id": row["id"],
        "fate": fate,
        "place": _columns(row, _PLACE),
        "metadata": _columns(row, _METADATA),
        "provenance": _columns(row, _PROVENANCE),
        "figures": _columns(row, _FIGURES),
    }
    if fate != "quarantined":
        told |= _cut(corpus, spot, row)
    if fate in ("rejected", "quarantined"):
        meanings = REJECTION_REASONS if fate == "rejected" else QUARANTINE_REASONS
        told |= {"reason": row["reason"], "meaning": meanings.get(row["reason"]), "detail": row["detail"]}
    if fate == "duplicate":
        told |= _stood_for(corpus, row)
    if fate == "document":
        told |= _bound(corpus, row["id"])
    if fate in ("document", "duplicate"):
        told["first_seen"] = _first_seen(corpus, row["id"])
    return Explanation(**told)


def _columns(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _cut(corpus: Corpus, spot: Spot, row: dict[str, Any]) -> dict[str, Any]:
    found = sorted(rows_where(corpus, "removals", "id", row["id"], run_id=row["run_id"]), key=lambda cut: cut["start"])
    removals, masks = read_removals(found)
    try:
        before = restore(row["text"], removals)
    except ValueError as error:
        raise Damaged(f"{spot.path}: {row['id']}: {error}. `winnow check` tells what else is damaged.") from error
    reasons = _reasons(corpus, row, removals)
    cuts = tuple(
        CutSpan(
            one.rule,
            one.kind,
            reasons.get(one.start) or why(one.rule),
            one.start,
            one.end,
            one.text,
            one.score,
            one.weighed,
        )
        for one in removals
    )
    return {"cuts": cuts, "masks": tuple(masks), "pieces": pieces_of(before, removals)}


def _reasons(corpus: Corpus, row: dict[str, Any], removals: Iterable[Removal]) -> dict[int, str]:
    """Say of what was cut as template on how many stories it stood, as its run knew: by the start of the span."""
    template = [one for one in removals if one.rule in RULES]
    if not template:
        return {}
    site = site_of(row["source_domain"], row["file_path"], row["member"], row["format"])
    (sequence,) = (one.sequence for one in corpus.manifests if one.run_id == row["run_id"])
    known = known_templates(corpus, [site], sequence + 1).get(site, {})
    told: dict[int, str] = {}
    for one in template:
        found = known.get(key_of_text(one.text))
        if found:
            told[one.start] = f"{why(one.rule)}: on {found.stories:,} of {found.stories_seen:,} stories of {site}"
    return told


def _stood_for(corpus: Corpus, row: dict[str, Any]) -> dict[str, Any]:
    kept = next(rows_where(corpus, "documents", "id", row["duplicate_of"]), None)
    if kept is None:
        raise Damaged(
            f"{corpus.layout}: {row['id']} is a duplicate of {row['duplicate_of']}, which is not in documents. "
            "`winnow check` tells what else is damaged."
        )
    (config,) = (one.config for one in corpus.manifests if one.run_id == row["run_id"])
    return {
        "duplicate_of": _linked(kept, row["relation"], row["similarity"]),
        "difference": difference(kept["text"], row["text"], parse_config(config).match),
        "superseded_by": _superseded_by(corpus, kept["id"]),
    }


def _bound(corpus: Corpus, identity: str) -> dict[str, Any]:
    copies: list[Linked] = []
    count = 0
    columns = ["relation", "similarity", *_LINKED]
    for row in rows_where(corpus, "duplicates", "duplicate_of", identity, columns=columns):
        count += 1
        if len(copies) < _COPIES:
            copies.append(_linked(row, row["relation"], row["similarity"]))
    earlier = [
        linked
        for row in rows_where(corpus, "superseded", "superseded_by", identity)
        if (linked := _document(corpus, row["id"], row)) is not None
    ]
    return {
        "superseded_by": _superseded_by(corpus, identity),
        "supersedes": tuple(earlier),
        "copies": tuple(copies),
        "copies_in_all": count,
        "apart": tuple(islice(_apart(corpus, identity), _COPIES)),
    }


def _apart(corpus: Corpus, identity: str) -> Iterator[Linked]:
    for mine, other in (("id", "other"), ("other", "id")):
        for row in rows_where(corpus, "refused", mine, identity):
            alike = max(row["jaccard"], row["contained"], row["matched"] or 0.0, row["matching"] or 0.0)
            linked = _document(corpus, row[other], {"relation": row["reason"], "similarity": alike})
            if linked is not None:
                yield linked


def _first_seen(corpus: Corpus, identity: str) -> FirstSeen:
    story = story_of(corpus, identity)
    first = story.first_carrier
    return FirstSeen(
        date=story.first_seen,
        id=first.id,
        source_domain=first.source_domain,
        url=first.url,
        file_path=first.file_path,
        record=first.record,
        carriers=len(story.carriers),
        sites=story.sites,
    )


def _superseded_by(corpus: Corpus, identity: str) -> Linked | None:
    row = next(rows_where(corpus, "superseded", "id", identity), None)
    return _document(corpus, row["superseded_by"], row) if row else None


def _document(corpus: Corpus, identity: str, by: dict[str, Any]) -> Linked | None:
    row = next(rows_where(corpus, "documents", "id", identity, columns=_LINKED), None)
    return _linked(row, by["relation"], by["similarity"]) if row else None


_LINKED = ("id", "title", "text", "source_domain", "file_path", "record")


def _linked(row: dict[str, Any], relation: str, similarity: float) -> Linked:
    return Linked(
        id=row["id"],
        title=shorten(row["title"] or row["text"] or "(no text)", 120),
        source_domain=row["source_domain"],
        file_path=row["file_path"],
        record=row["record"],
        relation=relation,
        similarity=similarity,
    )


def render_text(explanation: Explanation) -> str:
    """Say it in plain text, for a terminal or a mail."""
    from pipeline.inspect.told import told_explanation

    return told_explanation(explanation)
