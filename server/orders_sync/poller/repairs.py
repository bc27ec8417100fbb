"""What webhooks told in part: orders known by a fulfilment or refund alone, and things named without their order.

Read from the shop by id, a few seconds after they came: most are only out of order, and repair themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

import structlog

from orders_sync.db import order_documents, references
from orders_sync.db.engine import Database
from orders_sync.db.references import Reference
from orders_sync.db.tx import Reading, Tx
from orders_sync.external.shopify.order_batch import Batch
from orders_sync.external.shopify.order_changes import OrderRead
from orders_sync.ingest.apply import apply_many
from orders_sync.instants import Clock
from orders_sync.poller import gaps, shop_reader, unreadable_orders
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.rules.thresholds import Thresholds

log = structlog.get_logger(__name__)

_TYPES = {
    "fulfillment_order": "FulfillmentOrder",
    "return": "Return",
    "reverse_fulfillment_order": "ReverseFulfillmentOrder",
    "reverse_delivery": "ReverseDelivery",
}
"""The shop's type for each kind of reference."""


class Repairs:
    """Remembers what the shop could not tell, so that it is asked again with the next tick only."""

    def __init__(self, database: Database, shop: ShopReader, thresholds: Thresholds, clock: Clock) -> None:
        self._database = database
        self._shop = shop
        self._thresholds = thresholds
        self._clock = clock
        self._asked: set[int | Reference] = set()
        self._unknown: set[int] = set()

    def forget(self) -> None:
        """What was asked in vain may be asked again."""
        self._asked.clear()

    async def run(self) -> int:
        """Reads what is known in part; returns how many orders were read. Raises ShopifyError."""
        stubs, waiting = await self._database.read(self._wanted)
        orders = [order_id for order_id in stubs if order_id not in self._asked]
        parked = [reference for reference in waiting if reference not in self._asked]
        if not orders and not parked:
            return 0
        self._asked.update(orders, parked)
        owners = await self._owners(parked)
        read: set[int] = set()
        aside: set[int | None] = set()
        async with aclosing(self._shop.orders.by_id([*orders, *owners])) as batches:
            async for batch in batches:
                read |= {one.order.id for one in batch.reads}
                aside |= {one.order_id for one in batch.unread}
                await self._take(batch)
        await self._note_unknown(set(orders) - read - aside)
        log.info("repaired", stubs=len(orders), parked=len(parked), read=len(read))
        return len(read)

    async def _note_unknown(self, unknown: set[int]) -> None:
        """An order that the shop twice does not know will get no body: it was deleted, never was (a notification that was sent
        as a test), or is older than the token may see, which is a gap of its own. It stays in no list, and is asked for again."""
        again = self._unknown & unknown
        self._unknown = (self._unknown | unknown) - again
        if again:
            await self._database.write(lambda tx: gaps.unknown(tx, again))

    def _wanted(self, conn: Reading) -> tuple[list[int], list[Reference]]:
        shop_id = self._database.shop_id
        return order_documents.stubs(conn, shop_id), references.parked_references(conn, shop_id)

    async def _owners(self, parked: Sequence[Reference]) -> list[int]:
        owners: list[int] = []
        for kind, shop_type in _TYPES.items():
            ids = [ref for parked_kind, ref in parked if parked_kind == kind]
            if ids:
                owners += (await self._shop.orders.order_ids_of(shop_type, ids)).values()
        return owners

    async def _take(self, batch: Batch[OrderRead]) -> None:
        told = shop_reader.of_orders(batch.reads, self._clock())

        def job(tx: Tx) -> None:
            unreadable_orders.note(tx, batch.unread, [read.order.id for read in batch.reads])
            apply_many(tx, told, self._thresholds)

        await self._database.write(job)
