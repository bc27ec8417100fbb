"""Webhook bodies have the shape of Shopify's own: the same keys, the same kinds of values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.demo.worlds import World, make

from orders_demo.operations import ordering, parcels, payments, returning, routing, stock
from orders_demo.rest.topics import BODIES
from orders_demo.sample_data import carriers
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order

SAMPLES = {
    "orders/": "orders_create-shopify_app_js-450789469-l116",
    "orders/edited": "orders_edited-shopify_test_notification-latest",
    "order_transactions/create": "order_transactions_create-shopify_dev_docs",
    "refunds/create": "refunds_create-shopify_app_js-509562969-l126",
    "disputes/": "disputes_create-shopify_app_js-598735659-l93",
    "fulfillments/": "fulfillments_create-shopify_dev_docs",
    "fulfillment_events/create": "fulfillment_events_create-shopify_dev_docs",
    "fulfillment_orders/order_routing_complete": "fulfillment_orders_order_routing_complete-shopify_dev_docs",
    "fulfillment_orders/placed_on_hold": "fulfillment_orders_placed_on_hold-shopify_dev_docs",
    "fulfillment_orders/hold_released": "fulfillment_orders_hold_released-shopify_dev_docs",
    "fulfillment_orders/cancelled": "fulfillment_orders_cancelled-shopify_dev_docs",
    "fulfillment_orders/merged": "fulfillment_orders_merged-shopify_dev_docs",
    "fulfillment_orders/moved": "fulfillment_orders_moved-shopify_dev_docs",
    "fulfillment_orders/progress_reported": "fulfillment_orders_progress_reported-shopify_dev_docs",
    "fulfillment_orders/split": "fulfillment_orders_split-shopify_dev_docs",
    "fulfillment_holds/": "fulfillment_holds_added-shopify_dev_docs",
    "returns/request": "returns_request-shopify_dev_docs",
    "returns/approve": "returns_approve-shopify_dev_docs",
    "returns/decline": "returns_decline-shopify_dev_docs",
    "returns/": "returns_close-shopify_dev_docs",
    "reverse_deliveries/attach_deliverable": "reverse_deliveries_attach_deliverable-shopify_dev_docs",
    "reverse_fulfillment_orders/dispose": "reverse_fulfillment_orders_dispose-shopify_dev_docs",
    "inventory_levels/update": "inventory_levels_update-shopify_dev_docs",
    "inventory_items/update": "inventory_items_update-shopify_dev_docs",
}
"""The sample for each topic, or for all that begin so."""

SETTLED_ELSEWHERE = {
    "discount_applications[].code",
    "discount_applications[].title",
    "discount_applications[].description",
    "payment_details",
    "transactions[].payment_details",
    "refunds[].transactions[].payment_details",
    "order_edit.discounts.line_item.removals",
    "order_edit.shipping_lines.removals",
}
"""Keys that come and go with what they describe, or that only some samples have."""


@pytest.fixture(scope="module")
def bodies() -> dict[str, list[dict[str, Any]]]:
    """What a lively hour announces, by topic: every topic that the shop knows."""
    world = make(260)
    _live_through_everything(world)
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in world.told:
        found.setdefault(entry.topic, []).append(json.loads(entry.body))
    return found


def _live_through_everything(world: World) -> None:
    """A year in a minute: each thing that can happen, happens."""
    stage, life = world.simulation.stage, world.simulation.life
    for _ in range(400):
        world.later(minutes=5)
        life.tick()
    shop = stage.shop
    order = next(
        o for o in shop.orders.values() if not o.parcels and not o.cancelled_at and o.received and o.requires_shipping
    )
    item = next(entry for entry in shop.items.values() if entry.levels)

    def deeds(at: Any) -> None:
        parcels.hold(shop, order.tasks[0], "OTHER", None, at, handle="x")
        parcels.release(shop, order.tasks[0], at)
        parcel = parcels.send_all(shop, order.tasks[0], [carriers.tracking(life.scene.rng, "GB")], at)
        parcels.scan(shop, parcel, "DELIVERED", at)
        entry = returning.request(shop, order, [(parcel.lines[0], 1)], at)
        returning.approve(shop, entry, at)
        returning.label(shop, entry, parcel.tracking[0], None, at)
        returning.dispose(shop, entry, "RESTOCKED", shop.locations[0], at)
        returning.process(shop, entry, [(entry.lines[0], 1)], at, amount=returning.due(entry))
        returning.close(shop, entry, at)
        returning.reopen(shop, entry, at)
        payments.settle(shop, payments.dispute(shop, order, at), "LOST", at)
        stock.adjust(shop, item, shop.locations[0], 3, at)
        shop.tell("inventory_items/update", item)

    stage.perform(deeds)
    other = next(
        o
        for o in shop.orders.values()
        if o.owed and not o.parcels and not o.cancelled_at and o.tasks[0].status == "OPEN"
    )
    stage.perform(lambda at: ordering.edit(shop, other, [(shop.variants[0], 1)], [(other.lines[0], 1)], at))
    _route(world, other)
    stage.perform(lambda at: ordering.cancel(shop, other, "CUSTOMER", at))
    requested = next(entry for entry in shop.returns.values() if entry.status == "REQUESTED")
    stage.perform(lambda at: returning.decline(shop, requested, "OTHER", None, at))
    opened = next(entry for entry in shop.returns.values() if entry.status == "OPEN")
    stage.perform(lambda at: returning.cancel(shop, opened, at))


def _route(world: World, order: Order) -> None:
    """Its fulfilment order is split, merged, begun and put down again, moved, and replaced."""
    stage = world.simulation.stage
    shop, task = stage.shop, next(task for task in order.tasks if task.remaining)
    split = """mutation($s: [FulfillmentOrderSplitInput!]!) { fulfillmentOrderSplit(fulfillmentOrderSplits: $s) {
      fulfillmentOrderSplits { remainingFulfillmentOrder { id } } userErrors { message } } }"""
    line = next(entry for entry in task.lines if entry.remaining)
    unit = {"id": gid("FulfillmentOrderLineItem", line.id), "quantity": 1}
    part = {"fulfillmentOrderId": gid("FulfillmentOrder", task.id), "fulfillmentOrderLineItems": [unit]}
    assert world.ask(split, s=[part])["data"]["fulfillmentOrderSplit"]["userErrors"] == []
    stage.perform(lambda at: routing.merge(shop, [task, order.tasks[-1]], at))
    stage.perform(lambda at: routing.take_in_hand(shop, task, at))
    stage.perform(lambda at: routing.open_again(shop, task, at))
    stage.perform(lambda at: routing.move(shop, task, [], shop.locations[1], at))
    stage.perform(lambda at: routing.replace(shop, task, at))


def test_every_topic_of_the_shop_is_announced(bodies: dict[str, list[dict[str, Any]]]) -> None:
    assert set(BODIES) - set(bodies) == set()


@pytest.mark.shared
@pytest.mark.parametrize("topic", BODIES)
def test_bodies_have_the_keys_and_kinds_of_a_sample(
    topic: str, bodies: dict[str, list[dict[str, Any]]], shared_dir: Path
) -> None:
    name = SAMPLES.get(topic) or SAMPLES[next(key for key in SAMPLES if key.endswith("/") and topic.startswith(key))]
    sample = json.loads((shared_dir / "shopify" / "webhooks" / f"{name}.json").read_text("utf-8"))
    differences = {entry for body in bodies[topic][:40] for entry in _differences(body, sample, "")}
    assert sorted(differences) == []


def _differences(mine: Any, sample: Any, where: str) -> Iterator[str]:
    """Where two values differ in shape: null fits anything, an empty list any list."""
    if where in SETTLED_ELSEWHERE or mine is None or sample is None:
        return
    if isinstance(mine, dict) and isinstance(sample, dict):
        if not mine or not sample:
            return
        for key in mine.keys() ^ sample.keys():
            path = f"{where}.{key}".lstrip(".")
            if path not in SETTLED_ELSEWHERE:
                yield f"{path} only {'here' if key in mine else 'in the sample'}"
        for key in mine.keys() & sample.keys():
            yield from _differences(mine[key], sample[key], f"{where}.{key}".lstrip("."))
    elif isinstance(mine, list) and isinstance(sample, list):
        for entry in mine if sample else ():
            yield from _differences(entry, sample[0], f"{where}[]")
    elif type(mine) is not type(sample):
        yield f"{where}: {type(mine).__name__}, not {type(sample).__name__}"


def test_ids_are_numbers_some_of_them_beyond_what_a_float_can_hold(bodies: dict[str, list[dict[str, Any]]]) -> None:
    ids = {body["id"] for body in bodies["orders/updated"]}
    assert all(isinstance(number, int) for number in ids)
    assert any(number > 2**53 for number in ids)


def test_times_carry_the_offset_of_the_shop_and_money_is_text(bodies: dict[str, list[dict[str, Any]]]) -> None:
    for body in bodies["orders/create"]:
        assert body["created_at"][-6:] in ("-05:00", "-04:00")
        assert body["total_price"] == f"{float(body['total_price']):.2f}"


def test_slashes_and_html_are_escaped_as_shopify_escapes_them(world: World) -> None:
    world.simulation.life.tick("order_placed")
    raw = next(entry.body for entry in world.told if entry.topic == "orders/create")
    assert b"gid:\\/\\/shopify\\/Order\\/" in raw
    assert b"/" not in raw.replace(b"\\/", b"")
    assert not {b"<", b">", b"&"} & {bytes([char]) for char in raw}
