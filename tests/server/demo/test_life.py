"""The shop's present: plausible whatever happens, and the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.server.demo.worlds import World, make

from orders_demo.life.living import BY_NAME
from orders_demo.life.sending import NO_STOCK


def _live(world: World, steps: int) -> list[str]:
    told = []
    for _ in range(steps):
        world.later(seconds=3)
        told.append(world.simulation.life.tick() or "")
    return told


def test_the_same_seed_lives_the_same_life() -> None:
    first, second = make(120), make(120)
    assert _live(first, 80) == _live(second, 80)
    assert [entry.body for entry in first.told] == [entry.body for entry in second.told]


@dataclass
class Lived:
    """A long life: the world after it, what was told, and how many orders were owed before."""

    world: World
    told: list[str]
    owed_before: int


@pytest.fixture(scope="module")
def lived() -> Lived:
    world = make(260)
    owed = _owed(world)
    return Lived(world, _live(world, 1200), owed)


def _owed(world: World) -> int:
    return sum(1 for order in world.simulation.stage.shop.orders.values() if order.owed and not order.cancelled_at)


def test_in_a_long_life_every_story_is_told(lived: Lived) -> None:
    assert set(BY_NAME) - {entry.split(" ")[0] for entry in lived.told} == set()


def test_nothing_impossible_happens(lived: Lived) -> None:
    for order in lived.world.simulation.stage.shop.orders.values():
        assert order.refunded <= order.received
        for line in order.lines:
            assert 0 <= line.unfulfilled <= line.quantity
            assert 0 <= line.current <= line.quantity
        for task in order.tasks:
            assert (task.status == "ON_HOLD") == bool(task.holds)
            assert all(0 <= entry.remaining <= entry.total for entry in task.lines)
            called_back = any(parcel.status == "CANCELLED" for parcel in task.parcels)
            assert task.status != "CLOSED" or not task.remaining or order.cancelled_at or called_back
        sent = sum(entry.quantity for parcel in order.parcels if parcel.status == "SUCCESS" for entry in parcel.lines)
        assert sent + order.owed <= sum(line.quantity for line in order.lines)


def test_no_parcel_moves_after_it_was_delivered(lived: Lived) -> None:
    for parcel in lived.world.simulation.stage.shop.parcels.values():
        scans = sorted(parcel.scans, key=lambda scan: (scan.happened_at, scan.id))
        assert "DELIVERED" not in [scan.status for scan in scans][:-1]


def test_the_backlog_neither_vanishes_nor_grows_without_end(lived: Lived) -> None:
    assert lived.owed_before / 2 < _owed(lived.world) < lived.owed_before * 4


def test_a_story_can_be_asked_for_by_name(lived: Lived) -> None:
    for name in BY_NAME:
        told = lived.world.simulation.life.tick(name)
        assert told is None or told.startswith(name)


def test_a_story_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(KeyError):
        world.simulation.life.tick("dragons")


def test_a_hold_for_stock_finds_the_shelf_empty(world: World) -> None:
    shop = world.simulation.stage.shop
    before = {hold.id for task in shop.tasks.values() for hold in task.holds}
    for _ in range(12):
        world.simulation.life.tick("held")
    fresh = [
        task for task in shop.tasks.values() if any(h.id not in before and h.reason == NO_STOCK for h in task.holds)
    ]
    assert fresh
    assert all(line.line.variant and line.line.variant.item.available < 0 for task in fresh for line in task.lines)


def test_everything_of_one_deed_is_announced_together_and_once(world: World) -> None:
    world.simulation.life.tick("order_placed")
    topics = world.topics()
    assert topics[0] == "orders/create"
    assert len([topic for topic in topics if topic.startswith("orders/")]) == len(
        {t for t in topics if t.startswith("orders/")}
    )
