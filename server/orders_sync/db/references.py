"""Which order a fulfilment order or a return belongs to, and the changes that wait until that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, tuple_

from orders_sync.db.bulk import forget, insert_if_missing
from orders_sync.db.tables import parked, references
from orders_sync.db.tx import Tx

Reference = tuple[str, int]
"""("fulfillment_order", id) or ("return", id)."""

_BATCH = 400


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that names no known order: what it names instead, and itself as JSON."""

    reference: Reference
    change: bytes


def find(tx: Tx, wanted: Collection[Reference]) -> dict[Reference, int]:
    """The orders of those references that are known; of several that claim one, the oldest."""
    found: dict[Reference, int] = {}
    for batch in _batches(wanted):
        query = select(references.c.kind, references.c.ref_id, references.c.order_id).where(
            references.c.shop_id == tx.shop_id, tuple_(references.c.kind, references.c.ref_id).in_(batch)
        )
        rows = tx.conn.execute(query.order_by(references.c.order_id.desc()))
        found |= {(row.kind, row.ref_id): row.order_id for row in rows}
    return found


def put(tx: Tx, order_id: int, known: Collection[Reference]) -> None:
    """Keeps the references of an order that has no row of its own yet."""
    rows = [{"shop_id": tx.shop_id, "kind": kind, "ref_id": ref, "order_id": order_id} for kind, ref in sorted(known)]
    if rows:
        tx.conn.execute(insert_if_missing(tx.conn, references), rows)


def drop(tx: Tx, order_ids: Collection[int]) -> None:
    """Takes back what `put` kept: the orders get rows of their own, which bring their references."""
    if order_ids:
        mine = (references.c.shop_id == tx.shop_id) & references.c.order_id.in_(sorted(order_ids))
        tx.conn.execute(delete(references).where(mine))


def park(tx: Tx, waiting: Sequence[Parked]) -> None:
    """Keeps changes until their reference is known; the same change is kept once."""
    rows = [
        {
            "shop_id": tx.shop_id,
            "kind": item.reference[0],
            "ref_id": item.reference[1],
            "digest": hashlib.blake2b(item.change, digest_size=12).hexdigest(),
            "change": item.change,
            "received_at": tx.now,
        }
        for item in waiting
    ]
    if rows:
        tx.conn.execute(insert_if_missing(tx.conn, parked), rows)


def any_parked(tx: Tx) -> bool:
    """True when anything waits at all: what spares most deliveries the question."""
    return tx.conn.execute(select(parked.c.ref_id).where(parked.c.shop_id == tx.shop_id).limit(1)).first() is not None


def unpark(tx: Tx, known: Collection[Reference]) -> list[Parked]:
    """Takes out what waited for these references."""
    found: list[Parked] = []
    for batch in _batches(known):
        mine = (parked.c.shop_id == tx.shop_id) & tuple_(parked.c.kind, parked.c.ref_id).in_(batch)
        query = select(parked.c.kind, parked.c.ref_id, parked.c.change).where(mine)
        rows = tx.conn.execute(query.order_by(parked.c.kind, parked.c.ref_id, parked.c.digest)).all()
        if rows:
            tx.conn.execute(delete(parked).where(mine))
        found += [Parked((row.kind, row.ref_id), bytes(row.change)) for row in rows]
    return found


def parked_references(conn: Connection, shop_id: int, limit: int = 250) -> list[Reference]:
    """What changes wait for, longest first: to be asked of the shop."""
    query = (
        select(parked.c.kind, parked.c.ref_id)
        .where(parked.c.shop_id == shop_id)
        .group_by(parked.c.kind, parked.c.ref_id)
        .order_by(func.min(parked.c.received_at), parked.c.kind, parked.c.ref_id)
        .limit(limit)
    )
    return [(row.kind, row.ref_id) for row in conn.execute(query)]


def prune_parked(tx: Tx, before: int) -> int:
    """Forgets some of what nobody claimed since `before`; returns how many."""
    return forget(tx, parked, parked.c.received_at < before)


def _batches(wanted: Iterable[Reference]) -> Iterable[list[Reference]]:
    ordered = sorted(set(wanted))
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))
