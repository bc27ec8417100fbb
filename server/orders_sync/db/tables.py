"""The tables. Every key starts with the shop, so that a fleet can be sharded by shop. Instants are epoch milliseconds, UTC.

Text that is compared or sorted has the C collation, so that SQLite and PostgreSQL order it alike (by code point).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared or sorted."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A generated id: SQLite generates only for INTEGER."""


def _shop() -> Column[int]:
    return Column("shop_id", Integer, primary_key=True, nullable=False, autoincrement=False)


shops = Table(
    "shops",
    metadata,
    Column("shop_id", Integer, primary_key=True, autoincrement=True),
    Column("domain", Key, nullable=False, unique=True),
)

desk = Table(
    "desk",
    metadata,
    _shop(),
    Column("desk_id", Key, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("event_n", BigInteger, nullable=False, server_default="0"),  # the newest event's number: desk.version
    Column("durable_n", BigInteger, nullable=False, server_default="0"),  # PostgreSQL: up to here they are on the disk
    Column(
        "floor_n", BigInteger, nullable=False, server_default="0"
    ),  # ids at or below count as older than what is kept
    Column(
        "thresholds", Text, nullable=False, server_default=""
    ),  # fingerprint of the thresholds that rows were derived with
    Column("uninstalled_at", BigInteger),
)

# The order as the desk shows it: one narrow, indexed row, written whole from its projection.
orders = Table(
    "orders",
    metadata,
    _shop(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("name", Key, nullable=False),
    Column("number", BigInteger),
    Column("placed_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("ship_by", BigInteger),
    Column("status", Key, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 vip, 1 rush, 2 standard
    Column("channel", Key, nullable=False),
    Column("static_issue", Key),
    Column("total_minor", BigInteger),
    Column("currency", Key),
    Column("value_usd_minor", BigInteger),
    Column("assigned_to", Key),
    Column("customer_id", BigInteger),
    Column("customer_folded", Key),
    Column("first_fulfilled_at", BigInteger),
    Column("live_at", BigInteger),
    Column("due_at", BigInteger),
    Column("untracked_at", BigInteger),
    Column("unnumbered_at", BigInteger),
    Column("held_at", BigInteger),
    Column("return_at", BigInteger),
    Column("refunded_at", BigInteger),
    Column("wake_at", BigInteger),
    Column("card", LargeBinary, nullable=False),
    Column("parts", LargeBinary, nullable=False),  # digests of the rows that other tables hold of it
    Column("alert_types", Key, nullable=False, server_default=""),  # open alert types, comma-separated, sorted
    Column("outbound_waiting", Integer, nullable=False, server_default="0"),
    Column("outbound_failed", Integer, nullable=False, server_default="0"),
)

# What is known of an order: the merged evidence, and what operators decided. A row without its twin in `orders` is a stub.
order_docs = Table(
    "order_docs",
    metadata,
    _shop(),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("facts", LargeBinary, nullable=False),
    Column("operator", LargeBinary),
    Column("stub_since", BigInteger),
)

parcels = Table(
    "parcels",
    metadata,
    _shop(),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fulfillment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_update", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("live", Boolean, nullable=False),
    Column("moving", Boolean, nullable=False),
    Column("late_prone", Boolean, nullable=False),
    Column("has_number", Boolean, nullable=False),
    Column("open_order", Boolean, nullable=False),
    Column("carrier", Text),
)

returns = Table(
    "returns",
    metadata,
    _shop(),
    Column("return_id", BigInteger, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Key, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("reason", Text),
    Column("refund_minor", BigInteger),
    Column("currency", Key),
    Column("usd_minor", BigInteger),
    Index("returns_by_order", "shop_id", "order_id"),
)

order_tags = Table(
    "order_tags",
    metadata,
    _shop(),
    Column("tag", Key, primary_key=True),  # case-folded
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Index("order_tags_by_order", "shop_id", "order_id"),
)

order_terms = Table(
    "order_terms",
    metadata,
    _shop(),
    Column("term", Key, primary_key=True),  # case-folded
    Column("kind", Key, primary_key=True),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Index("order_terms_by_order", "shop_id", "order_id"),
)

# Every suffix of every distinct customer name, so that "any part of a name" is a range of an index.
name_suffixes = Table(
    "name_suffixes",
    metadata,
    _shop(),
    Column("suffix", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Index("name_suffixes_by_name", "shop_id", "name"),
)

owed_skus = Table(
    "owed_skus",
    metadata,
    _shop(),
    Column("sku", Key, primary_key=True),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    Index("owed_skus_by_order", "shop_id", "order_id"),
    Index("owed_skus_held", "shop_id", "sku", sqlite_where=text("held"), postgresql_where=text("held")),
)

references = Table(
    "order_references",
    metadata,
    _shop(),
    Column("kind", Key, primary_key=True),
    Column("ref_id", BigInteger, primary_key=True, autoincrement=False),
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Index("order_references_by_order", "shop_id", "order_id"),
)

# Changes that name no known order yet, kept until a reference tells whose they are.
parked = Table(
    "parked",
    metadata,
    _shop(),
    Column("kind", Key, primary_key=True),
    Column("ref_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Key, primary_key=True),
    Column("change", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
)

inventory_items = Table(
    "inventory_items",
    metadata,
    _shop(),
    Column("item_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sku", Key),
    Column("title", Text),
    Column("at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("inventory_items_by_sku", "shop_id", "sku"),
)

inventory_levels = Table(
    "inventory_levels",
    metadata,
    _shop(),
    Column("item_id", BigInteger, primary_key=True, autoincrement=False),
    Column("location_id", BigInteger, primary_key=True, autoincrement=False),
    Column("available", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

# One row per SKU that is known: what is available over all locations, and when more is expected.
stock = Table(
    "stock",
    metadata,
    _shop(),
    Column("sku", Key, primary_key=True),
    Column("available", BigInteger),
    Column("updated_at", BigInteger),  # the newest inventory update that counts towards `available`
    Column("title", Text),
    Column("eta", BigInteger),
    Column("eta_at", BigInteger),
    Column("eta_seen", BigInteger),
    Index("stock_short", "shop_id", "sku", sqlite_where=text("available < 0"), postgresql_where=text("available < 0")),
)

# Orders placed, first fulfilled (with the sum of hours, in ms) and last refunded, by UTC day (days since the epoch).
day_counters = Table(
    "day_counters",
    metadata,
    _shop(),
    Column("kind", Key, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False, server_default="0"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _shop(),
    Column("source", Key, primary_key=True),
    Column("delivery_id", Key, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Index("deliveries_by_time", "shop_id", "received_at"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("shop_id", Integer, nullable=False),
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("source", Key, nullable=False),
    Column("topic", Text, nullable=False),
    Column("delivery_id", Key, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Index("dead_letters_by_state", "shop_id", "state", "id"),
)

# Append-only. `n` is the event's number in commit order; null only between a PostgreSQL commit and its numbering.
events = Table(
    "events",
    metadata,
    Column("shop_id", Integer, nullable=False),
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("n", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("type", Key, nullable=False),
    Column("order_id", BigInteger),
    Column("silent", Boolean, nullable=False),  # numbered, but never sent: the first back-fill's alerts
    Column("reset", Boolean, nullable=False, server_default=false()),  # raises desk.floor_n to its own number
    Column(
        "body", LargeBinary, nullable=False
    ),  # the event's JSON without `id` and `version`, which come with the number
    UniqueConstraint("shop_id", "n", name="events_by_number"),
    Index("events_unnumbered", "shop_id", "row_id", sqlite_where=text("n IS NULL"), postgresql_where=text("n IS NULL")),
    Index("events_by_time", "shop_id", "created_at"),
)

OPEN_ALERT = text("state = 'open'")
"""Spelled as in the index, which is used where it stands word for word: never as a parameter."""

# Alerts and data gaps: one row per (type, order, cause), open or ended. order_id 0: a data gap.
alerts = Table(
    "alerts",
    metadata,
    _shop(),
    Column("alert_id", Key, primary_key=True),
    Column("type", Key, nullable=False),
    Column("order_id", BigInteger, nullable=False),
    Column("order_number", Key),
    Column("cause", Key, nullable=False),
    Column("message", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),  # 0 critical, 1 warning, 2 info
    Column("state", Key, nullable=False),  # open | cleared | acknowledged
    Column("opened_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("opened_row", BigInteger),  # events.row_id of its newest `open` event
    UniqueConstraint("shop_id", "type", "order_id", "cause", name="alerts_by_cause"),
    Index(
        "alerts_open",
        "shop_id",
        "severity",
        "opened_at",
        sqlite_where=OPEN_ALERT,
        postgresql_where=OPEN_ALERT,
    ),
    Index(
        "alerts_newest",
        "shop_id",
        "opened_at",
        "opened_row",
        "order_id",
        sqlite_where=OPEN_ALERT,
        postgresql_where=OPEN_ALERT,
    ),
    Index("alerts_by_order", "shop_id", "order_id", "state", "opened_at"),
)

leases = Table(
    "leases",
    metadata,
    _shop(),
    Column("name", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
)

# Where a loop has got to (poller's high-water mark, back-fill cursor): moved only under the lease's fence.
progress = Table(
    "progress",
    metadata,
    _shop(),
    Column("name", Key, primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

order_assignments = Table(
    "order_assignments",
    metadata,
    Column("shop_id", Integer, nullable=False),
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_id", BigInteger, nullable=False),
    Column("assignee", Key, nullable=False),
    Column("previous", Key),
    Column("assigned_by", Key, nullable=False),
    Column("assigned_at", BigInteger, nullable=False),
    Column("action_id", Key),
    Index("order_assignments_by_order", "shop_id", "order_id", "id"),
)

# What an operator did, and what it takes to undo it.
actions = Table(
    "actions",
    metadata,
    _shop(),
    Column("action_id", Key, primary_key=True),
    Column("kind", Key, nullable=False),
    Column("actor", Key, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("undone_at", BigInteger),
    Column("body", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("shop_id", Integer, nullable=False),
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("order_id", BigInteger),
    Column("result", Key, nullable=False),
    Column("details", Text, nullable=False),
    Column("client", Text),
    Column("action_id", Key),
    Index("audit_by_order", "shop_id", "order_id", "id"),
    Index("audit_by_time", "shop_id", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    _shop(),
    Column("caller", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("path", Key, nullable=False),
    Column("body_digest", Key, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("event_row", BigInteger),  # the event whose number is the answer's desk version
    Column("created_at", BigInteger, nullable=False),
    Index("idempotency_by_time", "shop_id", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("shop_id", Integer, nullable=False),
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("target", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("order_id", BigInteger),
    Column("action_id", Key),
    Column("dedupe_key", Key, nullable=False),  # the same write, whoever sends it: the receiver's idempotency key
    Column("payload", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_owner", Key),
    Column("lease_until", BigInteger),
    Column("last_error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Index(
        "outbox_due",
        "shop_id",
        "not_before",
        "id",
        sqlite_where=text("state IN ('queued', 'claimed', 'unknown')"),
        postgresql_where=text("state IN ('queued', 'claimed', 'unknown')"),
    ),
    Index("outbox_by_order", "shop_id", "order_id"),
    Index("outbox_by_action", "shop_id", "action_id"),
    Index("outbox_by_state", "shop_id", "state", "id"),
)


def _partial(name: str, column: str, *more: str) -> Index:
    """An index that holds exactly the rows of one tab: those whose key is set."""
    where = text(f"{column} IS NOT NULL")
    columns = [orders.c.shop_id, orders.c[column], *(orders.c[m] for m in more)]
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


Index("orders_placed", orders.c.shop_id, orders.c.placed_at, orders.c.id)
_partial("orders_due", "due_at", "id", "priority", "status")
_partial("orders_untracked", "untracked_at", "id", "live_at")
_partial("orders_unnumbered", "unnumbered_at", "id", "live_at")
_partial("orders_held", "held_at", "id")
_partial("orders_return", "return_at", "id")
_partial("orders_refunded", "refunded_at", "id")
_partial("orders_wake", "wake_at", "id")
_partial("orders_fulfilled", "first_fulfilled_at", "placed_at")
Index("orders_owner", orders.c.shop_id, orders.c.assigned_to, orders.c.placed_at, orders.c.id)
_partial("orders_live", "live_at", "assigned_to")
_partial("orders_customer", "customer_id", "id")
Index("orders_name", orders.c.shop_id, orders.c.name)
Index("orders_by_status", orders.c.shop_id, orders.c.status, orders.c.placed_at, orders.c.id)
Index("orders_by_priority", orders.c.shop_id, orders.c.priority, orders.c.placed_at, orders.c.id)
Index("orders_by_channel", orders.c.shop_id, orders.c.channel, orders.c.placed_at, orders.c.id)
Index("orders_by_number", orders.c.shop_id, orders.c.number, orders.c.id)
Index("orders_by_value", orders.c.shop_id, orders.c.value_usd_minor, orders.c.id)
Index("orders_by_ship_by", orders.c.shop_id, orders.c.ship_by, orders.c.id)
Index("orders_by_customer", orders.c.shop_id, orders.c.customer_folded, orders.c.id)

LATE_PRONE = text("late_prone AND open_order")
"""Likewise."""

_untold = text("live AND NOT has_number AND open_order")
Index(
    "parcels_late",
    parcels.c.shop_id,
    parcels.c.last_update,
    parcels.c.order_id,
    sqlite_where=LATE_PRONE,
    postgresql_where=LATE_PRONE,
)
Index(
    "parcels_late_by_order",
    parcels.c.shop_id,
    parcels.c.order_id,
    parcels.c.last_update,
    sqlite_where=LATE_PRONE,
    postgresql_where=LATE_PRONE,
)
Index("parcels_untold", parcels.c.shop_id, parcels.c.created_at, sqlite_where=_untold, postgresql_where=_untold)
Index("parcels_live", parcels.c.shop_id, parcels.c.order_id, sqlite_where=text("live"), postgresql_where=text("live"))
_under_way = text("moving AND open_order")
Index(
    "parcels_under_way",
    parcels.c.shop_id,
    parcels.c.last_update,
    parcels.c.order_id,
    sqlite_where=_under_way,
    postgresql_where=_under_way,
)
_stub = text("stub_since IS NOT NULL")
Index("order_docs_stubs", order_docs.c.shop_id, order_docs.c.stub_since, sqlite_where=_stub, postgresql_where=_stub)
Index(
    "parcels_delivered",
    parcels.c.shop_id,
    parcels.c.delivered_at,
    sqlite_where=text("delivered_at IS NOT NULL"),
    postgresql_where=text("delivered_at IS NOT NULL"),
)
PENDING_RETURN = text("state <> 'completed' AND state <> 'denied' AND state <> 'cancelled'")
"""Likewise."""

Index(
    "returns_pending",
    returns.c.shop_id,
    returns.c.state,
    returns.c.since,
    sqlite_where=PENDING_RETURN,
    postgresql_where=PENDING_RETURN,
)
