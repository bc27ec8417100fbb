"""Parcels leave, get their numbers, travel, arrive; holds come and go; stock is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from orders_demo.life.stories import NEXT, Scene, story
from orders_demo.operations import parcels, payments, stock
from orders_demo.sample_data import carriers, catalogue
from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrderLine, Parcel
from orders_demo.world.shop import Shop

NO_STOCK = "INVENTORY_OUT_OF_STOCK"
WRONG = {
    NO_STOCK: "Not on the shelf when it was picked",
    "INCORRECT_ADDRESS": "Postcode and city do not match",
    "HIGH_RISK_OF_FRAUD": "Card declined twice, then another name",
    "OTHER": "Checked by the warehouse",
}
"""Why an order is held, and what the warehouse writes."""


@story(20)
def sent(scene: Scene) -> str | None:
    """The warehouse packs; now and then the number comes later."""
    shop, task = scene.stage.shop, scene.pool.task()
    if task is None:
        return None
    order = task.order
    tracking = [] if scene.rng.random() < 0.12 else [carriers.tracking(scene.rng, _country(order))]

    def deed(at: datetime) -> None:
        if order.financial_status == "AUTHORIZED":
            payments.capture(shop, order, at)
        parcels.send_all(shop, task, tracking, at)

    scene.stage.perform(deed)
    return order.name


@story(4)
def numbered(scene: Scene) -> str | None:
    """A late tracking number arrives."""
    parcel = scene.pool.parcel(numbered=False)
    if parcel is None:
        return None
    number = [carriers.tracking(scene.rng, _country(parcel.order))]
    scene.stage.perform(lambda at: parcels.track(scene.stage.shop, parcel, number, at))
    return parcel.name


@story(26)
def scanned(scene: Scene) -> str | None:
    """The carrier's next word."""
    parcel = scene.pool.parcel(numbered=True)
    if parcel is None:
        return None
    status = NEXT.get(parcel.shipment_status, "IN_TRANSIT")
    if parcel.shipment_status == "IN_TRANSIT" and scene.rng.random() < 0.4:
        status = "IN_TRANSIT"
    _scan(scene, parcel, status)
    return f"{parcel.name} {status}"


@story(2)
def troubled(scene: Scene) -> str | None:
    """Weather, nobody home, a wrong house number."""
    parcel = scene.pool.parcel(numbered=True)
    if parcel is None or parcel.shipment_status not in ("IN_TRANSIT", "OUT_FOR_DELIVERY"):
        return None
    words = ("DELAYED", "ATTEMPTED_DELIVERY", "READY_FOR_PICKUP", "FAILURE")
    status = scene.rng.choices(words, (5, 4, 2, 1))[0]
    _scan(scene, parcel, status)
    return f"{parcel.name} {status}"


@story(1)
def called_back(scene: Scene) -> str | None:
    """A parcel that has not left yet is unpacked again."""
    parcel = scene.pool.parcel(numbered=False)
    if parcel is None:
        return None
    scene.stage.perform(lambda at: parcels.call_back(scene.stage.shop, parcel, at))
    return parcel.name


@story(3)
def held(scene: Scene) -> str | None:
    """Something is wrong with an order that was to be sent."""
    task = scene.pool.task()
    if task is None:
        return None
    reason = scene.rng.choices(tuple(WRONG), (4, 3, 1, 2))[0]
    missing = [entry for entry in task.lines if entry.remaining][:1] if reason == NO_STOCK else []
    handle = f"hold-{len(task.holds) + 1}"

    def deed(at: datetime) -> None:
        for entry in missing:
            _find_empty(scene.stage.shop, entry, at)
        portion = [(entry, entry.remaining) for entry in missing]
        locked = reason == "HIGH_RISK_OF_FRAUD"
        parcels.hold(scene.stage.shop, task, reason, WRONG[reason], at, handle=handle, locked=locked, portion=portion)

    scene.stage.perform(deed)
    return task.order.name


def _find_empty(shop: Shop, entry: FulfillmentOrderLine, at: datetime) -> None:
    """The shelves of these goods are empty: what open orders still wait for is missing."""
    if entry.line.variant is None:
        return
    item = entry.line.variant.item
    lines = (line for order in shop.orders.values() if not order.cancelled_at for line in order.lines)
    missing = sum(line.unfulfilled for line in lines if line.sku == item.sku)
    for index, level in enumerate(item.levels.values()):
        stock.adjust(shop, item, level.location, (0 if index else -missing) - level.available, at)


@story(4)
def released(scene: Scene) -> str | None:
    """One hold is lifted; others may remain."""
    order = scene.pool.order(lambda order: any(task.holds for task in order.tasks))
    if order is None:
        return None
    task = next(task for task in order.tasks if task.holds)
    scene.stage.perform(lambda at: parcels.release(scene.stage.shop, task, at, task.holds[:1]))
    return order.name


@story(4)
def counted(scene: Scene) -> str | None:
    """Somebody counts a shelf again."""
    shop = scene.stage.shop
    variant = scene.rng.choice(catalogue.shippable(shop))
    level = scene.rng.choice(list(variant.item.levels.values()))
    change = scene.rng.randint(-3, 6) or 1
    scene.stage.perform(lambda at: stock.adjust(shop, variant.item, level.location, change, at))
    return variant.sku


@story(1)
def goods_arrived(scene: Scene) -> str | None:
    """What was missing is there, escalated goods first; orders held for it are free."""
    shop = scene.stage.shop
    short = [entry.item for entry in shop.variants if entry.item.available < 0]
    item = next((entry for entry in short if entry.sku in scene.erp.escalated), None) or scene.pool.pick(short)
    if item is None:
        return None
    waiting = [
        order for order in scene.pool.open if any(line.sku == item.sku and line.unfulfilled for line in order.lines)
    ]

    def deed(at: datetime) -> None:
        location = shop.locations[0]
        stock.adjust(shop, item, location, scene.rng.randint(5, 25) - item.available, at)
        for task in [task for order in waiting for task in order.tasks]:
            missing = [entry for entry in task.holds if entry.reason == "INVENTORY_OUT_OF_STOCK"]
            if missing:
                parcels.release(shop, task, at, missing)

    scene.stage.perform(deed)
    return item.sku


def _scan(scene: Scene, parcel: Parcel, status: str) -> None:
    home = parcel.order.shipping_address
    place = (home.city, home.province_code, home.country_code, home.zip) if home else (None, None, None, None)
    ago = timedelta(seconds=scene.rng.randint(0, 90))
    eta = scene.stage.now() + timedelta(days=2)
    scene.stage.perform(
        lambda at: parcels.scan(
            scene.stage.shop,
            parcel,
            status,
            at,
            message=carriers.SAYINGS.get(status),
            seen_at=max(at - ago, parcel.updated_at),
            eta=eta,
            place=place,
        )
    )


def _country(order: Order) -> str:
    return order.shipping_address.country_code if order.shipping_address else "US"
