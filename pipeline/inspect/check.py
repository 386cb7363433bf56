"""Check: every promise that a corpus makes, verified anew on what lies on the disk."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import Damaged
from pipeline.inspect.check_files import check_files
from pipeline.inspect.check_kept import check_kept
from pipeline.inspect.check_losses import check_losses
from pipeline.inspect.check_manifests import check_manifests
from pipeline.inspect.check_others import check_others
from pipeline.inspect.check_rows import check_rows
from pipeline.inspect.check_sites import check_sites
from pipeline.inspect.findings import Finding, Findings
from pipeline.run.events import Listener, StageBegun, ignore
from pipeline.store.commit import finish_commit
from pipeline.store.corpus import Corpus, read_corpus
from pipeline.store.layout import Layout, in_a_store
from pipeline.store.manifest import MANIFEST
from pipeline.store.remote import open_for_reading


def check(corpus: Corpus | str | Path, listen: Listener = ignore, *, deep: bool = False) -> list[Finding]:
    """Verify every promise of a corpus.

    Manifests come first, then the files they name, then the rows in these, then what the rows say of one another.
    Nothing that the corpus derived is trusted: digests, signatures and pairs are made again from the texts. Where files
    cannot be read, the rows are not looked at, for every one of them would be a finding.

    Args:
        corpus: a corpus, or where it stands. There, damaged manifests are a finding; an opened corpus has sound ones.
            Of one in a store every file is fetched anew.
        listen: is told which part begins, and how far it is.
        deep: look at whatever else lies in the folder as well: reports, card, cache, and what Winnow did not write.

    Returns:
        What does not hold; nothing when all does. Memory grows with the ids and what `KeptIndex` holds, not with texts.

    Raises:
        NotACorpus: the folder holds none.
    """
    place = str(corpus.layout if isinstance(corpus, Corpus) else corpus)
    found = Findings(
        f"Restore it from a copy, or clean the raw files anew: `winnow clean RAW --out {place} --reprocess`."
    )
    try:
        opened = corpus if isinstance(corpus, Corpus) else _opened(corpus, deep=deep)
    except Damaged as error:
        found.add("manifests", place, str(error), "Restore runs/ from a copy; nothing else was checked.")
        return found.told()
    listen(StageBegun("manifests"))
    configs = check_manifests(opened, found)
    listen(StageBegun("files"))
    readable = check_files(opened, found, listen)
    if deep:
        check_others(opened, found)
    if not readable or configs is None:
        return found.told()
    try:
        listen(StageBegun("rows"))
        records = check_rows(opened, found, listen)
        listen(StageBegun("site model"))
        check_sites(opened, records, found, listen)
        listen(StageBegun("kept set"))
        check_kept(opened, configs.match, records, found, listen)
        check_losses(opened, records, found)
    except UnicodeDecodeError as error:
        # Parquet's own checks let a changed string pass that is no text any more.
        found.add("files", place, f"a table holds a string that is no text ({error}); the rest was not checked")
    return found.told()


def _opened(folder: str | Path, *, deep: bool) -> Corpus:
    uri = in_a_store(folder)
    if uri is not None:
        # What a run on this machine holds of it says nothing of what stands there.
        return Corpus(open_for_reading(uri, anew=True))
    layout = Layout(Path(folder).absolute())
    if deep and any(layout.runs.glob(f"*/{MANIFEST}")):
        # Reading refuses a folder that holds other things too; here they are what is looked for.
        finish_commit(layout)
        return Corpus(layout)
    return read_corpus(folder)
