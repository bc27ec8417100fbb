"""The parts wired together: from a configuration to what the screens work with, and back to disk when the desk is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from orders_tui import paths
from orders_tui.api.client import SyncApi
from orders_tui.config import Config
from orders_tui.context import pinned_views
from orders_tui.context.context import Context
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.preferences import Preferences
from orders_tui.context.shops import Shops
from orders_tui.keymap import Keymap
from orders_tui.pace import Pace
from orders_tui.session.opening import Opened, open_session, resumed
from orders_tui.views.folder import ViewFolder
from orders_tui.views.pins import unpinned
from orders_tui.widgets.order_table.columns import BY_KEY


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the screens work with, and the session below it."""

    work: Context
    opened: Opened

    @property
    def api(self) -> SyncApi:
        """The connection to the server."""
        return self.opened.api

    def save(self) -> None:
        """Writes down how the desk was left, if it can be written."""
        preferences, table, views = self.work.preferences, self.work.session.table, self.work.views
        view = table.view
        memory, size = table.memory(view.place), view.query.page_size
        preferences.query = urlencode(resumed(view.query.tab, memory, size).params(self.work.pace.now()))
        preferences.order_id = memory.order_id or ""
        pinned = pinned_views.names(self.work)
        preferences.place, preferences.pinned, preferences.lines = view.place, pinned, views.left
        gone = [place for place in preferences.columns if (name := unpinned(place)) and name not in pinned]
        for place in gone:
            del preferences.columns[place]
        lines = {name: each.line(self.work.name) for name, each in views.views.items()}
        self.opened.save(preferences.write(lines), pinned)


def read_views(config: Config, lines: Mapping[str, str]) -> ViewFolder:
    """The folder of views, with those taken in that were kept as lines."""
    views = ViewFolder(paths.views_folder(config), BY_KEY)
    views.read()
    views.adopt(lines)
    return views


def wire(config: Config, keys: Keymap, keyboard: Keyboard, views: ViewFolder, shops: Shops | None = None) -> Wiring:
    """The session with everything it needs. Connects nothing yet."""
    pace = Pace()
    opened = open_session(config, pace)
    session, api, preferences = opened.session, opened.api, Preferences.read(opened.remembered.ui)
    packing = paths.packing_folder(config)
    work = Context(
        session, config, pace, keys, preferences, keyboard, outgoing=api, shops=shops, views=views, packing=packing
    )
    if name := unpinned(preferences.place):
        pinned_views.resume(work, name)
    return Wiring(work, opened)
