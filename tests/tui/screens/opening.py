"""A client that starts, in process, on a server with a real port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.screen import Screen

from orders_tui import paths
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.screens.desk import DeskScreen
from orders_tui.screens.no_server import NoServerScreen
from orders_tui.startup import first_page
from orders_tui.startup.start import Load, Start
from orders_tui.widgets.order_table import OrderTable

S = TypeVar("S", bound=Screen[Any])
PATIENCE_S = 20


@dataclass
class Opening:
    """A client that starts, and stays on its first frame until `go_on` is set."""

    app: DeskApp
    pilot: Pilot[None]
    start: Start
    go_on: asyncio.Event

    @property
    def table(self) -> OrderTable:
        return self.app.screen.query_one(OrderTable)

    @property
    def cursor(self) -> str:
        row = self.table.current
        return row.order.order_number if row is not None else ""

    def lines(self) -> list[str]:
        """The table as it stands on the screen."""
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await self.pilot.pause(0.01)

    async def desk(self) -> DeskScreen:
        """Lets the start go on to its end."""
        self.go_on.set()
        return await self.screen(DeskScreen)

    async def screen(self, kind: type[S]) -> S:
        """The screen on top, once it is one of this kind."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.screen.is_mounted)
        await self.pilot.pause()
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    async def no_server(self) -> NoServerScreen:
        """Lets the start go on to what is said when there is none."""
        self.go_on.set()
        return await self.screen(NoServerScreen)


@asynccontextmanager
async def opening(server: str, state_dir: Path, load: Load | None = None, **config: object) -> AsyncIterator[Opening]:
    """A start on a server; `load` reads other profiles."""
    settings = Config(server=server, state_dir=state_dir, **{"name": "ana", **config})  # type: ignore[arg-type]
    start = Start(settings, first_page.request(settings), load)
    go_on = asyncio.Event()

    async def begin(app: DeskApp) -> None:
        await go_on.wait()
        await start.begin(app)

    first_screen: Callable[[], Screen[None]] = start.first_frame
    app = DeskApp(first_screen, paths.reports(settings), theme=start.preferences.theme, begin=begin)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        yield Opening(app, pilot, start, go_on)
    start.save_present()
