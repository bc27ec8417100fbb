"""`ship_by`: Shopify's date where it gives one, else placed + 24 hours of shipping days (contract §1)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.server.rules.order_states import order_state, placed, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at

from orders_sync.evidence.changes import Change, FulfillmentOrderSeen, ReturnSeen, Stamp
from orders_sync.instants import DAY, HOUR, Ms, parse_instant, to_text
from orders_sync.rules.ship_by import in_shipping_days
from orders_sync.rules.thresholds import Thresholds

WEEKDAYS = frozenset(range(1, 6))
BERLIN = ZoneInfo("Europe/Berlin")


def _promised(fulfillment_order_id: int, by: str | None, status: str = "open") -> Any:
    body = {"id": fulfillment_order_id, "order_id": 1, "status": status, "fulfill_by": by}
    return told("fulfillment_orders/resource", body, "08:05")


def test_placed_and_a_day() -> None:
    assert order_state(placed()).ship_by == at("08:00") + 24 * HOUR


def test_shopifys_date_comes_first() -> None:
    assert order_state(placed(), _promised(41, "2026-03-12T10:00:00Z")).ship_by == at("10:00", "2026-03-12")


def test_the_earliest_of_what_is_still_open() -> None:
    found = order_state(
        placed(),
        _promised(41, "2026-03-11T10:00:00Z", "closed"),
        _promised(42, "2026-03-14T10:00:00Z"),
        _promised(43, "2026-03-12T10:00:00Z"),
    )
    assert found.ship_by == at("10:00", "2026-03-12")


def test_a_fulfilment_order_without_a_date_promises_nothing() -> None:
    assert order_state(placed(), _promised(41, None)).ship_by == at("08:00") + 24 * HOUR


@pytest.mark.parametrize(
    ("start", "zone", "due"),
    [
        ("2026-03-12T18:00:00Z", "UTC", "2026-03-13T18:00:00Z"),  # Thursday: all within the week
        ("2026-03-13T18:00:00Z", "UTC", "2026-03-16T18:00:00Z"),  # Friday evening: the rest on Monday
        ("2026-03-14T10:00:00Z", "UTC", "2026-03-17T00:00:00Z"),  # Saturday: all of Monday
        ("2026-03-13T23:30:00Z", "Europe/Berlin", "2026-03-16T23:00:00Z"),  # Saturday 00:30 there: all of Monday there
        ("2026-03-27T18:00:00Z", "Europe/Berlin", "2026-03-30T17:00:00Z"),  # clocks go forward on the Sunday
    ],
)
def test_only_shipping_days_of_the_desk_zone_count(start: str, zone: str, due: str) -> None:
    thresholds = Thresholds(ship_days=WEEKDAYS, zone=ZoneInfo(zone))
    assert to_text(in_shipping_days(parse_instant(start), thresholds)) == due


def test_a_time_to_ship_longer_than_a_day_runs_over_several() -> None:
    thresholds = Thresholds(ship_days=WEEKDAYS, ship_within=48 * HOUR)
    assert to_text(in_shipping_days(parse_instant("2026-03-13T12:00:00Z"), thresholds)) == "2026-03-17T12:00:00Z"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-12T12:59:59Z", "2026-03-13T12:59:59Z"),  # 13:59:59 there: a minute before the shop closes
        ("2026-03-12T13:00:00Z", "2026-03-13T23:00:00Z"),  # 14:00: all of Friday there
        ("2026-03-13T13:00:00Z", "2026-03-16T23:00:00Z"),  # Friday 14:00: all of Monday
        ("2026-03-13T12:00:00Z", "2026-03-16T12:00:00Z"),  # Friday 13:00: the rest on Monday
        ("2026-03-14T06:00:00Z", "2026-03-16T23:00:00Z"),  # Saturday, before the shop would close
        ("2026-04-02T15:00:00Z", "2026-04-07T22:00:00Z"),  # before Easter: all of Tuesday
        ("2026-03-27T14:00:00Z", "2026-03-30T22:00:00Z"),  # clocks go forward on the Sunday: all of Monday
        ("2026-10-23T13:00:00Z", "2026-10-26T23:00:00Z"),  # and back: all of Monday
    ],
)
def test_the_shop_has_a_clock_of_its_own(start: str, due: str) -> None:
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    shop_clock = Thresholds(ship_days=WEEKDAYS, cutoff=time(14), holidays=easter, zone=BERLIN)
    assert to_text(in_shipping_days(parse_instant(start), shop_clock)) == due


def test_a_day_as_long_as_its_clocks_say_is_a_shipping_day() -> None:
    """The Sunday on which the clocks go forward has 23 hours; the last is taken from the Monday."""
    shop_clock = Thresholds(cutoff=time(14), zone=BERLIN)
    assert to_text(in_shipping_days(parse_instant("2026-03-28T13:00:00Z"), shop_clock)) == "2026-03-29T23:00:00Z"


def test_holidays_without_a_shipping_day_between_them_end() -> None:
    closed = frozenset(date(2026, 3, 10) + timedelta(days=n) for n in range(1_000))
    shop_clock = Thresholds(ship_days=frozenset({1}), holidays=closed)
    assert to_text(in_shipping_days(at("08:00"), shop_clock)) == "2028-12-05T00:00:00Z"
    assert in_shipping_days(at("08:00"), Thresholds(ship_days=frozenset(), holidays=closed)) > at("08:00")


LONG_AGO = at("08:00")
TODAY = Ms(LONG_AGO + 21 * DAY)
A_DAY_AFTER = LONG_AGO + DAY
ORDINARY, SWAPPED, OTHER = 11, 12, 13


def _lines(**owed: int) -> tuple[Change, ...]:
    """The order's lines with what is owed of each: `ordinary`, `swapped`, `other`."""
    ids = {"ordinary": ORDINARY, "swapped": SWAPPED, "other": OTHER}
    lines = [shop.line(ids[name], fulfillable_quantity=count, quantity=1) for name, count in owed.items()]
    return placed(line_items=lines)


def _exchange(*lines: int) -> tuple[Change, ...]:
    """A return of the order, of which these lines came."""
    return (ReturnSeen(31, 1, Stamp(TODAY, TODAY), status="open", exchange_lines=lines),)


def _task(number: int, *lines: int, made: int = TODAY, read: int = TODAY, **fields: Any) -> tuple[Change, ...]:
    """A fulfilment order with these lines, made at `made`, as it was at `read`."""
    stamp, created_at = Stamp(Ms(read), Ms(read)), Ms(made)
    return (FulfillmentOrderSeen(number, 1, stamp, created_at=created_at, lines=lines, **{"status": "open"} | fields),)


def _order(number: int = 41, **fields: Any) -> tuple[Change, ...]:
    """What the order was sent from at first."""
    return _task(number, ORDINARY, made=LONG_AGO, **{"status": "closed"} | fields)


def test_what_is_owed_of_an_exchange_counts_from_its_fulfilment_order() -> None:
    found = order_state(_lines(ordinary=0, swapped=1), _exchange(SWAPPED), _order(), _task(42, SWAPPED))
    assert found.ship_by == TODAY + DAY


def test_and_only_on_shipping_days() -> None:
    friday = parse_instant("2026-04-03T18:00:00Z")
    told = (_lines(ordinary=0, swapped=1), _exchange(SWAPPED), _order(), _task(42, SWAPPED, made=friday))
    assert order_state(*told, thresholds=Thresholds(ship_days=WEEKDAYS)).ship_by == parse_instant(
        "2026-04-06T18:00:00Z"
    )


def test_shopifys_date_for_the_exchange_comes_first() -> None:
    by = Ms(TODAY + 3 * DAY)
    found = order_state(_lines(ordinary=0, swapped=1), _exchange(SWAPPED), _order(), _task(42, SWAPPED, fulfill_by=by))
    assert found.ship_by == by


def test_shopifys_date_for_what_was_ordered_is_none_of_the_exchanges() -> None:
    by = Ms(LONG_AGO + 2 * DAY)
    told = (_exchange(SWAPPED), _order(fulfill_by=by), _task(42, SWAPPED))
    assert order_state(_lines(ordinary=0, swapped=1), *told).ship_by == TODAY + DAY
    assert order_state(_lines(ordinary=1, swapped=1), *told).ship_by == by


def test_what_else_is_owed_stays_due_when_it_was() -> None:
    found = order_state(_lines(ordinary=1, swapped=1), _exchange(SWAPPED), _order(status="open"), _task(42, SWAPPED))
    assert found.ship_by == A_DAY_AFTER


@pytest.mark.parametrize("returned", [(), _exchange(), _exchange(OTHER)])
def test_a_late_fulfilment_order_is_no_exchange_because_it_is_late(returned: Any) -> None:
    """A hold that split it, a move, an edit: also of an order with returns, also with an exchange beside it."""
    told = (_order(status="on_hold"), _task(42, ORDINARY), _task(43, OTHER))
    assert order_state(_lines(ordinary=1, other=0), returned, *told).ship_by == A_DAY_AFTER


def test_an_exchange_that_is_split_moved_or_sent_anew_counts_from_its_first_fulfilment_order() -> None:
    later = _task(43, SWAPPED, made=TODAY + 5 * DAY, read=TODAY + 5 * DAY)
    gone = _task(42, OTHER, read=TODAY + 5 * DAY)
    told = (_lines(ordinary=0, swapped=1, other=0), _exchange(SWAPPED, OTHER), _order())
    first = _task(42, SWAPPED, OTHER)
    assert order_state(*told, first, gone, later).ship_by == TODAY + DAY
    assert order_state(*told, later, gone, first).ship_by == TODAY + DAY


def test_of_several_exchanges_the_first_that_is_owed() -> None:
    told = (_exchange(SWAPPED, OTHER), _order(), _task(42, SWAPPED), _task(43, OTHER, made=TODAY + 2 * DAY))
    assert order_state(_lines(ordinary=0, swapped=1, other=1), *told).ship_by == TODAY + DAY
    assert order_state(_lines(ordinary=0, swapped=0, other=1), *told).ship_by == TODAY + 3 * DAY


def test_once_all_is_sent_the_date_of_the_exchange_stays() -> None:
    found = order_state(
        _lines(ordinary=0, swapped=0), _exchange(SWAPPED), _order(), _task(42, SWAPPED, status="closed")
    )
    assert found.ship_by == TODAY + DAY


def test_an_exchange_of_whose_fulfilment_order_nothing_is_known_is_due_with_the_order() -> None:
    assert order_state(_lines(ordinary=0, swapped=1), _exchange(SWAPPED), _order()).ship_by == A_DAY_AFTER


def test_a_date_that_shopify_takes_back_is_none() -> None:
    body = {"id": 41, "order_id": 1, "status": "open", "fulfill_by": None}
    back = told("fulfillment_orders/resource", body, "08:06")
    promised = _promised(41, "2026-03-12T10:00:00Z")
    assert order_state(placed(), promised, back).ship_by == order_state(placed(), back, promised).ship_by == A_DAY_AFTER
    silent = told("fulfillment_orders/resource", {"id": 41, "order_id": 1, "status": "open"}, "08:06")
    assert order_state(placed(), promised, silent).ship_by == at("10:00", "2026-03-12")
