"""What of an order can be sent: its own part in its row, what it takes of each SKU, and which orders go without."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, SmallInteger, Text, text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("orders", Column("ready", KEY))
    op.add_column("orders", Column("blockers", KEY, nullable=False, server_default="[]"))
    op.add_column("orders", Column("sendable", Integer, nullable=False, server_default="0"))
    op.add_column("orders", Column("counted", Text))
    _create_owed_units()
    _create_short_units()
    _create_partial("orders_ready", "orders", ["ready", "placed_at", "id"], "ready IS NOT NULL")
    _create_partial("orders_unallotted", "orders", ["id"], "length(parts) < 64")
    _count_open_work()
    _list_what_is_owed()


def _create_owed_units() -> None:
    op.create_table(
        "owed_units",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("sku", KEY, nullable=False),
        Column("turn", SmallInteger, autoincrement=False, nullable=False),
        Column("due", BigInteger, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("units", BigInteger, nullable=False),
        Column("stuck", BigInteger, nullable=False),
        Column("waits", Boolean, nullable=False),
        PrimaryKeyConstraint("shop_id", "sku", "turn", "due", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("owed_units_by_order", "owed_units", ["shop_id", "order_id"])


def _create_short_units() -> None:
    op.create_table(
        "short_units",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("sku", KEY, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("missing", BigInteger, nullable=False),
        Column("lost", BigInteger, nullable=False),
        Column("first", Boolean, nullable=False),
        PrimaryKeyConstraint("shop_id", "sku", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("short_units_by_order", "short_units", ["shop_id", "order_id", "sku", "lost"])
    _create_partial("short_units_first", "short_units", ["order_id"], "first")


def _count_open_work() -> None:
    """What every order adds to the counters of the open work, until it is derived again."""
    conn, counted = op.get_bind(), Counter[tuple[int, str, int]]()
    totals: Counter[tuple[int, str, int]] = Counter()
    places: dict[tuple[int, int], list[list[Any]]] = {}

    def add(order: tuple[int, int], kind: str, place: int, n: int = 1, total: int = 0) -> None:
        shop_id, _ = order
        places.setdefault(order, []).append([kind, place, n, total])
        counted[shop_id, kind, place] += n
        totals[shop_id, kind, place] += total

    for shop_id, order_id, due_at, owner in conn.execute(text(_DUE)):
        add((shop_id, order_id), f"due@{owner or ''}", due_at // _HOUR)
    for shop_id, order_id, unnumbered, untracked, live_at in conn.execute(text(_LIVE)):
        for kind, at in (("unnumbered", unnumbered), ("untracked", untracked)):
            if at is not None:
                owes = live_at >= _FOREVER
                add((shop_id, order_id), f"{kind}:owed" if owes else kind, 0 if owes else live_at // (24 * _HOUR))
    for shop_id, order_id in conn.execute(text(_RETURNING)):
        add((shop_id, order_id), "returns", 0)
    for shop_id, order_id, n, cents in conn.execute(text(_REFUNDS)):
        add((shop_id, order_id), "refunds", 0, n, int(cents or 0))
    for shop_id, order_id, n, last_update in conn.execute(text(_LATE)):
        if n == 1:
            add((shop_id, order_id), "late", last_update // _HOUR)
        else:
            counted[shop_id, "late:several", 0] += 1
    conn.execute(text(_MARK_SEVERAL))
    rows = [
        {"s": shop, "o": order, "c": json.dumps(found, separators=(",", ":"))}
        for (shop, order), found in places.items()
    ]
    if rows:
        conn.execute(text("UPDATE orders SET counted = :c WHERE shop_id = :s AND id = :o"), rows)
    kept = [{"s": s, "k": k, "d": d, "n": n, "t": totals[s, k, d]} for (s, k, d), n in sorted(counted.items())]
    if kept:
        conn.execute(text("INSERT INTO day_counters (shop_id, kind, day, n, total) VALUES (:s, :k, :d, :n, :t)"), kept)


def _list_what_is_owed() -> None:
    """A unit of each SKU that an order owes, until the order is derived again."""
    for statement in (_OWED, _COUNT_OWED, _COUNT_HELD):
        op.execute(statement)


_HOUR, _FOREVER = 3_600_000, 2**53
_DUE = "SELECT shop_id, id, due_at, assigned_to FROM orders WHERE due_at IS NOT NULL"
_LIVE = (
    "SELECT shop_id, id, unnumbered_at, untracked_at, live_at FROM orders"
    " WHERE live_at IS NOT NULL AND (unnumbered_at IS NOT NULL OR untracked_at IS NOT NULL)"
)
_RETURNING = "SELECT shop_id, id FROM orders WHERE return_at IS NOT NULL"
_REFUNDS = (
    "SELECT shop_id, order_id, count(*), sum(usd_minor) FROM returns WHERE state = 'awaiting_refund'"
    " GROUP BY shop_id, order_id"
)
_LATE = (
    "SELECT shop_id, order_id, count(*), min(last_update) FROM parcels WHERE late_prone AND open_order"
    " GROUP BY shop_id, order_id"
)
_MARK_SEVERAL = (
    "INSERT INTO order_marks (shop_id, mark, placed_at, order_id)"
    " SELECT o.shop_id, 'late:several', o.placed_at, o.id FROM orders o WHERE (o.shop_id, o.id) IN"
    " (SELECT shop_id, order_id FROM parcels WHERE late_prone AND open_order GROUP BY shop_id, order_id HAVING count(*) > 1)"
)
_OWED = (
    "INSERT INTO owed_units (shop_id, sku, turn, due, order_id, units, stuck, waits)"
    " SELECT w.shop_id, w.sku, 0, coalesce(o.ship_by, 9007199254740992), w.order_id, 1, 0, w.held"
    " FROM owed_skus w JOIN orders o ON o.shop_id = w.shop_id AND o.id = w.order_id"
)
_COUNT = "INSERT INTO day_counters (shop_id, kind, day, n, total) SELECT shop_id, "
_COUNT_OWED = _COUNT + "'owed:' || sku, 0, count(*), sum(units) FROM owed_units GROUP BY shop_id, sku"
_COUNT_HELD = _COUNT + "'waits:' || sku, 0, count(*), 0 FROM owed_units WHERE waits GROUP BY shop_id, sku"


def _create_partial(name: str, table: str, columns: list[str], where: str) -> None:
    """One that was made beforehand is taken as it is."""
    condition, keys = text(where), ["shop_id", *columns]
    op.create_index(name, table, keys, sqlite_where=condition, postgresql_where=condition, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("orders_unallotted", "orders")
    op.drop_index("orders_ready", "orders")
    op.drop_table("short_units")
    op.drop_table("owed_units")
    for name in ("counted", "sendable", "blockers", "ready"):
        op.drop_column("orders", name)
