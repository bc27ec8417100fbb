"""The order of things at the start: show the first page, load the rest beside it, hand over to the desk."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from orders_tui import keymap, paths, themes
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.preferences import Preferences
from orders_tui.errors import ConfigError
from orders_tui.startup.first_frame import FirstFrame
from orders_tui.startup.first_page import PendingPage, remembered_ui
from orders_tui.terminal.hangup import on_hangup

if TYPE_CHECKING:
    from orders_tui.session.changes import Change
    from orders_tui.session.protocols import SessionProtocol
    from orders_tui.startup.wiring import Wiring

TAKES_LONG = ("httpx", "orders_wire.page", "orders_tui.startup.wiring", "orders_tui.screens.desk")
"""What the desk needs and the first frame does not."""

HANDOVER_S = 2.0
"""So long the first frame's rows stay while the session has none of its own."""


def run(config: Config, first_page: PendingPage) -> int:
    """Opens the desk in this terminal until the operator leaves; the process's exit status. Raises ConfigError."""
    themes.require(config)
    start = Start(config, first_page)
    app = DeskApp(
        start.first_frame,
        paths.reports(config),
        theme=start.preferences.theme or config.theme or "",
        ascii_only=config.ascii,
        unicode=config.unicode,
        begin=start.begin,
    )
    on_hangup(start.save)
    try:
        app.run(mouse=config.mouse)
    finally:
        start.save()
    return app.return_code or 0


class Start:
    """One start of the client. Raises ConfigError for a key map that cannot be used."""

    def __init__(self, config: Config, first_page: PendingPage) -> None:
        self._config, self._first_page = config, first_page
        try:
            self._keymap = keymap.build(config.keys)
        except keymap.KeymapError as error:
            raise ConfigError(f"{config.path or 'configuration'}: [keys] {error}") from error
        self.preferences = Preferences.read(remembered_ui(paths.state_file(config)))
        self._wiring: Wiring | None = None

    def first_frame(self) -> FirstFrame:
        """The screen that shows the first page."""
        return FirstFrame(self._first_page, self.preferences, self._keymap, self._config)

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
        from orders_tui.startup.wiring import wire

        self._wiring = wiring = wire(self._config, self._keymap, app.keyboard)
        work, table = wiring.work, wiring.work.session.table
        app.run_session(work, wiring.api.close)
        if first.answered:
            await _first_rows(work.session)
        if first.moved:
            table.move_cursor(first.cursor_id)
        await app.show_desk(lambda: DeskScreen(work))
        if self._config.security_warning:
            app.toast("warning", self._config.security_warning)

    def save(self) -> None:
        """Writes down how the desk was left."""
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
