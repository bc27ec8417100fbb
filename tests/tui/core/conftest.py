"""The command line on a desk in memory."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Desk
from tests.tui.core.samples import NOON

from orders_tui.cli.main import run


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def call(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    for module in ("config", "config.reading"):
        monkeypatch.setattr(f"orders_tui.{module}.default_path", lambda: tmp_path / "config.toml")
    monkeypatch.delenv("ORDERS_TUI_SERVER", raising=False)
    for module in ("alerts", "orders"):
        monkeypatch.setattr(f"orders_tui.cli.{module}.utc_now", lambda: NOON)
    monkeypatch.setattr("orders_tui.cli.actions.FIRST_WAIT_S", 0.0)

    def called(*arguments: str, stdin: str | io.TextIOWrapper = "") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin) if isinstance(stdin, str) else stdin)
        return run(arguments, httpx.MockTransport(desk))

    return called
