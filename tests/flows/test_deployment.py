"""From prefect.yaml to a corpus: a server, a pool, the deployments, a worker and a run, all on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from pipeline.run.clean import clean_folder
from pipeline.store.lock import write_lock
from tests.flows.conftest import parquet, write_stories

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "prefect.md").read_text(encoding="utf-8")


class Prefect:
    """A Prefect installation of its own: its home, its server's address, its processes and their logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": self.api,
            "PREFECT_UI_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_CLI_COLORS": "false",
            "DO_NOT_TRACK": "1",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    @contextmanager
    def running(self, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """Keep a Prefect command running in a process group of its own; the whole group ends with the block."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            end(process)

    def call(self, command: str, *options: str) -> str:
        """Run a command of the guide to its end and give what it printed."""
        assert command in GUIDE
        arguments = command.removeprefix("python -m ").split()
        done = subprocess.run(
            [sys.executable, "-m", *arguments, *options],
            cwd=CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        # S310: the address is our own server's on loopback.
        request = urllib.request.Request(f"{self.api}{path}", data, {"Content-Type": "application/json"})  # noqa: S310
        for patience in (1, 2, 4, 8, None):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # Prefect's server says so while its SQLite database is busy; its own client asks again as well.
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or patience is None:
                    raise AssertionError(f"{path}: {error}: {error.read().decode()}\n{self.logs()}") from error
                error.close()
                time.sleep(patience)
        return None

    def answers(self) -> bool:
        try:
            return bool(self.ask("/health"))
        except OSError:
            return False

    def state(self, name: str, **parameters: object) -> Callable[[], str]:
        """Start a run of a deployment; gives what tells the type of its state, now."""
        deployment = self.ask(f"/deployments/name/{name}")["id"]
        run = self.ask(f"/deployments/{deployment}/create_flow_run", {"parameters": parameters})["id"]
        return lambda: self.ask(f"/flow_runs/{run}")["state"]["type"]

    def logs(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-6000:]}" for log in sorted(self.folder.glob("*.log"))
        )

    def wait(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                pytest.fail(f"{what}: not within {seconds} s\n{self.logs()}")
            time.sleep(0.3)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process group to end, then make it."""
    for stop in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, stop)
            process.wait(10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(10)


def session_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes of a session, whatever groups they are in."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == process.pid:
            found.append(int(stat.parent.name))
    return found


def test_deployed_run_by_a_worker_and_found_when_killed(tmp_path):
    raw = write_stories(tmp_path / "raw")
    clean_folder(raw, tmp_path / "by-hand")
    prefect = Prefect(tmp_path)
    with ExitStack() as stack:
        stack.enter_context(
            prefect.running("server", "server", "start", "--host", "127.0.0.1", "--port", str(prefect.port))
        )
        prefect.wait("the server", prefect.answers, 120)
        prefect.call("prefect work-pool create winnow --type process")
        prefect.call("prefect --no-prompt deploy --all")

        daily = prefect.ask("/deployments/name/clean-folder/clean-daily")
        assert [(one["schedule"]["cron"], one["active"]) for one in daily["schedules"]] == [("0 3 * * *", True)]
        assert daily["global_concurrency_limit"]["limit"] == 1
        by_hand = prefect.ask("/deployments/name/reprocess-folder/reprocess-by-hand")
        assert by_hand["schedules"] == []

        worker = stack.enter_context(prefect.running("worker", "worker", "start", "--pool", "winnow"))
        where = {"raw": [str(raw)], "clean": str(tmp_path / "clean")}
        state = prefect.state("clean-folder/clean-daily", **where)
        prefect.wait("the run", lambda: state() == "COMPLETED", 90)
        assert parquet(tmp_path / "clean") == parquet(tmp_path / "by-hand")
        keys = {one["key"] for one in prefect.ask("/artifacts/latest/filter", {})}
        assert {"winnow-summary-clean", "winnow-progress-clean"} <= keys

        # A run that waits for the corpus is killed with its worker, like a machine that loses power.
        for _ in range(2):
            told = prefect.call("python -m flows.automations", "--silence=10")
        automations = prefect.ask("/automations/filter", {})
        assert [one["name"] for one in automations] == ["winnow: a run without heartbeats has crashed"]
        assert automations[0]["id"] in told
        with write_lock(tmp_path / "clean" / ".lock"):
            state = prefect.state("reprocess-folder/reprocess-by-hand", **where)
            prefect.wait("the waiting run", lambda: state() == "RUNNING", 60)
            for one in session_of(worker):
                os.kill(one, signal.SIGKILL)
            prefect.wait("the automation", lambda: state() == "CRASHED", 60)

        stack.enter_context(prefect.running("worker-2", "worker", "start", "--pool", "winnow"))
        state = prefect.state("reprocess-folder/reprocess-by-hand", **where)
        prefect.wait("the run after the killed one", lambda: state() == "COMPLETED", 90)
        assert parquet(tmp_path / "clean") == parquet(tmp_path / "by-hand")


def test_without_a_server_it_brings_its_own_and_leaves_none(tmp_path):
    raw = write_stories(tmp_path / "raw")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["PREFECT_HOME"] = str(tmp_path / "home")
    command = [sys.executable, "-m", "flows.clean", str(raw), "--out", str(tmp_path / "clean"), "--workers", "2"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "50 records read" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr

    # Stopped as a terminal stops it, with all its processes, while it waits for the corpus.
    log = tmp_path / "stopped.log"
    with log.open("wb") as told, write_lock(tmp_path / "clean" / ".lock"):
        stopped = subprocess.Popen(
            [*command, "--wait"], cwd=CHECKOUT, env=environment, stdout=told, stderr=told, start_new_session=True
        )
        try:
            deadline = time.monotonic() + 120
            while "waiting: " not in log.read_text() and stopped.poll() is None and time.monotonic() < deadline:
                time.sleep(0.2)
            os.killpg(stopped.pid, signal.SIGINT)
            assert stopped.wait(30) == 130, log.read_text()
            left = session_of(stopped)
        finally:
            end(stopped)
    assert "is whole; run again" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert not left
