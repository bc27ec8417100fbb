"""Recording: what became of claimed rows. Outcomes that wait beside each other are recorded at once, and come to what they would
one after the other.

Invariant: only whoever still has a row's lease says what became of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from orders_sync.db import order_documents, outbox, outbox_claims
from orders_sync.db.group_commit import BatchJob, Job
from orders_sync.db.order_documents import Known
from orders_sync.db.tx import Tx
from orders_sync.lazy import lazy
from orders_sync.outbox import holds
from orders_sync.outbox.holds import Ended
from orders_sync.relay.consequence import Delivered, Recorded
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all


@dataclass(frozen=True, slots=True)
class OutcomeJob(BatchJob):
    """One outcome as a job, with the thresholds of the process."""

    delivered: Delivered
    thresholds: Thresholds

    def __call__(self, tx: Tx) -> None:
        record(tx, [self.delivered], self.thresholds)

    def at_once(self, jobs: Sequence[OutcomeJob]) -> Job:
        delivered = [job.delivered for job in jobs]
        return lambda tx: record(tx, delivered, self.thresholds)


def record(tx: Tx, delivered: Sequence[Delivered], thresholds: Thresholds) -> None:
    """What became of these rows, in a fixed number of statements; of several rows of one order, in this order.

    A row whose lease was lost is left: whoever has it now decides.
    """
    order_documents.hold(tx.conn, tx.shop_id, (each.row.order_id for each in delivered))
    for part in _each_order_once(delivered):
        _record(tx, part, thresholds)


def _each_order_once(delivered: Sequence[Delivered]) -> list[list[Delivered]]:
    """The outcomes in parts: the first of every order, then the second of those that have one, and so on."""
    parts: list[list[Delivered]] = []
    place: dict[int, int] = {}
    for each in delivered:
        place[each.row.order_id] = n = place.get(each.row.order_id, -1) + 1
        if n == len(parts):
            parts.append([])
        parts[n].append(each)
    return parts


@dataclass(frozen=True)
class _Orders:
    """The orders of rows whose outcomes are recorded: read when the first outcome concerns more than its row."""

    tx: Tx
    order_ids: Collection[int]

    @lazy
    def known(self) -> Mapping[int, Known]:
        """Those that stand on the desk, no stubs."""
        locked = order_documents.lock(self.tx, self.order_ids, create=False)
        return {order_id: known for order_id, known in locked.items() if known.version}

    def one(self, order_id: int) -> Known | None:
        return self.known.get(order_id)


def _record(tx: Tx, delivered: Sequence[Delivered], thresholds: Thresholds) -> None:
    """Each order is among them once."""
    held = outbox_claims.still_held(tx, {each.row.id: each.owner for each in delivered})
    orders = _Orders(tx, [row.order_id for row in held.values()])
    found = [
        Recorded(each, row, partial(orders.one, row.order_id), tx.now, thresholds).consequence()
        for each in delivered
        if (row := held.get(each.row.id)) is not None
    ]
    outbox_claims.settle(tx, [each.settled for each in found])
    outbox.set_payloads(tx, {each.settled.row.id: each.payload for each in found if each.payload is not None})
    changed = [(each.update, each.ended) for each in found if each.update is not None]
    settle_all(tx, [update for update, _ in changed], thresholds)
    ended = [(update, [end.hold for end in ends]) for update, ends in changed if ends]
    holds.ended(tx, [Ended(update.known.order_id, over, update.operator.released) for update, over in ended])
    outbox.recount(tx, orders.order_ids)
    tx.touched.update(orders.order_ids)
