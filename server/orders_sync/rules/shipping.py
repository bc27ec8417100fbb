"""What is owed and by when: contract §1, Owed and `ship_by`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders_sync.evidence.changes import LinePart, OrderFields
from orders_sync.evidence.facts import EXCHANGED, ROUTED, Fields, OrderFacts
from orders_sync.instants import Ms, from_datetime, to_datetime
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Channel, Delivery

_CLOSED = frozenset({"closed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line item with the quantity that is still to ship."""

    part: LinePart
    owed: int


def channel(order: OrderFields) -> Channel:
    """Where the order was placed, from the shop's `source_name`."""
    if order.source_name == "pos":
        return Channel.POS
    return Channel.DRAFT if order.source_name == "shopify_draft_order" else Channel.ONLINE


def ships(order: OrderFields, delivery: Delivery) -> bool:
    """False for an order without shipping: nothing in it is shipped, or it was handed over at the counter."""
    if delivery is Delivery.NONE:
        return False
    if "lines" in order.model_fields_set and not any(line.requires_shipping for line in order.lines):
        return False
    return channel(order) is not Channel.POS or order.shipping_address is not None


def lines(order: OrderFields, lines_at: int, parcels: Sequence[Parcel], *, owing: bool) -> tuple[Line, ...]:
    """Every line with what is owed of it. `lines_at`: when the order's lines were so; `owing` false: nothing is owed."""
    newer = [parcel for parcel in parcels if parcel.lines and parcel.lines_at > lines_at]
    return tuple(
        Line(part, _left(part, lines_at, newer) if owing and part.requires_shipping else 0) for part in order.lines
    )


def _left(part: LinePart, lines_at: int, newer: Iterable[Parcel]) -> int:
    """What is left to fulfil: as the order said, or as parcels that it could not know of yet say."""
    left, at = part.fulfillable_quantity, lines_at
    for parcel in sorted(newer, key=lambda parcel: parcel.lines_at):
        for line in parcel.lines:
            if line.id != part.id:
                continue
            if line.left is not None:
                left, at = line.left, parcel.lines_at
            elif parcel.alive and parcel.created_at > at:
                left -= line.quantity
    return max(0, left)


def ship_by(placed_at: Ms, facts: OrderFacts, owing: Sequence[Line], thresholds: Thresholds) -> Ms:
    """Shopify's date where it gives one, else placed + the time to ship within, in shipping days.

    An exchange (a line that a return says was made of it) counts from the creation of its first fulfilment order instead. What is
    owed is due first; where nothing is owed any more, what came last stays.
    """
    tasks = [fields for _, fields in facts.entities("fulfillment_order")]
    made = {line: Ms(at) for line, at in facts.first.get(ROUTED, {}).items() if line in facts.first.get(EXCHANGED, {})}
    ordered = [fields for fields in tasks if not _lines(fields) or _lines(fields) - made.keys()]
    due = {"": _promised(ordered) or in_shipping_days(placed_at, thresholds)}
    for line, at in made.items():
        due[line] = _promised(fields for fields in tasks if line in _lines(fields)) or in_shipping_days(at, thresholds)
    owed = {str(line.part.id) if str(line.part.id) in made else "" for line in owing if line.owed}
    return min((due[line] for line in owed), default=max(due.values()))


def _lines(task: Fields) -> frozenset[str]:
    """The order's lines in a fulfilment order, as far as they are told."""
    told = task.get("lines")
    return frozenset(str(line) for line in told) if isinstance(told, list) else frozenset()


def _promised(tasks: Iterable[Fields]) -> Ms | None:
    """Shopify's earliest date for what is not closed, else for all."""
    told = [(task.get("status") in _CLOSED, at) for task in tasks if isinstance(at := task.get("fulfill_by"), int)]
    dates = [at for closed, at in told if not closed] or [at for _, at in told]
    return Ms(min(dates)) if dates else None


def in_shipping_days(start: Ms, thresholds: Thresholds) -> Ms:
    """`start` plus the time to ship within, of which only shipping days of the desk zone count."""
    if len(thresholds.ship_days) in (0, 7):
        return Ms(start + thresholds.ship_within)
    left = thresholds.ship_within
    at = to_datetime(start).astimezone(thresholds.zone)
    while True:
        midnight = _next_midnight(at, thresholds)
        day_left = from_datetime(midnight) - from_datetime(at)
        if at.isoweekday() in thresholds.ship_days:
            if left <= day_left:
                return Ms(from_datetime(at) + left)
            left -= day_left
        at = midnight


def _next_midnight(at: datetime, thresholds: Thresholds) -> datetime:
    tomorrow = (at + timedelta(days=1)).date()
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=thresholds.zone)
