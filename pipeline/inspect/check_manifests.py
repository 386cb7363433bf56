"""Check the manifests: whether the runs follow one another, and each account adds up."""

from __future__ import annotations

from pipeline.config import Config, config_hash, parse_config
from pipeline.errors import ConfigError
from pipeline.inspect.findings import Findings
from pipeline.sign.sign import index_parameters
from pipeline.store.corpus import Corpus
from pipeline.store.manifest import MANIFEST, CountsEntry, Manifest, run_identity


def check_manifests(corpus: Corpus, found: Findings) -> Config | None:
    """Check what the manifests say of themselves and one another.

    Returns:
        The configuration that the corpus was made with; None where it cannot be read.
    """
    previous: Manifest | None = None
    config: Config | None = None
    for manifest in corpus.manifests:
        where = f"runs/{manifest.run_id}/{MANIFEST}"
        if not (corpus.layout.runs / manifest.run_id / MANIFEST).is_file():
            found.add("manifests", where, f"the folder of run {manifest.sequence} does not bear its id")
        _check_identity(manifest, previous, where, found)
        config = _check_config(manifest, previous, where, found)
        _check_account(manifest.counts, where, found)
        previous = manifest
    return config


def _check_identity(manifest: Manifest, previous: Manifest | None, where: str, found: Findings) -> None:
    before = previous.run_id if previous else None
    if manifest.previous != before:
        found.add("manifests", where, f"names {manifest.previous} as the run before it; that is {before}")
    expected = run_identity(manifest.sequence, manifest.previous, manifest.inputs.digest, manifest.config_hash)
    if manifest.run_id != expected:
        found.add("manifests", where, f"what it read and chose gives the id {expected}, not {manifest.run_id}")


def _check_config(manifest: Manifest, previous: Manifest | None, where: str, found: Findings) -> Config | None:
    try:
        config = parse_config(manifest.config, where)
    except ConfigError as error:
        found.add("manifests", where, f"its configuration cannot be read: {error}")
        return None
    if config_hash(config) != manifest.config_hash:
        found.add("manifests", where, f"config_hash is {manifest.config_hash}; its settings give {config_hash(config)}")
    elif previous and previous.config_hash != manifest.config_hash:
        found.add("manifests", where, f"was made with other settings than run {previous.run_id}")
    if manifest.index != index_parameters(config.match):
        found.add("manifests", where, f"index was made with {manifest.index}, not {index_parameters(config.match)}")
    return config


def _check_account(counts: CountsEntry, where: str, found: Findings) -> None:
    ends = counts.documents + counts.duplicates + counts.rejected + counts.quarantined
    if not counts.balances():
        found.add("balance", where, f"{counts.read} records were read, and {ends} have an end")
    for name, total, parts in (
        ("duplicates", counts.duplicates, counts.duplicates_by_relation),
        ("rejected", counts.rejected, counts.rejected_by_reason),
        ("quarantined", counts.quarantined, counts.quarantined_by_reason),
    ):
        if sum(parts.values()) != total:
            found.add("balance", where, f"{total} {name}, and their parts add up to {sum(parts.values())}")
