"""A living desk: `orders-tui demo --headless`, started as a user starts it, shared by every flow that only reads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

ANNOUNCEMENT = "Sync server listening on "
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20


@dataclass(frozen=True)
class Desk:
    """A running demo: where its server answers, and its process."""

    url: str
    process: subprocess.Popen[str]

    def get(self, path: str, **params: str | int) -> httpx.Response:
        return httpx.get(self.url + path, params=params, timeout=30)

    def page(self, **params: str | int) -> dict[str, object]:
        answer = self.get("/sync/orders", **params)
        assert answer.status_code == 200, answer.text
        body: dict[str, object] = answer.json()
        return body

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """One headless command against this desk."""
        command = [sys.executable, "-m", "orders_tui", "--server", self.url, *words]
        return subprocess.run(command, input=stdin or "", capture_output=True, text=True, timeout=60, check=False)


DEMO = ("orders_tui", "demo", "--headless", "--port", "0")


@contextmanager
def running(*options: str, module: Sequence[str] = DEMO, env: dict[str, str] | None = None) -> Iterator[Desk]:
    """`orders-tui demo --headless` (or another module that runs one) with these options, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline().strip()
        assert line.startswith(ANNOUNCEMENT), f"{line!r} {process.stderr.read() if process.poll() is not None else ''}"
        yield Desk(line.removeprefix(ANNOUNCEMENT), process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[str]) -> int:
    """Asks a demo to end as a service manager would, and waits for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """A still desk of 2,000 orders."""
    with running("--orders", "2000", "--seed", "7", "--still") as desk:
        yield desk
