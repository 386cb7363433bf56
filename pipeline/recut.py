"""A batch of staged records → the same without the template of their sites. Handed to a worker as `clean_batch` is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline.batch import STAGED, parted, removals_table, signed_columns, text_columns
from pipeline.config import Config
from pipeline.cuts import Cut, apply_cuts, read_removals, restore
from pipeline.documents import Documents
from pipeline.filter.filters import reject
from pipeline.record import detect
from pipeline.sign.batch import sign_batch
from pipeline.sign.texts import packed
from pipeline.sites.cut import holds_any, template_cuts
from pipeline.sites.sketch import block_at, keys_of
from pipeline.sites.template import Templates
from pipeline.strip.learned import RULE as LEARNED
from pipeline.values import Document, Metadata, Removal

# Where less than this was cut, the language is still the same.
_OTHER_TEXT = 0.2
# Of a template's text so much is kept to show.
_SHOWN = 500

Texts = dict[tuple[str, int], str]
"""Text of templates, by their site and key."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know."""

    tables: dict[str, pa.Table]
    """The batch, one table for each name in `STAGED`."""
    templates: Mapping[str, Templates]
    """Of the sites of the batch."""
    wanted: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By site, the keys of templates whose text is wanted."""


def recut_batch(task: Task, config: Config) -> tuple[dict[str, pa.Table], Texts]:
    """Cut the template out of a batch's documents, and sign and filter them anew.

    Returns:
        The tables, rows in the order of the records, and the text of each wanted template that stands in the batch.
    """
    texts: Texts = {}
    changed: dict[str, Document] = {}
    rows: list[dict[str, Any]] = []
    cleaned = task.tables["cleaned"]
    removals: dict[str, list[dict[str, Any]]] | None = None
    # The columns that tell which rows to look at are read alone: texts are long, and most rows stay.
    sites, blocks, spans = (cleaned[name] for name in ("site", "blocks", "spans"))
    for number in range(cleaned.num_rows):
        site = sites[number].as_py()
        templates = task.templates.get(site)
        if not templates or not holds_any(blocks[number].as_py(), templates.keys()):
            continue
        cuts = template_cuts(blocks[number].as_py(), spans[number].as_py(), templates)
        wanted = task.wanted.get(site, frozenset()) - {key for at, key in texts if at == site}
        wanted &= keys_of(blocks[number].as_py())
        if not (cuts or wanted):
            continue
        row = cleaned.slice(number, 1).to_pylist()[0]
        if removals is None:
            removals = _removals_by_id(task.tables["removals"])
        mine, masks = read_removals(removals.get(row["id"], ()))
        before = restore(row["text"], mine)
        for key in sorted(wanted):
            start, end = block_at(row["blocks"], row["spans"], key)
            texts[site, key] = shown(before, start, end)
        document = _cut(row, before, mine, cuts, config)
        if document is not None:
            changed[row["id"]] = document._replace(masks=tuple(masks))
            rows.append(row)
    if not changed:
        return task.tables, texts
    return _joined(task.tables, changed, rows, config), texts


def shown(before: str, start: int, end: int) -> str:
    """Give a block as `site_templates` shows it."""
    return before[start : min(end, start + _SHOWN)]


def wanted_cuts(cuts: Sequence[Cut], config: Config) -> list[Cut]:
    """Take the cuts that the configuration does not switch off."""
    return [cut for cut in cuts if cut.kind not in config.strip.keep and cut.rule not in config.strip.disabled_rules]


def _cut(
    row: dict[str, Any], before: str, removals: Sequence[Removal], cuts: Sequence[Cut], config: Config
) -> Document | None:
    """Cut template out of a document; None where that changes nothing."""
    cuts = wanted_cuts(cuts, config)
    if not cuts:
        return None
    text, now = cut_beside(before, removals, cuts)
    language, score = row["language"], row["language_score"]
    if len(text) < (1 - _OTHER_TEXT) * len(row["text"]):
        ((language, score),) = detect([text], [language])
    return Document(
        text=text,
        before=before,
        metadata=Metadata(),
        language=language,
        language_score=score,
        encoding=row["encoding"],
        extractor=row["extractor"],
        removals=now,
    )


def cut_beside(before: str, removals: Sequence[Removal], cuts: Sequence[Cut]) -> tuple[str, tuple[Removal, ...]]:
    """Cut out of a text, beside what was cut already; gives the text and all removals, as `apply_cuts`."""
    earlier = [Cut(one.start, one.end, one.rule, one.kind, one.score, one.weighed) for one in removals]
    # That a site repeats it is the surer reason.
    told = [cut for cut in earlier if cut.rule != LEARNED]
    guessed = [cut for cut in earlier if cut.rule == LEARNED]
    return apply_cuts(before, [*told, *cuts, *guessed])


def _removals_by_id(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    removals: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        removals.setdefault(row["id"], []).append(row)
    return removals


def _joined(
    tables: dict[str, pa.Table], changed: Mapping[str, Document], rows: Sequence[dict[str, Any]], config: Config
) -> dict[str, pa.Table]:
    """Put changed documents, given by their ids and with their old rows, in the place of the old, all in order."""
    order: dict[str, tuple[bytes, int]] = {}
    for name in ("cleaned", "rejections"):
        columns = (tables[name][column].to_pylist() for column in ("id", "file_path", "record"))
        for identity, path, record in zip(*columns, strict=True):
            order[identity] = (path.encode("utf-8", "surrogatepass"), record)
    documents = list(changed.values())
    data = packed([document.text for document in documents])
    signed = sign_batch(data, config.match)
    changes = {
        **{name: [row[name] for row in rows] for name in STAGED["cleaned"].names},
        "language": [document.language for document in documents],
        "language_score": [document.language_score for document in documents],
        **text_columns(data, signed),
        **signed_columns(signed, [row["url"] for row in rows], [row["source_domain"] for row in rows], config.match),
    }
    rejections = [
        reject(document, tokens, True, config.filter)
        for document, tokens in zip(documents, signed.tokens.tolist(), strict=True)
    ]
    kept, rejected = parted(pa.Table.from_pydict(changes, schema=STAGED["cleaned"]), rejections)
    removals = removals_table(pa.array(changed, pa.string()), Documents.of(documents))
    new = {"cleaned": kept, "removals": removals, "rejections": rejected}
    joined = dict(tables)
    for name, added in new.items():
        whole = pa.concat_tables([tables[name], added])
        ids = whole["id"].to_pylist()
        old = tables[name].num_rows
        left = [at for at, identity in enumerate(ids) if at >= old or identity not in changed]
        joined[name] = whole.take(pa.array(sorted(left, key=lambda at: order[ids[at]]), pa.int64()))
    return joined
