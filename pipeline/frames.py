"""pandas in, pandas out: clean a frame in memory, by the same stages as a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schemas
from pipeline.batch import STAGED, Item, clean_batch, marks_of_table, record_id
from pipeline.config import Config, MatchConfig, ReadConfig
from pipeline.errors import Refused, Unreadable
from pipeline.mask.key import sealer, with_key
from pipeline.match.candidates import Candidates
from pipeline.read.fields import Fields, canonical_json
from pipeline.read.pieces import sha256_of
from pipeline.recut import Task, recut_batch
from pipeline.run.learn import Lessons, by_site
from pipeline.run.rows import Carriers, as_documents, as_duplicates, as_refused, as_superseded, copies_of, named
from pipeline.run.texts import ColumnTexts, Texts
from pipeline.select.arrivals import Arrivals
from pipeline.strip.reasons import check_rules
from pipeline.values import Place, Quarantined, RawRecord

if TYPE_CHECKING:
    import pandas as pd

_URL = "url"

_FRAME = "frame"
"""Stands for the path of the file, which a frame has not."""


@dataclass(frozen=True, slots=True)
class CleanedFrames:
    """What came of a frame, in order of arrival. Each row's label is that of the row it came from.

    Columns are those of the corpus's tables (`pipeline.schemas`) but for the run's id; `record` is the row's position,
    and `file_path` is "frame". Every row of the frame stands in exactly one of documents, duplicates, rejections and
    quarantine.
    """

    documents: pd.DataFrame
    duplicates: pd.DataFrame
    superseded: pd.DataFrame
    refused: pd.DataFrame
    removals: pd.DataFrame
    rejections: pd.DataFrame
    quarantine: pd.DataFrame


def clean_frame(
    frame: pd.DataFrame,
    *,
    text_column: str = "text",
    html_column: str | None = None,
    url_column: str | None = _URL,
    id_column: str | None = None,
    config: Config | None = None,
) -> CleanedFrames:
    """Clean a pandas frame in memory. Use `clean_folder` for what does not fit there.

    Args:
        frame: one record a row; it is left as it is. Columns with the names that `read` in the configuration knows give
            titles, dates, authors and the like.
        text_column: holds texts that were already extracted. It may be missing where `html_column` is named.
        html_column: holds pages; where a row has both, the page is taken.
        url_column: holds URLs. A frame without a column of the default name has none.
        id_column: holds the records' own ids, which become `source_id`.
        config: the configuration; None for the defaults.

    Raises:
        ConfigError: a rule that the configuration disables is not there, or the key of `privacy` is missing.
        Refused: a column that is named is missing; the text names the columns that are there.
    """
    config = with_key(config or Config())
    check_rules(config.strip)
    chosen = _chosen(frame, text_column, html_column, url_column, id_column)
    items = list(_items(frame, chosen, config.read))
    if seal := sealer(config.privacy):
        items = [item._replace(sha256=seal(item.sha256)) for item in items]
    batches = [
        clean_batch(items[start : start + config.run.batch_records], config).tables
        for start in range(0, max(1, len(items)), config.run.batch_records)
    ]
    batches = _without_template(batches, config)
    whole = {name: pa.concat_tables([batch[name] for batch in batches]) for name in STAGED}
    positions = {record_id(item.place, item.sha256): item.place.record for item in items}

    def labelled(table: pa.Table, schema: pa.Schema) -> pd.DataFrame:
        data: pd.DataFrame = table.select(schema.names).cast(schema).to_pandas()
        data.index = frame.index.take([positions[identity] for identity in data["id"]])
        return data

    settled = _settle(whole.pop("cleaned"), config.match)
    return CleanedFrames(
        **{
            name: labelled(table, schemas.without_run(schemas.TABLES[name]))
            for name, table in (settled | whole).items()
        }
    )


def _without_template(batches: list[dict[str, pa.Table]], config: Config) -> list[dict[str, pa.Table]]:
    """Learn what the frame's sites repeat, and cut it."""
    if not (config.sites.enabled and config.sites.learn):
        return batches
    lessons: dict[str, Lessons] = {}
    for batch in batches:
        for site, pages in by_site([batch["cleaned"]], pc.unique(batch["cleaned"]["site"])):
            lessons.setdefault(site, Lessons(config.sites, [], {})).arrive(pages)
    for lesson in lessons.values():
        lesson.end()
    templates = {site: lesson.known for site, lesson in lessons.items() if lesson.known}
    return [recut_batch(Task(batch, templates), config)[0] for batch in batches]


def _settle(cleaned: pa.Table, config: MatchConfig) -> dict[str, pa.Table]:
    """Decide on each cleaned row, and share the rows out."""
    ids: list[Any] = cleaned["id"].to_pylist()
    candidates = Candidates(lambda: (), lambda: [marks_of_table(cleaned)], 0, len(ids), config)
    arrivals = Arrivals(config, candidates, Texts((), map(ColumnTexts, cleaned["text"].chunks)), 0)
    told = arrivals.choose_all(len(ids))
    copies = copies_of(told, 0, len(ids))
    of = named(ids, copies)
    documents = as_documents(cleaned, of, Carriers(copies, cleaned["source_domain"].chunks, 0), 0)
    if not config.keep_duplicates:
        documents = documents.filter(pc.is_null(documents["duplicate_of"]))
    return {
        "documents": documents,
        "duplicates": as_duplicates(cleaned, of, told.copies[:]),
        "superseded": pa.table(as_superseded(ids, told.fuller[:]), schemas.without_run(schemas.SUPERSEDED)),
        "refused": pa.table(as_refused(ids, told.refused[:]), schemas.without_run(schemas.REFUSED)),
    }


def _chosen(frame: pd.DataFrame, text: str, html: str | None, url: str | None, identity: str | None) -> dict[str, str]:
    """Give the column of each kind of content; a missing one is refused unless it is a default."""
    there = [str(name) for name in frame.columns if isinstance(name, str)]
    if url == _URL and url not in there:
        url = None
    wanted = {"text": text, "html": html, "url": url, "id": identity}
    if html is not None and text not in there:
        del wanted["text"]
    missing = [name for name in wanted.values() if name is not None and name not in there]
    if missing:
        told = ", ".join(map(repr, missing))
        raise Refused(
            f"the frame has no column {told}; it has {', '.join(map(repr, there)) or 'none'}. Name the right one with "
            "text_column, html_column, url_column or id_column."
        )
    twice = sorted({name for name in wanted.values() if name is not None and there.count(name) > 1})
    if twice:
        raise Refused(f"the frame has several columns {twice[0]!r}. Rename all but one.")
    return {kind: name for kind, name in wanted.items() if name is not None}


def _items(frame: pd.DataFrame, chosen: dict[str, str], config: ReadConfig) -> Iterator[Item]:
    known = {
        name.lower()
        for names in (
            config.title_fields,
            config.date_fields,
            config.author_fields,
            config.language_fields,
            config.site_fields,
            config.category_fields,
        )
        for name in names
    }
    # Of columns with one name none can be told to be meant.
    several = set(frame.columns[frame.columns.duplicated()])
    others = [name for name in frame.columns if str(name).lower() in known and name not in several]
    columns = {kind: frame[name] for kind, name in chosen.items()}
    columns |= {name: frame[name] for name in others if name not in chosen.values()}
    # The chosen columns go by these names, whatever the frame calls them, so none is taken by its name alone.
    fields = Fields(
        config.model_copy(
            update={"text_fields": ("text",), "html_fields": ("html",), "url_fields": ("url",), "id_fields": ("id",)}
        )
    )
    for record, values in enumerate(zip(*columns.values(), strict=True)):
        row = {name: _plain(value) for name, value in zip(columns, values, strict=True)}
        yield _item(Place(_FRAME, record), row, fields, config.max_record_bytes)


def _item(place: Place, row: dict[str, Any], fields: Fields, limit: int) -> Item:
    canonical = canonical_json(row)
    sha256 = sha256_of(canonical)
    if len(canonical) > limit:
        detail = (
            f"row {place.record} has {len(canonical):,} bytes, at most {limit:,} are allowed (read.max_record_bytes)"
        )
        return Quarantined(place, "too-large", detail, len(canonical), sha256)
    try:
        read = fields.read(row)
    except Unreadable as error:
        return Quarantined(place, error.reason, f"row {place.record}: {error.detail}", len(canonical), sha256)
    return RawRecord(place, read.media, read.media, read.content, sha256, given=read.given)


def _plain(value: Any) -> Any:
    """Give a cell as plain Python, None where pandas holds nothing."""
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value
