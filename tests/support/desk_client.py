"""A desk that answers over HTTP, as a client sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from orders_sync.db import orders as stored
from orders_sync.db.engine import Database
from orders_sync.db.orders import Saved
from orders_sync.db.tx import Tx
from orders_sync.rules.projection import Projection
from orders_sync.rules.thresholds import Thresholds
from orders_wire.page import OrdersPage


@dataclass
class DeskClient:
    """`get` answers with the status and the JSON; `page` with a page that must be there; `save` commits projections."""

    database: Database
    client: TestClient[web.Request, web.Application]
    thresholds: Thresholds

    async def get(self, path: str, **parameters: Any) -> tuple[int, Any]:
        wanted = {name: str(value) for name, value in parameters.items()}
        async with self.client.get(path, params=wanted) as answer:
            return answer.status, await answer.json()

    async def page(self, **parameters: Any) -> OrdersPage:
        status, body = await self.get("/sync/orders", **parameters)
        assert status == 200, body
        return OrdersPage.model_validate(body)

    async def refusal(self, **parameters: Any) -> str:
        """The message of a 400."""
        status, body = await self.get("/sync/orders", **parameters)
        assert (status, body["code"]) == (400, "invalid_request"), body
        return str(body["message"])

    async def save(self, projections: Sequence[Projection], version: int = 1) -> None:
        def job(tx: Tx) -> None:
            stored.save(tx, [Saved(p, version) for p in projections])
            for p in projections:
                tx.touch(p.order_id)

        await self.database.write(job)


def numbers(page: OrdersPage) -> list[int]:
    """The ids of a page's orders."""
    return [int(order.id.rpartition("/")[2]) for order in page.orders.items]
