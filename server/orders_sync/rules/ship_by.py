"""By when an order is to ship: contract §1, `ship_by`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from orders_sync.evidence.facts import EXCHANGED, ROUTED, Fields, OrderFacts
from orders_sync.evidence.shopify_words import CLOSED_FULFILLMENT_ORDER
from orders_sync.instants import Ms, from_datetime, to_datetime
from orders_sync.rules.owed import OwedLine
from orders_sync.rules.thresholds import Thresholds


def ship_by(placed_at: Ms, facts: OrderFacts, lines: Sequence[OwedLine], thresholds: Thresholds) -> Ms:
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
    owed = {str(line.part.id) if str(line.part.id) in made else "" for line in lines if line.owed}
    return min((due[line] for line in owed), default=max(due.values()))


def _lines(task: Fields) -> frozenset[str]:
    """The order's lines in a fulfilment order, as far as they are reported."""
    lines = task.get("lines")
    return frozenset(str(line) for line in lines) if isinstance(lines, list) else frozenset()


def _promised(tasks: Iterable[Fields]) -> Ms | None:
    """Shopify's earliest date for what is not closed, else for all."""
    dates = [
        (task.get("status") in CLOSED_FULFILLMENT_ORDER, at)
        for task in tasks
        if isinstance(at := task.get("fulfill_by"), int)
    ]
    return Ms(min(dates)[1]) if dates else None


def in_shipping_days(start: Ms, thresholds: Thresholds) -> Ms:
    """`start` plus the time to ship within, of which only shipping days of the desk zone count.

    What is placed on another day, or after the shop has closed, begins with the next shipping day.
    """
    if not thresholds.has_calendar:
        return Ms(start + thresholds.ship_within)
    left = thresholds.ship_within
    at = to_datetime(start).astimezone(thresholds.zone)
    if thresholds.cutoff is not None and at.time() >= thresholds.cutoff:
        at = _next_midnight(at)
    while True:
        midnight = _next_midnight(at)
        if thresholds.ships_on(at.date()):
            day_left = from_datetime(midnight) - from_datetime(at)
            if left <= day_left:
                return Ms(from_datetime(at) + left)
            left -= day_left
        at = midnight


def _next_midnight(at: datetime) -> datetime:
    """The next day's 00:00 on the clocks there, however long this day is."""
    return datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
