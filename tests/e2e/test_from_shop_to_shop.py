"""On a terminal: from no server to a desk, from that to another profile's, and from the client to another command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.support.terminal import Terminal, client

pytestmark = pytest.mark.e2e

NOBODY = "http://127.0.0.1:9"
FILE = """
[profile.eu]
server = "{url}"
environment = "PROD"

[profile.look]
server = "{url}"
read_only = true
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORDERS_"))}
    return {**elsewhere, "HOME": str(tmp_path)}


def test_from_no_server_to_a_shop_and_on_to_another(desk: Desk, env: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "orders-tui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(FILE.format(url=desk.url))
    with Terminal(client(NOBODY), env) as terminal:
        terminal.wait_for(lambda lines: any("No server is in reach" in line for line in lines), 30)
        terminal.press("p")
        terminal.wait_for(lambda lines: any("Shops" in line for line in lines), 10)
        terminal.press("\x1b[B")
        terminal.wait_for(lambda lines: any("▸   eu" in line for line in lines), 10)
        terminal.confirm()
        terminal.wait_for(lambda lines: "PROD  eu: " in lines[0] and "live" in lines[0], 30)
        terminal.press(":")
        terminal.wait_for(lambda lines: any(" Command " in line for line in lines), 10)
        terminal.press("shop look")
        terminal.wait_for(lambda lines: any("shop look" in line for line in lines), 10)
        terminal.confirm()
        terminal.wait_for(lambda lines: "look: " in lines[0] and "read only" in lines[0] and "live" in lines[0], 30)
        terminal.press("\x11")
        assert terminal.ended(20) == 0


def test_another_command_gets_the_terminal_as_it_was(env: dict[str, str]) -> None:
    with Terminal(client(NOBODY), env) as terminal:
        terminal.wait_for(lambda lines: any("Set up a shop" in line for line in lines), 30)
        terminal.press("i")
        terminal.wait_for(lambda lines: any(line.startswith("Shop (") for line in lines), 20)
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
        terminal.press("\x03")
        assert terminal.ended(10) == 130
