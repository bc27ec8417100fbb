"""Returns are asked for, allowed, labelled, carried, inspected, settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orders_demo.erp import STEPS
from orders_demo.history.going_back import REASONS, WORDS
from orders_demo.life.stories import Scene, story
from orders_demo.operations import returning
from orders_demo.sample_data import carriers
from orders_demo.world.returns import Return
from orders_demo.world.shop import Shop


@story(3)
def asked_for(scene: Scene) -> str | None:
    """A customer wants to send something back."""
    order = scene.pool.order(
        lambda order: order.requires_shipping and not order.returns and not order.refunds, over=True
    )
    parcel = next((entry for entry in order.parcels if entry.delivered_at and entry.lines), None) if order else None
    if order is None or parcel is None:
        return None
    reason, note = scene.rng.choice(REASONS), scene.rng.choice(WORDS)
    units = [(parcel.lines[0], 1)]
    scene.stage.perform(
        lambda at: returning.request(
            scene.stage.shop, order, units, at, reason=reason, note=note, customer_note=note or None
        )
    )
    return order.name


@story(3)
def allowed(scene: Scene) -> str | None:
    """The shop says yes."""
    return _move(scene, lambda entry: entry.status == "REQUESTED", returning.approve)


@story(1)
def refused(scene: Scene) -> str | None:
    """The shop says no."""

    def deed(_: Shop, entry: Return, at: datetime) -> None:
        returning.decline(scene.stage.shop, entry, "RETURN_PERIOD_ENDED", "Sorry, 30 days have passed.", at)

    return _move(scene, lambda entry: entry.status == "REQUESTED", deed)


@story(3)
def labelled(scene: Scene) -> str | None:
    """The customer gets a label."""

    def deed(_: Shop, entry: Return, at: datetime) -> None:
        home = entry.order.shipping_address
        way_back = carriers.tracking(scene.rng, home.country_code if home else "US")
        url = f"https://labels.example.com/{entry.name.strip('#')}.pdf"
        returning.label(scene.stage.shop, entry, way_back, url, at)

    return _move(scene, lambda entry: entry.status == "OPEN" and not _label(entry), deed)


@story(4)
def moved(scene: Scene) -> str | None:
    """The ERP sees a returned parcel one step further."""
    last = len(STEPS) - 1
    entry = scene.pool.returned(lambda e: e.status == "OPEN" and _label(e) and scene.erp.known.get(e.id, -1) < last)
    step = scene.erp.proceed(entry) if entry else None
    return f"{entry.name} {step}" if entry and step else None


@story(1)
def settled(scene: Scene) -> str | None:
    """The shop itself pays back an inspected return, and closes it."""

    def deed(_: Shop, entry: Return, at: datetime) -> None:
        shop = scene.stage.shop
        returning.dispose(shop, entry, "RESTOCKED", shop.locations[0], at)
        units = [(line, line.quantity - line.processed) for line in entry.lines]
        returning.process(shop, entry, units, at, amount=returning.due(entry))
        returning.close(shop, entry, at)

    inspected = len(STEPS) - 1
    return _move(
        scene,
        lambda entry: entry.status == "OPEN" and scene.erp.known.get(entry.id, -1) == inspected and not entry.refunds,
        deed,
    )


@story(1)
def closed(scene: Scene) -> str | None:
    """A refunded return is closed."""
    return _move(scene, lambda entry: entry.status == "OPEN" and bool(entry.refunds), returning.close)


@story(1)
def called_off(scene: Scene) -> str | None:
    """The customer keeps it after all."""
    return _move(
        scene,
        lambda entry: entry.status == "OPEN" and entry.id not in scene.erp.known and not entry.refunds,
        returning.cancel,
    )


def _label(entry: Return) -> bool:
    return any(reverse.deliveries for reverse in entry.reverses)


def _move(scene: Scene, wanted: Callable[[Return], bool], act: Callable[[Shop, Return, datetime], None]) -> str | None:
    entry = scene.pool.returned(wanted)
    if entry is None:
        return None
    scene.stage.perform(lambda at: act(scene.stage.shop, entry, at))
    return entry.name
