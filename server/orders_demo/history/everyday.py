"""Stories that end as they should: delivered, handed over the counter, downloaded."""

from __future__ import annotations

from datetime import timedelta

from orders_demo.history.plots import DAY, OLDEST, Plot, plot
from orders_demo.history.script import TO_THE_DOOR, Script
from orders_demo.operations import ordering, parcels, payments
from orders_demo.operations.ordering import Change
from orders_demo.sample_data import baskets, catalogue
from orders_demo.world.money import Tender


def delivered(script: Script) -> None:
    """Paid, sent, delivered, put away; sometimes in two parcels."""
    split = script.rng.random() < 0.04
    order = script.buy(sources=script.shop.locations if split else ())
    script.deliver(order)
    script.put_away(order)


USUAL = Plot("delivered", 0, 6 * DAY, OLDEST, delivered)


@plot(18, 2.6 * DAY, 5 * DAY)
def delivered_today(script: Script) -> None:
    """The last scan of the day."""
    order = script.buy()
    script.later(2, 20)
    for parcel in script.ship(order):
        script.travel(parcel, (*TO_THE_DOOR, "DELIVERED"), script.ago(0.3, 9))


@plot(90, 3, OLDEST)
def over_the_counter(script: Script) -> None:
    """Sold in the store: nothing is sent. Some were bought on the net, packed in the store and fetched there."""
    fetched = script.shop.next_number % 4 == 1
    store = script.shop.locations[-1]
    sale: Change = {
        "source_name": "pos",
        "gateway": "cash" if script.rng.random() < 0.3 else "shopify_payments",
        "location": store,
        "sources": [store],
        "delivery": None,
        "shipping_address": None,
        "billing_address": None,
        "carry_out": True,
        "tender": Tender(),
    }
    stranger: Change = {"customer": None, "email": None, "phone": None}
    if script.rng.random() < 0.5 and not fetched:
        sale |= stranger
    if fetched:
        sale |= {"source_name": "web", "location": None, "delivery": baskets.PICKUP, "carry_out": False}
    order = script.buy(**sale)
    script.ship(order, tracked=False)
    ordering.archive(script.shop, order, script.time)


@plot(60, 3, OLDEST)
def downloaded(script: Script) -> None:
    """A gift card or a file: fulfilled by itself, at once."""
    goods = catalogue.digital(script.shop)
    order = script.buy(digital=script.rng.choice(goods), delivery=None, shipping_address=None)
    script.ship(order, tracked=False)


@plot(10, 7 * DAY, 40 * DAY)
def edited(script: Script) -> None:
    """The customer wants one more; then all is sent."""
    order = script.buy()
    script.later(0.5, 2)
    extra = script.rng.choice(catalogue.shippable(script.shop))
    ordering.edit(script.shop, order, [(extra, 1)], [], script.time)
    payments.pay(script.shop, order, script.later(0.1, 1))
    script.deliver(order)


@plot(8, 8 * DAY, 50 * DAY)
def card_refused_first(script: Script) -> None:
    """The first card is declined, the second goes through."""
    order = script.buy(paid=False)
    payments.fail(script.shop, order, script.time)
    payments.pay(script.shop, order, script.later(0.1, 3))
    script.deliver(order)


@plot(3, 9 * DAY, 30 * DAY)
def sent_again(script: Script) -> None:
    """A parcel is called back and sent once more."""
    order = script.buy()
    script.later(2, 20)
    for parcel in script.ship(order):
        parcels.call_back(script.shop, parcel, script.later(1, 6))
    script.deliver(order)


@plot(6, 14 * DAY, 45 * DAY)
def dispute_settled(script: Script) -> None:
    """A chargeback, answered and decided."""
    order = script.buy(gateway="shopify_payments")
    script.deliver(order)
    entry = payments.dispute(script.shop, order, script.later(20, 90), reason="PRODUCT_NOT_RECEIVED")
    payments.settle(script.shop, entry, "UNDER_REVIEW", script.later(10, 60))
    entry.evidence_sent_on = script.time
    if script.time + timedelta(hours=80) < script.now:
        payments.settle(script.shop, entry, script.rng.choice(("WON", "LOST")), script.later(70, 79))
