"""`POST /shopify/webhook` to the letter: contract §4."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from tests.server.conftest import NOON, SettableClock
from tests.server.ingest.endpoints import SECRET, Endpoints, endpoints, sign
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.db import dead_letters
from orders_sync.db.engine import Database
from orders_sync.db.tables import alerts, deliveries, order_docs, orders
from orders_sync.desk.page import View
from orders_sync.evidence.changes import Change
from orders_sync.evidence.json_fields import Node, Unreadable
from orders_sync.http.app_keys import SETTINGS
from orders_sync.ingest import dead_letters as letters
from orders_sync.ingest import webhook, webhook_hmac
from orders_sync.ingest.apply import Applied
from orders_sync.ingest.normalise import topics
from orders_sync.ingest.webhook import receive
from orders_sync.ingest.webhook_hmac import genuine
from orders_sync.instants import MINUTE, Ms, to_text
from orders_sync.routes.webhook import clear_secret_gap
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.verify import verify
from orders_wire.vocabulary import DeadLetterState


@pytest.fixture
async def here(db: Database) -> AsyncIterator[Endpoints]:
    async with endpoints(db) as found:
        yield found


async def _versions(db: Database) -> list[int]:
    return list(await db.read(lambda conn: conn.execute(select(orders.c.version)).scalars().all()))


async def _recorded(db: Database) -> list[tuple[str, str]]:
    query = select(deliveries.c.topic, deliveries.c.delivery_id)
    return [(row.topic, row.delivery_id) for row in await db.read(lambda conn: conn.execute(query).all())]


async def _gaps(db: Database) -> list[str]:
    query = select(alerts.c.cause).where(alerts.c.type == "data_gap", alerts.c.state == "open")
    return list(await db.read(lambda conn: conn.execute(query).scalars().all()))


async def test_answered_once_the_effect_is_committed(here: Endpoints, db: Database) -> None:
    headers = {webhook.TOPIC: "orders/create", webhook.EVENT_ID: "e1", webhook.WEBHOOK_ID: "w1"}
    answer = await here.shopify(orjson.dumps(shop.order(1)), headers)
    assert answer == (200, {"ok": True, "topic": "orders/create", "event_id": "e1"})
    assert await _versions(db) == [1]


async def test_without_a_signature(here: Endpoints, db: Database) -> None:
    answer = await here.shopify(b"{}", secret=None)
    assert answer == (401, {"detail": "Missing Shopify HMAC header"})
    assert await _recorded(db) == []


@pytest.mark.parametrize("signature", ["nonsense", "ünïcödé", sign(b"another body")])
async def test_with_a_wrong_signature(here: Endpoints, db: Database, signature: str) -> None:
    answer = await here.post("/shopify/webhook", orjson.dumps(shop.order(1)), {webhook_hmac.SIGNATURE: signature})
    assert answer == (401, {"detail": "Invalid Shopify HMAC signature"})
    assert await _recorded(db) == []


async def test_a_wrong_secret_is_told_in_the_log_once_a_minute(here: Endpoints, clock: SettableClock) -> None:
    with capture_logs() as logged:
        for passed in (0, 1, MINUTE, 1):
            clock.advance(passed)
            await here.shopify(b"{}", secret="other")
    assert [line["refused"] for line in logged if "SHOPIFY_WEBHOOK_SECRET" in line["event"]] == [1, 2]


async def test_the_signature_is_proven_before_anything_is_parsed(here: Endpoints) -> None:
    assert (await here.shopify(b"not json", secret="other"))[0] == 401


async def test_two_secrets_during_a_rotation(db: Database) -> None:
    async with endpoints(db, shopify_webhook_secret="new,old") as here:
        statuses = [(await here.shopify(b"{}", secret=secret))[0] for secret in ("new", "old", "older")]
    assert statuses == [200, 200, 401]


def test_the_signature_is_over_the_raw_bytes() -> None:
    raw = '{"a": "••••  \\/ 1234"}'.encode()
    assert genuine(raw, sign(raw), [SECRET])
    assert not genuine(orjson.dumps(orjson.loads(raw)), sign(raw), [SECRET])


async def test_a_repeated_delivery_answers_200_and_changes_nothing(here: Endpoints, db: Database) -> None:
    first = await here.tell("orders/create", shop.order(1), "w1")
    newest = db.version
    assert await here.tell("orders/create", shop.order(1), "w1") == first
    assert (await _versions(db), db.version) == ([1], newest)


async def test_header_names_are_blind_to_case(here: Endpoints) -> None:
    body = orjson.dumps(shop.order(1))
    answer = await here.post(
        "/shopify/webhook", body, {"x-shopify-hmac-sha256": sign(body), "x-shopify-topic": "orders/create"}
    )
    assert answer[1]["topic"] == "orders/create"


async def test_without_headers_the_body_tells_its_topic(here: Endpoints, db: Database) -> None:
    status, answer = await here.shopify(orjson.dumps({"topic": "orders/create", **shop.order(1)}))
    assert (status, answer["topic"]) == (200, "orders/create")
    assert await _versions(db) == [1]
    assert await _recorded(db) == [("orders/create", answer["event_id"])]


async def test_without_any_word_of_it_the_topic_is_unknown(here: Endpoints, db: Database) -> None:
    assert (await here.shopify(orjson.dumps(shop.order(1))))[1]["topic"] == "unknown"
    assert await _versions(db) == []


async def test_without_an_id_equal_bodies_of_a_topic_are_one_delivery(here: Endpoints, db: Database) -> None:
    first = await here.tell("orders/create", shop.order(1))
    assert await here.tell("orders/create", shop.order(1)) == first
    await here.tell("orders/updated", shop.order(1))
    assert len(await _recorded(db)) == 2


async def test_the_event_id_in_the_answer_is_the_webhooks_where_there_is_none(here: Endpoints) -> None:
    assert (await here.tell("orders/create", shop.order(1), "w7"))[1]["event_id"] == "w7"


def _seen(body: shop.Body, **headers: str) -> int:
    told = receive(orjson.dumps(body), {webhook.TOPIC: "orders/delete", **headers}, NOON, ours=True)
    (change,) = told.delivery.changes
    return int(getattr(change, "stamp").seen)  # noqa: B009


def test_the_time_is_when_it_was_triggered_else_the_bodys_else_the_arrival() -> None:
    body = {"id": 1, "updated_at": clock("09:00")}
    assert _seen(body, **{webhook.TRIGGERED_AT: "2026-03-10T10:00:00.123456Z"}) == at("10:00") + 123
    assert _seen(body, **{webhook.TRIGGERED_AT: "soon"}) == at("09:00")
    assert _seen(body) == at("09:00")
    assert _seen({"id": 1}) == NOON


@pytest.mark.parametrize("time", ["yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", ""])
async def test_a_time_that_cannot_be_is_as_none(here: Endpoints, db: Database, time: str) -> None:
    body = orjson.dumps(shop.shop_return(status="requested"))
    await here.tell("orders/create", shop.order(1))
    status, _ = await here.shopify(body, {webhook.TOPIC: "returns/request", webhook.TRIGGERED_AT: time})
    assert status == 200
    card = await db.read(lambda conn: conn.execute(select(orders.c.card)).scalar_one())
    assert orjson.loads(card)["timeline"][-1]["ts"] == to_text(db.clock())


async def test_an_unknown_topic_is_recorded(here: Endpoints, db: Database) -> None:
    assert (await here.tell("themes/publish", {"id": 1}, "w1"))[0] == 200
    assert await _recorded(db) == [("themes/publish", "w1")]


async def test_another_shops_webhook_is_recorded_and_says_nothing_here(here: Endpoints, db: Database) -> None:
    headers = {webhook.TOPIC: "orders/create", webhook.SHOP: "other.myshopify.com", webhook.WEBHOOK_ID: "w1"}
    for body in (orjson.dumps(shop.order(1)), b"not json"):
        assert (await here.shopify(body, headers))[0] == 200
    assert await _recorded(db) == [("orders/create", "w1")]
    assert await _versions(db) == []
    assert await _gaps(db) == []


UNREADABLE = [
    b"not json",
    b"[]",
    b"\xff\xfe",
    b'{"id": 18446744073709551616, "name": "#1"}',
    b'{"id": "abc"}',
    b'{"name": "#1"}',
    b'{"id": 1, "updated_at": "yesterday"}',
    b'{"id": 1, "line_items": "none"}',
    b'{"id": 1, "total_price": "many"}',
]


@pytest.mark.parametrize("body", UNREADABLE)
async def test_a_signed_body_that_cannot_be_read_is_kept_with_a_gap(here: Endpoints, db: Database, body: bytes) -> None:
    headers = {webhook.TOPIC: "orders/create", webhook.WEBHOOK_ID: "w1"}
    assert (await here.shopify(body, headers))[0] == 200
    (letter,) = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))
    assert (letter.body, letter.topic, letter.state) == (body, "orders/create", DeadLetterState.DEAD)
    assert await _gaps(db) == ["dead_letter webhook"]


@pytest.mark.parametrize(("units", "taken"), [(2**31 - 1, [1, 1]), (2**31, []), (2**63 - 1, [])])
async def test_no_quantity_is_too_large_for_what_is_summed_of_it(
    here: Endpoints, db: Database, units: int, taken: list[int]
) -> None:
    counts = dict.fromkeys(("quantity", "current_quantity", "fulfillable_quantity"), units)
    lines = [shop.line(n, sku="TEA", **counts) for n in (11, 12)]
    for order_id in (1, 2):
        await here.tell("orders/paid", shop.order(order_id, financial_status="paid", line_items=lines))
    level = {"inventory_item_id": 5, "available": -units, "updated_at": clock("09:00")}
    await here.tell("inventory_items/update", {"id": 5, "sku": "TEA", "updated_at": clock("09:00")})
    for place in (1, 2):
        assert (await here.tell("inventory_levels/update", level | {"location_id": place}))[0] == 200
    assert await _versions(db) == taken
    assert await db.read(lambda conn: verify(conn, View(db.shop_id, db.clock(), Thresholds()))) == []


async def test_a_repeated_dead_letter_is_kept_once(here: Endpoints, db: Database) -> None:
    for _ in range(2):
        await here.shopify(b"not json", {webhook.TOPIC: "orders/create", webhook.WEBHOOK_ID: "w1"})
    assert len(await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))) == 1


async def test_discarding_the_last_dead_letter_ends_the_gap(here: Endpoints, db: Database) -> None:
    for name in ("w1", "w2"):
        await here.shopify(b"not json", {webhook.TOPIC: "orders/create", webhook.WEBHOOK_ID: name})
    found = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))
    assert await db.write(lambda tx: letters.discard(tx, found[0].id))
    assert await _gaps(db) == ["dead_letter webhook"]
    assert await db.write(lambda tx: letters.discard(tx, found[1].id))
    assert not await db.write(lambda tx: letters.discard(tx, found[1].id))
    assert await _gaps(db) == []
    assert await db.read(lambda conn: dead_letters.counts(conn, db.shop_id)) == {"discarded": 2}


def _unreadable(_verb: str, _body: Node, _seen: Ms) -> tuple[Change, ...]:
    raise Unreadable("not today")


async def test_a_dead_letter_can_be_read_again(here: Endpoints, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as worse_days:
        worse_days.setitem(topics.READERS, "orders", _unreadable)
        await here.tell("orders/create", shop.order(1), "w1")
        (letter,) = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))
        assert await db.write(lambda tx: letters.retry(tx, letter.id, Thresholds())) == "not today"
    applied = await db.write(lambda tx: letters.retry(tx, letter.id, Thresholds()))
    assert applied == Applied(order_ids=frozenset({1}), changed=frozenset({1}))
    assert await _versions(db) == [1]
    assert await db.write(lambda tx: letters.retry(tx, letter.id, Thresholds())) is None
    assert await _gaps(db) == []


async def test_without_a_secret_webhooks_are_refused_with_a_gap_until_there_is_one(db: Database) -> None:
    async with endpoints(db, shopify_webhook_secret="") as here:
        status, answer = await here.shopify(orjson.dumps(shop.order(1)))
        assert (status, list(answer)) == (503, ["detail"])
        assert await _gaps(db) == ["no_webhook_secret"]
        await clear_secret_gap(here.client.app)
        assert await _gaps(db) == ["no_webhook_secret"]
    async with endpoints(db) as here:
        assert here.client.app[SETTINGS].webhook_secrets
        await clear_secret_gap(here.client.app)
        assert await _gaps(db) == []


async def test_without_a_secret_any_number_of_strangers_write_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, write = [], db.write

    async def counted(job: Any, orders: Any = None) -> Any:
        written.append(job)
        return await write(job, orders)

    monkeypatch.setattr(db, "write", counted)
    async with endpoints(db, shopify_webhook_secret="") as here:
        for signed in (True, False) * 10:
            status, _ = await here.shopify(b"{}", secret="a guess" if signed else None)
            assert status == 503
    assert len(written) == 1
    assert await _gaps(db) == ["no_webhook_secret"]


async def _triggered(here: Endpoints, topic: str, time: str) -> None:
    headers = {webhook.TOPIC: topic, webhook.TRIGGERED_AT: f"2026-03-03T{time}Z"}
    await here.shopify(orjson.dumps({"id": 1}), headers)


async def test_without_an_admin_token_a_later_webhook_tells_that_the_app_is_back(here: Endpoints, db: Database) -> None:
    await _triggered(here, "app/uninstalled", "10:00:00")
    await _triggered(here, "shop/update", "09:59:59")
    await _triggered(here, "customers/data_request", "10:00:01")
    assert await _gaps(db) == ["app_uninstalled"]
    await _triggered(here, "shop/update", "10:00:01")
    assert await _gaps(db) == []


async def test_with_an_admin_token_only_the_poller_knows(db: Database) -> None:
    async with endpoints(db, shopify_admin_token="shpat_1") as here:
        await _triggered(here, "app/uninstalled", "10:00:00")
        await _triggered(here, "shop/update", "10:00:01")
    assert await _gaps(db) == ["app_uninstalled"]


async def test_hostile_text_is_stored_by_both_databases(here: Endpoints, db: Database) -> None:
    order = shop.order(
        1, name="#1\x00", tags="a\x00b", customer={"id": 7, "first_name": "x" * 5000, "last_name": "\u202e"}
    )
    raw = orjson.dumps(order).replace(b"SKU-11", b"\\ud800" * 600)
    assert (await here.shopify(raw, {webhook.TOPIC: "orders/create"}))[0] == 200
    assert await _versions(db) == [1]
    assert await db.read(lambda conn: conn.execute(select(order_docs.c.order_id)).scalars().all()) == [1]
