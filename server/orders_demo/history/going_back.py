"""Stories that go backwards: cancelled, refunded, returned."""

from __future__ import annotations

from orders_demo.history.plots import DAY, OLDEST, plot
from orders_demo.history.script import Script
from orders_demo.operations import ordering, payments, returning
from orders_demo.sample_data import carriers
from orders_demo.world.returns import Return

REASONS = (
    "SIZE_TOO_SMALL",
    "SIZE_TOO_LARGE",
    "UNWANTED",
    "NOT_AS_DESCRIBED",
    "WRONG_ITEM",
    "DEFECTIVE",
    "STYLE",
    "OTHER",
)
WORDS = ("", "", "Arrived with a crack", "Zu groß 😕", "[red]not[/] as pictured", "色が違います")


@plot(36, 2, OLDEST)
def cancelled(script: Script) -> None:
    """Cancelled before it was sent; the money went back."""
    order = script.buy()
    reason = script.rng.choice(("CUSTOMER", "CUSTOMER", "INVENTORY", "FRAUD", "OTHER"))
    ordering.cancel(script.shop, order, reason, script.later(0.5, 20))


@plot(4, 2, 30 * DAY)
def cancelled_unpaid(script: Script) -> None:
    """Cancelled; only a reservation had to be let go."""
    order = script.buy(paid=False)
    payments.authorize(script.shop, order, script.time)
    ordering.cancel(script.shop, order, "DECLINED", script.later(1, 10))


@plot(20, 9 * DAY, OLDEST)
def refunded(script: Script) -> None:
    """Delivered, and all of it paid back without a return."""
    order = script.buy()
    script.deliver(order)
    lines = [(line, line.quantity) for line in order.lines]
    payments.refund(script.shop, order, lines, script.later(20, 70), carriage=True, note="Lost in the stairwell")


@plot(22, 9 * DAY, OLDEST)
def refunded_in_part(script: Script) -> None:
    """One unit paid back."""
    order = script.buy()
    script.deliver(order)
    payments.refund(script.shop, order, [(order.lines[0], 1)], script.later(10, 60), note="Broke during shipping")


@plot(8, 9 * DAY, OLDEST)
def goodwill(script: Script) -> None:
    """A little money back for the trouble."""
    order = script.buy()
    script.deliver(order)
    payments.refund(script.shop, order, [], script.later(5, 40), amount=max(100, order.total // 10), note="Goodwill")


@plot(7, 8 * DAY, 13 * DAY)
def return_asked_for(script: Script) -> None:
    """Somebody must say yes or no."""
    _ask(script)


@plot(6, 9 * DAY, 14 * DAY)
def return_allowed(script: Script) -> None:
    """Allowed; no label yet."""
    _allow(script)


@plot(9, 10 * DAY, 16 * DAY)
def return_labelled(script: Script) -> None:
    """The customer has the label."""
    _label(script)


@plot(8, 11 * DAY, 19 * DAY)
def return_moving(script: Script) -> None:
    """On its way back, says the ERP."""
    script.erp("in_transit", _moving(script))


@plot(8, 14 * DAY, 24 * DAY)
def return_inspected(script: Script) -> None:
    """On the inspection table."""
    _received(script)


@plot(7, 15 * DAY, 26 * DAY)
def refund_awaited(script: Script) -> None:
    """Inspected; the money is due."""
    _inspected(script)


@plot(36, 22 * DAY, OLDEST)
def return_settled(script: Script) -> None:
    """Inspected, paid back, closed."""
    entry = _inspected(script)
    units = [(line, line.quantity) for line in entry.lines]
    returning.process(script.shop, entry, units, script.later(4, 60), amount=returning.due(entry))
    script.erp("refunded", entry)
    if script.rng.random() < 0.7:
        returning.close(script.shop, entry, script.later(1, 20))


@plot(8, 9 * DAY, 40 * DAY)
def return_refused(script: Script) -> None:
    """Asked for too late."""
    entry = _ask(script)
    reason = script.rng.choice(("RETURN_PERIOD_ENDED", "FINAL_SALE", "OTHER"))
    returning.decline(script.shop, entry, reason, "As agreed on the phone.", script.later(3, 40))


@plot(8, 10 * DAY, 40 * DAY)
def return_called_off(script: Script) -> None:
    """The customer keeps it after all."""
    returning.cancel(script.shop, _label(script), script.later(5, 50))


def _ask(script: Script) -> Return:
    order = script.buy()
    sent = script.deliver(order)
    units = [(line, script.rng.randint(1, line.quantity)) for line in sent[0].lines]
    chosen = units if script.rng.random() < 0.4 else units[:1]
    reason, note = script.rng.choice(REASONS), script.rng.choice(WORDS)
    return returning.request(
        script.shop, order, chosen, script.later(12, 60), reason=reason, note=note, customer_note=note or None
    )


def _allow(script: Script) -> Return:
    entry = _ask(script)
    returning.approve(script.shop, entry, script.later(1, 20))
    return entry


def _label(script: Script) -> Return:
    entry = _allow(script)
    address = entry.order.shipping_address
    way_back = carriers.tracking(script.rng, address.country_code if address else "US")
    url = f"https://labels.example.com/{entry.name.strip('#')}.pdf"
    returning.label(script.shop, entry, way_back, url, script.later(1, 16))
    return entry


def _moving(script: Script) -> Return:
    entry = _label(script)
    script.later(10, 40)
    return entry


def _received(script: Script) -> Return:
    entry = _moving(script)
    script.erp("in_transit", entry)
    script.later(24, 70)
    script.erp("received", entry)
    return entry


def _inspected(script: Script) -> Return:
    entry = _received(script)
    script.later(3, 24)
    script.erp("inspected", entry)
    if script.rng.random() < 0.5:
        returning.dispose(script.shop, entry, "RESTOCKED", script.shop.locations[0], script.time)
    return entry
