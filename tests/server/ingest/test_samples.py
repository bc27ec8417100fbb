"""Every payload kept beside the project is taken, and the desk then shows what the payload says (contract §4).

What the order shows is worked out from the payload itself, by a reading of it that shares nothing with the code under test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select
from tests.conftest import ROOT
from tests.server.ingest.rows import desk
from tests.support import shop_bodies as shop

from orders_sync.db import order_documents
from orders_sync.db.tables import deliveries, orders, parked, stock
from orders_sync.db.tx import Tx
from orders_sync.ingest import webhook
from orders_sync.ingest.apply import apply
from orders_sync.instants import from_datetime
from orders_sync.rules.detail import Detail, describe
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import timeline
from orders_wire.texts import trimmed

pytestmark = pytest.mark.shared

NOW = shop.ARRIVED
_FOLDER = ROOT.parent / "shared" / "shopify" / "webhooks"
_FAMILIES = [
    "app",
    "bulk_operations",
    "disputes",
    "draft_orders",
    "fulfillment_events",
    "fulfillment_holds",
    "fulfillment_orders",
    "fulfillments",
    "inventory_items",
    "inventory_levels",
    "order_transactions",
    "orders",
    "refunds",
    "returns",
    "reverse_deliveries",
    "reverse_fulfillment_orders",
]
_DEAD = ("cancelled", "failure", "error")
_WEBHOOK_TIME = "2026-03-10T11:00:00Z"


def _topic(file: Path) -> tuple[str, str]:
    stem = file.name.partition("-")[0]
    family = max((name for name in _FAMILIES if stem.startswith(f"{name}_")), key=len)
    return family, stem.removeprefix(f"{family}_")


def _files(*families: str) -> list[Any]:
    files = sorted(_FOLDER.glob("*.json")) if _FOLDER.is_dir() else []
    found = [pytest.param(file, id=file.stem) for file in files if not families or _topic(file)[0] in families]
    return found or [pytest.param(_FOLDER / "missing.json", id="missing")]


def instant(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


@dataclass
class Shop:
    """A desk that takes files and bodies; what it then knows of an order."""

    conn: Connection

    def take(self, topic: str, raw: bytes, time: str | None = _WEBHOOK_TIME) -> None:
        headers = {webhook.TOPIC: topic}
        if time is not None:
            headers[webhook.TRIGGERED_AT] = time
        received = webhook.receive(raw, headers, NOW, ours=True)
        assert received.problem is None, received.problem
        apply(Tx(self.conn, 1, NOW), received.delivery, Thresholds())

    def tell(self, topic: str, body: shop.Body, time: str = "2000-01-01T00:00:00Z") -> None:
        self.take(topic, orjson.dumps(body), time)

    def order(self, order_id: int, **fields: Any) -> None:
        """An order of ours, older than every payload."""
        old = {"created_at": "2000-01-01T00:00:00Z", "processed_at": None, "updated_at": "2000-01-01T00:00:00Z"}
        self.tell("orders/create", shop.order(order_id, **{**old, "financial_status": None, **fields}))

    def state(self, order_id: int) -> OrderState:
        doc = order_documents.read(self.conn, 1, order_id)
        assert doc is not None
        found = build_order_state(order_id, doc.facts, doc.operator, {}, Thresholds())
        assert found is not None
        return found

    def card(self, order_id: int) -> dict[str, Any]:
        stored = self.conn.execute(select(orders.c.card).where(orders.c.id == order_id)).scalar_one()
        card: dict[str, Any] = orjson.loads(stored)
        return card

    def events(self, order_id: int) -> list[str]:
        return [entry["event"] for entry in timeline(self.state(order_id))]


@pytest.fixture(scope="module")
def _connection(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Connection]:
    copy = tmp_path_factory.mktemp("samples") / "desk.db"
    copy.write_bytes(sqlite_template.read_bytes())
    with desk(f"sqlite:///{copy}") as conn:
        yield conn


@pytest.fixture
def desk_shop(_connection: Connection, shared_dir: Path) -> Iterator[Shop]:
    """A desk with nothing on it; what a test does to it is taken back."""
    assert shared_dir.is_dir()
    with _connection.begin() as transaction:
        yield Shop(_connection)
        transaction.rollback()


def _take(desk_shop: Shop, file: Path, time: str | None = _WEBHOOK_TIME) -> Any:
    family, verb = _topic(file)
    desk_shop.take(f"{family}/{verb}", file.read_bytes(), time)
    return json.loads(file.read_bytes())


def _inner(body: Any, *names: str) -> list[Any]:
    for name in names:
        if name in body:
            return body[name] if isinstance(body[name], list) else [body[name]]
    return [body]


@pytest.mark.parametrize("file", _files())
def test_it_is_taken_and_recorded(desk_shop: Shop, file: Path) -> None:
    _take(desk_shop, file, None)
    topics = desk_shop.conn.execute(select(deliveries.c.topic)).scalars().all()
    assert topics == ["/".join(_topic(file))]


def _has_order(file: Path) -> bool:
    """What is missing is left in: its test says why it is skipped."""
    return not file.exists() or _topic(file)[1] != "edited"


@pytest.mark.parametrize("file", [param for param in _files("orders") if _has_order(param.values[0])])
def test_an_order_shows_what_its_body_says(desk_shop: Shop, file: Path) -> None:
    for body in _inner(_take(desk_shop, file), "order", "orders"):
        card, found = desk_shop.card(body["id"]), desk_shop.state(body["id"])
        customer = body.get("customer") or {}
        name = " ".join(part for part in (customer.get("first_name"), customer.get("last_name")) if part)
        assert card["order_number"] == body["name"]
        assert card["placed_at"] == _z(body.get("processed_at") or body["created_at"])
        assert card["total"] == {"amount": body["total_price"], "currency": body.get("currency", "XXX")}
        assert card["value_usd"] == (float(body["total_price"]) if body.get("currency") == "USD" else None)
        assert card["customer_name"] == (name or None)
        assert card["tags"] == [tag.strip() for tag in (body.get("tags") or "").split(",") if tag.strip()]
        assert card["channel"] == ("draft" if body.get("source_name") == "shopify_draft_order" else "online")
        alive = [parcel for parcel in body.get("fulfillments", []) if parcel["status"] not in _DEAD]
        assert [parcel["number"] for parcel in card["tracking"]] == [p.get("tracking_number") for p in alive]
        assert card["status"] == _status(body, alive)
        assert found.refunded_at == _refunded_at(body)
        owed = {line.part.id: line.owed for line in found.lines}
        assert owed == {line["id"]: _owed(line) for line in body.get("line_items", [])}


@pytest.mark.parametrize("file", [param for param in _files("orders") if _has_order(param.values[0])])
def test_an_order_shows_its_figures_and_what_was_chosen(desk_shop: Shop, file: Path) -> None:
    for body in _inner(_take(desk_shop, file), "order", "orders"):
        found = describe_order(desk_shop, body["id"])
        figures = {name: money and money.amount for name, money in found.totals}
        told = {"subtotal": "subtotal_price", "tax": "total_tax", "discounts": "total_discounts"}
        assert {name: figures[name] for name in told} == {name: body.get(rest) for name, rest in told.items()}
        ways = body.get("shipping_lines") or [body.get("total_shipping_price_set", {}).get("shop_money")]
        prices = [_price(way) for way in ways if way]
        assert figures["shipping"] == (str(sum(map(Decimal, prices))) if prices else None)
        back = sum((_paid_back(refund) for refund in body.get("refunds", [])), Decimal(0))
        untold = body.get("financial_status") in (None, "partially_refunded") and not back
        assert figures["refunded"] == (None if untold else f"{back:.2f}")
        captured = {"paid": body["total_price"], "voided": "0.00", "pending": "0.00", "authorized": "0.00"}
        assert figures["captured"] == captured.get(body.get("financial_status"))
        lines = [(line.variant_title, [(p.name, p.value) for p in line.properties]) for line in found.line_items]
        assert lines == [
            (trimmed(line["variant_title"] or ""), [(p["name"], p["value"]) for p in line["properties"]])
            for line in body.get("line_items", [])
        ]


def _price(way: Any) -> str:
    """One sample has other amounts in its sets; these are what counts."""
    amount = way.get("amount") or way.get("price_set", {}).get("shop_money", {}).get("amount") or way["price"]
    return str(amount)


def describe_order(desk_shop: Shop, order_id: int) -> Detail:
    doc = order_documents.read(desk_shop.conn, 1, order_id)
    assert doc is not None
    found = describe(order_id, doc.facts, doc.operator, {}, Thresholds())
    assert found is not None
    return found


def _z(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _owed(line: Any) -> int:
    if not line["requires_shipping"]:
        return 0
    return int(min(line.get("fulfillable_quantity", line["quantity"]), line.get("current_quantity", line["quantity"])))


def _status(body: Any, alive: list[Any]) -> str:
    if body.get("cancelled_at"):
        return "cancelled"
    if any(_owed(line) for line in body.get("line_items", [])):
        return "awaiting_fulfillment"
    shipped = any(line["requires_shipping"] for line in body.get("line_items", []))
    return "awaiting_tracking" if shipped and any(not p.get("tracking_number") for p in alive) else "fulfilled"


def _refunded_at(body: Any) -> int | None:
    paid = [refund for refund in body.get("refunds", []) if _paid_back(refund)]
    if not paid and body.get("financial_status") in ("refunded", "partially_refunded"):
        return instant(body["updated_at"])
    return max((instant(refund["created_at"]) for refund in paid), default=None)


def _paid_back(refund: Any) -> Decimal:
    successful = [t for t in refund["transactions"] if t["kind"] == "refund" and t["status"] == "success"]
    return sum((Decimal(t["amount"]) for t in successful), Decimal(0))


_PAYMENTS = {
    "authorized": "payment_authorized",
    "partially_paid": "payment_captured",
    "paid": "payment_captured",
    "partially_refunded": "payment_refunded",
    "refunded": "payment_refunded",
    "voided": "payment_voided",
}


@pytest.mark.parametrize("file", [param for param in _files("orders") if _has_order(param.values[0])])
def test_an_order_tells_its_history(desk_shop: Shop, file: Path) -> None:
    for body in _inner(_take(desk_shop, file), "order", "orders"):
        told = [(entry["event"], entry["ts"]) for entry in timeline(desk_shop.state(body["id"]))]
        assert told.count(("order_placed", _z(body.get("processed_at") or body["created_at"]))) == 1
        cancelled = [("order_cancelled", _z(body["cancelled_at"]))] if body.get("cancelled_at") else []
        assert [entry for entry in told if entry[0] == "order_cancelled"] == cancelled
        submitted = sorted(_z(parcel["created_at"]) for parcel in body.get("fulfillments", []))
        assert [ts for event, ts in told if event == "fulfillment_submitted"] == submitted
        payment = _PAYMENTS.get(body.get("financial_status") or "")
        assert payment is None or payment in [event for event, _ in told]
        refunds = [t for refund in body.get("refunds", []) for t in refund["transactions"] if t["status"] == "success"]
        assert not refunds or [event for event, _ in told].count("payment_refunded") == len(refunds)


@pytest.mark.parametrize("file", [param for param in _files("orders") if _has_order(param.values[0])])
def test_an_order_opens_with_what_its_body_says(desk_shop: Shop, file: Path) -> None:
    for body in _inner(_take(desk_shop, file), "order", "orders"):
        doc = order_documents.read(desk_shop.conn, 1, body["id"])
        assert doc is not None
        shown = describe(body["id"], doc.facts, doc.operator, {}, Thresholds())
        assert shown is not None
        assert shown.email == (body.get("email") or body.get("contact_email") or None)
        assert (shown.financial_status, shown.note) == (body.get("financial_status"), body.get("note") or None)
        for name, address in (("shipping_address", shown.shipping_address), ("billing_address", shown.billing_address)):
            told = body.get(name) or None
            assert (address is None) is (told is None)
            assert address is None or told is None or (address.city, address.zip) == (told["city"], told["zip"])
            for code in ("first_name", "last_name", "province_code", "country_code"):
                assert getattr(address, code, None) == ((told or {}).get(code) or None)
        assert [(line.sku, line.quantity) for line in shown.line_items] == [
            (line["sku"] or None, line["quantity"]) for line in body.get("line_items", [])
        ]


@pytest.mark.parametrize("file", [param for param in _files("orders") if not _has_order(param.values[0])])
def test_an_edit_is_an_entry_of_its_order(desk_shop: Shop, file: Path) -> None:
    edit = json.loads(file.read_bytes())["order_edit"]
    desk_shop.order(edit["order_id"])
    _take(desk_shop, file)
    last = timeline(desk_shop.state(edit["order_id"]))[-1]
    assert (last["event"], last["ts"]) == ("order_edited", _z(edit["created_at"]))


@pytest.mark.parametrize("file", _files("fulfillments"))
def test_a_fulfilment_is_a_parcel_of_its_order(desk_shop: Shop, file: Path) -> None:
    (body,) = _inner(json.loads(file.read_bytes()), "fulfillment")
    desk_shop.order(body["order_id"])
    _take(desk_shop, file)
    (parcel,) = desk_shop.state(body["order_id"]).parcels
    assert parcel.id == body["id"]
    assert parcel.number == trimmed(body["tracking_number"] or "")
    assert parcel.carrier == body["tracking_company"]
    assert parcel.url == (body.get("tracking_url") or next(iter(body.get("tracking_urls") or []), None))
    assert parcel.state == body.get("shipment_status")
    assert parcel.status == body["status"]
    assert (parcel.created_at, parcel.updated_at) == (instant(body["created_at"]), instant(body["updated_at"]))
    assert parcel.alive is (body["status"] not in _DEAD)
    shown = desk_shop.card(body["order_id"])["tracking"]
    assert [entry["number"] for entry in shown] == ([body["tracking_number"]] if parcel.alive else [])
    events = desk_shop.events(body["order_id"])
    assert events.count("fulfillment_submitted") == 1
    assert ("fulfillment_cancelled" in events) is (body["status"] == "cancelled")


@pytest.mark.parametrize("file", _files("fulfillment_events"))
def test_a_scan_moves_its_parcel(desk_shop: Shop, file: Path) -> None:
    (body,) = _inner(json.loads(file.read_bytes()), "fulfillment_events")
    desk_shop.order(body["order_id"], line_items=[shop.line(fulfillable_quantity=0)])
    made = {"created_at": "2000-01-02T00:00:00Z", "updated_at": "2000-01-02T00:00:00Z", "tracking_number": "A1"}
    desk_shop.tell("fulfillments/create", shop.fulfillment(body["fulfillment_id"], body["order_id"], **made))
    _take(desk_shop, file)
    withdrawn = _topic(file)[1] == "delete"
    found = desk_shop.state(body["order_id"])
    assert found.parcels[0].state == (None if withdrawn else body["status"])
    assert (f"fulfillment_{body['status']}" in desk_shop.events(body["order_id"])) is not withdrawn


@pytest.mark.parametrize("file", _files("order_transactions"))
def test_a_transaction_is_a_payment(desk_shop: Shop, file: Path) -> None:
    body = json.loads(file.read_bytes())
    desk_shop.order(body["order_id"], currency="USD")
    _take(desk_shop, file)
    last = timeline(desk_shop.state(body["order_id"]))[-1]
    assert (last["event"], last["ts"]) == ("payment_authorized", _z(body["created_at"]))
    assert last["details"] == f"{body['amount']} USD · {body['gateway']}"


@pytest.mark.parametrize("file", _files("refunds"))
def test_a_refund_pays_back(desk_shop: Shop, file: Path) -> None:
    (body,) = _inner(json.loads(file.read_bytes()), "refund")
    desk_shop.order(body["order_id"], total_price="100000.00")
    _take(desk_shop, file)
    found, paid = desk_shop.state(body["order_id"]), _paid_back(body)
    assert found.refunded_at == (instant(body["created_at"]) if paid else None)
    assert sum(part.hundredths for _, part in found.refunds) == paid * 100
    successful = [t for t in body["transactions"] if t["kind"] == "refund" and t["status"] == "success"]
    assert desk_shop.events(body["order_id"]).count("payment_refunded") == len(successful)
    assert found.returns == ()


_RETURN_STATES = {
    "requested": "awaiting_label",
    "open": "awaiting_label",
    "declined": "denied",
    "canceled": "cancelled",
    "closed": "completed",
}


@pytest.mark.parametrize("file", _files("returns"))
def test_a_return_is_in_the_state_that_shopify_tells(desk_shop: Shop, file: Path) -> None:
    body = json.loads(file.read_bytes())
    order_id = body.get("order_id") or body.get("order", {}).get("id") or 1
    desk_shop.order(order_id)
    _take(desk_shop, file)
    found = desk_shop.state(order_id).returns
    if "status" not in body:
        assert found == ()
        assert desk_shop.conn.execute(select(parked)).all() == []
        return
    (view,) = found
    assert view.shopify_id == body["id"]
    assert view.requested == (body["status"] == "requested")
    assert view.state.value == ("inspection" if _topic(file)[1] == "reopen" else _RETURN_STATES[body["status"]])


@pytest.mark.parametrize("file", _files("reverse_deliveries"))
def test_a_way_back_generates_the_label(desk_shop: Shop, file: Path) -> None:
    body = json.loads(file.read_bytes())
    desk_shop.order(1)
    _take(desk_shop, file)
    assert desk_shop.state(1).returns == ()
    told = shop.shop_return(body["return"]["id"], 1, status="open")
    desk_shop.tell("returns/approve", told, "2026-03-09T00:00:00Z")
    (view,) = desk_shop.state(1).returns
    assert view.state.value == "label_generated"
    assert view.number == body["shipping_deliverable"]["tracking"]["tracking_number"]


@pytest.mark.parametrize("file", _files("reverse_fulfillment_orders", "app", "bulk_operations", "draft_orders"))
def test_what_names_neither_order_nor_return_changes_no_order(desk_shop: Shop, file: Path) -> None:
    desk_shop.order(450789469)
    before = desk_shop.conn.execute(select(orders)).all()
    _take(desk_shop, file)
    assert desk_shop.conn.execute(select(orders)).all() == before


def _numbers(value: Any) -> Iterator[int]:
    """The ids of every fulfilment order in a body."""
    for name, inner in value.items():
        if name.endswith("fulfillment_order") and inner:
            yield int(str(inner["id"]).rpartition("/")[2])
        elif name == "fulfillment_order_merges":
            yield from _numbers(inner)


@pytest.mark.parametrize("file", _files("fulfillment_orders", "fulfillment_holds"))
def test_fulfilment_orders_hold_and_free_their_order(desk_shop: Shop, file: Path) -> None:
    body = json.loads(file.read_bytes())
    family, verb = _topic(file)
    named = body.get("order_id") or (body.get("fulfillment_order") or {}).get("order_id")
    named = named or (body.get("original_fulfillment_order") or {}).get("order_id") or 1
    desk_shop.order(named)
    for number in _numbers(body):
        old = {"id": number, "order_id": named, "status": "open", "updated_at": "2000-01-01T00:00:00Z"}
        desk_shop.tell("fulfillment_orders/resource", old)
    _take(desk_shop, file)
    main = _inner(body, "fulfillment_order")[0]
    told = main.get("fulfillment_holds") or []
    if family == "fulfillment_holds":
        told = [body["fulfillment_hold"]] if verb == "added" else []
    holds = desk_shop.state(named).holds
    assert sorted((hold.reason, hold.note) for hold in holds) == sorted((h["reason"], h["reason_notes"]) for h in told)
    assert (desk_shop.card(named)["hold"] is not None) is bool(told)
    due = [_z(main["fulfill_by"])] if main.get("fulfill_by") else []
    assert not due or [desk_shop.card(named)["ship_by"]] == due
    assert desk_shop.conn.execute(select(parked)).all() == []


def _by_item(body: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for level in _inner(body, "inventory_level", "inventory_levels"):
        found[level["inventory_item_id"]] = found.get(level["inventory_item_id"], 0) + (level.get("available") or 0)
    return found


@pytest.mark.parametrize("file", _files("inventory_levels"))
def test_levels_add_up_per_sku(desk_shop: Shop, file: Path) -> None:
    wanted = _by_item(json.loads(file.read_bytes()))
    for item_id in wanted:
        item = {"id": item_id, "sku": f"SKU-{item_id}", "updated_at": "2000-01-01T00:00:00Z"}
        desk_shop.tell("inventory_items/update", item)
    _take(desk_shop, file)
    rows = desk_shop.conn.execute(select(stock.c.sku, stock.c.available)).all()
    disconnected = _topic(file)[1] == "disconnect"
    assert {row.sku: row.available for row in rows if row.available is not None} == (
        {} if disconnected else {f"SKU-{item_id}": available for item_id, available in wanted.items()}
    )


@pytest.mark.parametrize("file", _files("inventory_items"))
def test_an_item_is_its_sku(desk_shop: Shop, file: Path) -> None:
    body = json.loads(file.read_bytes())
    level = {"inventory_item_id": body["id"], "location_id": 1, "available": 4, "updated_at": "2000-01-01T00:00:00Z"}
    desk_shop.tell("inventory_levels/update", level)
    _take(desk_shop, file)
    (row,) = desk_shop.conn.execute(select(stock.c.sku, stock.c.available)).all()
    assert tuple(row) == (body["sku"], 4)


@pytest.mark.parametrize("file", _files("disputes"))
def test_a_dispute_is_a_payment_issue_while_it_is_open(desk_shop: Shop, file: Path) -> None:
    told = _inner(json.loads(file.read_bytes()), "dispute", "disputes")
    order_ids = {dispute["order_id"] for dispute in told if dispute["order_id"]}
    for order_id in order_ids:
        desk_shop.order(order_id)
    _take(desk_shop, file)
    for order_id in order_ids:
        mine = [dispute for dispute in told if dispute["order_id"] == order_id]
        is_open = any(dispute["status"] in ("needs_response", "under_review") for dispute in mine)
        row = desk_shop.conn.execute(select(orders.c.static_issue).where(orders.c.id == order_id)).scalar_one()
        assert row == ("payment" if is_open else None)
        assert desk_shop.events(order_id).count("payment_disputed") == len(mine)


def _cards(conn: Connection, files: list[Path]) -> dict[int, bytes]:
    """Every order's card after these files."""
    with conn.begin_nested() as savepoint:
        shop_ = Shop(conn)
        for file in files:
            _take(shop_, file)
        found = {row.id: bytes(row.card) for row in conn.execute(select(orders.c.id, orders.c.card))}
        savepoint.rollback()
    return found


def test_all_of_them_together_end_alike_in_either_order(desk_shop: Shop) -> None:
    files = [param.values[0] for param in _files()]
    assert _cards(desk_shop.conn, files) == _cards(desk_shop.conn, files[::-1])
