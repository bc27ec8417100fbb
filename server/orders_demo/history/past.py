"""Builds a shop with its past: how many orders, from which seed, seen from which now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from orders_demo.history import everyday, going_back, travelling, waiting
from orders_demo.history.plots import Plot, cast
from orders_demo.history.script import Evidence, Script
from orders_demo.sample_data import catalogue
from orders_demo.world.shop import Shop

STORIES = (everyday, waiting, travelling, going_back)
NAME = "Lighthouse Goods"
ZONE = "America/New_York"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Past:
    """A shop as it stands, what its ERP has to tell about the past, and each order's story by order id."""

    shop: Shop
    evidence: list[Evidence]
    stories: dict[int, str]


def build(orders: int, seed: int, now: datetime, domain: str) -> Past:
    """The past of a shop: reproducible to the last id, and nothing in it later than `now`."""
    now = now.replace(microsecond=0)
    shop = Shop(
        id=548_380_009,
        name=NAME,
        domain=domain,
        zone=ZoneInfo(ZONE),
        created_at=now - timedelta(days=900),
    )
    catalogue.stock_up(shop, Random(f"{seed}/stock"))
    evidence: list[Evidence] = []
    stories: dict[int, str] = {}
    for index, (placed, entry) in enumerate(_calendar(orders, seed, now)):
        script = Script(shop, Random(f"{seed}/{index}"), now, placed, evidence)
        entry.play(script)
        stories[next(reversed(shop.orders))] = entry.name
    _take_stock(shop, Random(f"{seed}/count"), now)
    evidence.extend(_expected(Random(f"{seed}/eta"), now))
    return Past(shop, sorted(evidence, key=lambda entry: entry.at), stories)


def _calendar(orders: int, seed: int, now: datetime) -> list[tuple[datetime, Plot]]:
    rng = Random(f"{seed}/calendar")
    days = []
    for entry in cast(rng, orders, everyday.USUAL):
        age = rng.uniform(entry.youngest, entry.oldest)
        days.append(((now - timedelta(hours=age)).replace(microsecond=0), entry))
    return sorted(days, key=lambda day: day[0])


def _take_stock(shop: Shop, rng: Random, now: datetime) -> None:
    """Count what is there. Scarce goods are short by what open orders wait for; of all else there is enough."""
    waiting: dict[str, int] = {}
    for order in shop.orders.values():
        for line in order.lines:
            if line.sku and line.unfulfilled:
                waiting[line.sku] = waiting.get(line.sku, 0) + line.unfulfilled
    for item in shop.items.values():
        for index, level in enumerate(item.levels.values()):
            short = -waiting.get(item.sku, 0) if index == 0 else 0
            level.available = short if item.sku in catalogue.SCARCE else rng.randint(8, 160)
            level.committed = waiting.get(item.sku, 0) if index == 0 else 0
            level.updated_at = now - timedelta(minutes=rng.randint(2, 600))


def _expected(rng: Random, now: datetime) -> list[Evidence]:
    """When the missing goods come, for four of the six; of the others nobody knows."""
    return [
        Evidence(
            "inventory.expected",
            (now - timedelta(hours=rng.uniform(3, 60))).replace(microsecond=0),
            sku=sku,
            eta=(now + timedelta(days=rng.randint(2, 14))).replace(hour=9, minute=0, second=0, microsecond=0),
        )
        for sku in catalogue.SCARCE[:4]
    ]
