"""A server for the command line, which records what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.tui.core.samples import order, page

from orders_wire.detail import LineItem, OrderDetail

Call = Callable[..., int]
Capture = pytest.CaptureFixture[str]

ME = {
    "name": "ana",
    "role": "lead",
    "shop": "s",
    "desk": {"id": "d", "version": 1},
    "time_zone": "UTC",
    "undo_seconds": 10,
    "shopify_writes": False,
    "server_version": "1",
}


class Desk:
    """A server of three orders that records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path == "/sync/me":
            return httpx.Response(200, json=ME)
        if self.answers:
            given = self.answers.pop(0)
            if isinstance(given, Exception):
                raise given
            return given
        if request.method == "POST":
            return self.done(request)
        if request.url.path == "/sync/orders":
            rows = [order(n, customer_name="=1+1 Müller") for n in (1, 2, 3)]
            return httpx.Response(200, json=page(rows, total=7).model_dump(mode="json", by_alias=True))
        detail = OrderDetail(
            **dict(order(1)),
            line_items=[LineItem(id="l", title="Cup", sku="A-1", quantity=2, owed=1, requires_shipping=True)],
        )
        return httpx.Response(200, json=detail.model_dump(mode="json", by_alias=True))

    @staticmethod
    def done(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        ids = body.get("orderIds") or [body.get("orderId")]
        return httpx.Response(
            200,
            json={
                "success": True,
                "message": "Assigned",
                "updatedOrders": [{"id": i} for i in ids],
                "actionId": "act-1",
            },
        )

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.asked if request.method == "POST"]
