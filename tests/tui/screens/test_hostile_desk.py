"""Whatever a server answers while the operator works: no fault, no traceback, and all is well when it answers well again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.tui.screens.hostile_desk import HostileDesk
from tests.tui.screens.test_any_moment import crashes
from textual import events
from textual.pilot import Pilot

from orders_tui.api.client import SyncApi
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.context import Context
from orders_tui.feed import ConnectionState
from orders_tui.feed.sse import SseFeed
from orders_tui.keymap import build
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.screens.desk import DeskScreen
from orders_tui.session import Session
from orders_tui.session.changes import Change, Notice
from orders_tui.session.log import ActionState

SEEDS = range(3)
PATIENCE_S = 20
WORK = (
    ("enter", "j", "escape"),
    ("a", "TEXT", "ctrl+s", "enter"),
    ("j", "f", "ctrl+s", "enter"),
    ("j", "s", "TEXT", "ctrl+s", "enter"),
    ("space", "space", "a", "TEXT", "ctrl+s", "enter"),
    ("j", "r", "enter", "ctrl+s"),
    ("j", "i", "enter", "ctrl+s"),
    ("u",),
    ("O", "ctrl+r", "j", "R", "X", "X"),
    ("L", "j"),
    ("p",),
    ("right_square_bracket", "right_square_bracket", "ctrl+r"),
    ("exclamation_mark", "j", "enter"),
    ("ctrl+r", "full_stop", "enter"),
    ("e", "escape"),
)
"""What an operator does: each ends with escape, until the desk is on top."""


@pytest.fixture
def every_frame() -> bool:
    return True


class Client:
    """The real session and screens over a desk that may be hostile."""

    def __init__(self, desk: HostileDesk, app: DeskApp, pilot: Pilot[None], session: Session) -> None:
        self.desk, self.app, self.pilot, self.session = desk, app, pilot, session
        self.told: list[str] = []
        session.subscribe(self._heard)

    def _heard(self, change: Change) -> None:
        if isinstance(change, Notice):
            self.told.append(change.text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            if key == "TEXT":
                self.app.post_message(events.Paste("zoe"))
            else:
                self.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await self.pilot.pause()
        self.look()

    def look(self) -> None:
        """Nothing of ours stands on the screen that is for programmers."""
        shown = "\n".join(
            "".join(segment.text for segment in line) for line in self.app.screen._compositor.render_strips()
        )
        shown += "\n".join(toast.message for toast in self.app._notifications)
        for word in ("Traceback", "Error(", "went wrong", "failed in the background", "pydantic", "httpx"):
            assert word not in shown, shown

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await self.pilot.pause(0.02)

    async def close_all(self) -> None:
        for _ in range(20):
            if isinstance(self.app.screen, DeskScreen):
                return
            await self.press("escape")
        raise AssertionError(f"{self.app.screen} does not close")

    async def well(self) -> None:
        """Rows, a live line, and an action that is done."""
        await self.press("ctrl+r")
        await self.until(lambda: self.session.connection.state is ConnectionState.LIVE)
        await self.press("1", "ctrl+r")
        await self.until(lambda: self.session.table.view.rows and self.session.table.view.problem is None)
        await self.until(lambda: not self.session.actions.unsettled)
        actions = self.session.actions
        before = len(actions.log)
        await self.press("a", "TEXT", "ctrl+s")
        await self.until(lambda: len(actions.log) > before and actions.log[-1].state is ActionState.DONE)
        await self.close_all()


@asynccontextmanager
async def working(seed: int, reports: Path) -> AsyncIterator[Client]:
    desk = HostileDesk(seed)
    pace = Pace(random=lambda: 0.1)
    api = SyncApi("http://desk.test", transport=desk, pace=pace)
    session = Session(api, SseFeed(api, pace, poll_interval_s=0.1), query=OrdersQuery(page_size=36), pace=pace)

    async def begin(app: DeskApp) -> None:
        app.run_session(work, api.close)

    app = DeskApp(lambda: DeskScreen(work), reports, pace=pace, begin=begin)
    work = Context(session, Config(), pace, build({}), keyboard=app.keyboard, outgoing=api)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        yield Client(desk, app, pilot, session)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_desk_goes_on_whatever_is_answered(
    seed: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    async with working(seed, tmp_path) as client:
        client.desk.hostile = 0.7 if seed % 3 else 0.0  # from the first request on, or once there are rows
        if not client.desk.hostile:
            await client.until(lambda: client.session.table.view.rows)
        client.desk.hostile = 0.7
        for keys in WORK:
            await client.press(*keys)
            await client.close_all()
        client.desk.hostile = 0.0
        await client.well()
        assert not [text for text in client.told if "inside" in text]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert crashes(tmp_path) == []
