"""The running desk, as tests talk to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.tui.screens.fake_session import FakeSession
from textual import events
from textual.pilot import Pilot

from orders_tui.app import DeskApp
from orders_tui.dialogs.dialog import Dialog
from orders_tui.screens.desk import DeskScreen
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.order_table import OrderTable


class Desk:
    """One desk, its session, and the keyboard."""

    def __init__(self, app: DeskApp, pilot: Pilot[None], session: FakeSession) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    @property
    def screen(self) -> DeskScreen:
        desk = self.app.screen_stack[0]
        assert isinstance(desk, DeskScreen)
        return desk

    @property
    def table(self) -> OrderTable:
        return self.screen.query_one(OrderTable)

    @property
    def cursor(self) -> str:
        row = self.table.current
        assert row is not None
        return row.order.order_number

    @property
    def hint(self) -> str:
        return self.app.screen.query_one(HintBar).text

    async def press(self, *keys: str) -> None:
        """One after the other, as deliberate hands do: however fast the machine is, no Enter is the repetition of another."""
        for key in keys:
            self.app.keyboard.enter_pressed(float("-inf"))
            await self.pilot.press(key)

    async def type(self, text: str) -> None:
        """Into the field that has the focus."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def burst(self, *keys: str) -> None:
        """Keys that arrive in one read, faster than anything can open."""
        for key in keys:
            character = {"slash": "/"}.get(key, key if len(key) == 1 else None)
            self.app.post_message(events.Key(key, character))
        await self.pilot.pause()
        while self.app.keyboard.holding:
            await self.pilot.pause()

    @property
    def dialog(self) -> Dialog[object]:
        assert isinstance(self.app.screen, Dialog)
        return self.app.screen

    def said(self, part: str = "problem") -> str:
        """A line of the dialog."""
        widget = self.dialog.query_one(f"#{part}")
        return widget.text if isinstance(widget, Bar) else str(widget.render())

    def line(self, number: int) -> str:
        return self.table.render_line(number).text


Open = Callable[..., AbstractAsyncContextManager[Desk]]
