"""`POST /sync/orders/lines`: what has to be picked and packed of many orders at once: contract §3a, Packing. A read."""

from __future__ import annotations

from pydantic import Field, OnErrorOmit

from orders_wire.actions import Failure, OrderIds, Text
from orders_wire.detail import LineProperty
from orders_wire.scalars import Wire


class LinesBody(Wire):
    """1…250 ids, in any spelling."""

    shop_domain: Text | None = None
    order_ids: OrderIds = Field(alias="orderIds")


class PackingLine(Wire):
    """A line of an order, as its detail has it (`detail.LineItem`): `owed` = what is `sendable`, `held` or short."""

    line_id: str = Field(alias="lineId")
    sku: str | None = None
    barcode: str | None = None
    title: str
    variant_title: str | None = None
    properties: list[LineProperty] = []
    quantity: int
    owed: int
    held: int = 0
    sendable: int = 0


class OrderLines(Wire):
    """An order's lines, all of them, as of its `version`; `id` is as it was sent."""

    id: str
    version: int
    lines: list[PackingLine]


class LinesAnswer(Wire):
    """The orders in the order in which they were named. `failures`: ids that name none, or several."""

    orders: list[OrderLines]
    failures: list[OnErrorOmit[Failure]] = []
