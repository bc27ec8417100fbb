"""The order of things at the start: look at the first page, show it, load the rest beside it, hand over to the desk."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import keymap, places
from orders_tui.config import Config
from orders_tui.errors import ConfigError
from orders_tui.glance.look import Found
from orders_tui.glyphs import glyphs
from orders_tui.screens.glance import GlanceScreen, opening
from orders_tui.screens.preferences import Preferences

if TYPE_CHECKING:
    from orders_tui.app import DeskApp
    from orders_tui.opening import Opened
    from orders_tui.session import Session
    from orders_tui.session.changes import Change

TAKES_LONG = ("httpx", "orders_wire.page", "orders_tui.opening", "orders_tui.screens.desk")
"""What the desk needs and the first frame does not."""

HANDOVER_S = 2.0
"""So long the first frame's rows stay while the session has none of its own."""


class Start:
    """One start of the client. Raises ConfigError for a key map that cannot be used."""

    def __init__(self, config: Config, found: Found) -> None:
        self._config, self._found = config, found
        try:
            self._keymap = keymap.build(config.keys)
        except keymap.KeymapError as error:
            raise ConfigError(f"{config.path or 'configuration'}: [keys] {error}") from error
        self.preferences = _remembered(places.state_file(config))
        self._opened: Opened | None = None

    @property
    def reports(self) -> Path:
        """Where crash reports go."""
        return places.reports(self._config)

    def front(self) -> GlanceScreen:
        """The first frame."""
        info = opening(self._config.environment or "", self._config.name or "")
        return GlanceScreen(self._found, self.preferences, self._keymap, glyphs(self._config.ascii), info)

    async def begin(self, app: DeskApp) -> None:
        """Loads the rest, waits for the session's own page, and puts the desk in the place of the first frame.

        A look that takes long is not waited for: the desk says better what goes on.
        """
        glance = app.screen
        assert isinstance(glance, GlanceScreen)
        await glance.settled.wait()
        for module in TAKES_LONG:
            await asyncio.to_thread(import_module, module)
        from orders_tui.opening import open_workplace
        from orders_tui.screens.desk import DeskScreen

        self._opened = opened = open_workplace(self._config, self._keymap, app.keyboard)
        session = opened.work.session
        app.attend(opened.work, opened.api.close)
        if glance.looked:
            await _first_page(session)
        if glance.moved:
            session.table.move_cursor(_known(session, glance.cursor_id))
        await app.take_over(lambda: DeskScreen(opened.work))
        if self._config.doubt:
            app.toast("warning", self._config.doubt)

    def put_away(self) -> None:
        """Writes down how the desk was left."""
        if self._opened is not None:
            self._opened.put_away()


async def _first_page(session: Session) -> None:
    came = asyncio.Event()

    def look(change: Change) -> None:
        if session.table.view.rows or session.table.view.problem is not None or not session.table.view.loading:
            came.set()

    forget = session.subscribe(look)
    try:
        async with asyncio.timeout(HANDOVER_S):
            await came.wait()
    except TimeoutError:
        return
    finally:
        forget()


def _known(session: Session, order_id: str | None) -> str | None:
    rows = session.table.view.rows
    return order_id if any(row.order.id == order_id for row in rows) else session.table.view.cursor_id


def _remembered(path: Path) -> Preferences:
    try:
        ui = json.loads(path.read_text(encoding="utf-8"))["ui"]
        return Preferences.read({str(name): str(value) for name, value in ui.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Preferences()
