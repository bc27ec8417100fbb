"""`POST /erp/webhook`: Standard Webhooks, forward only, idempotent by message id (contract §4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from standardwebhooks import Webhook
from tests.server.ingest.endpoints import Answer, Endpoints, endpoints
from tests.support import shop_bodies as shop

from orders_sync.db import dead_letters
from orders_sync.db.engine import Database
from orders_sync.db.tables import parked, returns, stock

SECRET = "whsec_" + "b25lIGtleSBmb3IgdGhlIGVycA=="


@pytest.fixture
async def here(db: Database) -> AsyncIterator[Endpoints]:
    async with endpoints(db, erp_secret=SECRET) as found:
        yield found


async def tell(
    here: Endpoints, message: Any, message_id: str = "m1", *, secret: str = SECRET, age_s: int = 0
) -> Answer:
    body = message if isinstance(message, bytes) else orjson.dumps(message)
    sent = datetime.now(UTC) - timedelta(seconds=age_s)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, sent, body.decode("utf-8", "replace")),
    }
    return await here.post("/erp/webhook", body, headers)


def step(name: str, time: str, return_id: int = 31) -> shop.Body:
    data = {"return_id": shop.gid("Return", return_id)}
    return {"type": f"return.{name}", "timestamp": f"{shop.DAY}T{time}:00Z", "data": data}


async def _states(db: Database) -> list[str]:
    return list(await db.read(lambda conn: conn.execute(select(returns.c.state)).scalars().all()))


async def _returned(here: Endpoints) -> None:
    await here.tell("orders/create", shop.order(1))
    await here.tell("returns/request", {**shop.shop_return(status="requested"), "updated_at": shop.clock("10:00")})


async def test_a_return_goes_where_the_erp_saw_it(here: Endpoints, db: Database) -> None:
    await _returned(here)
    steps = [
        ("in_transit", "in_transit"),
        ("received", "inspection"),
        ("inspected", "awaiting_refund"),
        ("refunded", "completed"),
    ]
    for n, (name, state) in enumerate(steps):
        answer = await tell(here, step(name, f"10:{n + 10}"), f"m{n}")
        assert answer == (200, {"ok": True, "type": f"return.{name}", "id": f"m{n}"})
        assert await _states(db) == [state]


async def test_forward_only_and_once(here: Endpoints, db: Database) -> None:
    await _returned(here)
    await tell(here, step("received", "10:20"), "m1")
    newest = db.version
    await tell(here, step("received", "10:20"), "m1")
    assert db.version == newest
    await tell(here, step("in_transit", "10:10"), "m2")
    assert await _states(db) == ["inspection"]


async def test_what_names_a_return_not_yet_known_waits_for_it(here: Endpoints, db: Database) -> None:
    assert (await tell(here, step("received", "10:20")))[0] == 200
    assert len(await db.read(lambda conn: conn.execute(select(parked)).all())) == 1
    await _returned(here)
    assert await _states(db) == ["inspection"]


async def test_stock_is_expected(here: Endpoints, db: Database) -> None:
    data = {"sku": "SKU-11", "eta": "2026-03-20T00:00:00Z"}
    await tell(here, {"type": "inventory.expected", "timestamp": "2026-03-10T10:00:00Z", "data": data})
    found = await db.read(lambda conn: conn.execute(select(stock.c.sku, stock.c.eta)).one())
    assert tuple(found) == ("SKU-11", shop.at("00:00", "2026-03-20"))


@pytest.mark.parametrize("how", [{"secret": "whsec_b3RoZXI="}, {"age_s": 3600}, {"age_s": -3600}])
async def test_what_is_not_proven_is_refused(here: Endpoints, how: dict[str, Any]) -> None:
    assert (await tell(here, step("received", "10:20"), **how))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [{}, {"webhook-id": "m1"}, {"webhook-id": "m1", "webhook-timestamp": "1", "webhook-signature": "v1"}],
)
async def test_without_proof(here: Endpoints, headers: dict[str, str]) -> None:
    assert await here.post("/erp/webhook", b"{}", headers) == (401, {"detail": "Invalid webhook signature"})


async def test_without_a_secret(db: Database) -> None:
    async with endpoints(db) as here:
        assert (await here.post("/erp/webhook", b"{}", {}))[0] == 503


@pytest.mark.parametrize(
    "message", [b"[]", {"type": "return.received", "data": {}}, {"type": "inventory.expected", "data": {}}]
)
async def test_what_cannot_be_read_is_kept(here: Endpoints, db: Database, message: Any) -> None:
    assert (await tell(here, message))[0] == 200
    (letter,) = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))
    assert letter.source == "erp"


async def test_an_unknown_type_is_recorded(here: Endpoints, db: Database) -> None:
    newest = db.version
    assert (await tell(here, {"type": "invoice.paid"}))[1]["type"] == "invoice.paid"
    assert db.version == newest
