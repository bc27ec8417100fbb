"""Desks of any size over the same three years with the same open work: what the benchmarks of reads and scale run on.

The first `BASE` orders go through the storage's own writer; the rest are copies of the closed ones among them, a little later
each, made in the database. Counters are counted again from the rows, so they are what the writer would have kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Index, Table, insert, text
from tests.support.projections import projection

from orders_sync.db import connections, counters, recount, shops
from orders_sync.db import orders as stored
from orders_sync.db.group_commit import Done, run_jobs
from orders_sync.db.location import parse
from orders_sync.db.migrate import migrate
from orders_sync.db.orders import Saved
from orders_sync.db.tables import alerts, order_marks, order_tags, order_terms, orders, parcels, returns, stock
from orders_sync.db.tx import Tx
from orders_sync.instants import DAY, FOREVER, HOUR, MINUTE, SECOND, Ms, to_text
from orders_sync.rules.projection import OwedSku, OwedUnits, ParcelRow, Projection, ReturnRow, Turn
from orders_wire.vocabulary import Channel, Delivery, HoldReason, Issue, Priority, Ready, ReturnState, Status

SHOP = "benchmark.myshopify.com"
BASE = 10_000
BACKLOG = 200
YEARS = 3
COPIED: tuple[Table, ...] = (orders, parcels, returns, order_tags, order_terms, order_marks)

_FIRST = (
    "Åsa",
    "Bo",
    "Carla",
    "Dmitri",
    "Eun-ji",
    "Fatima",
    "Günther",
    "Hana",
    "Ines",
    "Jörg",
    "Kwame",
    "Lívia",
    "Mei",
    "Noor",
)
_LAST = (
    "Öberg",
    "Weiß",
    "O'Brien",
    "Kowalska",
    "Tanaka",
    "Silva",
    "Müller",
    "Haddad",
    "Nguyen",
    "Smith",
    "García",
    "Rossi",
)
_SKUS = tuple(f"{kind}-{n}" for kind in ("TEE", "MUG", "CAP", "BAG") for n in range(1, 26))
_COUNTRIES = ("US",) * 70 + ("CA",) * 20 + ("GB",) * 9 + (None,)
_OWNERS = (None, None, "bo", "ines", "assistant")


def build(url: str, size: int, now: Ms, backlog: int = BACKLOG) -> None:
    """Fills an empty database with `size` orders, of which `BACKLOG` are open, or with so many more as `backlog` has.

    `now`: when the history ends.
    """
    assert size >= BASE
    location = parse(url)
    migrate(location)
    engine = connections.unpooled(location)
    with engine.begin() as conn:
        conn.exec_driver_sql("SET statement_timeout = 0") if conn.dialect.name == "postgresql" else None
        shop_id = shops.enrol(conn, SHOP, now)
        _write_base(conn, shop_id, now, backlog)
        if size > BASE:
            _copy(conn, shop_id, size)
    _settle(engine)
    engine.dispose()


def open_orders(dice: Random, now: Ms, backlog: int = BACKLOG) -> Iterator[Projection]:
    """The backlog: owed, overdue, held, untracked, late and coming back."""
    for n in range(backlog):
        order_id = 5_000_000_000 + n
        placed = Ms(now - dice.randrange(HOUR, 5 * DAY))
        base = _order(dice, order_id, f"#{900_000 + n}", placed)
        kind = n % 5
        if kind in (0, 1):
            sku = dice.choice(_SKUS[:12])
            due = Ms(placed + DAY)
            yield replace(
                base,
                status=Status.AWAITING_FULFILLMENT,
                ship_by=due,
                due_at=due,
                live_at=FOREVER,
                unnumbered_at=placed,
                held_at=Ms(placed + HOUR) if kind else None,
                static_issue=Issue.INVENTORY if kind else None,
                hold_reasons=frozenset({HoldReason.INVENTORY}) if kind else frozenset(),
                owed_skus=(OwedSku(sku, f"A {sku}", held=bool(kind)),),
                owed_units=(OwedUnits(sku, Turn.HELD if kind else Turn.FIRST, due, 1, kind, bool(kind)),),
                ready=Ready.NO if kind else Ready.YES,
                blockers=("hold:inventory",) if kind else (),
                sendable=1 - kind,
            )
        elif kind == 2:
            yield replace(
                base,
                status=Status.AWAITING_TRACKING,
                live_at=placed,
                untracked_at=placed,
                unnumbered_at=placed,
                parcels=(_parcel(order_id, placed, live=True, moving=False, has_number=False),),
            )
        elif kind == 3:
            updated = Ms(now - dice.randrange(HOUR, 4 * DAY))
            yield replace(
                base,
                status=Status.IN_TRANSIT,
                live_at=updated,
                parcels=(_parcel(order_id, updated, live=True, moving=True),),
            )
        else:
            since = Ms(now - dice.randrange(HOUR, 20 * DAY))
            state = dice.choice([ReturnState.INSPECTION, ReturnState.AWAITING_REFUND, ReturnState.AWAITING_LABEL])
            back = ReturnRow(order_id, state, since, "too small", 1999, "USD", 1999)
            yield replace(base, return_at=since, returns=(back,))


def closed_orders(dice: Random, now: Ms) -> Iterator[Projection]:
    """History: fulfilled, some refunded, some cancelled; evenly over the years, the last of them five hours ago."""
    count = BASE - BACKLOG
    gap = YEARS * 365 * DAY // count
    for n in range(count):
        placed = Ms(now - 5 * HOUR - (count - n) * gap)
        order = _order(dice, 1_000_000 + n, f"#{n + 1}", placed)
        fulfilled = _within(placed + dice.randrange(2 * HOUR, 3 * DAY), placed, now, dice)
        delivered = _within(fulfilled + dice.randrange(DAY, 6 * DAY), fulfilled, now, dice)
        order = replace(
            order,
            first_fulfilled_at=fulfilled,
            parcels=(_parcel(order.order_id, delivered, live=False, moving=False, delivered_at=delivered),),
        )
        if n % 33 == 0:
            refund = _within(delivered + dice.randrange(DAY, 9 * DAY), delivered, now, dice)
            back = ReturnRow(order.order_id, ReturnState.COMPLETED, refund, None, 999, "USD", 999)
            order = replace(
                order, refunded_at=refund, returns=(back,), status=Status.REFUNDED if n % 2 else Status.FULFILLED
            )
        elif n % 37 == 0:
            order = replace(order, static_issue=Issue.MANUAL_CHECK)
        elif n % 41 == 0:
            order = replace(order, status=Status.CANCELLED, first_fulfilled_at=None, parcels=())
        yield order


def _within(wanted: int, after: Ms, now: Ms, dice: Random) -> Ms:
    """The wanted instant, or one between `after` and four hours ago: the newest orders are done sooner, not all at once."""
    last = now - 4 * HOUR
    return Ms(wanted if wanted <= last else dice.randrange(after, max(after + 1, last)))


def _order(dice: Random, order_id: int, name: str, placed: Ms) -> Projection:
    customer = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
    cents = dice.randrange(500, 30_000)
    owner = dice.choice(_OWNERS)
    tags = tuple(dice.sample(("VIP", "gift", "wholesale", "repeat"), dice.choice([0, 0, 1, 2])))
    number = name.removeprefix("#")
    sku = dice.choice(_SKUS)
    bare = projection(
        order_id,
        name=name,
        number=int(number),
        placed_at=placed,
        ship_by=Ms(placed + DAY),
        priority=dice.choice([Priority.STANDARD] * 8 + [Priority.RUSH, Priority.VIP]),
        channel=dice.choice([Channel.ONLINE] * 5 + [Channel.POS, Channel.DRAFT]),
        value_usd_cents=cents,
        total_hundredths=cents,
        assigned_to=owner,
        customer_name=customer,
        tags=tags,
        terms=frozenset({("number", number), ("sku", sku), ("email", f"{number}@example.org")}),
        skus=frozenset({sku}),
        country=dice.choice(_COUNTRIES),
        delivery=dice.choice([Delivery.SHIPPING] * 18 + [Delivery.PICKUP, Delivery.LOCAL]),
        customer_id=order_id,
    )
    return replace(bare, row_json=_row_json(bare))


def _row_json(order: Projection) -> bytes:
    """A card as large as a real one: six timeline entries and a parcel. The id and the name come first, for the copies."""
    events = (
        "order_placed",
        "payment_authorized",
        "payment_captured",
        "fulfillment_submitted",
        "fulfillment_in_transit",
    )
    timeline = [
        {"ts": to_text(order.placed_at // SECOND * SECOND + n * HOUR), "event": event, "details": "told by the shop"}
        for n, event in enumerate((*events, "fulfillment_delivered"))
    ]
    body = {"id": f"gid://shopify/Order/{order.order_id}", "order_number": order.name} | orjson.loads(order.row_json)
    body |= {
        "customer_name": order.customer_name,
        "total": {"amount": f"{(order.total_hundredths or 0) / 100:.2f}", "currency": "USD"},
        "timeline": timeline,
        "tracking": [
            {
                "number": f"1Z{order.order_id}",
                "carrier": "UPS",
                "url": "https://example.org/track",
                "shipment_status": "delivered",
                "updated_at": to_text(order.placed_at),
            }
        ],
    }
    return orjson.dumps(body)


def _parcel(order_id: int, updated: Ms, *, live: bool, moving: bool, has_number: bool = True, **more: Any) -> ParcelRow:
    return ParcelRow(
        fulfillment_id=order_id,
        created_at=updated,
        last_update=updated,
        live=live,
        moving=moving,
        late_prone=moving,
        has_number=has_number,
        open_order=True,
        carrier="UPS",
        **more,
    )


def _write_base(conn: Connection, shop_id: int, now: Ms, backlog: int) -> None:
    dice = Random(7)
    rows = [Saved(order, 1) for order in (*closed_orders(dice, now), *open_orders(dice, now, backlog))]

    def job(tx: Tx) -> None:
        stored.save(tx, rows)
        short = [{"shop_id": shop_id, "sku": sku, "available": -2, "title": f"A {sku}"} for sku in _SKUS[:8]]
        tx.conn.execute(insert(stock), short)
        tx.conn.execute(insert(alerts), [_alert(shop_id, n, now) for n in range(80)])

    (outcome,), _ = run_jobs(conn, shop_id, now, [job])
    assert isinstance(outcome, Done), outcome


def _alert(shop_id: int, n: int, now: Ms) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "alert_id": f"alert-{n}",
        "type": "order_overdue" if n % 20 else "data_gap",
        "order_id": 5_000_000_000 + n if n % 20 else 0,
        "cause": f"cause {n}",
        "message": f"#{900_000 + n} is overdue",
        "severity": 1,
        "state": "open",
        "opened_at": now - n * MINUTE,
    }


def _copy(conn: Connection, shop_id: int, size: int) -> None:
    """Copies the closed orders until there are `size`, with the indexes away meanwhile."""
    closed = BASE - BACKLOG
    wanted = size - BASE
    indexes = [index for table in COPIED for index in sorted(table.indexes, key=_name)]
    for index in indexes:
        index.drop(conn)
    for table in COPIED:
        _copy_table(conn, shop_id, table, wanted, closed)
    for index in indexes:
        index.create(conn)
    conn.execute(text("DELETE FROM day_counters"))
    counters.apply(conn, shop_id, recount.tally(conn, shop_id))


def _name(index: Index) -> str:
    return str(index.name)


def _copy_table(conn: Connection, shop_id: int, table: Table, wanted: int, closed: int) -> None:
    """Copy `k` of order `i` has the id `i + k · 10,000,000` and every instant `k` steps later."""
    order_column = "id" if table is orders else "order_id"
    step = YEARS * 365 * DAY // closed // (wanted // closed + 2)
    columns = [column.name for column in table.columns]
    shown = ", ".join(_shifted(conn.dialect.name, table, name, step) for name in columns)
    place = f"(k.k - 1) * {closed} + (t.{order_column} - 1000000)"
    conn.execute(
        text(
            f"WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < {wanted // closed + 1}) "
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {shown} FROM k, {table.name} t "
            f"WHERE t.shop_id = :shop_id AND t.{order_column} < 5000000000 AND {place} < {wanted}"
        ),
        {"shop_id": shop_id},
    )


_INSTANTS = {
    "placed_at",
    "updated_at",
    "ship_by",
    "first_fulfilled_at",
    "refunded_at",
    "created_at",
    "last_update",
    "delivered_at",
    "since",
}
_IDS = {"id", "order_id", "customer_id", "fulfillment_id", "return_id"}


def _shifted(dialect: str, table: Table, column: str, step: int) -> str:
    if column in _IDS:
        return f"t.{column} + k.k * 10000000"
    if column in _INSTANTS:
        return f"t.{column} + k.k * {step}"
    if table is orders and column == "number":
        return f"t.number + k.k * {BASE}"
    if table is orders and column == "name":
        return f"'#' || (t.number + k.k * {BASE})"
    if table is orders and column == "card":
        return _copied_card(dialect)
    if table is order_terms and column == "term":
        number = f"CAST(CAST(t.term AS BIGINT) + k.k * {BASE} AS TEXT)"
        return f"CASE t.kind WHEN 'number' THEN {number} WHEN 'email' THEN k.k || '-' || t.term ELSE t.term END"
    return f"t.{column}"


def _copied_card(dialect: str) -> str:
    """The card with the copy's id and name in front: what is before `placed_at` is written anew."""
    head = (
        f'\'{{"id":"gid://shopify/Order/\' || (t.id + k.k * 10000000) || \'","order_number":"#\' || (t.number + k.k * {BASE})'
        " || '\",'"
    )
    if dialect == "sqlite":
        rest = "CAST(t.card AS TEXT)"
        return f"CAST({head} || substr({rest}, instr({rest}, '\"placed_at\"')) AS BLOB)"
    rest = "convert_from(t.card, 'UTF8')"
    return f"convert_to({head} || substr({rest}, strpos({rest}, '\"placed_at\"')), 'UTF8')"


def _settle(engine: Engine) -> None:
    """What a database does by itself in time."""
    with engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            raw = conn.execution_options(isolation_level="AUTOCOMMIT")
            raw.execute(text("SET statement_timeout = 0"))
            raw.execute(text("VACUUM ANALYZE"))


def main(arguments: Sequence[str]) -> None:
    """`python -m tests.benchmarks.dataset URL SIZE`: builds one, and says how long it took."""
    from orders_sync.instants import system_clock

    url, size = arguments
    started = time.perf_counter()
    build(url, int(size), system_clock())
    print(f"{int(size):,} orders in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
