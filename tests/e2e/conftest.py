"""A living desk: `orders-tui demo --headless`, started as a user starts it, one for every flow that only reads."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ANNOUNCEMENT = "Sync server listening on "
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20
LAST_USER_TIMEOUT_S = 120


@dataclass(frozen=True)
class Desk:
    """A running demo: where its server answers."""

    url: str

    def get(self, path: str, **params: str | int) -> httpx.Response:
        return httpx.get(self.url + path, params=params, timeout=30, verify=False)

    def page(self, **params: str | int) -> dict[str, object]:
        answer = self.get("/sync/orders", **params)
        assert answer.status_code == 200, answer.text
        body: dict[str, object] = answer.json()
        return body

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """One headless command against this desk."""
        command = [sys.executable, "-m", "orders_tui", "--server", self.url, *words]
        return subprocess.run(command, input=stdin or "", capture_output=True, text=True, timeout=60, check=False)


@dataclass(frozen=True)
class OwnDesk(Desk):
    """One with its process."""

    process: subprocess.Popen[str]


DEMO = ("orders_tui", "demo", "--headless", "--port", "0")


@contextmanager
def running(*options: str, module: Sequence[str] = DEMO, env: dict[str, str] | None = None) -> Iterator[OwnDesk]:
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
        yield OwnDesk(line.removeprefix(ANNOUNCEMENT), process)
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
def desk(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Desk]:
    """A still desk of 2,000 orders."""
    if worker_id == "master":
        with _of_2000() as desk:
            yield desk
    else:
        with _shared(tmp_path_factory.getbasetemp().parent / "desk") as desk:
            yield desk


def _of_2000() -> AbstractContextManager[Desk]:
    return running("--orders", "2000", "--seed", "7", "--still")


@contextmanager
def _shared(folder: Path) -> Iterator[Desk]:
    """One for all workers: the first that needs it starts it, and ends it when the others are done with it."""
    folder.mkdir(exist_ok=True)
    address, user = folder / "address", folder / f"{os.getpid()}.user"
    with ExitStack() as stack:
        with _locked(folder):
            if address.exists():
                user.touch()
                stack.callback(user.unlink)
                desk = Desk(address.read_text())
            else:
                desk = stack.enter_context(_of_2000())
                address.write_text(desk.url)
                stack.callback(_await_others, folder, address)
        yield desk


def _await_others(folder: Path, address: Path) -> None:
    """Until nobody uses it, and nobody else will."""
    with _locked(folder):
        address.unlink()
    deadline = time.monotonic() + LAST_USER_TIMEOUT_S
    while any(folder.glob("*.user")) and time.monotonic() < deadline:
        time.sleep(0.1)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
