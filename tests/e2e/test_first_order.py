"""The README's first order, walked as it is written: from the demo as it opens to a parcel that the shop knows."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.support.demo_desk import demo_desk

from orders_tui.screens.order import OrderScreen

pytestmark = pytest.mark.e2e

MORNING = datetime(2026, 3, 10, 8, 40, 5, tzinfo=UTC)
NAMES = {"/": "slash", "\\": "backslash", "esc": "escape"}
"""Keys as they are pressed in a test."""


def steps() -> list[list[str]]:
    """What each step presses and types: all that stands before its first colon."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your first order\n")[1].split("\n## ")[0]
    told = [re.match(r"\d\. (.+?): ", line) for line in section.splitlines()]
    return [_pressed(found[1]) for found in told if found is not None]


def _pressed(words: str) -> list[str]:
    found = re.findall(r"<kbd>(.+?)</kbd>|type `(.+?)`", words)
    return [f"TEXT:{typed}" if typed else NAMES.get(html.unescape(key), html.unescape(key)) for key, typed in found]


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


async def test_the_keys_of_the_readme_lead_to_a_fulfilled_order(tmp_path: Path) -> None:
    filtering, choosing, sending, opening, leaving = steps()
    async with demo_desk(tmp_path, 60, MORNING) as desk, desk.client(tmp_path) as operator:
        await operator.press(*filtering)
        table = operator.session.table
        await operator.until(lambda: table.view.query.filters and not table.view.loading)
        number = table.view.rows[0].order.order_number
        await operator.press(*choosing)
        await operator.pilot.pause(0.2)
        await operator.press(*sending)
        await operator.until(lambda: "→ fulfilled" in operator.screen and "10 s" in operator.screen)
        await desk.later(11)
        await operator.press(*opening)
        await operator.until(lambda: isinstance(operator.app.screen, OrderScreen) and "✓ sent" in operator.screen)
        assert "1Z999AA10123456784" in operator.screen
        await operator.press(*leaving)
        await operator.until(lambda: not table.view.query.filters)
        detail = await desk.get(f"/sync/orders/{number.removeprefix('#')}")
    assert detail["status"] == "fulfilled"
    assert [entry.name for entry in desk.simulation.stage.ledger.entries if entry.kind == "mutation"][-1:] == [
        "fulfillmentCreate"
    ]
