"""Template out of a staged batch, wherever that is done: what is cut is written aside beside the batch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline.batch import STAGED
from pipeline.config import Config
from pipeline.recut import Task, Texts, recut_batch
from pipeline.run.aside import Segment, read_aside, write_aside
from pipeline.sites.template import Templates


class Cutting(NamedTuple):
    """A staged batch, and what is to be cut out of it."""

    folder: Path
    segment: Segment
    documents: int
    templates: Mapping[str, Templates]
    """Of the sites of the batch."""
    wanted: Mapping[str, frozenset[int]]
    """By site, the keys of templates whose text is wanted."""


def cut_segment(cutting: Cutting, config: Config) -> tuple[Segment, Texts]:
    """Cut the template out of a batch; gives where its tables stand now, and the texts that were wanted."""
    tables = {name: pa.table(batch) for name in STAGED for batch in read_aside(cutting.folder, [cutting.segment], name)}
    cut, texts = recut_batch(Task(tables, cutting.templates, cutting.wanted), config)
    return (cutting.segment if cut is tables else write_aside(cut, cutting.folder)), texts
