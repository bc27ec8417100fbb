"""The parts wired together: from a configuration to session, connection and files, and back to disk when the desk is left."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from orders_tui import paths
from orders_tui.api.client import SyncApi
from orders_tui.config import Config
from orders_tui.context.context import Context
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.preferences import Preferences
from orders_tui.drafts import DraftBook
from orders_tui.feed.sse import SseFeed
from orders_tui.keymap import Keymap
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.session import Session
from orders_tui.state_file import Remembered, StateFile, TabMemory
from orders_wire.vocabulary import Tab


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the screens work with, the connection to the server, and the file that the desk is remembered in."""

    work: Context
    api: SyncApi
    state: StateFile

    def save(self) -> None:
        """Writes down how the desk was left, if it can be written."""
        session, preferences, table = self.work.session, self.work.preferences, self.work.session.table
        query, memories = table.view.query, {tab: table.memory(tab) for tab in Tab}
        memory = memories[query.tab]
        preferences.query = urlencode(_resumed(query.tab, memory, query.page_size).params(self.work.pace.now()))
        preferences.order_id = memory.order_id or ""
        self.state.save(Remembered(query.tab, memories, session.alerts.hidden(), preferences.write()))


def wire(config: Config, keys: Keymap, keyboard: Keyboard) -> Wiring:
    """The session with everything it needs. Connects nothing yet."""
    pace, state = Pace(), StateFile(paths.state_file(config))
    remembered = state.load()
    api = SyncApi(config.server, config.token, config.name, pace=pace)
    session = Session(
        api,
        SseFeed(api, pace),
        query=OrdersQuery(tab=remembered.tab, page_size=config.page_size),
        memories=remembered.tabs,
        hidden_alerts=remembered.hidden_alerts,
        drafts=DraftBook(paths.drafts_file(config)),
        pace=pace,
    )
    memory = remembered.tabs.get(remembered.tab)
    if memory is not None:
        session.table.show(_resumed(remembered.tab, memory, config.page_size), memory.order_id)
    work = Context(session, config, pace, keys, Preferences.read(remembered.ui), keyboard, outgoing=api)
    return Wiring(work, api, state)


def _resumed(tab: Tab, memory: TabMemory, page_size: int) -> OrdersQuery:
    """What the next start asks for first."""
    return OrdersQuery(tab, memory.filters, memory.sort, page_size, None if memory.top else memory.cursor)
