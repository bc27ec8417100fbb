"""The order of things at the start: show the first page, load the rest beside it, hand over to the desk."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from orders_tui import paths, registry, themes
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.preferences import Preferences
from orders_tui.startup.first_frame import FirstFrame
from orders_tui.startup.first_page import PendingPage, remembered_ui
from orders_tui.terminal.hangup import on_hangup

if TYPE_CHECKING:
    from orders_tui.app import RunningSession
    from orders_tui.context.context import Context
    from orders_tui.session.changes import Change
    from orders_tui.session.protocols import SessionProtocol
    from orders_tui.startup.shops import Shops
    from orders_tui.startup.wiring import Wiring

Load = Callable[[str], Config]
"""The configuration of a profile, with what the command line said. Raises ConfigError."""

TAKES_LONG = (
    "httpx",
    "orders_wire.page",
    "orders_tui.startup.wiring",
    "orders_tui.startup.shops",
    "orders_tui.screens.desk",
)
"""What the desk needs and the first frame does not."""

HANDOVER_S = 2.0
"""So long the first frame's rows stay while the session has none of its own."""


def run(config: Config, first_page: PendingPage, load: Load) -> int:
    """Opens the desk in this terminal until the operator leaves; the process's exit status. Raises ConfigError.

    `load` reads another profile.
    """
    themes.require(config)
    start = Start(config, first_page, load)
    app = DeskApp(
        start.first_frame,
        paths.reports(config),
        theme=start.theme,
        ascii_only=config.ascii,
        unicode=config.unicode,
        begin=start.begin,
    )

    def leave() -> None:
        """By whatever way: no program outlives the client, and how the desk was left is written down."""
        app.kill_programs()
        start.save_present()

    on_hangup(leave)
    try:
        app.run(mouse=config.mouse)
    finally:
        leave()
    if app.then:
        os.execv(sys.executable, [sys.executable, "-m", "orders_tui", *app.then])  # noqa: S606
    return app.return_code or 0


class Start:
    """One start of a desk. `shops` goes from it to others. Raises ConfigError for a key map that cannot be used."""

    def __init__(self, config: Config, first_page: PendingPage | None = None, load: Load | None = None) -> None:
        self.config, self.first_page, self._load = config, first_page, load
        self._keymap = registry.keymap_of(config)
        self.preferences = Preferences.read(remembered_ui(paths.state_file(config)))
        self._wiring: Wiring | None = None
        self.shops: Shops | None = None
        self.running: RunningSession | None = None

    @property
    def theme(self) -> str:
        """The operator's choice, else the profile's."""
        return self.preferences.theme or self.config.theme or ""

    @property
    def work(self) -> Context | None:
        """What the screens work with, once it is there."""
        return self._wiring.work if self._wiring is not None else None

    def first_frame(self) -> FirstFrame:
        """The screen that shows the first page."""
        assert self.first_page is not None
        return FirstFrame(self.first_page, self.preferences, self._keymap, self.config, self._on_the_way)

    def _on_the_way(self) -> bool:
        """Whether something at a shop that was left has no answer yet."""
        return self.shops is not None and bool(self.shops.unsettled)

    async def show(self, app: DeskApp) -> None:
        """Opens in the place of another desk."""
        app.forget_toasts()
        app.dress(self.theme, ascii_only=self.config.ascii, unicode=self.config.unicode)
        app.take_mouse(self.config.mouse)
        await app.show_instead(self.first_frame)
        await self.begin(app)

    async def begin(self, app: DeskApp) -> None:
        """Loads the rest, waits for the session's own page, and puts the desk in the place of the first frame.

        A first page that takes long is not waited for: the desk says better what goes on.
        """
        first = app.screen
        assert isinstance(first, FirstFrame)
        await first.settled.wait()
        for module in TAKES_LONG:
            await asyncio.to_thread(import_module, module)
        from orders_tui.screens.desk import DeskScreen
        from orders_tui.startup.shops import Shops
        from orders_tui.startup.wiring import read_views, wire

        if self.shops is None and self._load is not None:
            self.shops = Shops(app, self, self._load)
        views = await asyncio.to_thread(read_views, self.config, self.preferences.lines)
        self._wiring = wiring = wire(self.config, self._keymap, app.keyboard, views, self.shops)
        work, table = wiring.work, wiring.work.session.table
        self.running = app.run_session(work, wiring.api.close)
        if first.answered:
            await _first_rows(work.session)
        if first.moved:
            table.move_cursor(first.cursor_id)
        await app.show_instead(lambda: DeskScreen(work))
        if self.config.security_warning:
            app.toast("warning", self.config.security_warning)
        if views.faults:
            key = self._keymap.key("view.open")
            app.toast("warning", f"{len(views.faults)} of the saved views cannot be read; {key} says why")
        await asyncio.to_thread(work.programs.prints.sweep)

    def save_present(self) -> None:
        """Writes down how the desk that is on show by now was left."""
        (self.shops.present if self.shops is not None else self).save()

    def save(self) -> None:
        """Writes down how this desk was left."""
        if self._wiring is not None:
            self._wiring.save()


async def _first_rows(session: SessionProtocol) -> None:
    """Returns when the session has rows, or has none to expect, or after HANDOVER_S."""
    settled = asyncio.Event()

    def look(_: Change) -> None:
        view = session.table.view
        if view.rows or view.problem is not None or not view.loading:
            settled.set()

    unsubscribe = session.subscribe(look)
    try:
        async with asyncio.timeout(HANDOVER_S):
            await settled.wait()
    except TimeoutError:
        return
    finally:
        unsubscribe()
