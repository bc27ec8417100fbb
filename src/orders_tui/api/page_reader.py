"""Reads an answer of `GET /sync/orders` into the contract's page, without holding the screen up.

A live desk asks for the same rows again and again, of which few have changed, so a row that comes as it came before is the very
same object and costs a comparison. New rows are read a few at a time, so that a key gets in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from orders_tui.api.answer import contract
from orders_tui.api.body import parse
from orders_tui.sanitise import sanitise, text

if TYPE_CHECKING:
    import httpx

    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage

_log = logging.getLogger(__name__)

ROWS_KEPT = 500
MOST_ROWS = 1000
"""Rows of a page; the contract has 250."""
SLICE = 16
"""So many new rows are read at a stretch: one or two milliseconds."""


class PageReader:
    """Keeps the rows that it read last, each with the JSON it was read from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[dict[str, Any], Order]] = OrderedDict()

    async def read(self, response: httpx.Response) -> OrdersPage:
        """The page; every string in it is safe to show. Raises VersionSkew when it does not read as one."""
        from orders_wire.page import OrdersPage

        with contract():
            body = parse(response.content)
            orders = body.get("orders") if isinstance(body, dict) else None
            if isinstance(orders, dict):
                items = orders.get("items")
                orders["unread"] = await self._read_rows(items) if isinstance(items, list) else 0
                body["size_bytes"] = len(response.content)
            return OrdersPage.model_validate(sanitise(body))

    async def _read_rows(self, items: list[Any]) -> int:
        """Puts a row in the place of its JSON. A row that does not read is left out, unless none does: then it is the page.

        How many were left out.
        """
        if len(items) > MOST_ROWS:
            raise ValueError(f"{len(items)} rows on a page")
        fresh, rows, problem = 0, [], None
        for item in items:
            row = self._known(item)
            if row is None:
                fresh += 1
                try:
                    row = self._new(item)
                except (ValueError, OverflowError) as error:
                    problem = error
                if fresh % SLICE == 0:
                    await asyncio.sleep(0)
            if row is not None:
                rows.append(row)
        if problem is not None and not rows:
            raise problem
        unread = len(items) - len(rows)
        if problem is not None:
            _log.warning("%d of %d rows of a page do not read: %s", unread, len(items), _field(problem))
        items[:] = rows
        return unread

    def _known(self, item: Any) -> Order | None:
        key = _id(item)
        known = self._kept.get(key)
        if known is None or known[0] != item:
            return None
        self._kept.move_to_end(key)
        return known[1]

    def _new(self, item: Any) -> Order:
        from orders_wire.orders import Order

        row = Order.model_validate(sanitise(item))
        self._kept[_id(item)] = (item, row)
        self._kept.move_to_end(_id(item))
        while len(self._kept) > ROWS_KEPT:
            self._kept.popitem(last=False)
        return row


def _field(problem: Exception) -> str:
    """Which field is wrong, without its value."""
    return text("; ".join(str(problem).splitlines()[1:2]))[:100]


def _id(item: Any) -> str:
    return str(item.get("id")) if isinstance(item, dict) else ""
