"""A real client without its screen: the terminal client's session, its feed and its store, on one tab, now and then acting."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress

from orders_tui.actions.assign import AssignDraft
from orders_tui.api.client import SyncApi
from orders_tui.feed.sse import SseFeed
from orders_tui.query import OrdersQuery
from orders_tui.session import Session
from orders_wire.orders import Order
from orders_wire.vocabulary import Tab

PAGE_SIZE = 25
TABS = (Tab.UNFULFILLED, Tab.ALL, Tab.AWAITING_TRACKING, Tab.RETURNS, Tab.OVERDUE)
NAMES = ("maya", "bo", "ines")


class Workplace:
    """`url`: the fleet's one address. The table follows events by the client's own rules; its operator acts on rows, and takes in
    what waits behind the pill."""

    def __init__(self, url: str, number: int, dice: random.Random) -> None:
        self.name = f"workplace-{number}"
        self._api = SyncApi(url, operator=self.name)
        self._dice = dice
        query = OrdersQuery(TABS[number % len(TABS)], page_size=PAGE_SIZE)
        self.session = Session(self._api, SseFeed(self._api), query=query)

    async def run(self) -> None:
        """Until cancelled."""
        async with self._api:
            await self.session.run()

    async def act(self, pause_s: float) -> None:
        """Gives an order on show to somebody, now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / pause_s))
            view = self.session.table.view
            if view.new_count:
                self.session.refresh()
            elif view.rows:
                self.session.actions.act(
                    AssignDraft((self._dice.choice(view.rows).order.id,), self._dice.choice(NAMES))
                )

    async def settle(self) -> None:
        """Returns when every action has its outcome: the session asks again under the same key by itself."""
        while self.session.actions.unsettled:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    def take_in(self) -> None:
        """What waits behind the pill comes onto the table."""
        if self.session.table.view.new_count:
            self.session.refresh()

    async def wrong_from(self, url: str) -> str | None:
        """What the table shows otherwise than this process answers now; null when nothing. Rows on show keep their places."""
        view = self.session.table.view
        async with SyncApi(url) as api:
            page = await api.orders(view.query)
        shown = {row.order.id: _ageless(row.order) for row in view.rows if row.ghost is None}
        there = {order.id: _ageless(order) for order in page.orders.items}
        if shown != there:
            return f"{self.name}'s table {view.query.tab} has {_versions(shown)}, there is {_versions(there)}"
        mine = self.session.table.summary
        if mine is None or mine.tabs != page.tabs:
            return f"{self.name}'s counts are {mine and mine.tabs}, there are {page.tabs}"
        return None

    def action_ids(self) -> Iterator[str]:
        """Those of all its actions that were done."""
        return (entry.action_id for entry in self.session.actions.log if entry.action_id is not None)


async def settled(workplaces: list[Workplace], within_s: float) -> None:
    """Returns when none waits for an outcome, or the time is over: what then is open is told by whoever compares."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await asyncio.gather(*(workplace.settle() for workplace in workplaces))


def _ageless(order: Order) -> Order:
    return order.model_copy(update={"age_hours": 0})


def _versions(orders: Mapping[str, Order]) -> list[str]:
    return sorted(f"{order.order_number}/{order.version}" for order in orders.values())
