"""A session from a configuration, as it was left the last time; and back to disk when the desk is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import paths
from orders_tui.api.client import SyncApi
from orders_tui.drafts import DraftBook
from orders_tui.feed.sse import SseFeed
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.session.session import Session
from orders_tui.state_file import Remembered, StateFile, TabMemory
from orders_tui.views.pins import pin, unpinned
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orders_tui.config import Config


@dataclass(frozen=True, slots=True)
class Opened:
    """The session, its connection to the server, and the file that the desk is remembered in."""

    session: Session
    api: SyncApi
    state: StateFile
    remembered: Remembered

    def save(self, ui: Mapping[str, str], pinned: Iterable[str] | None = None) -> None:
        """Writes down how the desk was left, with the screen's choices, if it can be written. `pinned`: the names of the pinned
        views; None: those that are remembered.
        """
        table = self.session.table
        before = [place for place in self.remembered.tabs if unpinned(place)]
        memories = {place: table.memory(place) for place in (*Tab, *(before if pinned is None else map(pin, pinned)))}
        self.state.save(Remembered(table.query.tab, memories, self.session.alerts.hidden(), ui))


def open_session(config: Config, pace: Pace, page_size: int = 0) -> Opened:
    """The session with everything it needs. Connects nothing yet. `page_size`: another than the configured one."""
    state = StateFile(paths.state_file(config))
    remembered = state.load()
    api = SyncApi(config.server, config.token, config.name, pace=pace, read_only=config.read_only)
    size = page_size or config.page_size
    session = Session(
        api,
        SseFeed(api, pace),
        query=OrdersQuery(tab=remembered.tab, page_size=size),
        memories=remembered.tabs,
        hidden_alerts=remembered.hidden_alerts,
        drafts=DraftBook(paths.drafts_file(config)),
        pace=pace,
    )
    memory = remembered.tabs.get(remembered.tab)
    if memory is not None:
        session.table.show(resumed(remembered.tab, memory, size), memory.order_id)
    return Opened(session, api, state, remembered)


def resumed(tab: Tab, memory: TabMemory, page_size: int) -> OrdersQuery:
    """What the next start asks for first."""
    return OrdersQuery(tab, memory.filters, memory.sort, page_size, None if memory.top else memory.cursor)
