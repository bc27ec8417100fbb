"""What stands in a desk's database, read by SQL: the other side of every comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, Table, and_, func, select

from orders_sync.db import connections
from orders_sync.db.location import parse
from orders_sync.db.outbox import WAITING
from orders_sync.db.tables import deliveries, desk, events, outbox, shops
from orders_sync.poller import progress
from orders_sync.poller.progress import PollerState

LOOK_S = 0.3

Rows = Sequence[Any]


class DeskDatabase:
    """One shop's rows. Every call is a transaction of its own."""

    def __init__(self, url: str, domain: str) -> None:
        self.url = url
        self._engine = connections.unpooled(parse(url))
        with self._engine.connect() as conn:
            self.shop_id: int = conn.execute(select(shops.c.shop_id).where(shops.c.domain == domain)).scalar_one()

    def rows(self, query: Select[Any]) -> Rows:
        with self._engine.connect() as conn:
            return conn.execute(query).all()

    def all(self, table: Table, *columns: str) -> Rows:
        """These columns of all the shop's rows."""
        return self.rows(select(*(table.c[name] for name in columns)).where(table.c.shop_id == self.shop_id))

    def version(self) -> int:
        return int(self.rows(select(desk.c.event_n).where(desk.c.shop_id == self.shop_id))[0][0])

    def taken_in(self) -> int:
        """How many webhooks and messages of the ERP were taken in, each once."""
        mine = and_(deliveries.c.shop_id == self.shop_id, deliveries.c.source.in_(("webhook", "erp")))
        return int(self.rows(select(func.count()).where(mine))[0][0])

    def told(self, after: int, until: int) -> list[int]:
        """The numbers of what was to be told to streams, in order."""
        mine = and_(events.c.shop_id == self.shop_id, events.c.n > after, events.c.n <= until, ~events.c.silent)
        return [row.n for row in self.rows(select(events.c.n).where(mine).order_by(events.c.n))]

    def outbound_waiting(self) -> int:
        """Rows of the outbox that may still leave."""
        mine = and_(outbox.c.shop_id == self.shop_id, outbox.c.state.in_([each.value for each in WAITING]))
        return int(self.rows(select(func.count()).where(mine))[0][0])

    def poller(self) -> PollerState:
        with self._engine.connect() as conn:
            return progress.load(conn, self.shop_id)

    async def has_history(self) -> None:
        """Returns when the first reading of the shop is done."""
        await until(lambda: self.poller().complete)

    async def nothing_waits(self) -> None:
        """Returns when no row of the outbox may still leave."""
        await until(lambda: not self.outbound_waiting())


async def until(true: Callable[[], bool]) -> None:
    """Returns when it is; asks on a thread, a few times a second."""
    while not await asyncio.to_thread(true):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_S)
