"""From an empty home to a fulfilled order on a simulated shop, as a person types it on a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.support.terminal import Terminal

pytestmark = pytest.mark.e2e

OURS = [sys.executable, "-m", "orders_tui"]


@dataclass(frozen=True)
class Shop:
    """What `demo --shop` says to a person."""

    words: str

    def told(self, name: str) -> str:
        found = re.search(rf"^  {name}\s+(\S+)", self.words, re.MULTILINE)
        assert found, self.words
        return found[1]

    @property
    def command(self) -> list[str]:
        """The line to copy, without the program's name."""
        found = re.search(r"^  \S*orders-tui (init .*)$", self.words, re.MULTILINE)
        assert found, self.words
        return found[1].split()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORDERS_"))}
    return {**elsewhere, "HOME": str(tmp_path / "home"), "COLUMNS": "120"}


@pytest.fixture
def shop(env: dict[str, str]) -> Iterator[Shop]:
    command = [*OURS, "demo", "--shop", "--orders", "40", "--still"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    words = "".join(iter(process.stdout.readline, "\n"))
    while "orders-tui init" not in words:
        words += process.stdout.readline()
    yield Shop(words)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def answer(terminal: Terminal, question: str, text: str) -> None:
    terminal.wait_for(lambda lines: any(line.startswith(question) for line in lines), 60)
    time.sleep(0.2)
    terminal.press(f"{text}\r")


def headless(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([*OURS, *words], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def command_lines() -> str:
    """Those of every process that runs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(found)


@contextmanager
def served(env: dict[str, str], log: Path) -> Iterator[str]:
    """`orders-tui serve`, with nothing but what the file says: where it listens."""
    with log.open("w") as errors:
        process = subprocess.Popen([*OURS, "serve"], stdout=subprocess.PIPE, stderr=errors, text=True, env=env)
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def test_from_an_empty_home_to_a_fulfilled_order(shop: Shop, env: dict[str, str], tmp_path: Path) -> None:
    token, secret, api = shop.told("Admin token"), shop.told("webhook secret"), shop.told("Admin API")
    with Terminal([*OURS, *shop.command, "--port", free_port(), "--undo-seconds", "0"], env) as terminal:
        answer(terminal, "Admin API access token", token)
        answer(terminal, "Webhook secret", secret)
        answer(terminal, "Address of this server", "")
        terminal.wait_for(lambda lines: any("The desk holds 40 orders" in line for line in lines), 60)
        seen = command_lines()
        answer(terminal, "Start the server now", "n")
        assert terminal.ended(30) == 0
        said = terminal.raw.decode()
        opens = next(line.split() for line in terminal.lines() if "orders-tui --server" in line)
    with served(env, tmp_path / "serve.log") as address:
        assert opens[1:] == ["--server", address]
        waiting = json.loads(headless(env, *opens[1:], "list", "--tab", "unfulfilled", "--hold", "none", "--json"))
        sendable = next(row for row in waiting if not row.get("issue"))
        headless(env, *opens[1:], "fulfill", str(sendable["order_number"]))
        seen += command_lines()
        for _ in range(100):
            if "fulfillmentCreate" in httpx.get(f"{api}/ledger").text:
                break
            time.sleep(0.2)
        else:
            pytest.fail(httpx.get(f"{api}/ledger").text)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    for hidden in (token, secret):
        assert hidden not in said
        assert hidden not in seen
        assert [path.name for path in kept if hidden.encode() in path.read_bytes()] == ["sync.toml"]


def test_ctrl_c_at_a_hidden_question_gives_the_terminal_back(shop: Shop, env: dict[str, str], tmp_path: Path) -> None:
    script = 'trap : INT; stty -a > "$HOME/before"; "$@"; echo "status $?"; stty -a > "$HOME/after"'
    (tmp_path / "home").mkdir()
    with Terminal(["sh", "-c", script, "sh", *OURS, *shop.command, "--port", free_port()], env) as terminal:
        terminal.wait_for(lambda lines: any(line.startswith("Admin API access token") for line in lines), 60)
        time.sleep(0.3)
        terminal.press("\x03")
        terminal.wait_for(lambda lines: any("nothing was written" in line for line in lines), 30)
        terminal.wait_for(lambda lines: any(line.startswith("status 130") for line in lines), 30)
        assert terminal.ended(10) == 0
    assert (tmp_path / "home" / "after").read_text() == (tmp_path / "home" / "before").read_text()
    assert not list(tmp_path.rglob("sync.toml"))
