"""The pictures of README and docs: the demo's own desk, in the real client on the real server.

`pytest tests/e2e/test_pictures.py --snapshot-update` draws them again. Look at them before committing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.support.demo_desk import OPERATOR, DemoDesk, Operator, demo_desk

from orders_tui.app import DeskApp
from orders_tui.session import transients
from orders_tui.session.transients import Transient

pytestmark = pytest.mark.e2e

FOLDER = ROOT / "docs" / "pictures"
MORNING = datetime(2026, 3, 10, 8, 40, 5, tzinfo=UTC)
ORDERS = 600
SIZE = (120, 40)
SETTLED_S = 0.5
FONTS = "'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
"""What machines have. An image in a page loads no font."""


@dataclass(frozen=True)
class Picture:
    """The keys that lead to it from the one before, and words that are there when it is."""

    press: tuple[str, ...]
    shows: str


PICTURES = {
    "desk": Picture(tuple("jjjjjjjjjjjj"), "@ address"),
    "order": Picture(("6", "j", "enter"), "PARCELS"),
    "return": Picture(("escape", "8", "j", "r"), "approve refund"),
    "bulk": Picture(("escape", "2", "g", "asterisk", "f", "shift+tab", "TEXT:34"), "fulfil 34"),
}
RESULT = "31 done"


def drawn(app: DeskApp) -> str:
    """What is on screen as an SVG that loads nothing."""
    svg = app.export_screenshot(title="orders-tui")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", svg.replace("Fira Code, monospace", FONTS), flags=re.MULTILINE)


async def _pictures(desk: DemoDesk, folder: Path) -> AsyncIterator[tuple[str, str]]:
    async with desk.client(folder, SIZE) as operator:
        for name, picture in PICTURES.items():
            await operator.press(*picture.press)
            svg = await _settled(operator, picture.shows)
            yield f"{name}.svg", await _result(desk, operator) if name == "bulk" else svg


async def _result(desk: DemoDesk, operator: Operator) -> str:
    """Confirmed in the same moment in which a colleague takes three of the orders."""
    async with desk.untold():
        await desk.takes("maya", "1576", "1577", "1583")
        await operator.press("ctrl+s")
    return await _settled(operator, RESULT)


async def _settled(operator: Operator, shows: str) -> str:
    """The picture once these words are in it and nothing changes any more."""
    await operator.until(lambda: shows in operator.screen)
    before, now = "", drawn(operator.app)
    while before != now:
        await operator.pilot.pause(SETTLED_S)
        before, now = now, drawn(operator.app)
    return now


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the light on rows that have just changed, which is there or gone as the machine is quick or slow."""
    monkeypatch.setitem(transients._SECONDS, Transient.CHANGED, 0.0)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


async def test_the_pictures_are_what_the_demo_shows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with demo_desk(tmp_path, ORDERS, MORNING) as desk:
        await desk.takes(OPERATOR, "1548", "1573", "1585", "1590")
        await desk.later(60)
        await desk.live(12, 130)
        svgs = {name: svg async for name, svg in _pictures(desk, tmp_path)}
    if request.config.option.update_snapshots:
        for name, svg in svgs.items():
            (FOLDER / name).write_text(svg, encoding="utf-8")
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    assert [name for name, svg in svgs.items() if svg != there.get(name)] == []
    assert svgs.keys() == there.keys()
