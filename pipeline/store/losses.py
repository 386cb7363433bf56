"""What a guard found, in words: the same ones wherever they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.store.manifest import ClusterGrowth, LossesEntry, RecordEntry, SourceLoss
from pipeline.store.page import percent


def told_losses(losses: LossesEntry, settings: dict[str, Any]) -> Iterator[str]:
    """Say what passed a limit, a line for each and one for those that are not named.

    Args:
        losses: of a run.
        settings: the section [guard] of its configuration.
    """
    for source in losses.sources:
        yield (
            f"{source.source}: {source.lost:,} of {source.records:,} records lost "
            f"({percent(source.lost / source.records)}; guard.source_loss is {settings['source_loss']}): "
            f"{told_parts(source)}; such as {_named(source.example)}"
        )
    for cluster in losses.clusters:
        yield (
            f"{cluster.id} “{cluster.title}”: {told_size(cluster)} (guard.cluster_size is "
            f"{settings['cluster_size']}); such as {_named(cluster.example)}"
        )
    sources = losses.sources_in_all - len(losses.sources)
    clusters = losses.clusters_in_all - len(losses.clusters)
    more = [f"{count:,} more {what}" for count, what in ((sources, "source(s)"), (clusters, "cluster(s)")) if count]
    if more:
        yield f"and {' and '.join(more)}"


def told_parts(source: SourceLoss) -> str:
    """Say what became of the records that a source lost, as `97 duplicates, 1 rejected`."""
    parts = {"duplicates": source.duplicates, "rejected": source.rejected, "quarantined": source.quarantined}
    return ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)


def told_size(cluster: ClusterGrowth) -> str:
    """Say how large a cluster grew."""
    return f"{cluster.duplicates:,} documents of this run collapsed into it"


def _named(record: RecordEntry) -> str:
    return f"{record.id} “{record.title}” ({record.file_path}, record {record.record})"
