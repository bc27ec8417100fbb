"""Orders that the shop sent in a shape that cannot be read: kept as dead letters, so that what comes after them need not wait.

At most one waits for each order. It is over when the order is read whole again, by a tick or because somebody retries it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import aclosing
from typing import Literal

import orjson
import structlog

from orders_sync.db import dead_letters
from orders_sync.db.dead_letters import DeadLetterRow
from orders_sync.db.tx import Reading, Tx
from orders_sync.evidence.changes import Change, Delivery
from orders_sync.evidence.json_fields import Unreadable
from orders_sync.external.shopify.order_batch import Batch, UnreadableOrder
from orders_sync.external.shopify.order_changes import OrderRead, changes
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.ingest import dead_letters as letters

log = structlog.get_logger(__name__)

SOURCE: Literal["poll"] = "poll"
_ORDER = "order"


def note(tx: Tx, unreadable: Iterable[UnreadableOrder], whole: Collection[int] = ()) -> None:
    """Keeps those that cannot be read, each once for each of its updates (of one that has not even that, what waits is enough);
    what is kept of orders read `whole` is over."""
    for one in unreadable:
        if not one.updated_at and dead_letters.any_dead(tx, SOURCE, _topic(one.order_id)):
            continue
        delivery = Delivery(SOURCE, _fingerprint(one), _topic(one.order_id), tx.now)
        named = {} if one.order_id is None else {_ORDER: str(one.order_id)}
        if letters.store(tx, delivery, named, one.body, one.reason, replaces=bool(named)):
            log.warning("an order cannot be read, and is kept as a dead letter", order=one.order_id)
    letters.read_since(tx, SOURCE, [_topic(order_id) for order_id in whole])


def waiting(conn: Reading, shop_id: int) -> list[int]:
    """The orders of which one waits, newest letter first."""
    topics = dead_letters.topics(conn, shop_id, SOURCE)
    return [int(topic.removeprefix(f"{_ORDER} ")) for topic in topics if topic != _ORDER]


async def again(orders: OrderReader, letter: DeadLetterRow) -> letters.Read:
    """Asks the shop for the order anew; what is returned reads what it sent. Raises ShopifyError."""
    named = orjson.loads(letter.headers).get(_ORDER)
    batch: Batch[OrderRead] = Batch(()) if named is None else await _ask(orders, int(named))

    def read(_letter: DeadLetterRow) -> tuple[Change, ...]:
        for one in batch.unreadable:
            raise Unreadable(one.reason)
        for found in batch.reads:
            return changes(found)
        raise Unreadable("its id cannot be read" if named is None else f"Shopify knows no order {named}")

    return read


async def _ask(orders: OrderReader, order_id: int) -> Batch[OrderRead]:
    async with aclosing(orders.by_id([order_id])) as batches:
        return await anext(batches)


def _topic(order_id: int | None) -> str:
    return _ORDER if order_id is None else f"{_ORDER} {order_id}"


def _fingerprint(one: UnreadableOrder) -> str:
    """What a repeat is known by: the next tick finds the same order in the same state."""
    return f"{_topic(one.order_id)} {one.updated_at}" if one.order_id is not None else one.digest
