"""Check what no table holds: reports, card and cache, and that nothing lies there that Winnow did not write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.inspect.findings import Findings
from pipeline.read.names import printable
from pipeline.run.plan import unsealed
from pipeline.schemas import TABLES
from pipeline.store.card import CROISSANT, README, render_croissant, render_readme
from pipeline.store.corpus import Corpus
from pipeline.store.layout import HARMLESS, Layout
from pipeline.store.lock import is_held
from pipeline.store.manifest import MANIFEST, REPORT, Manifest, changed_since, is_sealed

if TYPE_CHECKING:
    from pipeline.store.remote import Remote

REPAIR = "`winnow repair` makes it anew."
_REMOVE = "`winnow repair` removes it."
CARD = {README: render_readme, CROISSANT: render_croissant}
"""Files that follow from the version of Winnow alone."""
UNFINISHED = re.compile(r"\.cache/(README\.md|croissant\.json|inputs\.jsonl)\.\d+\.tmp")
"""What a run that was killed leaves beside its cache."""


def check_others(corpus: Corpus, found: Findings) -> None:
    """Check every file that Winnow wrote beside the tables, and name every other.

    That no file in the tables' folders is a stranger, and that manifests are what was written, is checked elsewhere.
    """
    layout = corpus.layout
    if layout.remote is not None:
        layout.remote.bring_others(layout, corpus.manifests)
        _check_store(layout.remote, corpus.manifests, found)
    for manifest in corpus.manifests:
        _check_report(layout, manifest, found)
    for name, render in CARD.items():
        path = layout.root / name
        if not path.is_file():
            found.add("files", name, "is missing", REPAIR)
        elif path.read_bytes() != render().encode():
            found.add("files", name, "is not what this version of Winnow writes", REPAIR)
    cache = layout.input_cache
    if cache.is_file():
        try:
            unsealed(cache.read_bytes())
        except ValueError as error:
            found.add("files", _place(layout, cache), str(error), _REMOVE)
    _check_strangers(corpus, found)


def _check_report(layout: Layout, manifest: Manifest, found: Findings) -> None:
    where = f"runs/{manifest.run_id}/{REPORT}"
    path = layout.root / where
    bare = layout.runs / manifest.run_id / MANIFEST
    if bare.is_file() and not is_sealed(bare.read_bytes()):
        told = "bears no digest, as manifests did not once: whether it was changed cannot be told"
        found.add("files", _place(layout, bare), told, "`winnow repair` seals it as it is.")
    if not path.is_file():
        found.add("files", where, "is missing", REPAIR)
    elif manifest.report is not None and (changed := changed_since(path, manifest.report)):
        found.add("files", where, changed, REPAIR)


def _check_store(remote: Remote, manifests: Sequence[Manifest], found: Findings) -> None:
    left, strange = remote.strangers(manifests)
    for name in left:
        told = "no manifest names it: a run is uploading it, or one that was stopped had"
        found.add("files", name, told, "The next run that is committed removes it; `winnow export` does not see it.")
    for name in strange:
        found.add("files", printable(name), "was not written by Winnow", "Look at it, and move it elsewhere.")


def _check_strangers(corpus: Corpus, found: Findings) -> None:
    layout = corpus.layout
    known = {layout.input_cache, layout.lock, *(layout.root / name for name in (*HARMLESS, *CARD))}
    for manifest in corpus.manifests:
        known |= {layout.runs / manifest.run_id / name for name in (MANIFEST, REPORT)}
    at_work = is_held(layout.lock)
    for path in others(layout):
        if path in known:
            continue
        if layout.staging in path.parents or UNFINISHED.fullmatch(_place(layout, path)):
            if not at_work:
                found.add("files", _place(layout, path), "was left by a run that was stopped", _REMOVE)
        else:
            found.add("files", _place(layout, path), "was not written by Winnow", "Look at it, and move it elsewhere.")


def others(layout: Layout) -> Iterator[Path]:
    """Give whatever lies in the folder outside the tables and is no folder; a link is not followed."""
    for folder, folders, names in os.walk(layout.root):
        at = Path(folder)
        if at == layout.root:
            folders[:] = [name for name in folders if name not in TABLES]
        yield from (at / name for name in sorted(names))
        yield from (at / name for name in sorted(folders) if (at / name).is_symlink())


def _place(layout: Layout, path: Path) -> str:
    return printable(path.relative_to(layout.root).as_posix())
