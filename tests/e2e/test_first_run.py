"""The README's first command on a terminal: a desk opens, and leaving it leaves nothing behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support.terminal import Terminal

pytestmark = pytest.mark.e2e


def test_the_demo_opens_a_desk_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORDERS_"))}
    env = {**elsewhere, "HOME": str(home), "TMPDIR": str(scratch), "ORDERS_SYNC_NO_SUCH_SETTING": "1", "LOGNAME": "zoë"}
    command = [sys.executable, "-m", "orders_tui", "demo", "--orders", "40", "--still"]
    with Terminal(command, env) as terminal:
        terminal.wait_for(
            lambda lines: (
                "live" in lines[0] and "· zoë (lead)" in lines[0] and any(line.startswith("▸   #") for line in lines)
            ),
            120,
        )
        assert [path.name.startswith("orders-desk-") for path in scratch.iterdir()] == [True]
        terminal.press("\x11")
        assert terminal.ended(60) == 0
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
    assert list(scratch.iterdir()) == []
    assert [path.name for path in home.rglob("*.json")] == ["demo.json"]
