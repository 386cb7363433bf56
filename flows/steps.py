"""Steps: the methods of a run as Prefect tasks. Each task's result is a path or stays in memory; none is persisted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import task_run
from prefect.tasks import Task

from flows.telling import Telling
from pipeline.cli.quantities import number as number_of
from pipeline.errors import Transient
from pipeline.read.listing import InputFile
from pipeline.run.job import Outcome, Run
from pipeline.run.plan import Plan
from pipeline.run.settle import Settled
from pipeline.run.stage import load_shard

# Seconds before each retry of a store that did not answer: it was busy, it restarted, it was away for a while.
_WAITS = [10.0, 60.0, 300.0]


def only_transient(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Say whether a failed task is tried again: only where the same call may succeed later."""
    del task, run
    return isinstance(state.result(raise_on_failure=False), Transient)


class _Retrying(TypedDict):
    retries: int
    retry_delay_seconds: list[float]
    retry_jitter_factor: float
    retry_condition_fn: Any
    cache_policy: Any
    persist_result: bool


_RETRYING: _Retrying = {
    "retries": len(_WAITS),
    "retry_delay_seconds": _WAITS,
    "retry_jitter_factor": 0.3,
    "retry_condition_fn": only_transient,
    "cache_policy": NO_CACHE,
    "persist_result": False,
}


class Work:
    """A run under way and all that its tasks share.

    It is a plain object, because Prefect looks into every list and dataclass that a task is given.
    """

    def __init__(self, run: Run, telling: Telling) -> None:
        self.run = run
        self.telling = telling
        self.plan: Plan | None = None
        self.pieces: Sequence[tuple[InputFile, ...]] = ()
        self.settled: Settled | None = None

    def planned(self) -> Plan:
        """Give the plan; it is there once `plan_run` has run."""
        if self.plan is None:
            raise ValueError("plan_run comes before the other tasks")
        return self.plan


def _piece_name() -> str:
    work: Work = task_run.parameters["work"]
    number: int = task_run.parameters["number"]
    return f"clean piece {number + 1} of {len(work.pieces)} ({number_of(len(work.pieces[number]), 'file')})"


@task(name="plan", task_run_name="plan: what is new", **_RETRYING)
def plan_run(work: Work, raw: Sequence[str], forget_missing: bool) -> None:
    """List the input and compare it with what the corpus has read."""
    work.plan = work.run.plan(raw, None, forget_missing=forget_missing)
    get_run_logger().info("%d new or changed files, %d unchanged", len(work.plan.new), len(work.plan.unchanged))


@task(name="clean-piece", task_run_name=_piece_name, **_RETRYING)
def stage_piece(work: Work, number: int) -> str:
    """Read, clean and sign the files of one piece; gives the folder of the shard.

    A shard appears at once when all of it is done, so a retry is safe.
    """
    work.telling.again()
    files = work.pieces[number]
    with work.run.workers(sum(file.size for file in files)) as workers:
        shard = work.run.stage(files, work.planned().seen_ids, number, workers)
    work.telling.next_piece()
    get_run_logger().info("%s read, %d seen before", number_of(shard.read, "new record"), shard.seen_before)
    return str(shard.folder)


@task(name="learn", task_run_name="learn: what sites repeat", cache_policy=NO_CACHE, persist_result=False)
def learn_run(work: Work, shards: Sequence[str]) -> list[str]:
    """Learn what sites repeat over all pieces, and cut it; gives the folders of the shards as they are then."""
    with work.run.workers(work.planned().bytes) as workers:
        return [str(one.folder) for one in work.run.learn([load_shard(Path(shard)) for shard in shards], workers)]


@task(name="settle", task_run_name="settle: which documents are kept", cache_policy=NO_CACHE, persist_result=False)
def settle_run(work: Work, shards: Sequence[str]) -> None:
    """Match, verify and select over all pieces, in order of arrival."""
    work.settled = work.run.settle([load_shard(Path(shard)) for shard in shards])


@task(name="commit", task_run_name="commit: write and make visible", cache_policy=NO_CACHE, persist_result=False)
def commit_run(work: Work, shards: Sequence[str]) -> Outcome:
    """Write the tables, check the account, and make all of it visible at once."""
    if work.settled is None:
        raise ValueError("settle_run comes before commit_run")
    return work.run.commit(work.planned(), [load_shard(Path(shard)) for shard in shards], work.settled)
