"""Data gaps: contract §2, Data gaps."""

from __future__ import annotations

import asyncio

from tests.server.live.test_alerts import told

from orders_sync.alerts import data_gaps
from orders_sync.db import alerts as rows
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_wire.vocabulary import Gap, Severity

TEXT = "No webhook came. Run `orders-tui shopify check`."


def silent_webhooks(tx: Tx) -> bool:
    return data_gaps.open_gap(tx, Gap.WEBHOOKS_SILENT, "", TEXT, Severity.WARNING)


async def test_a_gap_names_itself_and_says_what_to_do_while_it_is_open(db: Database) -> None:
    assert await db.write(silent_webhooks)
    assert await db.write(lambda tx: data_gaps.clear_gap(tx, Gap.WEBHOOKS_SILENT, ""))
    opened, cleared = await told(db)
    assert opened["type"] == cleared["type"] == "data_gap"
    assert opened["gap"] == cleared["gap"] == "webhooks_silent"
    assert (opened["status"], cleared["status"]) == ("open", "cleared")
    assert opened["alert_id"] == cleared["alert_id"]
    assert opened["message"] == TEXT
    assert "message" not in cleared


async def test_a_gap_that_is_open_is_not_opened_again(db: Database) -> None:
    assert [await db.write(silent_webhooks) for _ in range(2)] == [True, False]
    assert len(await told(db)) == 1


async def test_a_gap_that_comes_back_opens_again_under_a_new_id(db: Database) -> None:
    for _ in range(2):
        await db.write(silent_webhooks)
        await db.write(lambda tx: data_gaps.clear_gap(tx, Gap.WEBHOOKS_SILENT, ""))
    ids = [event["alert_id"] for event in await told(db)]
    assert ids[0] == ids[1] != ids[2] == ids[3]


async def test_clearing_what_is_not_open_says_nothing(db: Database) -> None:
    assert not await db.write(lambda tx: data_gaps.clear_gap(tx, Gap.POLLER_LATE, ""))
    assert await told(db) == []


async def test_scopes_of_one_gap_are_apart(db: Database) -> None:
    for order in ("1", "2"):
        await db.write(lambda tx, o=order: data_gaps.open_gap(tx, Gap.ORDER_PARTIAL, o, f"order {o}", Severity.INFO))  # type: ignore[misc]
    await db.write(lambda tx: data_gaps.clear_gap(tx, Gap.ORDER_PARTIAL, "1"))
    still_open = await db.read(lambda conn: rows.open_gaps(conn, db.shop_id))
    assert [row.message for row in still_open] == ["order 2"]


async def test_two_that_find_a_gap_at_once_raise_it_once(database_url: str, db: Database) -> None:
    other = await Database.open(database_url, "desk-test.myshopify.com", db.clock, migrating=False)
    assert sorted(await asyncio.gather(db.write(silent_webhooks), other.write(silent_webhooks))) == [False, True]
    await other.close()
    assert len(await told(db)) == 1
