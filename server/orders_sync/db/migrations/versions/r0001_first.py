"""The first tables, as they were made then: `tables` has what later revisions made of them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")
ROW_ID = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "actions",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("action_id", KEY, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("actor", KEY, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("undone_at", BigInteger),
        Column("body", Text, nullable=False),
        PrimaryKeyConstraint("shop_id", "action_id"),
    )
    op.create_table(
        "alerts",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("alert_id", KEY, nullable=False),
        Column("type", KEY, nullable=False),
        Column("order_id", BigInteger, nullable=False),
        Column("order_number", KEY),
        Column("cause", KEY, nullable=False),
        Column("message", Text, nullable=False),
        Column("severity", SmallInteger, nullable=False),
        Column("state", KEY, nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        Column("opened_row", BigInteger),
        PrimaryKeyConstraint("shop_id", "alert_id"),
        UniqueConstraint("shop_id", "type", "order_id", "cause", name="alerts_by_cause"),
    )
    op.create_index("alerts_by_order", "alerts", ["shop_id", "order_id", "state", "opened_at"])
    _partial("alerts_newest", "alerts", ["shop_id", "opened_at", "opened_row", "order_id"], "state = 'open'")
    _partial("alerts_open", "alerts", ["shop_id", "severity", "opened_at"], "state = 'open'")
    op.create_table(
        "audit",
        Column("shop_id", Integer, nullable=False),
        Column("id", ROW_ID, autoincrement=True, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("actor", KEY, nullable=False),
        Column("action", KEY, nullable=False),
        Column("order_id", BigInteger),
        Column("result", KEY, nullable=False),
        Column("details", Text, nullable=False),
        Column("client", Text),
        Column("action_id", KEY),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_by_order", "audit", ["shop_id", "order_id", "id"])
    op.create_index("audit_by_time", "audit", ["shop_id", "at"])
    op.create_table(
        "day_counters",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("day", Integer, autoincrement=False, nullable=False),
        Column("n", BigInteger, nullable=False),
        Column("total", BigInteger, server_default="0", nullable=False),
        PrimaryKeyConstraint("shop_id", "kind", "day"),
    )
    op.create_table(
        "dead_letters",
        Column("shop_id", Integer, nullable=False),
        Column("id", ROW_ID, autoincrement=True, nullable=False),
        Column("source", KEY, nullable=False),
        Column("topic", Text, nullable=False),
        Column("delivery_id", KEY, nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("reason", Text, nullable=False),
        Column("state", KEY, nullable=False),
        Column("received_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("dead_letters_by_state", "dead_letters", ["shop_id", "state", "id"])
    op.create_table(
        "deliveries",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("source", KEY, nullable=False),
        Column("delivery_id", KEY, nullable=False),
        Column("topic", Text, nullable=False),
        Column("received_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "source", "delivery_id"),
    )
    op.create_index("deliveries_by_time", "deliveries", ["shop_id", "received_at"])
    op.create_table(
        "desk",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("desk_id", KEY, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("event_n", BigInteger, server_default="0", nullable=False),
        Column("durable_n", BigInteger, server_default="0", nullable=False),
        Column("floor_n", BigInteger, server_default="0", nullable=False),
        Column("thresholds", Text, server_default="", nullable=False),
        Column("uninstalled_at", BigInteger),
        PrimaryKeyConstraint("shop_id"),
    )
    op.create_table(
        "events",
        Column("shop_id", Integer, nullable=False),
        Column("row_id", ROW_ID, autoincrement=True, nullable=False),
        Column("n", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        Column("type", KEY, nullable=False),
        Column("order_id", BigInteger),
        Column("silent", Boolean, nullable=False),
        Column("reset", Boolean, server_default=false(), nullable=False),
        Column("body", LargeBinary, nullable=False),
        PrimaryKeyConstraint("row_id"),
        UniqueConstraint("shop_id", "n", name="events_by_number"),
    )
    op.create_index("events_by_time", "events", ["shop_id", "created_at"])
    _partial("events_unnumbered", "events", ["shop_id", "row_id"], "n IS NULL")
    op.create_table(
        "idempotency",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("caller", KEY, nullable=False),
        Column("key", KEY, nullable=False),
        Column("path", KEY, nullable=False),
        Column("body_digest", KEY, nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", LargeBinary, nullable=False),
        Column("event_row", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "caller", "key"),
    )
    op.create_index("idempotency_by_time", "idempotency", ["shop_id", "created_at"])
    op.create_table(
        "inventory_items",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("item_id", BigInteger, autoincrement=False, nullable=False),
        Column("sku", KEY),
        Column("title", Text),
        Column("at", BigInteger, nullable=False),
        Column("seen", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "item_id"),
    )
    op.create_index("inventory_items_by_sku", "inventory_items", ["shop_id", "sku"])
    op.create_table(
        "inventory_levels",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("item_id", BigInteger, autoincrement=False, nullable=False),
        Column("location_id", BigInteger, autoincrement=False, nullable=False),
        Column("available", BigInteger),
        Column("at", BigInteger, nullable=False),
        Column("seen", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "item_id", "location_id"),
    )
    op.create_table(
        "leases",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("name", KEY, nullable=False),
        Column("owner", KEY, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("fence", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "name"),
    )
    op.create_table(
        "name_suffixes",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("suffix", KEY, nullable=False),
        Column("name", KEY, nullable=False),
        PrimaryKeyConstraint("shop_id", "suffix", "name"),
    )
    op.create_index("name_suffixes_by_name", "name_suffixes", ["shop_id", "name"])
    op.create_table(
        "order_assignments",
        Column("shop_id", Integer, nullable=False),
        Column("id", ROW_ID, autoincrement=True, nullable=False),
        Column("order_id", BigInteger, nullable=False),
        Column("assignee", KEY, nullable=False),
        Column("previous", KEY),
        Column("assigned_by", KEY, nullable=False),
        Column("assigned_at", BigInteger, nullable=False),
        Column("action_id", KEY),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("order_assignments_by_order", "order_assignments", ["shop_id", "order_id", "id"])
    op.create_table(
        "order_docs",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("facts", LargeBinary, nullable=False),
        Column("operator", LargeBinary),
        Column("stub_since", BigInteger),
        PrimaryKeyConstraint("shop_id", "order_id"),
    )
    _partial("order_docs_stubs", "order_docs", ["shop_id", "stub_since"], "stub_since IS NOT NULL")
    op.create_table(
        "order_references",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("ref_id", BigInteger, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("shop_id", "kind", "ref_id", "order_id"),
    )
    op.create_index("order_references_by_order", "order_references", ["shop_id", "order_id"])
    op.create_table(
        "order_tags",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("tag", KEY, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("shop_id", "tag", "order_id"),
    )
    op.create_index("order_tags_by_order", "order_tags", ["shop_id", "order_id"])
    op.create_table(
        "order_terms",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("term", KEY, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("shop_id", "term", "kind", "order_id"),
    )
    op.create_index("order_terms_by_order", "order_terms", ["shop_id", "order_id"])
    op.create_table(
        "orders",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("id", BigInteger, autoincrement=False, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("name", KEY, nullable=False),
        Column("number", BigInteger),
        Column("placed_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("ship_by", BigInteger),
        Column("status", KEY, nullable=False),
        Column("priority", SmallInteger, nullable=False),
        Column("channel", KEY, nullable=False),
        Column("static_issue", KEY),
        Column("total_minor", BigInteger),
        Column("currency", KEY),
        Column("value_usd_minor", BigInteger),
        Column("assigned_to", KEY),
        Column("customer_id", BigInteger),
        Column("customer_folded", KEY),
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
        Column("parts", LargeBinary, nullable=False),
        Column("alert_types", KEY, server_default="", nullable=False),
        Column("outbound_waiting", Integer, server_default="0", nullable=False),
        Column("outbound_failed", Integer, server_default="0", nullable=False),
        PrimaryKeyConstraint("shop_id", "id"),
    )
    op.create_index("orders_by_channel", "orders", ["shop_id", "channel", "placed_at", "id"])
    op.create_index("orders_by_customer", "orders", ["shop_id", "customer_folded", "id"])
    op.create_index("orders_by_number", "orders", ["shop_id", "number", "id"])
    op.create_index("orders_by_priority", "orders", ["shop_id", "priority", "placed_at", "id"])
    op.create_index("orders_by_ship_by", "orders", ["shop_id", "ship_by", "id"])
    op.create_index("orders_by_status", "orders", ["shop_id", "status", "placed_at", "id"])
    op.create_index("orders_by_value", "orders", ["shop_id", "value_usd_minor", "id"])
    _partial("orders_customer", "orders", ["shop_id", "customer_id", "id"], "customer_id IS NOT NULL")
    _partial("orders_due", "orders", ["shop_id", "due_at", "id", "priority", "status"], "due_at IS NOT NULL")
    _partial(
        "orders_fulfilled", "orders", ["shop_id", "first_fulfilled_at", "placed_at"], "first_fulfilled_at IS NOT NULL"
    )
    _partial("orders_held", "orders", ["shop_id", "held_at", "id"], "held_at IS NOT NULL")
    _partial("orders_live", "orders", ["shop_id", "live_at", "assigned_to"], "live_at IS NOT NULL")
    op.create_index("orders_name", "orders", ["shop_id", "name"])
    op.create_index("orders_owner", "orders", ["shop_id", "assigned_to", "placed_at", "id"])
    op.create_index("orders_placed", "orders", ["shop_id", "placed_at", "id"])
    _partial("orders_refunded", "orders", ["shop_id", "refunded_at", "id"], "refunded_at IS NOT NULL")
    _partial("orders_return", "orders", ["shop_id", "return_at", "id"], "return_at IS NOT NULL")
    _partial("orders_unnumbered", "orders", ["shop_id", "unnumbered_at", "id", "live_at"], "unnumbered_at IS NOT NULL")
    _partial("orders_untracked", "orders", ["shop_id", "untracked_at", "id", "live_at"], "untracked_at IS NOT NULL")
    _partial("orders_wake", "orders", ["shop_id", "wake_at", "id"], "wake_at IS NOT NULL")
    op.create_table(
        "outbox",
        Column("shop_id", Integer, nullable=False),
        Column("id", ROW_ID, autoincrement=True, nullable=False),
        Column("target", KEY, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("order_id", BigInteger),
        Column("action_id", KEY),
        Column("dedupe_key", KEY, nullable=False),
        Column("payload", Text, nullable=False),
        Column("state", KEY, nullable=False),
        Column("not_before", BigInteger, nullable=False),
        Column("attempts", Integer, server_default="0", nullable=False),
        Column("lease_owner", KEY),
        Column("lease_until", BigInteger),
        Column("last_error", Text),
        Column("created_at", BigInteger, nullable=False),
        Column("done_at", BigInteger),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_by_action", "outbox", ["shop_id", "action_id"])
    op.create_index("outbox_by_order", "outbox", ["shop_id", "order_id"])
    op.create_index("outbox_by_state", "outbox", ["shop_id", "state", "id"])
    _partial("outbox_due", "outbox", ["shop_id", "not_before", "id"], "state IN ('queued', 'claimed', 'unknown')")
    op.create_table(
        "owed_skus",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("sku", KEY, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("title", Text, nullable=False),
        Column("held", Boolean, nullable=False),
        PrimaryKeyConstraint("shop_id", "sku", "order_id"),
    )
    op.create_index("owed_skus_by_order", "owed_skus", ["shop_id", "order_id"])
    _partial("owed_skus_held", "owed_skus", ["shop_id", "sku"], "held")
    op.create_table(
        "parcels",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("fulfillment_id", BigInteger, autoincrement=False, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("last_update", BigInteger, nullable=False),
        Column("delivered_at", BigInteger),
        Column("live", Boolean, nullable=False),
        Column("moving", Boolean, nullable=False),
        Column("late_prone", Boolean, nullable=False),
        Column("has_number", Boolean, nullable=False),
        Column("open_order", Boolean, nullable=False),
        Column("carrier", Text),
        PrimaryKeyConstraint("shop_id", "order_id", "fulfillment_id"),
    )
    _partial("parcels_delivered", "parcels", ["shop_id", "delivered_at"], "delivered_at IS NOT NULL")
    _partial("parcels_late", "parcels", ["shop_id", "last_update", "order_id"], "late_prone AND open_order")
    _partial("parcels_late_by_order", "parcels", ["shop_id", "order_id", "last_update"], "late_prone AND open_order")
    _partial("parcels_live", "parcels", ["shop_id", "order_id"], "live")
    _partial("parcels_under_way", "parcels", ["shop_id", "last_update", "order_id"], "moving AND open_order")
    _partial("parcels_untold", "parcels", ["shop_id", "created_at"], "live AND NOT has_number AND open_order")
    op.create_table(
        "parked",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("ref_id", BigInteger, autoincrement=False, nullable=False),
        Column("digest", KEY, nullable=False),
        Column("change", LargeBinary, nullable=False),
        Column("received_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "kind", "ref_id", "digest"),
    )
    op.create_table(
        "progress",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("name", KEY, nullable=False),
        Column("fence", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("shop_id", "name"),
    )
    op.create_table(
        "returns",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("return_id", BigInteger, autoincrement=False, nullable=False),
        Column("order_id", BigInteger, autoincrement=False, nullable=False),
        Column("state", KEY, nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("reason", Text),
        Column("refund_minor", BigInteger),
        Column("currency", KEY),
        Column("usd_minor", BigInteger),
        PrimaryKeyConstraint("shop_id", "return_id", "order_id"),
    )
    op.create_index("returns_by_order", "returns", ["shop_id", "order_id"])
    _partial(
        "returns_pending",
        "returns",
        ["shop_id", "state", "since"],
        "state <> 'completed' AND state <> 'denied' AND state <> 'cancelled'",
    )
    op.create_table(
        "shops",
        Column("shop_id", Integer, autoincrement=True, nullable=False),
        Column("domain", KEY, nullable=False),
        PrimaryKeyConstraint("shop_id"),
        UniqueConstraint("domain"),
    )
    op.create_table(
        "stock",
        Column("shop_id", Integer, autoincrement=False, nullable=False),
        Column("sku", KEY, nullable=False),
        Column("available", BigInteger),
        Column("updated_at", BigInteger),
        Column("title", Text),
        Column("eta", BigInteger),
        Column("eta_at", BigInteger),
        Column("eta_seen", BigInteger),
        PrimaryKeyConstraint("shop_id", "sku"),
    )
    _partial("stock_short", "stock", ["shop_id", "sku"], "available < 0")


def downgrade() -> None:
    for table in (
        "actions",
        "alerts",
        "audit",
        "day_counters",
        "dead_letters",
        "deliveries",
        "desk",
        "events",
        "idempotency",
        "inventory_items",
        "inventory_levels",
        "leases",
        "name_suffixes",
        "order_assignments",
        "order_docs",
        "order_references",
        "order_tags",
        "order_terms",
        "orders",
        "outbox",
        "owed_skus",
        "parcels",
        "parked",
        "progress",
        "returns",
        "shops",
        "stock",
    ):
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=text(where), postgresql_where=text(where))
