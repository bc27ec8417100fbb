"""tagsAdd and tagsRemove, and the webhook subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.admin.problems import resource_not_found
from orders_demo.operations import ordering
from orders_demo.webhooks.subscriptions import Subscription
from orders_demo.webhooks.topics import topic_of
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_demo.world.shop import Shop

TAGGED = frozenset({"Article", "Customer", "DraftOrder", "Order", "Product"})
"""What can have tags; of these, this shop takes them on orders only."""


def tags_add(_root: Any, info: Info, id: str, tags: list[str]) -> Payload:  # noqa: A002
    """Add tags to an order."""
    return _tags(info, "tagsAdd", id, tags, ordering.tag)


def tags_remove(_root: Any, info: Info, id: str, tags: list[str]) -> Payload:  # noqa: A002
    """Take tags off an order."""
    return _tags(info, "tagsRemove", id, tags, ordering.untag)


def subscribe(_root: Any, info: Info, topic: str, webhookSubscription: dict[str, Any]) -> Payload:
    """One more address for a topic."""
    context = call(info)
    uri = webhookSubscription.get("uri") or webhookSubscription.get("callbackUrl")
    path = ["webhookSubscription", "callbackUrl"]
    if not uri:
        return refusal(Refused(path, "Address can't be blank"), webhookSubscription=None)
    try:
        entry = context.subscriptions.add(topic_of(topic), uri, context.stage.now())
    except ValueError:
        return refusal(Refused(path, "Address for this topic has already been taken"), webhookSubscription=None)
    _shape(entry, webhookSubscription)
    effect = {"topic": entry.topic, "uri": entry.uri}
    context.stage.ledger.mutation(
        context.stage.now(), "webhookSubscriptionCreate", gid("WebhookSubscription", entry.id), effect
    )
    return done(webhookSubscription=entry)


def resubscribe(_root: Any, info: Info, id: str, webhookSubscription: dict[str, Any]) -> Payload:  # noqa: A002
    """Another address or another shape for a subscription."""
    entry = _subscription(info, id)
    if entry is None:
        refused = Refused(["id"], "Webhook subscription does not exist")
        return refusal(refused, webhookSubscription=None)
    entry.uri = webhookSubscription.get("uri") or webhookSubscription.get("callbackUrl") or entry.uri
    entry.updated_at = call(info).stage.now()
    _shape(entry, webhookSubscription)
    return done(webhookSubscription=entry)


def unsubscribe(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """End a subscription."""
    entry = _subscription(info, id)
    if entry is None:
        refused = Refused(["id"], "Webhook subscription does not exist")
        return refusal(refused, deletedWebhookSubscriptionId=None)
    call(info).subscriptions.remove(entry)
    return done(deletedWebhookSubscriptionId=id)


def _tags(
    info: Info, name: str, text: str, tags: list[str], act: Callable[[Shop, Order, Iterable[str], datetime], None]
) -> Payload:
    stage = call(info).stage
    if gids.split(text)[0] not in TAGGED:
        raise resource_not_found()
    order = gids.find(stage.shop, text)
    if not isinstance(order, Order):
        return refusal(Refused(["id"], "Order does not exist"), node=None)
    stage.perform(lambda at: act(stage.shop, order, tags, at))
    stage.ledger.mutation(stage.now(), name, text, {"tags": tags})
    return done(node=order)


def _shape(entry: Subscription, given: dict[str, Any]) -> None:
    entry.include_fields = list(given.get("includeFields") or [])
    entry.metafield_namespaces = list(given.get("metafieldNamespaces") or [])
    entry.filter, entry.name = given.get("filter"), given.get("name")


def _subscription(info: Info, text: str) -> Subscription | None:
    wanted = gids.number(text, "WebhookSubscription")
    return next((entry for entry in call(info).subscriptions.entries if entry.id == wanted), None)
