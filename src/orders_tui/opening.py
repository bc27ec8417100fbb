"""From a configuration to a workplace, and back to disk: which server, which operator, how the desk was left last time."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from orders_tui import places
from orders_tui.api.client import SyncApi
from orders_tui.config import Config
from orders_tui.drafts import DraftBook
from orders_tui.feed.sse import SseFeed
from orders_tui.keymap import Keymap
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.screens.keyboard import Keyboard
from orders_tui.screens.preferences import Preferences
from orders_tui.screens.workplace import Workplace
from orders_tui.session import Session
from orders_tui.state_file import Remembered, StateFile, TabMemory
from orders_wire.vocabulary import Tab


@dataclass(frozen=True, slots=True)
class Opened:
    """A workplace, its line to the server, and the file that it is remembered in."""

    work: Workplace
    api: SyncApi
    state: StateFile

    def put_away(self) -> bool:
        """Writes down how the desk was left. False when it could not be written."""
        session, preferences = self.work.session, self.work.preferences
        tab, page_size = session.table.view.query.tab, session.table.view.query.page_size
        memory = session.table.memory(tab)
        preferences.query = urlencode(_resumed(tab, memory, page_size).params(self.work.pace.now()))
        preferences.order_id = memory.order_id or ""
        return self.state.save(
            Remembered(
                tab=tab,
                tabs={tab: session.table.memory(tab) for tab in Tab},
                hidden_alerts=session.alerts.hidden(),
                ui=preferences.write(),
            )
        )


def open_workplace(config: Config, keys: Keymap, keyboard: Keyboard, pace: Pace | None = None) -> Opened:
    """The session with everything it needs. Connects nothing yet."""
    pace = pace or Pace()
    state = StateFile(places.state_file(config))
    remembered = state.load()
    api = SyncApi(config.server, config.token, config.name, pace=pace)
    session = Session(
        api,
        SseFeed(api, pace),
        query=OrdersQuery(tab=remembered.tab, page_size=config.page_size),
        memories=remembered.tabs,
        hidden_alerts=remembered.hidden_alerts,
        drafts=DraftBook(places.drafts_file(config)),
        pace=pace,
    )
    memory = remembered.tabs.get(remembered.tab)
    if memory is not None:
        session.table.show(_resumed(remembered.tab, memory, config.page_size), memory.order_id)
    work = Workplace(session, config, pace, keys, Preferences.read(remembered.ui), keyboard, outgoing=api)
    return Opened(work, api, state)


def _resumed(tab: Tab, memory: TabMemory, page_size: int) -> OrdersQuery:
    """What the next start asks for first."""
    cursor = None if memory.top else memory.cursor
    return OrdersQuery(tab, memory.filters, memory.sort, page_size, cursor)
