"""`ship_by`: Shopify's date where it gives one, else placed + 24 hours of shipping days (contract §1)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.server.rules.pictures import picture, placed, told
from tests.support.shop_bodies import at

from orders_sync.instants import HOUR, parse_instant, to_text
from orders_sync.rules.figures import Figures
from orders_sync.rules.shipping import in_shipping_days

WEEKDAYS = frozenset(range(1, 6))
BERLIN = ZoneInfo("Europe/Berlin")


def _promised(fulfillment_order_id: int, by: str | None, status: str = "open") -> Any:
    body = {"id": fulfillment_order_id, "order_id": 1, "status": status, "fulfill_by": by}
    return told("fulfillment_orders/resource", body, "08:05")


def test_placed_and_a_day() -> None:
    assert picture(placed()).ship_by == at("08:00") + 24 * HOUR


def test_shopifys_date_comes_first() -> None:
    assert picture(placed(), _promised(41, "2026-03-12T10:00:00Z")).ship_by == at("10:00", "2026-03-12")


def test_the_earliest_of_what_is_still_open() -> None:
    found = picture(
        placed(),
        _promised(41, "2026-03-11T10:00:00Z", "closed"),
        _promised(42, "2026-03-14T10:00:00Z"),
        _promised(43, "2026-03-12T10:00:00Z"),
    )
    assert found.ship_by == at("10:00", "2026-03-12")


def test_a_fulfilment_order_without_a_date_promises_nothing() -> None:
    assert picture(placed(), _promised(41, None)).ship_by == at("08:00") + 24 * HOUR


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
    figures = Figures(ship_days=WEEKDAYS, zone=ZoneInfo(zone))
    assert to_text(in_shipping_days(parse_instant(start), figures)) == due


def test_a_time_to_ship_longer_than_a_day_runs_over_several() -> None:
    figures = Figures(ship_days=WEEKDAYS, ship_within=48 * HOUR)
    assert to_text(in_shipping_days(parse_instant("2026-03-13T12:00:00Z"), figures)) == "2026-03-17T12:00:00Z"
