"""A server that answers with far too much costs a command at most 300 MB, and the first look at the desk no more."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from orders_tui.glance.look import Look

MOST_MIB = 300
_MEASURED = """
import resource, sys
from orders_tui.cli.main import run
status = run(sys.argv[1:])
print(status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""
_ANSWERS = {
    "bomb": ({"Content-Encoding": "gzip"}, gzip.compress(bytes(400 * 1024 * 1024), 1)),
    "values": ({}, b'{"orders": [' + b"{}," * 2_600_000 + b"{}]}"),
    "deep": ({}, b"[" * 8_000_000),
}


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        headers, body = _ANSWERS[self.path.split("/")[1]]
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("kind", _ANSWERS)
def test_a_command_stays_small(kind: str, address: str) -> None:
    command = [sys.executable, "-c", _MEASURED, "list", "--server", f"{address}/{kind}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    *said, measured = done.stderr.strip().splitlines()
    status, mib = map(int, measured.split())
    assert status == 3, done.stderr
    assert said
    assert "Traceback" not in done.stderr
    assert mib < MOST_MIB


@pytest.mark.parametrize("kind", _ANSWERS)
def test_the_first_look_finds_nothing(kind: str, address: str) -> None:
    assert Look(f"{address}/{kind}").start().result(timeout=30) is None
