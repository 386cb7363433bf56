"""Input from an S3 store gives what the same files on a disk give; a store that fails now and then does, too."""

from __future__ import annotations

import gzip
import http.client
import importlib.util
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.store.corpus import read_corpus
from tests.cli.program import environment
from tests.corpora import first_instalment, second_instalment
from tests.read.files import zipped

pytestmark = pytest.mark.skipif(
    not (importlib.util.find_spec("moto") and importlib.util.find_spec("s3fs")),
    reason="needs moto's server and s3fs (extra test)",
)

SECRET = "s3cr3tOfTheStore"  # noqa: S105 - of a store that the test starts
HOST = "127.0.0.1"


def free_port() -> int:
    with closing(socket.socket()) as opened:
        opened.bind((HOST, 0))
        return int(opened.getsockname()[1])


def put(port: int, path: str, content: bytes = b"") -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    connection.request("PUT", path, content)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("s3") / "raw"
    first_instalment(raw)
    second_instalment(raw)
    (raw / "packed.jsonl.gz").write_bytes(gzip.compress((raw / "z.jsonl").read_bytes(), mtime=0))
    (raw / "pages.zip").write_bytes(zipped({"a.html": b"<p>The ferry to Hallin was sold on Monday.</p>"}))
    shutil.copytree(raw / "a", raw / "b")
    return raw


@pytest.fixture(scope="module")
def store(raw: Path) -> Iterator[int]:
    """A server with the files in it; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                put(port, "/news")
                break
            except OSError:
                assert time.monotonic() < until, "the server did not start"
                assert server.poll() is None, "the server ended"
                time.sleep(0.1)
        for path in sorted(raw.rglob("*")):
            if path.is_file():
                put(port, f"/news/raw/{path.relative_to(raw).as_posix()}", path.read_bytes())
        yield port
    finally:
        server.kill()
        server.wait()


def clean(port: int, out: Path) -> subprocess.CompletedProcess[str]:
    """Clean as a user does; the credentials stand in the environment."""
    told = {
        **{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"},
        **{"AWS_ENDPOINT_URL": f"http://{HOST}:{port}", "no_proxy": HOST},
    }
    command = [sys.executable, "-m", "pipeline", "clean", "s3://news/raw", "--out", str(out), "--workers", "1"]
    return subprocess.run(command, env=environment() | told, capture_output=True, text=True, check=False)


def parquet(clean: Path) -> dict[str, bytes]:
    return {path.relative_to(clean).as_posix(): path.read_bytes() for path in sorted(clean.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def on_disk(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("disk") / "clean"
    command = [sys.executable, "-m", "pipeline", "clean", str(raw), "--out", str(out), "--workers", "1"]
    subprocess.run(command, env=environment(), capture_output=True, check=True)
    return parquet(out)


@pytest.fixture(scope="module")
def cleaned(store: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of what is in the store."""
    out = tmp_path_factory.mktemp("store") / "clean"
    done = clean(store, out)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return out


def test_a_store_gives_what_a_disk_gives(cleaned: Path, on_disk: dict[str, bytes]) -> None:
    assert parquet(cleaned) == on_disk
    for path in (path for path in cleaned.rglob("*") if path.is_file()):
        assert SECRET.encode() not in path.read_bytes()


def test_what_is_known_of_a_store_is_not_written_again(store: int, cleaned: Path) -> None:
    again = clean(store, cleaned)
    assert again.returncode == 0, again.stderr
    assert len(read_corpus(cleaned).manifests) == 1


class Faulty(ThreadingHTTPServer):
    """Stands before the store and lets a share of the requests fail: refused as too many, or cut in the middle."""

    daemon_threads = True

    def __init__(self, behind: int, share: float) -> None:
        super().__init__((HOST, 0), _Handler)
        self.behind = behind
        self.share = share
        self.chance = random.Random(1)
        self.failed = 0


class _Handler(BaseHTTPRequestHandler):
    server: Faulty

    def do_GET(self) -> None:
        behind = http.client.HTTPConnection(HOST, self.server.behind, timeout=30)
        behind.request(self.command, self.path, headers=dict(self.headers))
        answer = behind.getresponse()
        content = answer.read()
        fails = self.server.chance.random() < self.server.share
        cut = fails and self.server.chance.random() < 1 / 2 and len(content) > 1
        self.server.failed += fails
        if fails and not cut:
            content = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
            self.send_response(503)
        else:
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "server", "date", "transfer-encoding"):
                    self.send_header(name, value)
        length = answer.headers["Content-Length"] if self.command == "HEAD" and not fails else str(len(content))
        self.send_header("Content-Length", length)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = True

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def faulty(store: int) -> Iterator[Faulty]:
    server = Faulty(store, 0.05)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_requests_that_fail_are_repeated(faulty: Faulty, on_disk: dict[str, bytes], tmp_path: Path) -> None:
    """The floor is a twentieth that fail; of so few requests a third does here, so that some do for sure."""
    faulty.share = 1 / 3
    done = clean(faulty.server_address[1], tmp_path / "clean")
    assert done.returncode == 0, done.stderr
    assert parquet(tmp_path / "clean") == on_disk
    assert faulty.failed > 2


def test_a_store_that_never_answers_is_told_and_the_corpus_is_as_it_was(cleaned: Path, faulty: Faulty) -> None:
    before = parquet(cleaned)
    faulty.share = 1.0
    done = clean(faulty.server_address[1], cleaned)
    assert done.returncode == 1
    assert "did not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    assert parquet(cleaned) == before
    assert not list((cleaned / ".staging").iterdir())
