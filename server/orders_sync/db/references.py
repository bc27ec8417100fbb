"""Which order a fulfilment order or a return belongs to, and the changes that wait until that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, func, literal_column, select

from orders_sync.db.among import among
from orders_sync.db.bulk import insert_if_missing, older
from orders_sync.db.statement import Statement
from orders_sync.db.tables import parked, references
from orders_sync.db.tabs import SHOP
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
    for kind, ids in _by_kind(wanted):
        rows = _FIND.rows(tx.conn, {"shop_id": tx.shop_id, "kind": kind, "ids": ids})
        found |= {(kind, ref_id): order_id for ref_id, order_id in rows}
    return found


def put(tx: Tx, order_id: int, known: Collection[Reference]) -> None:
    """Keeps the references of an order that has no row of its own yet."""
    rows = [{"shop_id": tx.shop_id, "kind": kind, "ref_id": ref, "order_id": order_id} for kind, ref in sorted(known)]
    _ADD.run_many(tx.conn, rows)


def drop(tx: Tx, order_ids: Collection[int]) -> None:
    """Takes back what `put` kept: the orders get rows of their own, which bring their references."""
    if order_ids:
        _DROP.run(tx.conn, {"shop_id": tx.shop_id, "ids": sorted(order_ids)})


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
        for item in sorted(set(waiting), key=lambda item: (item.reference, item.change))
    ]
    _PARK.run_many(tx.conn, rows)


def any_parked(tx: Tx) -> bool:
    """True when anything waits at all: what spares most deliveries the question."""
    return bool(_ANY_PARKED.rows(tx.conn, {"shop_id": tx.shop_id}))


def unpark(tx: Tx, known: Collection[Reference]) -> list[Parked]:
    """Takes out what waited for these references."""
    found: list[Parked] = []
    for kind, ids in _by_kind(known):
        values = {"shop_id": tx.shop_id, "kind": kind, "ids": ids}
        rows = _WAITING.rows(tx.conn, values)
        if rows:
            _TAKE.run(tx.conn, values)
        found += [Parked((kind, ref_id), change) for ref_id, change in rows]
    return found


def _by_kind(wanted: Collection[Reference]) -> list[tuple[str, list[int]]]:
    kinds = sorted({kind for kind, _ in wanted})
    return [(of, sorted(ref_id for kind, ref_id in wanted if kind == of)) for of in kinds]


def parked_references(conn: Connection, shop_id: int, limit: int = 250) -> list[Reference]:
    """What changes wait for, longest first: to be asked of the shop."""
    p = parked.c
    grouped = select(p.kind, p.ref_id).where(p.shop_id == shop_id).group_by(p.kind, p.ref_id)
    query = grouped.order_by(func.min(p.received_at), p.kind, p.ref_id).limit(limit)
    return [(row.kind, row.ref_id) for row in conn.execute(query)]


_r, _p = references.c, parked.c


def _these(conn: Connection, table: Table) -> tuple[ColumnElement[bool], ...]:
    return (table.c.shop_id == SHOP, table.c.kind == bindparam("kind"), among(conn, table.c.ref_id))


_FIND = Statement(
    lambda conn: select(_r.ref_id, _r.order_id).where(*_these(conn, references)).order_by(_r.order_id.desc())
)
_WAITING = Statement(
    lambda conn: select(_p.ref_id, _p.change).where(*_these(conn, parked)).order_by(_p.ref_id, _p.digest)
)
_TAKE = Statement(lambda conn: delete(parked).where(*_these(conn, parked)))
_ADD = Statement(lambda conn: insert_if_missing(conn, references))
_DROP = Statement(
    lambda conn: delete(references).where(references.c.shop_id == SHOP, among(conn, references.c.order_id))
)
_PARK = Statement(lambda conn: insert_if_missing(conn, parked))
_ANY_PARKED = Statement(select(parked.c.ref_id).where(parked.c.shop_id == SHOP).limit(literal_column("1")))

prune_parked = older(parked.c.received_at)
