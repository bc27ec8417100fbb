"""A server that answers with far too much costs a command at most 300 MB, and the first look at the desk no more."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from orders_tui.glance.look import Look

MOST_MIB = 300
_MEASURED = """
import re, sys
from orders_tui.cli.main import run
status = run(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(status, int(peak[1]) // 1024, file=sys.stderr)
"""


def _bomb() -> bytes:
    """400 MiB of nothing, packed piece by piece."""
    packed, piece = zlib.compressobj(1, wbits=31), bytes(1024 * 1024)
    return b"".join(packed.compress(piece) for _ in range(400)) + packed.flush()


_ANSWERS = {
    "bomb": ({"Content-Encoding": "gzip"}, _bomb()),
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


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no system that tells a process's peak")
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
