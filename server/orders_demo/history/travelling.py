"""Stories on the road: labels without parcels, parcels without numbers, parcels without news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders_demo.history.plots import DAY, OLDEST, plot
from orders_demo.history.script import ON_THE_WAY, TO_THE_DOOR, Script
from orders_demo.operations import payments
from orders_demo.sample_data import catalogue
from orders_demo.world.orders import Order


def _sent(script: Script, states: Sequence[str], last: datetime, hours: float = 12) -> Order:
    """Paid and sent within some hours; the newest scan is at `last`."""
    order = script.buy()
    script.later(2, hours)
    for parcel in script.ship(order):
        script.travel(parcel, states, last)
    return order


@plot(40, 1.4 * DAY, 5 * DAY)
def in_transit(script: Script) -> None:
    """Moving, with news from today."""
    _sent(script, ON_THE_WAY, script.ago(0.3, 20))


@plot(8, 2 * DAY, 5 * DAY)
def out_for_delivery(script: Script) -> None:
    """In the van."""
    _sent(script, TO_THE_DOOR, script.ago(0.3, 7))


@plot(4, 2.5 * DAY, 6 * DAY)
def nobody_home(script: Script) -> None:
    """The driver rang in vain."""
    _sent(script, (*TO_THE_DOOR, "ATTEMPTED_DELIVERY"), script.ago(1, 16))


@plot(4, 3 * DAY, 7 * DAY)
def at_the_parcel_shop(script: Script) -> None:
    """Waiting to be fetched."""
    _sent(script, (*ON_THE_WAY, "READY_FOR_PICKUP"), script.ago(1, 30))


@plot(8, 14, 3 * DAY)
def label_only(script: Script) -> None:
    """A label exists; the carrier has not seen the parcel."""
    order = script.buy()
    script.later(2, 9)
    for parcel in script.ship(order):
        script.scan(parcel, script.rng.choice(("LABEL_PURCHASED", "LABEL_PRINTED", "CONFIRMED")), script.later(0.1, 1))


@plot(14, 10, 4.5 * DAY)
def number_to_come(script: Script) -> None:
    """Sent, says the warehouse; the number is still to come."""
    order = script.buy()
    script.later(1, 5)
    script.ship(order, tracked=False)


@plot(4, 2 * DAY, 4.5 * DAY)
def one_number_of_two(script: Script) -> None:
    """Two parcels, one of them without a number."""
    goods = script.rng.sample(catalogue.shippable(script.shop), 2)
    order = script.buy(goods, sources=script.shop.locations)
    script.later(2, 10)
    for parcel in script.ship(order, tasks=1):
        script.travel(parcel, ON_THE_WAY, script.ago(1, 20))
    script.time = min(script.time, script.ago(3, 8))
    script.ship(order, tracked=False)


@plot(16, 4 * DAY, 14 * DAY)
def stalled(script: Script) -> None:
    """No word for more than a day."""
    _sent(script, ON_THE_WAY, script.ago(25, 3 * DAY))


@plot(6, 4 * DAY, 12 * DAY)
def delayed(script: Script) -> None:
    """The carrier itself says it is late."""
    _sent(script, (*ON_THE_WAY, "DELAYED"), script.ago(6, 2.5 * DAY))


@plot(5, 38 * DAY, OLDEST)
def quiet(script: Script) -> None:
    """No word for a month: nobody looks any more."""
    _sent(script, ON_THE_WAY, script.ago(31 * DAY, 34 * DAY))


@plot(4, 5 * DAY, 11 * DAY)
def undeliverable(script: Script) -> None:
    """The carrier gave up."""
    _sent(script, (*TO_THE_DOOR, "FAILURE"), script.ago(4, 2 * DAY))


@plot(4, 3 * DAY, 8 * DAY)
def disputed_on_the_way(script: Script) -> None:
    """A chargeback while the parcel travels."""
    order = _sent(script, ON_THE_WAY, script.ago(2, 20))
    payments.dispute(script.shop, order, script.later(0.1, 1))
