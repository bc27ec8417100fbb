"""Short ways to an order as the rules see it: what the shop told, then its order_state and projection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body, at

from orders_sync.evidence.changes import Change, OrderChange
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import Ms
from orders_sync.rules.derive import project
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.projection import Projection
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds

NOON = at("12:00")
NOBODY = OperatorState()


def placed(time: str = "08:00", **fields: Any) -> tuple[Change, ...]:
    """An order that was placed at 08:00."""
    return shop.read("orders/create", shop.order(1, time, **fields), time)


def sent(**fields: Any) -> tuple[Change, ...]:
    """An order of which nothing is owed any more, as of 09:00."""
    lines = fields.pop("line_items", [shop.line(fulfillable_quantity=0)])
    return placed("09:00", line_items=lines, fulfillment_status="fulfilled", **fields)


def parcel(fulfillment_id: int = 21, time: str = "09:00", **fields: Any) -> tuple[Change, ...]:
    """A parcel made at 09:00, as of `time`; `number` for short."""
    number = fields.pop("number", None)
    body = shop.fulfillment(fulfillment_id, 1, time, tracking_number=number, **fields)
    return shop.read("fulfillments/update", body, time)


def told(topic: str, body: Body, time: str) -> tuple[Change, ...]:
    return shop.read(topic, body, time)


def facts(*told_by: Iterable[Change]) -> OrderFacts:
    """What is known of order 1."""
    changes = [change for changes in told_by for change in changes if isinstance(change, OrderChange)]
    return merge(OrderFacts(), changes)


def order_state(
    *told_by: Iterable[Change],
    operator: OperatorState = NOBODY,
    stock: Mapping[str, StockLevel] | None = None,
    thresholds: Thresholds | None = None,
) -> OrderState:
    found = build_order_state(1, facts(*told_by), operator, stock or {}, thresholds or Thresholds())
    assert found is not None
    return found


def projected(*told_by: Iterable[Change], now: Ms = NOON, **how: Any) -> Projection:
    return project(order_state(*told_by, **how), now)


def card(*told_by: Iterable[Change], **how: Any) -> dict[str, Any]:
    """ORDER's fields as they are stored."""
    read: dict[str, Any] = orjson.loads(projected(*told_by, **how).row_json)
    return read


def events(*told_by: Iterable[Change], **how: Any) -> list[str]:
    """The last ten events of the timeline, each with its time of day."""
    return [f"{entry['ts'][11:16]} {entry['event']}" for entry in card(*told_by, **how)["timeline"]]
