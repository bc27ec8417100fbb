"""A whole desk in memory, on virtual time: pages with both kinds of cursors, actions with idempotency, events, and every way in
which a network can misbehave. Small on purpose: tab `all` newest first, any other tab the orders that await fulfilment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.tui.core.samples import gid, order
from tests.tui.core.virtual_time import now, now_s

from orders_tui.errors import ApiError, Refused, TimedOut, Unreachable
from orders_tui.feed import Connection, ConnectionState, Events, FeedItem
from orders_tui.query import OrdersQuery
from orders_wire.actions import Action, ActionAnswer, AssignBody, Failure, FulfillBody, InventoryBody, UndoBody
from orders_wire.alerts import Event
from orders_wire.cursors import decode_offset, encode_offset
from orders_wire.detail import OrderDetail
from orders_wire.lines import LinesAnswer, OrderLines, PackingLine
from orders_wire.mentions import Mention
from orders_wire.orders import Order, Tracking
from orders_wire.page import Desk, Metrics, OrdersPage, OrdersSlice, PageInfo, Period
from orders_wire.people import Me, Owner
from orders_wire.vocabulary import ActionName, ErrorCode, EventType, Issue, Role, Status, Tab


class FakeFeed:
    """Yields what tests put into it."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[FeedItem] = asyncio.Queue()
        self.pokes = 0

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        while True:
            yield await self.items.get()

    def poke(self) -> None:
        self.pokes += 1

    def line(self, state: ConnectionState, reason: str = "") -> None:
        self.items.put_nowait(Connection(state, now(), now(), reason=reason))


@dataclass
class Trouble:
    """What becomes of the next requests of a kind: lost before they arrive, or after they were carried out."""

    before: list[ApiError] = field(default_factory=list)
    after: list[ApiError] = field(default_factory=list)


class FakeDesk:
    """The api's methods, and levers for tests."""

    clock_offset = timedelta(0)
    base_url = "http://desk"

    def __init__(self, count: int = 30) -> None:
        self.rows: dict[str, Order] = {gid(n): order(n) for n in range(1, count + 1)}
        self.version = 1
        self.desk_id = "d"
        self.feed = FakeFeed()
        self.latency_s = 0.01
        self.reads, self.writes = Trouble(), Trouble()
        self.asked: list[OrdersQuery] = []
        self.details: list[str] = []
        self.posted: list[tuple[str, Action]] = []
        self.done: dict[str, ActionAnswer] = {}
        self.befores: dict[str, dict[str, Order]] = {}
        self.mentioned: dict[str, Mention] = {}
        self.read: set[str] = set()
        self.presences: list[tuple[float, str | None, str | None]] = []

    # levers

    def change(self, number: int, *, ping: bool = True, **fields: Any) -> None:
        """Somebody else changes an order."""
        row = self.rows[gid(number)]
        self.rows[row.id] = row.model_copy(update={**fields, "version": row.version + 1})
        self.commit(row.id, ping=ping)

    def arrive(self, number: int, *, ping: bool = True) -> None:
        """A new order."""
        self.rows[gid(number)] = order(number)
        self.commit(gid(number), ping=ping)

    def commit(self, *order_ids: str, ping: bool = True) -> None:
        self.version += 1
        if ping:
            self.ping(self.version, list(order_ids))

    def ping(self, version: int, order_ids: list[str] | None = None, **more: Any) -> None:
        event = Event(
            id=f"{self.desk_id}-{version}",
            type=EventType.REFRESH,
            created_at=now(),
            version=version,
            order_ids=order_ids,
            **more,
        )
        self.feed.items.put_nowait(Events((event,)))

    def listed(self, tab: Tab) -> list[Order]:
        rows = sorted(self.rows.values(), key=lambda row: int(row.order_number[1:]), reverse=True)
        return [row for row in rows if tab is Tab.ALL or row.status is Status.AWAITING_FULFILLMENT]

    # the api

    async def orders(self, query: OrdersQuery, min_version: int | None = None) -> OrdersPage:
        self.asked.append(query)
        await self._travel(self.reads)
        listed = self.listed(query.tab)
        start = self._start(listed, query.cursor)
        items = listed[start : start + query.page_size]
        size, total = query.page_size, len(listed)
        info = PageInfo(
            cursor=encode_offset(start),
            next_cursor=encode_offset(start + size) if start + size < total else None,
            previous_cursor=encode_offset(max(0, min(start, (total - 1) // size * size + size) - size))
            if start
            else None,
            has_next_page=start + size < total,
            has_previous_page=start > 0,
            page=start // size + 1,
            page_size=size,
            total_pages=max(1, -(-total // size)),
            shopify_cursor=f"key:{items[0].order_number[1:]}" if items else None,
        )
        answer = OrdersPage(
            period=Period(label="x", start=now(), end=now()),
            metrics=Metrics(total_orders=total),
            orders=OrdersSlice(items=items, page_info=info),
            desk=Desk(id=self.desk_id, version=self.version),
        )
        await self._return(self.reads)
        return answer

    @staticmethod
    def _start(listed: list[Order], cursor: str | None) -> int:
        if cursor is None:
            return 0
        if cursor.startswith("ofs:"):
            return decode_offset(cursor)
        if not cursor.startswith("key:"):
            raise Refused(ErrorCode.INVALID_REQUEST, "cursor: unknown")
        key = int(cursor.removeprefix("key:"))
        return sum(int(row.order_number[1:]) > key for row in listed)

    async def order(self, order_id: str) -> OrderDetail:
        self.details.append(order_id)
        await self._travel(self.reads)
        if order_id not in self.rows:
            raise Refused(ErrorCode.NOT_FOUND, "no such order")
        return OrderDetail(**dict(self.rows[order_id]))

    async def lines(self, order_ids: Sequence[str]) -> LinesAnswer:
        """Each order has a Mug, of which two are owed while it awaits its fulfilment."""
        await self._travel(self.reads)
        rows = [self.rows[order_id] for order_id in order_ids]
        owing = {row.id: 2 * (row.status is Status.AWAITING_FULFILLMENT) for row in rows}
        told = [
            PackingLine(line_id="l1", sku="MUG", title="Mug", quantity=2, owed=owing[row.id], sendable=owing[row.id])
            for row in rows
        ]
        orders = [
            OrderLines(id=row.id, version=row.version, lines=[line]) for row, line in zip(rows, told, strict=True)
        ]
        return LinesAnswer(orders=orders)

    async def owners(self) -> list[Owner]:
        await self._travel(self.reads)
        return [Owner(name="ana", open_orders=2)]

    async def me(self) -> Me:
        await self._travel(self.reads)
        return Me(
            name="ana",
            role=Role.LEAD,
            shop="s",
            desk=Desk(id=self.desk_id, version=self.version),
            time_zone="UTC",
            undo_seconds=10,
            shopify_writes=False,
            server_version="1",
        )

    async def mentions(self, *, unread: bool = False) -> list[Mention]:
        await self._travel(self.reads)
        return [each for each in self.mentioned.values() if not unread or each.id not in self.read]

    async def read_mentions(self, ids: Sequence[str]) -> None:
        await self._travel(self.writes)
        self.read.update(ids)
        await self._return(self.writes)

    async def presence(self, order_id: str | None, doing: str | None = None) -> None:
        await self._travel(self.writes)
        self.presences.append((now_s(), order_id, doing))

    async def act(self, action: ActionName, body: Action, key: str) -> ActionAnswer:
        match body:
            case AssignBody():
                return await self._act(key, body, body.order_ids, lambda row: {"assigned_to": body.assignee})
            case FulfillBody():
                return await self._act(key, body, body.order_ids, _fulfilled)
            case InventoryBody():
                waiting = body.order_ids or [row.id for row in self.listed(Tab.UNFULFILLED)]
                return await self._act(key, body, waiting, lambda row: {"issue": Issue.INVENTORY})
            case UndoBody():
                before = self.befores.get(body.action_id, {})
                undone = ("assigned_to", "status", "tracking")
                return await self._act(
                    key, body, list(before), lambda row: {n: getattr(before[row.id], n) for n in undone}
                )
        raise NotImplementedError(action)

    async def try_token(self, token: str) -> ApiError | None:
        self.reads.before.clear()
        return None

    async def _act(
        self, key: str, body: Action, order_ids: list[str], fields: Callable[[Order], dict[str, Any] | None]
    ) -> ActionAnswer:
        self.posted.append((key, body))
        await self._travel(self.writes)
        if key not in self.done:
            answer = self._carry_out(key, body, order_ids, fields)
            if not answer.success:
                raise Refused(ErrorCode.ORDER_CLOSED, answer.message, failures=answer.failures or ())
            self.done[key] = answer
        await self._return(self.writes)
        return self.done[key]

    def _carry_out(
        self, key: str, body: Action, order_ids: list[str], fields: Callable[[Order], dict[str, Any] | None]
    ) -> ActionAnswer:
        before, failures, versions = dict(self.rows), [], {}
        for order_id in order_ids:
            row = self.rows[order_id]
            expected = (body.expected_versions or {}).get(order_id)
            changed = fields(row)
            if expected is not None and expected != row.version:
                failures.append(Failure(id=order_id, code=ErrorCode.VERSION_CONFLICT, message="changed meanwhile"))
            elif changed is None:
                failures.append(Failure(id=order_id, code=ErrorCode.ORDER_CLOSED, message="cancelled"))
            else:
                self.rows[order_id] = row.model_copy(update={**changed, "version": row.version + 1})
                versions[order_id] = row.version + 1
        if versions:
            self.commit(*versions)
        self.befores[f"act-{key}"] = {o: before[o] for o in versions}
        return ActionAnswer(
            success=bool(versions),
            message=f"{len(versions)} done, {len(failures)} failed",
            updated_orders=[{"id": o} for o in versions],
            failures=failures or None,
            versions=versions,
            action_id=f"act-{key}",
            undo_until=self._undo_until(),
            desk=Desk(id=self.desk_id, version=self.version),
        )

    @staticmethod
    def _undo_until() -> datetime:
        return now() + timedelta(seconds=10)

    async def _travel(self, trouble: Trouble) -> None:
        await asyncio.sleep(self.latency_s)
        if trouble.before:
            raise trouble.before.pop(0)

    async def _return(self, trouble: Trouble) -> None:
        await asyncio.sleep(self.latency_s)
        if trouble.after:
            raise trouble.after.pop(0)


def _fulfilled(row: Order) -> dict[str, Any] | None:
    if row.status is not Status.AWAITING_FULFILLMENT:
        return None
    return {"status": Status.AWAITING_TRACKING, "tracking": [Tracking()]}


LOST = TimedOut("the server did not answer in time")
DOWN = Unreachable("no server answers at the address http://desk")
