"""The card of a corpus: what its files hold, for people (README.md) and programs (its head, croissant.json).

The card speaks of the format alone, never of what one corpus holds: it is the same text for every corpus of a version.
Sources: the dataset cards of the Hugging Face Hub ("Manual configuration"), MLCommons Croissant 1.0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from pipeline.schemas import SCHEMA_VERSION, TABLES
from pipeline.store.files import write_if_changed
from pipeline.store.layout import Layout

README = "README.md"
CROISSANT = "croissant.json"

TABLE_MEANINGS: dict[str, str] = {
    "documents": "The corpus: one row for each document that is kept. This folder alone feeds other tools.",
    "duplicates": "Documents that were dropped as copies, each with the kept document that stands for it and its text.",
    "superseded": "Kept documents that a later, fuller version stands for. Leave their ids out of `documents` to have "
    "the corpus of today.",
    "refused": "Pairs of kept documents that came close and were not merged, with the guard that spoke against it.",
    "removals": "Every span that was cut from a text, with the rule that cut it. `id` is that of a document, a "
    "duplicate or a rejection.",
    "rejections": "Documents that a filter turned away, with its name and their text.",
    "quarantine": "Records that could not be read, with where they stand and what is wrong with them.",
    "inputs": "The files that were read.",
    "site_stories": "The blocks of each site's latest pages, as numbers, by which later runs tell what a site repeats. "
    "Not needed to read the corpus.",
    "site_templates": "What a site repeats on pages that tell different stories, with on how many, by the run that "
    "learned it.",
    "index": "What later runs compare new documents with. Not needed to read the corpus.",
}
"""What a row of each table is."""

# `index` and `site_stories` hold bytes that mean something to Winnow alone. A table may have no folder yet: `datasets`
# looks only when a configuration is loaded, so naming them all is safe.
_SHOWN = [name for name in TABLES if name not in ("index", "site_stories")]

_KINDS: dict[pa.DataType, str] = {
    pa.string(): "text",
    pa.int32(): "integer",
    pa.int64(): "integer",
    pa.float32(): "number",
    pa.float64(): "number",
    pa.binary(): "bytes",
    pa.binary(16): "16 bytes",
}
_CROISSANT_TYPES = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float"}


def write_card(root: Path) -> None:
    """Write README.md and croissant.json into the folder of a corpus, each at once and only where it changes."""
    aside = Layout(root).input_cache.parent
    write_if_changed(root / README, render_readme(), aside)
    write_if_changed(root / CROISSANT, render_croissant(), aside)


def render_readme() -> str:
    """Give the dataset card: the same text for every corpus of this version."""
    configs = "\n".join(
        f"- config_name: {name}\n"
        + ("  default: true\n" if name == "documents" else "")
        + f"  data_files:\n  - split: train\n    path: {name}/**/*.parquet"
        for name in _SHOWN
    )
    tables = "\n\n".join(_describe_table(name, TABLES[name]) for name in TABLES if name != "index")
    return _README.format(configs=configs, tables=tables, version=SCHEMA_VERSION, index=TABLE_MEANINGS["index"])


def render_croissant() -> str:
    """Give the description of the tables as Croissant 1.0 (JSON-LD): the same text for every corpus of this version."""
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "winnow-corpus",
        "description": "News and web pages, stripped of boilerplate and de-duplicated by Winnow, with the provenance "
        "of every document and every span that was cut. README.md describes the tables.",
        "version": f"{SCHEMA_VERSION}.0.0",
        "isLiveDataset": True,
        "distribution": [_file_set(name) for name in _SHOWN],
        "recordSet": [_record_set(name, TABLES[name]) for name in _SHOWN],
    }
    return orjson.dumps(described, option=orjson.OPT_INDENT_2).decode() + "\n"


def _describe_table(name: str, schema: pa.Schema) -> str:
    rows = "\n".join(
        f"| `{field.name}` | {_kind(field)} | {'yes' if field.nullable else ''} | {_meaning(field)} |"
        for field in schema
    )
    head = "| column | type | may be null | meaning |\n|---|---|---|---|"
    return f"### {name}\n\n{TABLE_MEANINGS[name]}\n\n{head}\n{rows}"


def _kind(field: pa.Field[Any]) -> str:
    if pa.types.is_list(field.type):
        return f"list of {_KINDS[field.type.value_type]}"
    return _KINDS[field.type]


def _meaning(field: pa.Field[Any]) -> str:
    metadata: dict[bytes, bytes] = field.metadata or {}
    return metadata[b"description"].decode().replace("|", "\\|")


def _file_set(name: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{name}-files",
        "name": f"{name}-files",
        "description": TABLE_MEANINGS[name],
        "encodingFormat": "application/x-parquet",
        "includes": f"{name}/**/*.parquet",
    }


def _record_set(name: str, schema: pa.Schema) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": TABLE_MEANINGS[name],
    }
    if name not in ("removals", "inputs", "site_templates"):
        described["key"] = {"@id": f"{name}/id"}
    return described | {"field": [_field(name, field) for field in schema]}


def _field(table: str, field: pa.Field[Any]) -> dict[str, Any]:
    repeated = pa.types.is_list(field.type)
    kind = _KINDS[field.type.value_type if repeated else field.type]
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{field.name}",
        "name": field.name,
        "description": _meaning(field),
        "dataType": _CROISSANT_TYPES[kind],
        "source": {"fileSet": {"@id": f"{table}-files"}, "extract": {"column": field.name}},
    }
    if repeated:
        described["repeated"] = True
    return described


# The context that Croissant 1.0 prescribes, word for word.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_README = """\
---
pretty_name: A corpus cleaned by Winnow
tags:
- winnow
- news
- web
- deduplicated
configs:
{configs}
---

# A corpus cleaned by Winnow

This folder holds news articles and web pages as text: boilerplate is cut, copies are collapsed into one document, and
every record says where it came from and what was done to it. Winnow wrote it and adds to it; nothing in it is edited by
hand. The card describes the format (schema version {version}) and is the same for every corpus; what this one holds is
told by `runs/`, page by page, and by `winnow status`.

```
documents/run=<run id>/part-00000.parquet    the corpus
duplicates/ superseded/ refused/ removals/ rejections/ quarantine/ inputs/    what became of the rest, and why
index/                                       what later runs compare new documents with
runs/<run id>/manifest.json, report.html     what each run read, chose and wrote; the page is for people
croissant.json                               this description for programs
```

A table's folder appears with its first row. Every table only grows: a run adds `run=<run id>/` and touches no earlier
file. What no manifest in `runs/` names does not belong to the corpus.

## Read it

With pandas:

```python
import pandas as pd

documents = pd.read_parquet("clean/documents")
```

With DuckDB:

```python
import duckdb

documents = duckdb.sql("select id, title, date, text from read_parquet('clean/documents/*/*.parquet')")
```

With polars:

```python
import polars as pl

documents = pl.scan_parquet("clean/documents/*/*.parquet")
```

With Hugging Face `datasets` (the other tables are configurations too: `load_dataset("clean", "removals")`):

```python
from datasets import load_dataset

documents = load_dataset("clean", split="train")
```

The folder name `run=<run id>` makes most readers add a column `run`; `run_id` says the same.

## The corpus of today

A later document that contains an earlier one and adds to it supersedes it. Both stay in `documents`, and `superseded`
names the earlier one. In a corpus that labels its duplicates instead of dropping them (`match.keep_duplicates`), these
have `duplicate_of` set. Winnow leaves out both:

```python
from pipeline import read_corpus

today = read_corpus("clean").documents()
```

`winnow export clean --out today.parquet` writes the same to a file. By hand, once there is a `superseded/`:

```sql
select * from read_parquet('clean/documents/*/*.parquet')
where duplicate_of is null and id not in (select id from read_parquet('clean/superseded/*/*.parquet'))
```

## Who ran a story

`carriers` and `carrier_sites` tell of the run that wrote a document. Over all runs each record that stands behind a
document of today is in `duplicates` or `superseded`; Winnow puts them together, with who was first:

```python
from pipeline import carriers

ran = carriers("clean")  # document, id, relation, similarity, source_domain, url, date, …, first_seen, first
```

`winnow carriers clean --csv carriers.csv` writes the same to a file.

## Put back what was cut

`removals` holds every span by its place in the text before cutting, so that text can be had again, character for
character; `before_sha256` is its digest. Where the configuration masks something, each mask is a row of it as well,
whose rule begins with `privacy.`: it says where a placeholder stands in that text, which is not put back.

```python
from pipeline import read_corpus

corpus = read_corpus("clean")
text = corpus.frame("documents").iloc[0]
removals = corpus.frame("removals").query("id == @text.id").sort_values("start")
removals = removals[~removals["rule"].str.startswith("privacy.")]

before, taken = "", 0
for cut in removals.itertuples():
    kept = cut.start - len(before)
    before += text.text[taken : taken + kept] + cut.text
    taken += kept
before += text.text[taken:]
```

`winnow explain clean ID` shows it, and says of a text that is not in `documents` why it is not.

## Tables

{tables}

### index

{index}
"""
