"""Which order a fulfilment order or a return belongs to, and the changes that wait until that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, tuple_

from orders_sync.db.bulk import batches, insert_if_missing, older
from orders_sync.db.tables import parked, references
from orders_sync.db.tx import Tx

Reference = tuple[str, int]
"""("fulfillment_order", id) or ("return", id)."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that names no known order: what it names instead, and itself as JSON."""

    reference: Reference
    change: bytes


def find(tx: Tx, wanted: Collection[Reference]) -> dict[Reference, int]:
    """The orders of those references that are known; of several that claim one, the oldest."""
    found: dict[Reference, int] = {}
    for batch in batches(wanted):
        r = references.c
        query = select(r.kind, r.ref_id, r.order_id).where(r.shop_id == tx.shop_id, tuple_(r.kind, r.ref_id).in_(batch))
        rows = tx.conn.execute(query.order_by(r.order_id.desc()))
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
    for batch in batches(known):
        p = parked.c
        mine = (p.shop_id == tx.shop_id) & tuple_(p.kind, p.ref_id).in_(batch)
        query = select(p.kind, p.ref_id, p.change).where(mine).order_by(p.kind, p.ref_id, p.digest)
        rows = tx.conn.execute(query).all()
        if rows:
            tx.conn.execute(delete(parked).where(mine))
        found += [Parked((row.kind, row.ref_id), bytes(row.change)) for row in rows]
    return found


def parked_references(conn: Connection, shop_id: int, limit: int = 250) -> list[Reference]:
    """What changes wait for, longest first: to be asked of the shop."""
    p = parked.c
    grouped = select(p.kind, p.ref_id).where(p.shop_id == shop_id).group_by(p.kind, p.ref_id)
    query = grouped.order_by(func.min(p.received_at), p.kind, p.ref_id).limit(limit)
    return [(row.kind, row.ref_id) for row in conn.execute(query)]


prune_parked = older(parked.c.received_at)
