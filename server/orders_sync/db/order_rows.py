"""A projection as rows: which table holds what of an order. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Table

from orders_sync.db import backlog
from orders_sync.db.marks import marks
from orders_sync.db.tables import (
    order_marks,
    order_tags,
    order_terms,
    owed_skus,
    owed_units,
    parcels,
    references,
    returns,
)
from orders_sync.db.texts import clean, folded, key, searched
from orders_sync.rules.projection import OwedUnits, ParcelRow, Projection, ReturnRow
from orders_wire.vocabulary import Priority

Row = dict[str, Any]
Parts = tuple[list[Row], ...]

PRIORITY_RANK = {Priority.VIP: 0, Priority.RUSH: 1, Priority.STANDARD: 2}

PARTS: tuple[Table, ...] = (parcels, returns, order_tags, order_terms, owed_skus, references, order_marks, owed_units)
"""The tables that hold an order's lists, each row with its `order_id`. A release before the last of them writes a shorter digest:
such a row is in the index `orders_unallotted`."""

_DIGEST_BYTES = 8
_GROUP_BYTES = 12
_BIGINT_MAX = 2**63 - 1
_INTEGER_MAX = 2**31 - 1


def order_row(shop_id: int, projection: Projection, version: int, parts: Parts | None = None) -> Row:
    """The row of `orders`, without what others keep there (open alerts, outbound counts). `parts`: its `part_rows`."""
    p = projection
    return {
        "shop_id": shop_id,
        "id": p.order_id,
        "version": version,
        "name": key(p.name),
        "number": p.number if p.number is not None and abs(p.number) <= _BIGINT_MAX else None,
        "placed_at": p.placed_at,
        "updated_at": p.updated_at,
        "ship_by": p.ship_by,
        "status": p.status.value,
        "priority": PRIORITY_RANK[p.priority],
        "channel": p.channel.value,
        "static_issue": None if p.static_issue is None else p.static_issue.value,
        "total_minor": p.total_hundredths,
        "currency": p.currency,
        "value_usd_minor": p.value_usd_cents,
        "assigned_to": owner(p.assigned_to),
        "customer_id": p.customer_id,
        "customer_folded": folded_name(p.customer_name),
        "first_fulfilled_at": p.first_fulfilled_at,
        "live_at": p.live_at,
        "due_at": p.due_at,
        "untracked_at": p.untracked_at,
        "unnumbered_at": p.unnumbered_at,
        "held_at": p.held_at,
        "return_at": p.return_at,
        "refunded_at": p.refunded_at,
        "wake_at": p.wake_at,
        "ready": None if p.ready is None else p.ready.value,
        "blockers": clean(orjson.dumps(p.blockers).decode()),
        "sendable": min(p.sendable, _INTEGER_MAX),
        "counted": backlog.places(p, owner(p.assigned_to)),
        "together": _together(shop_id, p.destination),
        "card": p.row_json,
        "parts": digest(part_rows(shop_id, p) if parts is None else parts),
    }


def _together(shop_id: int, destination: str | None) -> str | None:
    """A digest, from which nobody learns where somebody lives."""
    if destination is None:
        return None
    return hashlib.blake2b(f"{shop_id} {destination}".encode(), digest_size=_GROUP_BYTES).hexdigest()


def owner(name: str | None) -> str | None:
    """An owner as it is compared; None: nobody."""
    return None if name is None else key(name)


def folded_name(name: str | None) -> str | None:
    """A customer's name as it is searched and sorted; a blank one is none."""
    return (searched(name).strip() or None) if name else None


def part_rows(shop_id: int, projection: Projection) -> Parts:
    """The rows of each table in `PARTS`, each list in a fixed order and without repeats."""
    p = projection
    mine = {"shop_id": shop_id, "order_id": p.order_id}
    parcel_rows = [mine | {name: getattr(parcel, name) for name in ParcelRow.__slots__} for parcel in p.parcels]
    return_rows = [mine | _return_columns(item) for item in p.returns]
    owed = {
        key(owed.sku): mine | {"sku": key(owed.sku), "title": clean(owed.title), "held": owed.held}
        for owed in p.owed_skus
    }
    return (
        sorted(parcel_rows, key=lambda row: int(row["fulfillment_id"])),
        sorted(return_rows, key=lambda row: int(row["return_id"])),
        [mine | {"tag": tag} for tag in sorted({folded(tag) for tag in p.tags})],
        [mine | {"kind": kind, "term": term} for kind, term in sorted({(k, searched(t)) for k, t in p.terms}) if term],
        [owed[sku] for sku in sorted(owed)],
        [mine | {"kind": kind, "ref_id": ref_id} for kind, ref_id in sorted(p.references)],
        [mine | {"mark": mark, "placed_at": p.placed_at} for mark in marks(p)],
        [mine | _owed_columns(each) for each in sorted(p.owed_units, key=lambda each: (key(each.sku), each.turn))],
    )


def _owed_columns(each: OwedUnits) -> Row:
    return {
        "sku": key(each.sku),
        "turn": int(each.turn),
        "due": each.due,
        "units": each.units,
        "stuck": each.stuck,
        "waits": each.waits,
    }


def _return_columns(item: ReturnRow) -> Row:
    return {
        "return_id": item.return_id,
        "state": item.state.value,
        "since": item.since,
        "reason": None if item.reason is None else clean(item.reason),
        "refund_minor": item.refund_hundredths,
        "currency": item.currency,
        "usd_minor": item.usd_cents,
    }


def digest(parts: Iterable[list[Row]]) -> bytes:
    """Eight bytes per table of `PARTS`: rows whose digest is unchanged need not be written."""
    return b"".join(hashlib.blake2b(orjson.dumps(rows), digest_size=_DIGEST_BYTES).digest() for rows in parts)


def changed_parts(before: bytes, after: bytes) -> list[int]:
    """Which of `PARTS` differ between two digests."""
    size = _DIGEST_BYTES
    return [n for n in range(len(PARTS)) if before[n * size : (n + 1) * size] != after[n * size : (n + 1) * size]]
