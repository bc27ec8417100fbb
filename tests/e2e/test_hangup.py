"""The terminal goes away under the client: it ends, and what was on show is written down."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.monkey.window import Window

from orders_tui.terminal.hangup import STATUS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]

END_TIMEOUT_S = 20


def _window_closes(_client: subprocess.Popen[bytes], terminal: int) -> None:
    os.close(terminal)


def _hangup_is_told(client: subprocess.Popen[bytes], terminal: int) -> None:
    client.send_signal(signal.SIGHUP)
    client.wait(END_TIMEOUT_S)
    os.close(terminal)


@pytest.mark.parametrize("goes", [_window_closes, _hangup_is_told])
def test_a_terminal_that_goes_away_ends_the_client_and_loses_nothing(
    desk: Desk, tmp_path: Path, goes: Callable[[subprocess.Popen[bytes], int], None]
) -> None:
    terminal, inside = pty.openpty()
    client = subprocess.Popen(
        [sys.executable, "-m", "orders_tui", "--server", desk.url, "--as", "ana"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)},
        start_new_session=True,
    )
    os.close(inside)
    try:
        seen = b""
        while b"live" not in seen:
            seen += os.read(terminal, 1 << 16)
        goes(client, terminal)
        assert client.wait(END_TIMEOUT_S) == STATUS
    finally:
        client.kill()
        client.wait()
    (left,) = [path for path in tmp_path.rglob("*.json") if "drafts" not in path.name]
    assert json.loads(left.read_text(encoding="utf-8"))["ui"]["order_id"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize(
    "shown", [b"\x1b[?1049h", b"ORDER", b"live"], ids=["as it takes the terminal", "first frame", "desk"]
)
def test_a_client_that_is_ended_gives_the_terminal_back(
    desk: Desk, tmp_path: Path, shown: bytes, number: signal.Signals
) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    window = Window([sys.executable, "-m", "orders_tui", "--server", desk.url], env, tmp_path, (120, 40))
    try:
        assert window.wait_for(shown, 0, END_TIMEOUT_S)
        window.signal(number)
        assert window.ended(END_TIMEOUT_S) == 128 + number
        assert window.restored
        assert b"\x1b[?1049l" in window.since(0)
        assert b"Traceback" not in window.since(0)
    finally:
        window.close()


def _runs(window: Window) -> bool:
    """The client's own code runs, by a library that it loads first. Before, a signal ends Python as Python sees fit."""
    place = Path(f"/proc/{window.pid}")
    try:
        return b"orders_tui" in (place / "cmdline").read_bytes() and b"/_socket." in (place / "maps").read_bytes()
    except OSError:
        return False


def _begins(window: Window) -> None:
    deadline = time.monotonic() + END_TIMEOUT_S
    while window.running and not (window.raw or _runs(window)) and time.monotonic() < deadline:
        time.sleep(0.001)


@pytest.mark.parametrize("after_s", [0.06, 0.15, 0.3, None], ids=["at once", "soon", "later", "as it begins"])
def test_ctrl_c_before_the_client_has_the_keyboard_ends_it_without_a_traceback(
    desk: Desk, tmp_path: Path, after_s: float | None
) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    window = Window([sys.executable, "-m", "orders_tui", "--server", desk.url], env, tmp_path, (120, 40))
    try:
        if after_s is None:
            _begins(window)
        else:
            time.sleep(after_s)
        began = _runs(window)
        window.send(b"\x03", END_TIMEOUT_S)
        by_python = False
        if not window.running or not window.raw:  # it came as a signal: as a key it would find the keyboard taken
            status = window.ended(END_TIMEOUT_S)
            by_python = not began and status in (1, -signal.SIGINT)
            # Python ends by the signal, without a word, where an `exec` of text was interrupted: a shell calls that 130, too.
            assert status in (130, -signal.SIGINT) or by_python
            assert window.restored
        assert by_python or b"orders_tui" not in window.since(0)
    finally:
        window.close()
