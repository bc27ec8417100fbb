"""A server that answers with far too much costs a command at most 300 MB, and the first look at the desk no more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from tests.support.gzip_bomb import gzip_bomb
from tests.tui.core.samples import order, page

from orders_tui.config import Config
from orders_tui.startup import first_page

MOST_MIB = 300
_MEASURED = """
import re, sys
from orders_tui.cli.main import run
status = run(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(status, int(peak[1]) // 1024, file=sys.stderr)
"""


_ANSWERS: dict[str, Callable[[], tuple[dict[str, str], bytes]]] = {
    "bomb": lambda: ({"Content-Encoding": "gzip"}, gzip_bomb(400)),
    "values": lambda: ({}, b'{"orders": [' + b"{}," * 2_600_000 + b"{}]}"),
    "deep": lambda: ({}, b"[" * 8_000_000),
}
"""Made when they are asked for: not by everybody who looks for tests."""


_TYPE = {"Content-Type": "text/event-stream"}


def _large(path: str) -> tuple[dict[str, str], bytes]:
    """As much as may come: pages of 7.5 MiB that are all to be kept, orders likewise."""
    row = json.loads(order(1).model_dump_json(by_alias=True))
    if "/sync/orders?" in path:
        rows = [
            {**row, "id": f"gid://shopify/Order/{n}", "customer_name": f"{path} {n} {'x' * 14_000}"} for n in range(500)
        ]
        told = json.loads(page([order(1)], total=5_000).model_dump_json(by_alias=True))
        told["orders"]["items"] = rows
        return {"ETag": f'"{path}"'}, json.dumps(told).encode()
    return {}, json.dumps(
        {**row, "id": f"gid://shopify/Order/{path.rpartition('/')[2]}", "tags": ["x" * 15_000] * 65}
    ).encode()


_FIRST_PAGES = 2
"""What the first frame and the session ask for; a server that answers these with nonsense is none, and opens no desk."""


def _answer(kind: str, path: str, welcomed: Counter[str]) -> tuple[dict[str, str], bytes]:
    """Headers and body; an event stream with one endless line where it is that. `desk-…`: after the first pages."""
    if kind.startswith("desk-"):
        kind = kind.removeprefix("desk-")
        welcomed[kind] += "/sync/orders?" in path
        if "/sync/orders?" in path and welcomed[kind] <= _FIRST_PAGES:
            return {}, page([order(1)], total=5_000).model_dump_json(by_alias=True).encode()
    if kind == "endless" and path.endswith("/alerts"):
        return _TYPE, b"retry: 1\n\ndata: " + b"x" * 100_000_000
    return _large(path) if kind == "endless" else _ANSWERS[kind]()


class _Server(BaseHTTPRequestHandler):
    welcomed: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        headers, body = _answer(self.path.split("/")[1], self.path, self.welcomed)
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
    status, mib, said = _measured(_MEASURED, "list", "--server", f"{address}/{kind}")
    assert status == 3, said
    assert said
    assert mib < MOST_MIB


def _measured(program: str, *arguments: str) -> tuple[int, int, str]:
    """A process of its own: its status, its peak in MiB, and what it said on stderr."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    *said, measured = done.stderr.strip().splitlines()
    status, mib = map(int, measured.split())
    return status, mib, "\n".join(said)


@pytest.mark.parametrize("kind", _ANSWERS)
def test_the_first_look_finds_nothing(kind: str, address: str, tmp_path: Path) -> None:
    config = Config(server=f"{address}/{kind}", state_dir=tmp_path)
    assert first_page.request(config).result(timeout=30) is None


_DESK = """
import asyncio, re, sys
from pathlib import Path
from textual import events
from orders_tui import paths
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.startup import first_page
from orders_tui.screens.desk import DeskScreen
from orders_tui.startup.start import Start

async def work(config):
    start = Start(config, first_page.request(config))
    app = DeskApp(start.first_frame, paths.reports(config), begin=start.begin)
    async with app.run_test(size=(120, 40)) as pilot:
        while not (isinstance(app.screen, DeskScreen) and app.screen.is_mounted):
            await pilot.pause(0.05)
        for key in [*"123456789", *"123456789", "j", "enter", "escape", "O", "escape", "a", "escape", *["ctrl+r"] * 3, *"jjj"]:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
            await pilot.pause(0.02)
        await pilot.pause(1.0)

asyncio.run(work(Config(server=sys.argv[1], state_dir=Path(sys.argv[2]), name="ana")))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(0, int(peak[1]) // 1024, file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no system that tells a process's peak")
@pytest.mark.parametrize("kind", ["bomb", "values", "endless"])
def test_a_desk_stays_small(kind: str, address: str, tmp_path: Path) -> None:
    status, mib, said = _measured(_DESK, f"{address}/desk-{kind}", str(tmp_path))
    assert (status, said) == (0, "")
    assert list(tmp_path.rglob("crash-*")) == []
    assert mib < MOST_MIB
