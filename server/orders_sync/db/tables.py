"""The tables. Every key starts with the shop, so that a fleet can be sharded by shop. Instants are epoch milliseconds, UTC.

Text that is compared or sorted has the C collation, so that SQLite and PostgreSQL order it alike (by code point).
"""

from __future__ import annotations

from typing import Any

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
    TextClause,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared or sorted."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A generated id: SQLite generates only for INTEGER."""

LATE_PRONE = text("late_prone AND open_order")
PENDING_RETURN = text("state <> 'completed' AND state <> 'denied' AND state <> 'cancelled'")
OPEN_ALERT = text("state = 'open'")
ALERTED = text("alert_types <> ''")
SHORT = text("available < 0")
UNREAD_MENTION = text("named AND read_at IS NULL")
UNMARKED = text("length(parts) < 56")
UNALLOTTED = text("length(parts) < 64")
SHORT_FIRST = text("first")
"""Conditions of partial indexes, which are used where these stand word for word: never as a parameter."""


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    """A table whose key begins with the shop."""
    return Table(name, metadata, Column("shop_id", Integer, primary_key=True, autoincrement=False), *parts, **options)


def _log(name: str, row_id: str, *parts: SchemaItem) -> Table:
    """A table of a shop's rows under one generated id."""
    generated = Column(row_id, RowId, primary_key=True, autoincrement=True)
    return Table(name, metadata, Column("shop_id", Integer, nullable=False), generated, *parts)


def _id(name: str) -> Column[int]:
    """A part of the key, given by Shopify."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _index(name: str, *columns: str, where: TextClause | None = None) -> Index:
    """An index within a shop; `where`: of these rows alone."""
    return Index(name, "shop_id", *columns, sqlite_where=where, postgresql_where=where)


def _index_of_set(name: str, column: str, *more: str) -> Index:
    """An index that holds exactly the rows whose `column` is set: those of one tab."""
    return _index(name, column, *more, where=text(f"{column} IS NOT NULL"))


shops = Table(
    "shops",
    metadata,
    Column("shop_id", Integer, primary_key=True, autoincrement=True),
    Column("domain", Key, nullable=False, unique=True),
)

desk = _table(
    "desk",
    Column("desk_id", Key, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("event_n", BigInteger, nullable=False, server_default="0"),  # the newest event's number: desk.version
    Column("durable_n", BigInteger, nullable=False, server_default="0"),  # PostgreSQL: up to here they are on the disk
    # ids at or below count as older than what is kept
    Column("floor_n", BigInteger, nullable=False, server_default="0"),
    # fingerprint of the thresholds that rows were derived with
    Column("thresholds", Text, nullable=False, server_default=""),
    Column("uninstalled_at", BigInteger),
)

# The order as the desk shows it: one narrow, indexed row, written whole from its projection.
orders = _table(
    "orders",
    _id("id"),
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
    Column("ready", Key),  # yes | part | no, were all of it in stock; null: nothing is owed
    Column("blockers", Key, nullable=False, server_default="[]"),  # JSON: what keeps it here, but for stock
    Column("sendable", Integer, nullable=False, server_default="0"),  # units that nothing but stock keeps here
    Column("counted", Text),  # JSON: what it adds to the counters of the open work (`backlog`)
    Column("together", Key),  # a digest of whom and where it goes to, while it owes something
    _index("orders_placed", "placed_at", "id"),
    _index_of_set("orders_due", "due_at", "id", "priority", "status"),
    _index("orders_owed", "assigned_to", "due_at", "id", where=text("due_at IS NOT NULL")),
    _index_of_set("orders_untracked", "untracked_at", "id", "live_at"),
    _index_of_set("orders_unnumbered", "unnumbered_at", "id", "live_at"),
    _index_of_set("orders_held", "held_at", "id"),
    _index_of_set("orders_return", "return_at", "id"),
    _index_of_set("orders_refunded", "refunded_at", "id"),
    _index_of_set("orders_wake", "wake_at", "id"),
    _index_of_set("orders_fulfilled", "first_fulfilled_at", "placed_at"),
    _index("orders_owner", "assigned_to", "placed_at", "id"),
    _index_of_set("orders_live", "live_at", "assigned_to"),
    _index_of_set("orders_customer", "customer_id", "id"),
    _index("orders_live_customer", "customer_id", "live_at", where=text("live_at IS NOT NULL")),
    _index_of_set("orders_together", "together"),
    _index("orders_name", "name"),
    _index("orders_by_status", "status", "placed_at", "id"),
    _index("orders_by_priority", "priority", "placed_at", "id"),
    _index("orders_by_channel", "channel", "placed_at", "id"),
    _index("orders_by_number", "number", "id"),
    _index("orders_by_value", "value_usd_minor", "id"),
    _index("orders_by_ship_by", "ship_by", "id"),
    _index("orders_by_customer", "customer_folded", "id"),
    _index("orders_unmarked", "id", where=UNMARKED),  # of the release before
    _index("orders_unallotted", "id", where=UNALLOTTED),
    _index_of_set("orders_ready", "ready", "placed_at", "id"),
    _index("orders_alerted", "assigned_to", "id", where=ALERTED),
)

# What is known of an order: the merged evidence, and what operators decided. A row without its twin in `orders` is a stub.
order_docs = _table(
    "order_docs",
    _id("order_id"),
    Column("facts", LargeBinary, nullable=False),
    Column("operator", LargeBinary),
    Column("stub_since", BigInteger),
    _index_of_set("order_docs_stubs", "stub_since"),
)

parcels = _table(
    "parcels",
    _id("order_id"),
    _id("fulfillment_id"),
    Column("created_at", BigInteger, nullable=False),
    Column("last_update", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("live", Boolean, nullable=False),
    Column("moving", Boolean, nullable=False),
    Column("late_prone", Boolean, nullable=False),
    Column("has_number", Boolean, nullable=False),
    Column("open_order", Boolean, nullable=False),
    Column("carrier", Text),
    _index("parcels_late", "last_update", "order_id", where=LATE_PRONE),
    _index("parcels_late_by_order", "order_id", "last_update", where=LATE_PRONE),
    _index("parcels_untold", "created_at", where=text("live AND NOT has_number AND open_order")),
    _index("parcels_live", "order_id", where=text("live")),
    _index("parcels_under_way", "last_update", "order_id", where=text("moving AND open_order")),
    _index_of_set("parcels_delivered", "delivered_at"),
)

returns = _table(
    "returns",
    _id("return_id"),
    _id("order_id"),
    Column("state", Key, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("reason", Text),
    Column("refund_minor", BigInteger),
    Column("currency", Key),
    Column("usd_minor", BigInteger),
    _index("returns_by_order", "order_id"),
    _index("returns_pending", "state", "since", where=PENDING_RETURN),
)

order_tags = _table(
    "order_tags",
    Column("tag", Key, primary_key=True),  # case-folded
    _id("order_id"),
    _index("order_tags_by_order", "order_id"),
)

order_terms = _table(
    "order_terms",
    Column("term", Key, primary_key=True),  # case-folded
    Column("kind", Key, primary_key=True),
    _id("order_id"),
    _index("order_terms_by_order", "order_id"),
)

# Every suffix of every distinct customer name, so that "any part of a name" is a range of an index.
name_suffixes = _table(
    "name_suffixes",
    Column("suffix", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    _index("name_suffixes_by_name", "name"),
)

# What an order is filtered by (`marks`), in the order in which the orders were placed.
order_marks = _table(
    "order_marks",
    Column("mark", Key, primary_key=True),
    Column("placed_at", BigInteger, primary_key=True, autoincrement=False),
    _id("order_id"),
    _index("order_marks_by_order", "order_id", "mark"),
    sqlite_with_rowid=False,
)

owed_skus = _table(
    "owed_skus",
    Column("sku", Key, primary_key=True),
    _id("order_id"),
    Column("title", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    _index("owed_skus_by_order", "order_id"),
    _index("owed_skus_held", "sku", where=text("held")),
)

# What open orders take of each SKU, in the order in which it is allotted (`allotment`).
owed_units = _table(
    "owed_units",
    Column("sku", Key, primary_key=True),
    Column("turn", SmallInteger, primary_key=True, autoincrement=False),
    Column("due", BigInteger, primary_key=True, autoincrement=False),
    _id("order_id"),
    Column("units", BigInteger, nullable=False),
    Column("stuck", BigInteger, nullable=False),
    Column("waits", Boolean, nullable=False),  # the order is held for inventory because of this SKU
    _index("owed_units_by_order", "order_id"),
    sqlite_with_rowid=False,
)

# Which orders go without how much of a SKU of which less than nothing is available.
short_units = _table(
    "short_units",
    Column("sku", Key, primary_key=True),
    _id("order_id"),
    Column("missing", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False),  # those of them that could be sent if they were there
    Column("first", Boolean, nullable=False),  # nothing else keeps the order here
    _index("short_units_by_order", "order_id", "sku", "lost"),
    _index("short_units_first", "order_id", where=SHORT_FIRST),
    sqlite_with_rowid=False,
)

references = _table(
    "order_references",
    Column("kind", Key, primary_key=True),
    _id("ref_id"),
    _id("order_id"),
    _index("order_references_by_order", "order_id"),
)

# Changes that name no known order yet, kept until a reference tells whose they are.
parked = _table(
    "parked",
    Column("kind", Key, primary_key=True),
    _id("ref_id"),
    Column("digest", Key, primary_key=True),
    Column("change", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
)

inventory_items = _table(
    "inventory_items",
    _id("item_id"),
    Column("sku", Key),
    Column("title", Text),
    Column("at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    _index("inventory_items_by_sku", "sku"),
)

inventory_levels = _table(
    "inventory_levels",
    _id("item_id"),
    _id("location_id"),
    Column("available", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

# One row per SKU that is known: what is available over all locations, and when more is expected.
stock = _table(
    "stock",
    Column("sku", Key, primary_key=True),
    Column("available", BigInteger),
    Column("updated_at", BigInteger),  # the newest inventory update that counts towards `available`
    Column("title", Text),
    Column("eta", BigInteger),
    Column("eta_at", BigInteger),
    Column("eta_seen", BigInteger),
    _index("stock_short", "sku", where=SHORT),
)

# Orders placed, first fulfilled (with the sum of hours, in ms) and last refunded, by UTC day (days since the epoch).
day_counters = _table(
    "day_counters",
    Column("kind", Key, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False, server_default="0"),
)

deliveries = _table(
    "deliveries",
    Column("source", Key, primary_key=True),
    Column("delivery_id", Key, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    _index("deliveries_by_time", "received_at"),
)

dead_letters = _log(
    "dead_letters",
    "id",
    Column("source", Key, nullable=False),
    Column("topic", Text, nullable=False),
    Column("delivery_id", Key, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    _index("dead_letters_by_state", "state", "id"),
)

# Append-only. `n` is the event's number in commit order; null only between a PostgreSQL commit and its numbering.
events = _log(
    "events",
    "row_id",
    Column("n", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("type", Key, nullable=False),
    Column("order_id", BigInteger),
    # numbered, but sent to nobody: the first back-fill's alerts; or to nobody but its addressee
    Column("silent", Boolean, nullable=False),
    Column("reset", Boolean, nullable=False, server_default=false()),  # raises desk.floor_n to its own number
    # the event's JSON without `id` and `version`, which come with the number
    Column("body", LargeBinary, nullable=False),
    Column("addressee", Key),  # the name of whoever alone is sent it; null: everybody
    UniqueConstraint("shop_id", "n", name="events_by_number"),
    _index("events_unnumbered", "row_id", where=text("n IS NULL")),
    _index("events_by_time", "created_at"),
)

GAP_ORDER = 0
"""The order id of data gaps: they belong to the desk."""

# Alerts and data gaps: one row per (type, order, cause), open or ended.
alerts = _table(
    "alerts",
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
    _index("alerts_open", "severity", "opened_at", where=OPEN_ALERT),
    _index("alerts_open_by_type", "type", "severity", "opened_at", "opened_row", where=OPEN_ALERT),
    _index("alerts_newest", "opened_at", "opened_row", "order_id", where=OPEN_ALERT),
    _index("alerts_by_order", "order_id", "state", "opened_at"),
)

leases = _table(
    "leases",
    Column("name", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
)

# Where a loop has got to (poller's high-water mark, back-fill cursor): moved only under the lease's fence.
progress = _table(
    "progress",
    Column("name", Key, primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

order_assignments = _log(
    "order_assignments",
    "id",
    Column("order_id", BigInteger, nullable=False),
    Column("assignee", Key, nullable=False),
    Column("previous", Key),
    Column("assigned_by", Key, nullable=False),
    Column("assigned_at", BigInteger, nullable=False),
    Column("action_id", Key),
    _index("order_assignments_by_order", "order_id", "id"),
    _index("order_assignments_by_assignee", "assignee"),
)

# Whom a note of the desk's own names, or named.
mentions = _log(
    "mentions",
    "mention_id",
    Column("order_id", BigInteger, nullable=False),
    Column("note_id", Key, nullable=False),
    Column("addressee", Key, nullable=False),  # case-folded
    Column("named", Boolean, nullable=False),  # false: the note does not name them any more, or is gone
    Column("at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
    UniqueConstraint("shop_id", "note_id", "addressee", name="mentions_by_note"),
    _index("mentions_of", "addressee", "mention_id"),
    _index("mentions_unread", "addressee", "mention_id", where=UNREAD_MENTION),
)

# What an operator did, and what it takes to undo it.
actions = _table(
    "actions",
    Column("action_id", Key, primary_key=True),
    Column("kind", Key, nullable=False),
    Column("actor", Key, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("undone_at", BigInteger),
    Column("body", Text, nullable=False),
)

audit = _log(
    "audit",
    "id",
    Column("at", BigInteger, nullable=False),
    Column("actor", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("order_id", BigInteger),
    Column("result", Key, nullable=False),
    Column("details", Text, nullable=False),
    Column("client", Text),
    Column("action_id", Key),
    _index("audit_by_order", "order_id", "id"),
    _index("audit_by_time", "at"),
)

idempotency = _table(
    "idempotency",
    Column("caller", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("path", Key, nullable=False),
    Column("body_digest", Key, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("event_row", BigInteger),  # the event whose number is the answer's desk version
    Column("created_at", BigInteger, nullable=False),
    _index("idempotency_by_time", "created_at"),
)

outbox = _log(
    "outbox",
    "id",
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
    Column("errors", Text),  # JSON: what the receiver says against single fields
    _index("outbox_due", "not_before", "id", where=text("state IN ('queued', 'claimed', 'unknown')")),
    _index("outbox_by_order", "order_id"),
    _index("outbox_by_action", "action_id"),
    _index("outbox_by_state", "state", "id"),
)
