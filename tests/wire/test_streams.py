"""A stream that is closed costs a command nothing but what it would have printed there."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", ["orders_tui config path", "orders_sync settings path"])
def test_with_all_three_closed_it_still_ends_well(command: str) -> None:
    closed = f'exec "$0" -m {command} <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", closed, sys.executable], check=False, timeout=60).returncode == 0
