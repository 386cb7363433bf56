"""The flows do what the command line does, in Prefect's sight."""

from __future__ import annotations

import json
import logging
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.utilities.callables import parameter_schema

from flows import clean as module
from flows import steps
from flows.clean import clean_folder, main, reprocess_folder
from flows.telling import Telling, attempt
from pipeline.config import load_config
from pipeline.errors import Aborted, Busy, Refused, SourceMissing, StorageFailed, TooMuchLost, Transient
from pipeline.run import job as driver
from pipeline.run.clean import clean_folder as by_hand
from pipeline.run.events import Recovered
from pipeline.run.stage import Shard
from pipeline.store.corpus import read_corpus
from pipeline.store.lock import write_lock
from tests.flows.conftest import parquet, write_stories


def seen_by_prefect(state) -> SimpleNamespace:
    """What the server knows of a flow run: itself, its tasks' runs, its artifacts."""
    run_id = state.state_details.flow_run_id
    only = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    with get_client(sync_client=True) as client:
        return SimpleNamespace(
            run=client.read_flow_run(run_id),
            tasks=client.read_task_runs(flow_run_filter=only),
            artifacts={
                artifact.key: artifact
                for artifact in client.read_artifacts(
                    artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
                )
            },
        )


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_stories(tmp_path / "raw")


@pytest.fixture
def at_once(monkeypatch) -> None:
    """Retries without their waits."""
    monkeypatch.setattr(steps.stage_piece, "retry_delay_seconds", [0.0])
    monkeypatch.setattr(steps.plan_run, "retry_delay_seconds", [0.0])


class Calls:
    """Stands before a function and raises the errors given, one a call, before it lets calls through."""

    def __init__(self, through, *errors: Exception) -> None:
        self.through = through
        self.errors = list(errors)
        self.count = 0

    def __call__(self, *args, **kwargs):
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.through(*args, **kwargs)


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_gives_the_bytes_of_the_command_line(raw, tmp_path):
    by_hand(raw, tmp_path / "by-hand")
    state = clean_folder([str(raw)], str(tmp_path / "Flow_1"), files_per_task=2, return_state=True)
    assert parquet(tmp_path / "Flow_1") == parquet(tmp_path / "by-hand")

    counts = state.result().manifest.counts
    assert counts.duplicates > 0
    told = f"50 records read: {counts.documents} kept, {counts.duplicates} duplicates, 0 rejected, 1 quarantined"
    assert (state.name, state.message) == ("Completed", told)

    seen = seen_by_prefect(state)
    assert seen.run.name.startswith(f"clean raw into {tmp_path / 'Flow_1'}, 2")
    assert {"clean piece 1 of 3 (2 files)", "clean piece 3 of 3 (1 file)"} < {task.name for task in seen.tasks}
    assert len(seen.tasks) == 7
    summary = seen.artifacts["winnow-summary-flow-1"]
    assert summary.type == "markdown"
    assert f"| kept | {counts.documents:,} |" in summary.data
    assert "| quarantined | 1 | 1 bad-json |" in summary.data
    assert "report.html" in summary.data
    assert seen.artifacts["winnow-progress-flow-1"].data == 100.0


@pytest.mark.usefixtures("prefect_server")
def test_what_was_cleaned_is_not_cleaned_again(raw, tmp_path):
    clean_folder([str(raw)], str(tmp_path / "clean"))
    before = parquet(tmp_path / "clean")
    state = clean_folder([str(raw)], str(tmp_path / "clean"), return_state=True)
    assert state.message == "nothing new: 5 files unchanged"
    assert parquet(tmp_path / "clean") == before
    seen = seen_by_prefect(state)
    assert [task.name for task in seen.tasks] == ["plan: what is new"]
    assert not seen.artifacts


@pytest.mark.usefixtures("prefect_server")
def test_nothing_of_a_run_is_pickled(raw, tmp_path):
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

    clean_folder([str(raw)], str(tmp_path / "clean"))
    clean_folder([str(tmp_path / "none")], str(tmp_path / "clean"), return_state=True)
    storage = PREFECT_LOCAL_STORAGE_PATH.value()
    assert not storage.exists() or not list(storage.iterdir())


@pytest.mark.usefixtures("prefect_server", "at_once")
def test_a_store_that_did_not_answer_is_asked_again(raw, tmp_path, monkeypatch):
    by_hand(raw, tmp_path / "by-hand")
    staging = Calls(driver.stage_files, Transient("503"), Transient("503"))
    planning = Calls(driver.make_plan, Transient("timed out"))
    monkeypatch.setattr(driver, "stage_files", staging)
    monkeypatch.setattr(driver, "make_plan", planning)
    clean_folder([str(raw)], str(tmp_path / "clean"), files_per_task=3)
    assert (planning.count, staging.count) == (2, 4)
    assert parquet(tmp_path / "clean") == parquet(tmp_path / "by-hand")


@pytest.mark.usefixtures("prefect_server", "at_once")
def test_it_is_not_asked_for_ever(raw, tmp_path, monkeypatch):
    staging = Calls(driver.stage_files, *[Transient("bucket: no answer")] * 9)
    monkeypatch.setattr(driver, "stage_files", staging)
    state = clean_folder([str(raw)], str(tmp_path / "clean"), return_state=True)
    assert (state.name, state.message, staging.count) == ("Failed", "bucket: no answer", 4)
    assert not (tmp_path / "clean" / "runs").exists()


@pytest.mark.parametrize("error", [Aborted("a worker died"), Refused("cannot"), OSError(28, "No space left on device")])
@pytest.mark.usefixtures("prefect_server", "at_once")
def test_other_failures_are_not_retried(raw, tmp_path, monkeypatch, error):
    staging = Calls(driver.stage_files, error)
    monkeypatch.setattr(driver, "stage_files", staging)
    state = clean_folder([str(raw)], str(tmp_path / "clean"), return_state=True)
    assert (state.name, staging.count) == ("Failed", 1)
    wanted = "the disk is full" if isinstance(error, OSError) else str(error)
    assert wanted in state.message
    if isinstance(error, OSError):
        with pytest.raises(StorageFailed):
            state.result()
    assert not list((tmp_path / "clean" / ".staging").glob("*"))


@pytest.mark.usefixtures("prefect_server")
def test_a_missing_folder_is_refused_in_its_own_words(tmp_path, monkeypatch):
    planning = Calls(driver.make_plan)
    monkeypatch.setattr(driver, "make_plan", planning)
    state = clean_folder([str(tmp_path / "nowhere")], str(tmp_path / "clean"), return_state=True)
    with pytest.raises(SourceMissing) as refused:
        state.result()
    assert (state.name, state.message, planning.count) == ("Failed", str(refused.value), 1)


@pytest.mark.usefixtures("prefect_server")
def test_a_misspelt_setting_is_refused_before_the_corpus_is_touched(raw, tmp_path):
    (tmp_path / "winnow.toml").write_text("[match]\njacard = 0.8\n")
    state = clean_folder([str(raw)], str(tmp_path / "clean"), config=str(tmp_path / "winnow.toml"), return_state=True)
    assert "did you mean 'jaccard'" in state.message
    assert not (tmp_path / "clean").exists()


@pytest.mark.usefixtures("prefect_server")
def test_the_configuration_and_the_workers_reach_the_run(raw, tmp_path):
    (tmp_path / "winnow.toml").write_text("[match]\njaccard = 0.9\n[run]\nworkers = 2\n")
    config = str(tmp_path / "winnow.toml")
    manifest = clean_folder([str(raw)], str(tmp_path / "clean"), config=config, workers=1).manifest
    assert (manifest.config["match"]["jaccard"], manifest.config["run"]["workers"]) == (0.9, 1)


@pytest.mark.usefixtures("prefect_server")
def test_a_corpus_in_use_is_waited_for_or_refused(raw, tmp_path):
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with write_lock(tmp_path / "clean" / ".lock"):
            held.set()
            let_go.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    refused = clean_folder([str(raw)], str(tmp_path / "clean"), wait=False, return_state=True)
    assert isinstance(refused.result(raise_on_failure=False), Busy)
    # Once the flow says that it waits, the corpus is given back.
    watcher = logging.Handler()
    watcher.emit = lambda record: let_go.set() if "waiting" in record.getMessage() else None
    logging.getLogger("prefect.flow_runs").addHandler(watcher)
    try:
        outcome = clean_folder([str(raw)], str(tmp_path / "clean"))
    finally:
        logging.getLogger("prefect.flow_runs").removeHandler(watcher)
        let_go.set()
        holder.join()
    assert outcome.manifest.counts.read == 50


@pytest.mark.usefixtures("prefect_server")
def test_reprocessing_replaces_the_corpus_and_loses_nothing_unasked(raw, tmp_path):
    clean_folder([str(raw)], str(tmp_path / "clean"))
    (raw / "part-3.jsonl").unlink()
    kept = parquet(tmp_path / "clean")
    refused = reprocess_folder([str(raw)], str(tmp_path / "clean"), return_state=True)
    assert (refused.name, "part-3.jsonl" in refused.message) == ("Failed", True)
    assert parquet(tmp_path / "clean") == kept

    reprocess_folder([str(raw)], str(tmp_path / "clean"), forget_missing=True, files_per_task=1)
    by_hand(raw, tmp_path / "anew")
    assert parquet(tmp_path / "clean") == parquet(tmp_path / "anew")


@pytest.mark.usefixtures("prefect_server")
def test_a_server_that_does_not_answer_costs_the_progress_bar_only(raw, tmp_path, monkeypatch):
    def silent(**_: object) -> None:
        raise httpx.ConnectError("connection refused")

    monkeypatch.setattr("flows.telling.create_progress_artifact", silent)
    monkeypatch.setattr(module, "create_markdown_artifact", silent)
    assert clean_folder([str(raw)], str(tmp_path / "clean")).manifest.counts.read == 50


def test_attempt_hides_no_other_error():
    def broken() -> None:
        raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        attempt("it", broken)


def test_what_an_earlier_run_left_is_told(caplog, monkeypatch):
    logger = logging.getLogger("told")
    monkeypatch.setattr("flows.telling.get_run_logger", lambda: logger)
    with caplog.at_level("WARNING", "told"):
        Telling("clean")(Recovered("removed staging"))
    assert "removed staging" in caplog.text


@pytest.mark.usefixtures("prefect_server")
def test_a_shard_is_told_by_its_folder(raw, tmp_path, monkeypatch):
    """Tasks hand on paths, never data."""
    given = []
    monkeypatch.setattr(
        module, "settle_run", lambda work, shards: given.extend(shards) or steps.settle_run(work, shards)
    )
    loaded = []
    monkeypatch.setattr(steps, "load_shard", lambda folder: loaded.append(folder) or Shard(folder, read=0))
    clean_folder([str(raw)], str(tmp_path / "clean"), files_per_task=3, return_state=True)
    assert [Path(shard).name for shard in given] == ["00000", "00001"]
    assert loaded[:2] == [Path(shard) for shard in given]


def test_no_secret_stands_in_the_runs_name(monkeypatch):
    raw = ["s3://key:secret@bucket", "news", "s3://store/feeds/*.gz?token=secret", "more"]
    given = SimpleNamespace(
        parameters={"raw": raw, "clean": "clean"},
        flow_name="reprocess-folder",
        scheduled_start_time=datetime(2024, 5, 1, 3, 0, tzinfo=UTC),
    )
    monkeypatch.setattr(module, "flow_run", given)
    assert module._run_name() == "reprocess bucket, news, *.gz, … into clean, 2024-05-01 03:00"


@pytest.mark.parametrize("flow", [clean_folder, reprocess_folder])
def test_the_form_describes_every_parameter(flow):
    schema = parameter_schema(flow).model_dump()
    assert schema["required"] == ["raw"]
    assert all(len(told.get("description") or "") > 10 for told in schema["properties"].values())
    assert schema["properties"]["raw"]["minItems"] == 1
    assert schema["properties"]["workers"]["minimum"] == 0


@pytest.mark.usefixtures("prefect_server")
def test_main_prints_the_summary(raw, tmp_path, capsys):
    assert main([str(raw), "--out", str(tmp_path / "clean")]) == 0
    told = capsys.readouterr().out
    assert "50 records read" in told
    assert "bad-json" in told
    assert str(tmp_path / "clean" / "runs") in told


@pytest.mark.usefixtures("prefect_server")
def test_main_tells_a_refusal_in_its_own_words(raw, tmp_path, capsys):
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "thesis.doc").write_text("not Winnow's")
    assert main([str(raw), "--out", str(tmp_path / "clean")]) == 2
    told = capsys.readouterr().err
    assert "thesis.doc" in told
    assert "Traceback" not in told


@pytest.mark.usefixtures("prefect_server")
def test_main_tells_an_abort_without_a_traceback(raw, tmp_path, capsys, caplog, monkeypatch):
    monkeypatch.setattr(driver, "write_tables", Calls(None, OSError(28, "No space left on device")))
    assert main([str(raw), "--out", str(tmp_path / "clean")]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert "No space left on device" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("prefect_server")
def test_main_tells_of_a_server_that_does_not_answer(raw, tmp_path, capsys):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}/api"
        with temporary_settings({PREFECT_API_URL: nobody}):
            assert main([str(raw), "--out", str(tmp_path / "clean")]) == 2
    told = capsys.readouterr().err
    assert nobody in told
    assert "prefect server start" in told


@pytest.mark.parametrize("workers", ["-1", "1025", "many"])
def test_main_names_the_workers_that_are_allowed(workers, capsys):
    with pytest.raises(SystemExit) as refused:
        main(["raw", "--workers", workers])
    assert refused.value.code == 2
    assert "--workers" in capsys.readouterr().err


@pytest.mark.usefixtures("prefect_server")
def test_a_defect_is_not_dressed_up_as_a_refusal(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "write_tables", Calls(None, json.JSONDecodeError("defect", "", 0)))
    with pytest.raises(json.JSONDecodeError):
        main([str(raw), "--out", str(tmp_path / "clean")])


def _with_guard(folder: Path, action: str) -> str:
    path = folder / f"{action}.toml"
    path.write_text(f'[guard]\naction = "{action}"\nsource_fewest = 2\nsource_loss = 0.1\n')
    return str(path)


@pytest.mark.usefixtures("prefect_server")
def test_a_run_that_the_guard_stops_fails_with_what_it_says(raw, tmp_path):
    clean = tmp_path / "clean"
    state = clean_folder([str(raw)], str(clean), config=_with_guard(tmp_path, "stop"), return_state=True)
    assert state.is_failed()
    assert "records lost" in state.message
    assert 'guard.action = "flag"' in state.message
    assert isinstance(state.result(raise_on_failure=False), TooMuchLost)
    assert parquet(clean) == {}
    assert main([str(raw), "--out", str(clean), "--config", _with_guard(tmp_path, "stop")]) == 1


@pytest.mark.usefixtures("prefect_server")
def test_what_the_guard_flags_is_logged_and_told(raw, tmp_path, caplog):
    state = clean_folder(
        [str(raw)], str(tmp_path / "clean"), config=_with_guard(tmp_path, "flag"), files_per_task=2, return_state=True
    )
    assert state.is_completed()
    assert " warnings" in state.message
    assert "records lost" in caplog.text
    # However the run was cut into tasks, the same is named.
    by_hand(raw, tmp_path / "by-hand", load_config(_with_guard(tmp_path, "flag")))
    assert state.result().manifest.losses == read_corpus(tmp_path / "by-hand").manifests[0].losses
