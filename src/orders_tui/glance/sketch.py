"""A page's JSON as something that reads like the contract's models, for showing only. Raises ValueError where it does not fit.

Cleaned like every answer; an attribute that is not there reads as None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from orders_tui import sanitise
from orders_wire.vocabulary import UNASSIGNED, AlertType, Channel, Delivery, Issue, Priority, ReturnState, Status

if TYPE_CHECKING:
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage


class Sketch(SimpleNamespace):
    """Reads like a model."""

    def __getattr__(self, name: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class SketchRow:
    """Reads like a `RowView`."""

    order: Order
    mark: None = None
    ghost: None = None
    changed: bool = False


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_ORDER_HAS: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "order_number": str,
    "placed_at": datetime,
    "assigned_to": str,
    "timeline": list,
    "tags": list,
    "tracking": list,
    "version": int,
}
_ORDER_MAY_HAVE: Mapping[str, type | tuple[type, ...]] = {
    "customer_name": str,
    "ship_by": datetime,
    "value_usd": (int, float),
    "age_hours": (int, float),
    "support_thread": str,
    "total": Sketch,
    "hold": Sketch,
    "return": Sketch,
    "outbound": Sketch,
}
_INSTANTS = frozenset({"placed_at", "ship_by", "ts", "updated_at", "since", "start", "end"})


def page(body: Mapping[str, Any]) -> OrdersPage:
    """The whole answer."""
    try:
        clean = sanitise.sanitise(body)
        slice_ = clean["orders"]
        made = _sketch({**clean, "orders": None})
        if not all(isinstance(figure, int | float) for figure in vars(made.metrics).values()):
            raise ValueError("not the figures of a desk")
        made.orders = Sketch(items=[_order(each) for each in slice_["items"]], page_info=_sketch(slice_["page_info"]))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("not a page of orders") from error
    made.tabs = clean.get("tabs") or {}
    if not isinstance(made.tabs, dict) or not all(isinstance(count, int) for count in made.tabs.values()):
        raise ValueError("not the sizes of tabs")
    return cast("OrdersPage", made)


def rows(of: OrdersPage) -> tuple[SketchRow, ...]:
    """Its orders as rows."""
    return tuple(SketchRow(order) for order in of.orders.items)


def _order(body: Mapping[str, Any]) -> Order:
    usual: dict[str, Any] = {"timeline": [], "tags": [], "tracking": [], "assigned_to": UNASSIGNED, "version": 0}
    made = _sketch({**usual, **body})
    made.status = Status(body["status"])
    made.priority = Priority(body["priority"])
    made.channel = Channel(body.get("channel", Channel.ONLINE))
    made.delivery = Delivery(body.get("delivery", Delivery.SHIPPING))
    made.issue = Issue(body["issue"]) if body.get("issue") else None
    made.alerts = [AlertType(each) for each in body.get("alerts", ())]
    made.outbound = made.outbound or Sketch()
    if made.hold is not None:
        made.hold.reason = Issue(made.hold.reason)
    _check(made, _ORDER_HAS, required=True)
    _check(made, _ORDER_MAY_HAVE, required=False)
    made.return_ = getattr(made, "return")
    if made.return_ is not None:
        made.return_.state = ReturnState(made.return_.state)
    return cast("Order", made)


def _check(made: Sketch, kinds: Mapping[str, type | tuple[type, ...]], *, required: bool) -> None:
    """Raises TypeError where a part is of another kind: it would be painted."""
    for name, kind in kinds.items():
        value = getattr(made, name)
        if not (isinstance(value, kind) or (value is None and not required)):
            raise TypeError(name)


def _sketch(body: Mapping[str, Any]) -> Sketch:
    return Sketch(**{name: _value(name, value) for name, value in body.items()})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _sketch(value)
    if isinstance(value, list):
        return [_value(name, each) for each in value]
    return _instant(value) if name in _INSTANTS and isinstance(value, str) else value


def _instant(value: str) -> datetime:
    """As the contract's models read it: aware, and in a year that has another before and after it."""
    told = datetime.fromisoformat(value)
    return max(EARLIEST, min(told if told.tzinfo is not None else told.replace(tzinfo=UTC), LATEST))
