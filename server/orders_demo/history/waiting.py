"""Stories that wait in the shop: fresh, late, held, unpaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from orders_demo.history.plots import DAY, plot
from orders_demo.history.script import ON_THE_WAY, Script
from orders_demo.operations import parcels, payments
from orders_demo.operations.ordering import Change
from orders_demo.sample_data import baskets, catalogue, places
from orders_demo.world.goods import Variant
from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrder
from orders_demo.world.shop import Shop


def _unsent(script: Script, goods: Sequence[Variant] | None = None, **changes: Unpack[Change]) -> Order:
    """An order that nobody has sent yet: most are paid, some only authorized."""
    authorized = script.rng.random() < 0.12
    order = script.buy(goods, paid=not authorized, **changes)
    if authorized:
        payments.authorize(script.shop, order, script.time)
    return order


def _once_more(shop: Shop) -> Change:
    """Somebody whose parcel has not gone yet, and who types the same address otherwise."""
    sent_home = (
        order
        for order in reversed(shop.orders.values())
        if order.owed
        and order.requires_shipping
        and not order.cancelled_at
        and order.shipping[0].title != baskets.LOCAL[0]
    )
    before = next((order for order in sent_home if order.customer and order.shipping_address), None)
    home = before.shipping_address if before is not None else None
    if before is None or home is None:
        return {}
    again = replace(home, address1=home.address1 and places.typed_otherwise(home.address1))
    return {
        "customer": before.customer,
        "email": before.email,
        "phone": before.phone,
        "shipping_address": again,
        "billing_address": again,
    }


@plot(46, 0.3, 20)
def fresh(script: Script) -> None:
    """Just in; some will be fetched in the store, or brought by the shop itself, and some go where another one goes."""
    store = script.shop.locations[-1:]
    by_number: dict[int, Change] = {
        1: _once_more(script.shop),
        3: {"delivery": baskets.PICKUP, "shipping_address": None, "sources": store},
        5: {"delivery": baskets.LOCAL, "sources": store},
    }
    _unsent(script, **by_number.get(script.shop.next_number % 8, {}))


@plot(12, 26, 4 * DAY)
def overdue(script: Script) -> None:
    """Should have gone out by now; some of it from two warehouses."""
    if script.shop.next_number % 2:
        _unsent(script)
        return
    goods = script.rng.sample(catalogue.shippable(script.shop), 3)
    _unsent(script, goods, sources=script.shop.locations)


@plot(8, 30, 4 * DAY)
def due_later(script: Script) -> None:
    """The shop promised a later day."""
    day = (script.now + timedelta(hours=script.rng.uniform(6, 72))).replace(microsecond=0)
    _unsent(script, fulfill_by=day)


@plot(4, 48, 5 * DAY)
def due_passed(script: Script) -> None:
    """The promised day has gone by."""
    _unsent(script, fulfill_by=script.ago(1, 20))


@plot(3, 12, 3 * DAY)
def scheduled(script: Script) -> None:
    """Pre-ordered: may not be sent before its day."""
    day = (script.now + timedelta(days=script.rng.randint(3, 12))).replace(minute=0, second=0, microsecond=0)
    _unsent(script, fulfill_at=day, fulfill_by=day + timedelta(days=1), tags=["pre-order"])


@plot(10, 16, 3 * DAY)
def half_sent(script: Script) -> None:
    """Two warehouses; one has sent its part."""
    goods = script.rng.sample(catalogue.shippable(script.shop), 2)
    order = script.buy(goods, sources=script.shop.locations)
    script.later(2, 14)
    for parcel in script.ship(order, tasks=1):
        script.travel(parcel, ON_THE_WAY, script.ago(0.4, 18))


@plot(5, 3, 40)
def unpaid(script: Script) -> None:
    """Waiting for a bank transfer."""
    script.buy(paid=False, gateway="Bank Deposit")


@plot(2, 20, 4 * DAY)
def voided(script: Script) -> None:
    """The reservation was let go, but nobody cancelled."""
    order = script.buy(paid=False)
    payments.authorize(script.shop, order, script.time)
    payments.void(script.shop, order, script.later(1, 12))


@plot(2, 8 * DAY, 12 * DAY)
def expired(script: Script) -> None:
    """The reservation ran out before anybody sent the goods."""
    order = script.buy(paid=False)
    payments.authorize(script.shop, order, script.time)
    order.expired = True
    script.shop.touch(order, script.later(7 * DAY, 7.5 * DAY))


@plot(2, 10, 3 * DAY)
def no_address(script: Script) -> None:
    """Goods to send and nowhere to send them."""
    _unsent(script, shipping_address=None)


@plot(2, 24, 5 * DAY)
def disputed_unsent(script: Script) -> None:
    """The bank took the money back before anything was sent."""
    order = script.buy(gateway="shopify_payments")
    payments.dispute(script.shop, order, script.later(4, 20))


@plot(2, 30, 4 * DAY)
def called_back(script: Script) -> None:
    """The parcel was called back and waits to be packed again."""
    order = script.buy()
    script.later(3, 12)
    for parcel in script.ship(order):
        parcels.call_back(script.shop, parcel, script.later(1, 8))


@plot(12, 20, 7 * DAY)
def out_of_stock(script: Script) -> None:
    """Sold what is not there; held for stock."""
    rare = script.rng.choice(catalogue.scarce(script.shop))
    order = script.buy([rare])
    _hold(
        script, order, "INVENTORY_OUT_OF_STOCK", "Not enough inventory to complete this work.", ours=order.id % 2 == 0
    )


@plot(5, 10, 5 * DAY)
def wrong_address(script: Script) -> None:
    """The carrier does not know the street."""
    _hold(script, script.buy(), "INCORRECT_ADDRESS", "Carrier rejects postcode — asked the customer.", ours=True)


@plot(4, 10, 5 * DAY)
def payment_awaited(script: Script) -> None:
    """Held until the money is there."""
    order = script.buy(paid=False)
    payments.authorize(script.shop, order, script.time)
    _hold(script, order, "AWAITING_PAYMENT", None)


@plot(4, 3, 4 * DAY)
def looks_fraudulent(script: Script) -> None:
    """Held because the risk is high."""
    order = script.buy(risk="HIGH")
    _hold(script, order, "HIGH_RISK_OF_FRAUD", "Billing and shipping country differ; 3 cards tried.", locked=True)


@plot(4, 5, 4 * DAY)
def held_otherwise(script: Script) -> None:
    """Held for a reason only people know."""
    notes = script.rng.choice(
        ("Engraving proof not approved yet", "VIP: call before sending", "[b]Ask Bo[/b] \x1b[31m!!")
    )
    order = script.buy()
    reason = script.rng.choice(("OTHER", "UNKNOWN_DELIVERY_DATE"))
    _hold(script, order, reason, notes, ours=reason == "OTHER")


@plot(3, 24, 5 * DAY)
def held_twice(script: Script) -> None:
    """Two reasons at once; releasing one frees nothing."""
    rare = script.rng.choice(catalogue.scarce(script.shop))
    order = script.buy([rare])
    _hold(script, order, "INVENTORY_OUT_OF_STOCK", "Back in about ten days")
    _hold(script, order, "INCORRECT_ADDRESS", "House number missing", ours=True)


def _hold(
    script: Script, order: Order, reason: str, notes: str | None, *, ours: bool = False, locked: bool = False
) -> None:
    """`ours`: by the desk, under a handle as it makes them; `locked`: by an app that lets nobody else release it."""
    task: FulfillmentOrder = order.tasks[0]
    handle = f"desk-{task.id:x}" if ours else f"hold-{len(task.holds) + 1}"
    missing = [(entry, entry.remaining) for entry in task.lines if entry.line.sku in catalogue.SCARCE]
    portion = missing if reason == "INVENTORY_OUT_OF_STOCK" else ()
    at = script.later(0.2, 6)
    parcels.hold(script.shop, task, reason, notes, at, handle=handle, by_us=ours, locked=locked, portion=portion)
