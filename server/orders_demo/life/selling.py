"""Orders come in, are paid, changed, called off, put away."""

from __future__ import annotations

from datetime import datetime

from orders_demo.life.stories import Scene, story
from orders_demo.operations import ordering, payments
from orders_demo.sample_data import baskets, catalogue
from orders_demo.world.orders import Order


@story(20)
def order_placed(scene: Scene) -> str | None:
    """A customer buys; most pay at once."""
    shop, rng = scene.stage.shop, scene.rng

    def deed(at: datetime) -> Order:
        order = ordering.place(shop, baskets.draw(shop, rng, at), at)
        roll = rng.random()
        if roll < 0.84:
            payments.pay(shop, order, at)
        elif roll < 0.94:
            payments.authorize(shop, order, at)
        elif roll < 0.97:
            payments.fail(shop, order, at)
        return order

    order = scene.stage.perform(deed)
    scene.pool.joined(order)
    return order.name


@story(2)
def sold_in_store(scene: Scene) -> str | None:
    """Over the counter: paid, carried out, over."""
    shop, rng = scene.stage.shop, scene.rng

    def deed(at: datetime) -> Order:
        basket = baskets.draw(shop, rng, at)
        basket.source_name, basket.location, basket.carry_out = "pos", shop.locations[-1], True
        basket.shipping_address = basket.billing_address = basket.delivery = None
        order = ordering.place(shop, basket, at)
        payments.pay(shop, order, at)
        return order

    return scene.stage.perform(deed).name


@story(5)
def payment_comes(scene: Scene) -> str | None:
    """What was reserved is taken, or the transfer arrives."""
    shop = scene.stage.shop
    order = scene.pool.order(lambda order: order.financial_status in ("PENDING", "AUTHORIZED"))
    if order is None:
        return None
    take = payments.capture if order.financial_status == "AUTHORIZED" else payments.pay
    scene.stage.perform(lambda at: take(shop, order, at))
    return order.name


@story(2)
def cancelled(scene: Scene) -> str | None:
    """The customer thinks again before anything was sent."""
    order = scene.pool.order(lambda order: not order.parcels and bool(order.owed))
    if order is None:
        return None
    scene.stage.perform(lambda at: ordering.cancel(scene.stage.shop, order, "CUSTOMER", at))
    return order.name


@story(1)
def edited(scene: Scene) -> str | None:
    """One more of something, paid at once."""
    shop = scene.stage.shop
    order = scene.pool.order(lambda order: not order.parcels and order.financial_status == "PAID" and bool(order.tasks))
    if order is None:
        return None
    extra = scene.rng.choice(catalogue.shippable(shop))

    def deed(at: datetime) -> None:
        ordering.edit(shop, order, [(extra, 1)], [], at)
        payments.pay(shop, order, at)

    scene.stage.perform(deed)
    return order.name


@story(1)
def tagged(scene: Scene) -> str | None:
    """Somebody in the shop marks an order."""
    order = scene.pool.order(lambda order: "vip" not in order.tags)
    if order is None:
        return None
    word = scene.rng.choice(("vip", "gift", "call first", "fragile"))
    scene.stage.perform(lambda at: ordering.tag(scene.stage.shop, order, [word], at))
    return order.name


@story(3)
def put_away(scene: Scene) -> str | None:
    """A finished order is archived."""
    order = scene.pool.order(lambda order: order.closed_at is None, over=True)
    if order is None:
        return None
    scene.stage.perform(lambda at: ordering.archive(scene.stage.shop, order, at))
    return order.name


@story(1)
def goodwill(scene: Scene) -> str | None:
    """A little money back."""
    order = scene.pool.order(lambda order: order.received - order.refunded > 1000, over=True)
    if order is None:
        return None
    amount = max(100, order.total // 10)
    scene.stage.perform(
        lambda at: payments.refund(scene.stage.shop, order, [], at, amount=amount, note="Sorry for the delay")
    )
    return order.name


@story(1)
def disputed(scene: Scene) -> str | None:
    """A customer's bank takes the money back."""
    order = scene.pool.order(
        lambda order: order.gateway == "shopify_payments" and order.received > 0 and not order.disputes
    )
    if order is None:
        return None
    scene.stage.perform(lambda at: payments.dispute(scene.stage.shop, order, at))
    return order.name


@story(1)
def dispute_decided(scene: Scene) -> str | None:
    """Evidence goes in; then the bank decides."""
    shop = scene.stage.shop
    undecided = [entry for entry in shop.disputes.values() if entry.status in ("NEEDS_RESPONSE", "UNDER_REVIEW")]
    entry = scene.pool.pick(undecided)
    if entry is None:
        return None
    status = "UNDER_REVIEW" if entry.status == "NEEDS_RESPONSE" else scene.rng.choice(("WON", "LOST"))
    scene.stage.perform(lambda at: payments.settle(shop, entry, status, at))
    return entry.order.name
