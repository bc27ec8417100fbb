"""From a configuration to a workplace, and back to disk: which server, which operator, how the desk was left last time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_log_path, user_state_path

from orders_tui import keymap
from orders_tui.api import SyncApi
from orders_tui.config import Config
from orders_tui.errors import ConfigError
from orders_tui.feed.sse import SseFeed
from orders_tui.pace import Pace
from orders_tui.persistence import DraftBook, Remembered, StateFile
from orders_tui.query import OrdersQuery
from orders_tui.query.filters import DEFAULT_PAGE_SIZE
from orders_tui.screens.preferences import Preferences
from orders_tui.screens.workplace import Workplace
from orders_tui.session import Session, TabMemory
from orders_wire.vocabulary import Tab

APP = "orders-tui"


@dataclass(frozen=True, slots=True)
class Opened:
    """A workplace with what has to be put away at the end."""

    work: Workplace
    api: SyncApi
    state: StateFile
    reports: Path

    def put_away(self) -> bool:
        """Writes down how the desk was left. False when it could not be written."""
        session = self.work.session
        return self.state.save(
            Remembered(
                tab=session.view.query.tab,
                tabs={tab: session.memory(tab) for tab in Tab},
                hidden_alerts=session.alerts.hidden(),
                ui=self.work.preferences.write(),
            )
        )


def open_workplace(config: Config, pace: Pace | None = None) -> Opened:
    """Connects nothing yet. Raises ConfigError for a key map that cannot be used."""
    pace = pace or Pace()
    try:
        keys = keymap.build(config.keys)
    except keymap.KeymapError as error:
        raise ConfigError(f"{config.path or 'configuration'}: [keys] {error}") from error
    folder = config.state_dir or user_state_path(APP)
    desk = _file_name(config.server)
    state = StateFile(folder / f"{desk}.json")
    remembered = state.load()
    api = SyncApi(config.server, config.token, config.name, pace=pace)
    page_size = config.page_size or DEFAULT_PAGE_SIZE
    session = Session(
        api,
        SseFeed(api, pace),
        query=OrdersQuery(tab=remembered.tab, page_size=page_size),
        memories=remembered.tabs,
        hidden_alerts=remembered.hidden_alerts,
        drafts=DraftBook(folder / f"{desk}-drafts.json"),
        pace=pace,
    )
    _resume(session, remembered.tab, remembered.tabs.get(remembered.tab), page_size)
    work = Workplace(session, config, pace, keys, Preferences.read(remembered.ui), outgoing=api)
    return Opened(work, api, state, config.state_dir or user_log_path(APP))


def _resume(session: Session, tab: Tab, memory: TabMemory | None, page_size: int) -> None:
    if memory is not None:
        cursor = None if memory.top else memory.cursor
        session.show(OrdersQuery(tab, memory.filters, memory.sort, page_size, cursor), memory.order_id)


def _file_name(server: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", server.rpartition("://")[2].casefold()).strip("-") or "desk"
