"""An explanation in plain text. What was cut stands in the text between ⟦ and ⟧."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from pipeline.inspect.plain import one_line, plain
from pipeline.store.figures import shorten

if TYPE_CHECKING:
    from pipeline.inspect.difference import Difference
    from pipeline.inspect.explain import Explanation, FirstSeen, Linked

_FATES = {
    "document": "a document: it is in the corpus",
    "duplicate": "a duplicate: another document stands for it",
    "rejected": "rejected: a filter turned it away",
    "quarantined": "quarantined: it could not be read",
}
_WIDTH = 100


def told_explanation(explanation: Explanation) -> str:
    """Give the lines of an explanation."""
    parts = [
        _head(explanation),
        _fate(explanation),
        _cuts(explanation),
        _masks(explanation),
        _text(explanation),
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _head(explanation: Explanation) -> Iterator[str]:
    place, metadata, provenance = explanation.place, explanation.metadata, explanation.provenance
    superseded = explanation.fate == "document" and explanation.superseded_by
    fate = "a document, superseded by a fuller one" if superseded else _FATES[explanation.fate]
    yield f"{explanation.id} is {fate}."
    member = f", {place['member']}" if place["member"] else ""
    offset = f" (byte {place['byte_offset']:,})" if place["byte_offset"] is not None else ""
    yield from _fact("where", f"{place['file_path']}{member}, record {place['record']}{offset}")
    yield from _fact("run", provenance["run_id"])
    yield from _fact("source id", provenance.get("source_id"))
    for name in ("title", "url", "date", "site_name", "category"):
        yield from _fact(name.replace("_", " "), metadata.get(name))
    yield from _fact("authors", ", ".join(metadata.get("authors") or ()))
    if metadata.get("language"):
        score = metadata["language_score"]
        yield from _fact("language", metadata["language"] + (f" ({score:.2f})" if score is not None else ""))


def _fate(explanation: Explanation) -> list[str]:
    lines: list[str] = []
    if explanation.reason:
        meaning = f": {explanation.meaning}" if explanation.meaning else ""
        lines += [f"Reason {explanation.reason}{meaning}.", *_fact("found", explanation.detail)]
    if explanation.duplicate_of:
        kept = explanation.duplicate_of
        lines += [f"Duplicate ({kept.relation}, similarity {kept.similarity:.3f}) of", *_linked(kept)]
    if explanation.difference:
        lines += _difference(explanation.difference)
    lines += _versions(explanation)
    if explanation.first_seen and explanation.first_seen.carriers > 1:
        lines += _first_seen(explanation.first_seen)
    if explanation.copies:
        count = explanation.copies_in_all
        lines.append(f"Stands for {count:,} {'copy' if count == 1 else 'copies'}:")
        for copy in explanation.copies:
            lines += _linked(copy, f"{copy.relation} {copy.similarity:.3f}  ")
        if count > len(explanation.copies):
            lines.append(f"  and {count - len(explanation.copies):,} more")
    return lines


def _versions(explanation: Explanation) -> list[str]:
    lines: list[str] = []
    if explanation.superseded_by:
        who = "That document is superseded" if explanation.fate == "duplicate" else "Superseded"
        by = explanation.superseded_by
        if by.relation == "update":
            lines += [f"{who} by a later version of the page (Jaccard similarity {by.similarity:.3f}):"]
        else:
            lines += [f"{who} by a fuller version, which holds {by.similarity:.3f} of it:"]
        lines += _linked(by)
    for earlier in explanation.supersedes:
        if earlier.relation == "update":
            told = f"Supersedes an earlier version of the page (Jaccard similarity {earlier.similarity:.3f}):"
        else:
            told = f"Supersedes an earlier document, {earlier.similarity:.3f} of which stands in it:"
        lines += [told, *_linked(earlier)]
    if explanation.apart:
        lines.append("Came close to, and was kept apart from:")
        for other in explanation.apart:
            lines += _linked(other, f"{other.relation}, {other.similarity:.3f} alike  ")
    return lines


def _first_seen(first: FirstSeen) -> Iterator[str]:
    sites = f" on {first.sites:,} site{'' if first.sites == 1 else 's'}" if first.sites else ""
    when = f"first seen {first.date}" if first.date else "first to arrive, no date being known"
    yield f"The story was run by {first.carriers:,} records{sites}; {one_line(when)}:"
    site = f"{first.source_domain}, " if first.source_domain else ""
    yield f"  {first.id}  " + one_line(f"{site}{first.file_path}, record {first.record}")


def _difference(found: Difference) -> Iterator[str]:
    yield (
        f"  {found.shingles_shared:,} shingles are in both, {found.shingles_kept_only:,} only in that document, "
        f"{found.shingles_copy_only:,} only here"
    )
    yield f"  Jaccard similarity {found.jaccard:.3f}; {found.copy_in_kept:.3f} of this one stands in that one"
    if found.hunks:
        yield "  Where the words differ (- that document, + this one):"
    for hunk in found.hunks:
        yield f"    … {one_line(hunk.after)}" if hunk.after else "    at the beginning"
        if hunk.kept:
            yield f"      - {one_line(hunk.kept)}"
        if hunk.copy:
            yield f"      + {one_line(hunk.copy)}"
    if not found.complete:
        yield "    … and more"


def _cuts(explanation: Explanation) -> list[str]:
    if explanation.fate == "quarantined":
        return []
    before = explanation.figures["chars_before"]
    if not explanation.cuts:
        return [f"Nothing was cut from its {before:,} characters."]
    cut = sum(span.end - span.start for span in explanation.cuts)
    count = len(explanation.cuts)
    lines = [f"{count:,} {'span was' if count == 1 else 'spans were'} cut, {cut:,} of {before:,} characters:"]
    for number, span in enumerate(explanation.cuts, start=1):
        score = f", score {span.score:.2f}" if span.score is not None else ""
        lines.append(f"  {number}. {span.kind}, by {one_line(span.rule)}, characters {span.start}-{span.end}{score}")
        lines.append(f"     “{one_line(shorten(span.text))}”")
        lines += wrap(
            f"why: {span.why or 'a rule that this version does not know'}", _WIDTH, initial_indent=" " * 5,
            subsequent_indent=" " * 10,
        )  # fmt: skip
        if span.weighed:
            lines += wrap(f"weighed most: {span.weighed}", _WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 10)
    return lines


def _masks(explanation: Explanation) -> list[str]:
    count = len(explanation.masks)
    if not count:
        return []
    lines = [
        f"{count:,} {'span is' if count == 1 else 'spans are'} masked, by a placeholder in the text before cutting:"
    ]
    lines += [
        f"  {mask.kind}, characters {mask.start}-{mask.end}: {one_line(shorten(mask.told))}"
        for mask in explanation.masks
    ]
    return lines


def _text(explanation: Explanation) -> list[str]:
    if not explanation.pieces:
        return []
    marked = "".join(
        piece.text if piece.cut is None else _marked(piece.text, piece.cut + 1) for piece in explanation.pieces
    )
    head = "The text, what was cut between ⟦ and ⟧:" if explanation.cuts else "The text:"
    return [head, "", *plain(marked).split("\n")]


def _marked(text: str, number: int) -> str:
    """Mark what was cut, leaving the white space at its ends outside so that lines stay lines."""
    core = text.strip()
    begin = text.index(core) if core else len(text)
    return f"{text[:begin]}⟦{number}: {core}⟧{text[begin + len(core) :]}"


def _linked(linked: Linked, before: str = "") -> Iterator[str]:
    yield f"  {before}{linked.id}  {one_line(linked.title)}"
    site = f"{linked.source_domain}, " if linked.source_domain else ""
    yield "      " + one_line(f"{site}{linked.file_path}, record {linked.record}")


def _fact(name: str, value: str | None) -> Iterator[str]:
    if value:
        yield f"  {name:10} {one_line(value)}"
