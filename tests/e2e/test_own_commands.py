"""A command of the operator's own on a real terminal: it never gets that, and ends with the client, whichever way that goes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]

F6, CTRL_Q = "\x1b[17~", "\x11"
PATIENCE_S = 30.0
COMMAND = """
[commands.slow]
key = "f6"
argv = [
    "sh",
    "-c",
    "cat > {folder}/order; (: < /dev/tty) && exit 9; sleep 77 & echo $$ $! > {folder}/p; mv {folder}/p {folder}/pids; wait",
]
"""


def _quits(terminal: Terminal) -> int:
    terminal.press(CTRL_Q)
    terminal.wait_for(lambda lines: any("still running" in line for line in lines), PATIENCE_S)
    terminal.press("y")
    return 0


def _is_ended(terminal: Terminal) -> int:
    os.kill(terminal._pid, signal.SIGTERM)
    return 128 + signal.SIGTERM


@pytest.mark.parametrize("leaves", [_quits, _is_ended])
def test_it_ends_with_the_client(desk: Desk, tmp_path: Path, leaves: Callable[[Terminal], int]) -> None:
    (tmp_path / "orders-tui").mkdir()
    (tmp_path / "orders-tui" / "config.toml").write_text(COMMAND.format(folder=tmp_path))
    env = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "ORDERS_TUI_TOKEN": ""}
    with Terminal([sys.executable, "-m", "orders_tui", "--server", desk.url, "--as", "ana"], env) as terminal:
        terminal.wait_for(lambda lines: "live" in lines[0] and any("▸" in line for line in lines), PATIENCE_S)
        terminal.press(F6)
        _until((tmp_path / "pids").exists)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert (tmp_path / "order").read_text().startswith('{"id":"gid://shopify/Order/')
        status = leaves(terminal)
        assert terminal.ended(PATIENCE_S) == status
    _until(lambda: not any(map(_lives, pids)))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)
