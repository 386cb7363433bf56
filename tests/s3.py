"""An S3 store on loopback, and one that fails now and then in front of it."""

from __future__ import annotations

import http.client
import importlib.util
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

SECRET = "s3cr3tOfTheStore"  # noqa: S105 - of a store that the tests start
HOST = "127.0.0.1"

IS_THERE = all(importlib.util.find_spec(name) for name in ("moto", "s3fs", "flask"))
WHY_NOT = "needs moto's server and s3fs (extra test)"


def free_port() -> int:
    with closing(socket.socket()) as opened:
        opened.bind((HOST, 0))
        return int(opened.getsockname()[1])


def put(port: int, path: str, content: bytes = b"") -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    connection.request("PUT", path, content)
    assert connection.getresponse().status == 200
    connection.close()


@contextmanager
def serving() -> Iterator[int]:
    """Run a store with no bucket; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                put(port, "/awake")
                break
            except OSError:
                assert time.monotonic() < until, "the server did not start"
                assert server.poll() is None, "the server ended"
                time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


def credentials(port: int) -> dict[str, str]:
    """Give what a user of the store sets in the environment."""
    return {
        **{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"},
        **{"AWS_ENDPOINT_URL": f"http://{HOST}:{port}", "no_proxy": HOST},
    }


Watch = Callable[[str, str], None]
"""Is told the method and the path of each request before it is passed on."""


class Faulty(ThreadingHTTPServer):
    """Stands before the store and lets a share of the requests fail: refused as too many, or cut in the middle."""

    daemon_threads = True

    def __init__(self, behind: int, share: float) -> None:
        super().__init__((HOST, 0), _Handler)
        self.behind = behind
        self.share = share
        self.chance = random.Random(1)
        self.failed = 0
        self.asked = 0
        self.counting = Lock()
        self.watch: Watch | None = None
        self.forbidden = ""
        """A method that the store refuses, for want of rights."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: Faulty
    protocol_version = "HTTP/1.1"  # clients ask before they send a body

    def do_GET(self) -> None:
        del self.headers["Expect"]  # answered by now
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.counting:
            self.server.asked += 1
            fails = self.server.chance.random() < self.server.share
            cut = fails and self.server.chance.random() < 1 / 2
            self.server.failed += fails
        self.close_connection = True
        if self.command == self.server.forbidden:
            self._refuse(403, "AccessDenied")
            return
        if fails and not cut:
            self._refuse(503, "SlowDown")
            return
        if self.server.watch is not None:
            self.server.watch(self.command, self.path)
        behind = http.client.HTTPConnection(HOST, self.server.behind, timeout=30)
        behind.request(self.command, self.path, content, headers=dict(self.headers))
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "server", "date", "transfer-encoding"):
                self.send_header(name, value)
        length = answer.headers["Content-Length"] if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length)
        self.send_header("Connection", "close")
        if cut and not content:
            # The store did what it was asked, and nobody hears of it.
            return
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)

    def _refuse(self, status: int, code: str) -> None:
        content = f"<Error><Code>{code}</Code><Message>The store of {SECRET} says no.</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def faulty(behind: int, share: float) -> Iterator[Faulty]:
    """Run a store in front of another."""
    server = Faulty(behind, share)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
