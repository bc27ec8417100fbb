"""An action on many orders, and taking it back, are as many statements as on two: on both databases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection
from tests.server.conftest import NOON
from tests.server.ingest.rows import desk
from tests.support.desk_orders import line, order, parcel, tell
from tests.support.performing import act
from tests.support.statements import found_in_sqlite, statements

from orders_sync.db.outbox_claims import SUPERSEDED
from orders_sync.db.tables import outbox
from orders_sync.db.tx import Tx
from orders_sync.instants import HOUR, Ms
from orders_wire.vocabulary import ActionName

SENT = line(owed=0)
WISHES: Mapping[str, tuple[ActionName, dict[str, Any]]] = {
    "assign": (ActionName.ASSIGN, {"assignee": "maya"}),
    "fulfill": (ActionName.FULFILL, {}),
    "hold": (ActionName.HOLD, {"reason": "customer", "note": "calls"}),
    "release": (ActionName.RELEASE, {}),
    "tags": (ActionName.TAGS, {"add": ["vip"]}),
    "inventory": (ActionName.INVENTORY, {"sku": "TEE-M"}),
    "tracking": (ActionName.TRACKING, {}),
    "a number for what waits": (ActionName.TRACKING, {}),
}


def _before(tx: Tx, kind: str, ids: list[str]) -> None:
    """Orders on which the action has something to do, and something to withdraw or to alter where it may."""
    sent = kind == "tracking"
    tell(tx, *(order(int(of), None, SENT if sent else line()) for of in ids))
    if sent:
        tell(tx, *(parcel(int(of), 70 + int(of)) for of in ids))
    earlier = {"release": "hold", "a number for what waits": "fulfill", "assign": "assign"}.get(kind)
    if earlier is not None:
        name, body = WISHES[earlier]
        act(tx, name, {**body, "assignee": "bo", "orderIds": ids, "delaySeconds": 60}, "earlier")
    if kind == "assign":
        tx.conn.execute(outbox.update().values(state="discarded", last_error=SUPERSEDED))


def _statements(conn: Connection, count: int, kind: str, *, overtaken: bool) -> tuple[int, int]:
    """Those of doing it, and of taking it back; of `overtaken` one order was changed since."""
    name, body = WISHES[kind]
    ids = [str(n) for n in range(1, count + 1)]
    with conn.begin() as transaction:
        _before(Tx(conn, 1, NOON), kind, ids)
        tx = Tx(conn, 1, Ms(NOON + HOUR))
        named = {"orderIds": ids, "items": [{"orderId": of, "number": f"1Z{of}"} for of in ids]}
        with statements(conn) as done:
            assert act(tx, name, {**named, **body, "delaySeconds": 60}, "a").status == 200
        if overtaken:
            act(tx, name, {**named, **body, "assignee": "lee", "orderIds": ids[:1]}, "since")
        with statements(conn) as undone:
            answer = act(tx, ActionName.UNDO, {"actionId": "a"}, "u")
        assert len(orjson.loads(answer.body)["updatedOrders"]) == count - overtaken
        transaction.rollback()
    return len(done), len(undone)


@pytest.mark.parametrize("overtaken", [False, True], ids=["whole", "in part"])
def test_many_orders_take_as_many_statements_as_two(database_url: str, *, overtaken: bool) -> None:
    kinds = ["assign"] if overtaken else list(WISHES)
    with desk(database_url) as conn:
        few, many = ({kind: _statements(conn, count, kind, overtaken=overtaken) for kind in kinds} for count in (2, 20))
    assert many == few


@pytest.mark.parametrize("kind", ["assign", "release", "a number for what waits"])
def test_nothing_walks_through_all_that_was_ever_sent(sqlite_url: str, kind: str) -> None:
    name, body = WISHES[kind]
    with desk(sqlite_url) as conn, conn.begin():
        tx = Tx(conn, 1, NOON)
        _before(tx, kind, ["1", "2"])
        named = {"orderIds": ["1", "2"], "items": [{"orderId": of, "number": f"1Z{of}"} for of in "12"]}
        with found_in_sqlite(conn) as plans:
            act(tx, name, {**named, **body}, "a")
            act(tx, ActionName.UNDO, {"actionId": "a"}, "u")
    walks = [
        line for line in plans if re.search(r"(SCAN|SEARCH) (outbox|older)( USING INDEX \w+ \(shop_id=\?\))?$", line)
    ]
    assert any("outbox" in line for line in plans)
    assert not walks
