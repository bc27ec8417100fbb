"""Reads an answer of `GET /sync/orders` into the contract's page, without holding the screen up.

A live desk asks for the same rows again and again, of which few have changed, so a row that comes as it came before is the very
same object and costs a comparison. New rows are read a few at a time, so that a key gets in between.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from orders_tui.exchange import contract
from orders_tui.sanitise import sanitise

if TYPE_CHECKING:
    import httpx

    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage

ROWS_KEPT = 500
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
            body = json.loads(response.content)
            await self._read_rows(_rows_of(body))
            return OrdersPage.model_validate(sanitise(body))

    async def _read_rows(self, items: list[Any]) -> None:
        """Puts a row in the place of its JSON."""
        fresh = 0
        for at, item in enumerate(items):
            row = self._known(item)
            if row is None:
                row, fresh = self._new(item), fresh + 1
                if fresh % SLICE == 0:
                    await asyncio.sleep(0)
            items[at] = row

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


def _id(item: Any) -> str:
    return str(item.get("id")) if isinstance(item, dict) else ""


def _rows_of(body: Any) -> list[Any]:
    """`orders.items`, where the body has it: what it has instead is for the model to refuse."""
    orders = body.get("orders") if isinstance(body, dict) else None
    items = orders.get("items") if isinstance(orders, dict) else None
    return items if isinstance(items, list) else []
