"""The flows: `clean-folder` brings a corpus up to date, `reprocess-folder` makes it anew.

`python -m flows.clean RAW... --out CLEAN` runs the first one here and now.
"""

from __future__ import annotations

import argparse
import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed
from pydantic import Field

from flows.pieces import BYTES_PER_TASK, FILES_PER_TASK, cut
from flows.steps import Work, commit_run, learn_run, plan_run, settle_run, stage_piece
from flows.telling import Telling, attempt
from pipeline.cli.interrupts import EXIT_STATUS, interruptible
from pipeline.cli.summary import one_line, print_summary, summary_markdown, warnings_of
from pipeline.cli.terminal import prepare_streams, tell
from pipeline.config import Config, load_config
from pipeline.errors import Busy, Refused, WinnowError
from pipeline.run.events import Planned
from pipeline.run.job import Outcome, Run, run_on
from pipeline.run.workers import worker_count
from pipeline.store.manifest import redact

# As RunConfig.workers.
_MOST_WORKERS = 1024

# Prefect's form takes each parameter's description from the docstring of its flow, and the limits from its type.
Raw = Annotated[list[str], Field(min_length=1)]
WorkerCount = Annotated[int, Field(ge=0, le=_MOST_WORKERS)]
Positive = Annotated[int, Field(ge=1)]


def _run_name() -> str:
    given = flow_run.parameters
    verb = "reprocess" if flow_run.flow_name == "reprocess-folder" else "clean"
    sources = [redact(source) for source in given["raw"]]
    raw = ", ".join(Path(source).name or source for source in sources[:3]) + (", …" if len(sources) > 3 else "")
    return f"{verb} {raw} into {redact(given['clean'])}, {flow_run.scheduled_start_time:%Y-%m-%d %H:%M}"


@flow(name="clean-folder", flow_run_name=_run_name, persist_result=False)
def clean_folder(
    raw: Raw,
    clean: str = "clean",
    *,
    config: str | None = None,
    workers: WorkerCount = 0,
    files_per_task: Positive = FILES_PER_TASK,
    bytes_per_task: Positive = BYTES_PER_TASK,
    wait: bool = True,
) -> State[Outcome]:
    """Clean what is new in raw folders into a corpus. What was read before is left alone.

    Gives the same bytes as `winnow clean`, however the files are cut into tasks.

    Args:
        raw: Folders, files, patterns or URIs to read. Relative ones start at the folder that the flow runs in.
        clean: Folder of the corpus, or its address in a store, such as s3://bucket/clean. It is made where it is not
            there; nothing else is ever written to.
        config: A TOML file with the settings, such as `winnow config` prints. Empty: the defaults.
        workers: Processes that clean. 0: one for each processor.
        files_per_task: Files in one task, at most. Changes nothing in the result.
        bytes_per_task: Bytes of input in one task, at most; a retry repeats no more than this. Changes nothing in
            the result.
        wait: Wait while another run writes to the same corpus. Off: fail at once.
    """
    settings = _Settings(config, workers, files_per_task, bytes_per_task, wait)
    return _carry_out(raw, clean, settings)


@flow(name="reprocess-folder", flow_run_name=_run_name, persist_result=False)
def reprocess_folder(
    raw: Raw,
    clean: str = "clean",
    *,
    config: str | None = None,
    workers: WorkerCount = 0,
    forget_missing: bool = False,
    files_per_task: Positive = FILES_PER_TASK,
    bytes_per_task: Positive = BYTES_PER_TASK,
    wait: bool = True,
) -> State[Outcome]:
    """Clean raw folders anew, from scratch, and put the result in the corpus's place when all of it is done.

    Needed after a change of the settings or of Winnow itself. Readers see the old corpus until the new one is whole.

    Args:
        raw: Folders, files, patterns or URIs to read. Relative ones start at the folder that the flow runs in.
        clean: Folder of the corpus, or its address in a store.
        config: A TOML file with the settings, such as `winnow config` prints. Empty: the defaults.
        workers: Processes that clean. 0: one for each processor.
        forget_missing: Let go of documents whose raw files are no longer there. Off: such a run is refused.
        files_per_task: Files in one task, at most. Changes nothing in the result.
        bytes_per_task: Bytes of input in one task, at most; a retry repeats no more than this. Changes nothing in
            the result.
        wait: Wait while another run writes to the same corpus. Off: fail at once.
    """
    settings = _Settings(config, workers, files_per_task, bytes_per_task, wait)
    return _carry_out(raw, clean, settings, reprocess=True, forget_missing=forget_missing)


@dataclass(frozen=True, slots=True)
class _Settings:
    """What both flows let their caller choose."""

    config: str | None
    workers: int
    files_per_task: int
    bytes_per_task: int
    wait: bool

    def load(self) -> Config:
        """Read the configuration; a number of workers given here goes before the file's."""
        config = load_config(self.config or None)
        if not self.workers:
            return config
        return config.model_copy(update={"run": config.run.model_copy(update={"workers": self.workers})})


def _carry_out(
    raw: Sequence[str], clean: str, settings: _Settings, *, reprocess: bool = False, forget_missing: bool = False
) -> State[Outcome]:
    """Take the steps of `pipeline.run.clean.clean_folder` as tasks; the state at the end says what came of them."""
    telling = Telling(clean)
    try:
        config = settings.load()
        with _held(clean, config, reprocess, settings.wait, telling) as run:
            outcome = _steps(Work(run, telling), raw, settings, forget_missing)
    except WinnowError as error:
        # Returned, not raised: the state's message is then the error's own, and no pickle of it is stored.
        return Failed(message=str(error), data=error)
    if outcome.manifest is not None:
        for warning in warnings_of(outcome.manifest):
            get_run_logger().warning("%s", warning)
        attempt(
            "the summary",
            lambda: create_markdown_artifact(
                key=f"winnow-summary-{telling.slug}", markdown=summary_markdown(outcome), description=one_line(outcome)
            ),
        )
    return Completed(message=one_line(outcome), data=outcome)


def _steps(work: Work, raw: Sequence[str], settings: _Settings, forget_missing: bool) -> Outcome:
    # One after the other: each task has a process for every processor already.
    plan_run(work, raw, forget_missing)
    plan = work.planned()
    if not plan.new:
        return work.run.nothing_done(plan)
    work.pieces = list(cut(plan.new, settings.files_per_task, settings.bytes_per_task))
    count = worker_count(work.run.config.run, plan.bytes)
    work.telling(Planned(len(plan.new), plan.bytes, len(plan.unchanged), count))
    shards = [stage_piece(work, number) for number in range(len(work.pieces))]
    shards = learn_run(work, shards)
    settle_run(work, shards)
    outcome = commit_run(work, shards)
    work.telling.done()
    return outcome


@contextmanager
def _held(clean: str, config: Config, reprocess: bool, wait: bool, telling: Telling) -> Iterator[Run]:
    """Hold the corpus for the whole flow; say so in the log where that means waiting."""
    with ExitStack() as stack:
        try:
            run = stack.enter_context(run_on(clean, config, reprocess=reprocess, listen=telling))
        except Busy as busy:
            if not wait:
                raise
            get_run_logger().info("waiting: %s", busy)
            run = stack.enter_context(run_on(clean, config, reprocess=reprocess, wait=True, listen=telling))
        yield run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `clean-folder` here and now and print its summary; gives the exit status.

    It runs on the server that Prefect's settings name, else on a temporary one, which takes some seconds to start.
    """
    parser = argparse.ArgumentParser(prog="python -m flows.clean", description="Clean raw folders, as a Prefect flow.")
    parser.add_argument("raw", nargs="+", help="folders, files, patterns or URIs to read")
    parser.add_argument("--out", default="clean", metavar="CLEAN", help="folder of the corpus (%(default)s)")
    parser.add_argument("--config", metavar="FILE", help="TOML file with the settings")
    parser.add_argument("--workers", type=_worker_count, default=0, metavar="N", help="processes that clean")
    parser.add_argument("--wait", action="store_true", help="wait for another run on the same corpus")
    given = parser.parse_args(arguments)
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_without_foreseen_traceback)
    prepare_streams()
    try:
        with interruptible():
            _reach_server()
            state: State[Any] = clean_folder(
                given.raw, given.out, config=given.config, workers=given.workers, wait=given.wait, return_state=True
            )
            outcome = state.result(raise_on_failure=False)
            if isinstance(outcome, BaseException):
                raise outcome
    except WinnowError as error:
        tell(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        tell(f"interrupted. The corpus in {given.out} is whole; run again to do the job.")
        return EXIT_STATUS
    print_summary(outcome)
    return 0


def _worker_count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{count}: from 0 (one for each processor) to {_MOST_WORKERS}")
    return count


def _reach_server() -> None:
    """See that the server named in Prefect's settings answers; where none is named, start the temporary one.

    Raises:
        Refused: it does not answer; Prefect would end in a traceback.
    """
    # Ctrl-C goes to every process of a terminal. A temporary server that ended with it could not be told how the run
    # ended, and the run would ask it for minutes. What is started while a signal is blocked never gets it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with get_client(sync_client=True) as client:
            problem = client.api_healthcheck()
    except RuntimeError as error:  # as Prefect says it where its temporary server does not start
        problem = error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if problem is not None:
        raise Refused(
            f"{PREFECT_API_URL.value() or 'the temporary server'}: Prefect's server does not answer ({problem}). Start "
            "one with `prefect server start`, or unset PREFECT_API_URL to run on a temporary one; `winnow clean` does "
            "the same work without any."
        )


def _without_foreseen_traceback(record: logging.LogRecord) -> bool:
    """Leave out the traceback of an error whose own text says what to do next."""
    if record.exc_info and isinstance(record.exc_info[1], WinnowError | OSError):
        record.exc_info = None
    return True


if __name__ == "__main__":
    raise SystemExit(main())
