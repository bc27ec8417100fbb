"""Alerts follow their causes: contract §2, Alerts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest
from tests.server.live.raising import held, overdue, raising

from orders_sync.alerts import alerts
from orders_sync.alerts.alerts import OrderCauses
from orders_sync.db import alerts as rows
from orders_sync.db import events
from orders_sync.db.engine import Database
from orders_wire.vocabulary import AlertType


async def told(db: Database, after: int = 0) -> list[dict[str, Any]]:
    """The events after a number, as JSON."""
    batch = await db.read(lambda conn: events.after(conn, db.shop_id, after, 100))
    return [orjson.loads(event.body) for event in batch.events]


async def statuses(db: Database, after: int = 0) -> list[tuple[str, str]]:
    return [(event["type"], event["status"]) for event in await told(db, after)]


async def test_an_alert_is_raised_once_however_often_its_cause_is_found(db: Database) -> None:
    for _ in range(3):
        assert await db.write(raising(1, overdue(1))) == {AlertType.ORDER_OVERDUE}
    assert await statuses(db) == [("order_overdue", "open")]


async def test_every_cause_has_its_own_alert(db: Database) -> None:
    types = await db.write(raising(1, overdue(1), overdue(1, due=2), held(1)))
    assert types == {AlertType.ORDER_OVERDUE, AlertType.INVENTORY_HOLD}
    ids = [event["alert_id"] for event in await told(db)]
    assert len(set(ids)) == 3


async def test_the_same_cause_of_two_orders_is_two_alerts(db: Database) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(2, overdue(2)))
    assert [event["order_number"] for event in await told(db)] == ["#1", "#2"]


async def test_an_alert_is_cleared_when_its_cause_ends_and_the_others_stay(db: Database) -> None:
    await db.write(raising(1, overdue(1), held(1)))
    assert await db.write(raising(1, held(1))) == {AlertType.INVENTORY_HOLD}
    assert await statuses(db, after=2) == [("order_overdue", "cleared")]


async def test_an_ended_cause_never_opens_again(db: Database) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(1))
    assert await db.write(raising(1, overdue(1))) == frozenset()
    assert len(await told(db)) == 2


async def test_a_new_cause_of_the_same_type_opens(db: Database) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(1))
    assert await db.write(raising(1, overdue(1, due=2))) == {AlertType.ORDER_OVERDUE}


async def test_undo_brings_back_what_it_names_and_nothing_else_under_a_new_id(db: Database) -> None:
    await db.write(raising(1, overdue(1), held(1)))
    await db.write(raising(1))
    causes = [overdue(1), held(1)]
    types = await db.write(raising(1, *causes, reopen=[held(1)]))
    assert types == {AlertType.INVENTORY_HOLD}
    everything = await told(db)
    assert [(event["type"], event["status"]) for event in everything[4:]] == [("inventory_hold", "open")]
    assert everything[4]["alert_id"] not in {event["alert_id"] for event in everything[:4]}
    await db.write(raising(1))
    assert (await told(db))[5]["alert_id"] == everything[4]["alert_id"]


async def test_undo_of_what_is_open_changes_nothing(db: Database) -> None:
    await db.write(raising(1, held(1)))
    await db.write(raising(1, held(1), reopen=[held(1)]))
    assert len(await told(db)) == 1


async def test_what_comes_and_goes_in_one_transaction_is_told_in_that_order(db: Database) -> None:
    await asyncio.gather(db.write(raising(1, overdue(1))), db.write(raising(1)))
    assert await statuses(db) == [("order_overdue", "open"), ("order_overdue", "cleared")]


async def test_a_deleted_orders_alerts_are_cleared(db: Database) -> None:
    await db.write(raising(1, overdue(1), held(1)))
    assert await db.write(lambda tx: alerts.reconcile(tx, [OrderCauses(1, None, [])])[1]) == frozenset()
    assert len(await told(db, after=2)) == 2


async def test_several_orders_at_once_end_as_one_by_one(db: Database) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(2, held(2)))
    batch = [OrderCauses(1, "#1", [held(1)]), OrderCauses(2, "#2", [held(2)]), OrderCauses(3, "#3", [])]
    types = await db.write(lambda tx: alerts.reconcile(tx, batch))
    assert types == {1: {AlertType.INVENTORY_HOLD}, 2: {AlertType.INVENTORY_HOLD}, 3: frozenset()}
    assert await statuses(db, after=2) == [("order_overdue", "cleared"), ("inventory_hold", "open")]


async def test_no_two_open_alerts_of_an_order_read_alike(db: Database) -> None:
    alike = [replace(held(1, hold), message="#1 is held") for hold in (1, 2, 3)]
    await db.write(raising(1, *alike[:2]))
    await db.write(raising(1, alike[1]))
    await db.write(raising(1, *alike[1:]))
    messages = [event["message"] for event in await told(db) if event["status"] == "open"]
    assert messages == ["#1 is held", "#1 is held (2)", "#1 is held"]


async def test_the_kept_text_of_an_open_alert_is_the_one_it_was_raised_with(db: Database) -> None:
    await db.write(raising(1, held(1)))
    known = await db.read(lambda conn: rows.of_orders(conn, db.shop_id, [1]))
    assert [row.message for row in known] == [event["message"] for event in await told(db)]


@pytest.mark.parametrize("silent", [True, False])
async def test_alerts_of_the_first_back_fill_are_in_the_snapshot_but_not_told(db: Database, silent: bool) -> None:
    await db.write(raising(1, overdue(1), silent=silent))
    assert (await told(db) == []) is silent
    newest, snapshot = await db.read(lambda conn: rows.most_severe(conn, db.shop_id, 50))
    assert (newest, [event.n for event in snapshot]) == (1, [1])
