"""How far the desk has come, as every page says it: contract §1, `desk.state`."""

from __future__ import annotations

import pytest

from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tx import Reading
from orders_sync.desk.state import ShopConnection, read
from orders_sync.instants import Ms
from orders_sync.poller.progress import NAME, Backfill, PollerState

RUNNING = Backfill(began_at=Ms(1), done=3120, total=6000)
ENDED = Backfill(began_at=Ms(1), done=6000, total=6000, ended_at=Ms(2))
POLLS = ShopConnection(webhooks=False, polls=True)


async def told(db: Database, connected: ShopConnection, poller: PollerState | None = None) -> dict[str, object]:
    if poller is not None:
        body = poller.model_dump_json()
        await db.write(lambda tx: leases.store(tx, NAME, 1, body))

    def ask(conn: Reading) -> dict[str, object]:
        return read(conn, db.shop_id, connected).as_json()

    return await db.read(ask)


@pytest.mark.parametrize("webhooks", [False, True])
async def test_without_an_admin_token_it_is_live_by_webhooks_or_has_no_shop(db: Database, webhooks: bool) -> None:
    state = "live" if webhooks else "no_shop"
    assert await told(db, ShopConnection(webhooks, polls=False)) == {"state": state, "backfill": None}


async def test_before_the_first_page_nothing_is_counted(db: Database) -> None:
    assert await told(db, POLLS) == {"state": "backfill", "backfill": {"done": 0, "total": 0}}


async def test_while_it_is_read_done_and_total_are_told(db: Database) -> None:
    known = await told(db, POLLS, PollerState(backfill=RUNNING))
    assert known == {"state": "backfill", "backfill": {"done": 3120, "total": 6000}}


async def test_after_its_end_it_is_live(db: Database) -> None:
    assert await told(db, POLLS, PollerState(backfill=ENDED)) == {"state": "live", "backfill": None}
