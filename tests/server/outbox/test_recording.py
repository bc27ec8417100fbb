"""Outcomes that are recorded at once come to what they would one after the other, on both databases, in as many statements as
one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from tests.server.conftest import NOON
from tests.server.ingest.conftest import in_postgres, in_sqlite
from tests.server.ingest.rows import desk as on_a_desk
from tests.server.ingest.rows import rows
from tests.support.acting import Desk
from tests.support.desk_orders import PLACED, order, parcel, returned, stamp, tell
from tests.support.performing import act
from tests.support.relaying import Ledger, relay_to
from tests.support.statements import statements

from orders_sync.backoff import MAX_TRIES
from orders_sync.db import counters, outbox_claims
from orders_sync.db.events import after
from orders_sync.db.outbox_claims import Share
from orders_sync.db.tables import alerts, audit, events, outbox
from orders_sync.db.tables import orders as order_rows
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import OrderChange, ReturnMoved
from orders_sync.instants import HOUR, SECOND, Ms, to_text
from orders_sync.outbox.kinds import Target
from orders_sync.outbox.outcome import Begun, Later, Outcome, Refused, Sent, Undecided, Unknown
from orders_sync.relay import confirmation
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import record
from orders_sync.relay.relay import LEASE_MS, SHARE
from orders_sync.rules.thresholds import Thresholds
from orders_wire.actions import GivenAddress
from orders_wire.detail import FieldError
from orders_wire.vocabulary import ActionName

__all__ = ["in_postgres", "in_sqlite"]

ORDERS = range(1, 6)
SOON = to_text(NOON + SECOND)


def _wishes(dice: Random, of: str) -> list[tuple[ActionName, dict[str, Any]]]:
    one, many = {"orderId": of}, {"orderIds": [of]}
    there = GivenAddress(address1="1 New Road", city="Berlin", country_code="DE").model_dump()
    until = dice.choice([None, SOON, to_text(NOON + HOUR)])
    return [
        (ActionName.ASSIGN, {**many, "assignee": dice.choice(["maya", "bo"])}),
        (ActionName.FULFILL, {**many, "tracking": dice.choice([None, {"number": "1Z"}])}),
        (ActionName.SUPPORT, {**one, "note": "soon"}),
        (ActionName.HOLD, {**many, "reason": "address", "until": until, "then": "release"}),
        (ActionName.RELEASE, many),
        (ActionName.TAGS, {**many, "add": ["vip"]}),
        (ActionName.ADDRESS, {**one, "shippingAddress": there, "release": True}),
        (ActionName.INVENTORY, {**many, "sku": "TEE-M"}),
        (ActionName.RETURNS, {**one, "action": "approve_refund"}),
        (ActionName.TRACKING, {"items": [{**one, "number": "A1"}]}),
        (ActionName.CANCEL, {**one, "reason": "customer", "refund": "original", "restock": True}),
    ]


def _outcome(dice: Random, order_id: int, now: Ms) -> Outcome:
    told: list[OrderChange] = [
        order(order_id, tags=("vip",), at=now),
        order(order_id, cancelled_at=now, at=now),
        parcel(order_id, 70 + order_id, at=now),
    ]
    sent = Sent(
        note=dice.choice([None, None, "taken, but late"]),
        made=dice.choice([(), (), (70 + order_id,), (70 + order_id, 90 + order_id)]),
        changes=dice.choice([(), (), tuple(dice.sample(told, dice.randint(1, 2)))]),
    )
    field = FieldError(field="zip", message="no")
    refused, later = Refused("no", dice.choice([(), (field,)])), Later("busy", dice.choice([None, 60_000]))
    others: list[Outcome] = [
        Unknown("no answer"),
        Begun("at it", 5_000, {"asked": {"job": "j"}}),
        Undecided("who knows"),
    ]
    drawn: list[Outcome] = [*[sent] * 4, refused, refused, later, later, *others]
    return dice.choice(drawn)


def _desk(tx: Tx, dice: Random) -> list[Delivered]:
    """Orders with what was done on them, and what became of what left; some leases were lost meanwhile."""
    for n in ORDERS:
        inspected = ReturnMoved(80 + n, n, "inspected", stamp(PLACED + 1))
        told: list[OrderChange] = [order(n)]
        told += [returned(n, 80 + n), inspected] if dice.random() < 0.5 else []
        told += [parcel(n, 60 + n)] if dice.random() < 0.5 else []
        tell(tx, *told)
        for k, (name, body) in enumerate(dice.sample(_wishes(dice, str(n)), dice.randint(1, 4))):
            act(tx, name, body, f"a{n}{k}")
    tries = dice.choice([0, 1, MAX_TRIES - 1])
    tx.conn.execute(outbox.update().values(attempts=tries))
    delivered = []
    for owner in ("r1", "r2"):
        for row in confirmation.informed(tx, outbox_claims.claim(tx, owner, list(Target), LEASE_MS, SHARE)):
            lost = dice.random() < 0.1
            outcome = _outcome(dice, row.order_id, tx.now)
            delivered.append(Delivered("another" if lost else owner, row, outcome, dice.random()))
    dice.shuffle(delivered)
    return delivered


def _found(conn: Connection) -> Any:
    """All that is stored, but for the numbers of rows that were added."""
    left = [c for c in outbox.c if c is not outbox.c.id]
    written = [c for c in audit.c if c is not audit.c.id]
    told = select(events.c.body).where(events.c.type != "refresh")
    return (
        rows(conn),
        sorted(map(tuple, conn.execute(select(order_rows.c.id, order_rows.c.version)))),
        *(sorted(map(repr, conn.execute(select(*columns)))) for columns in (left, written)),
        sorted(map(repr, conn.execute(select(*(c for c in alerts.c if c is not alerts.c.opened_row))))),
        sorted(conn.scalars(told)),
    )


def _recorded(conn: Connection, parts: Sequence[Sequence[Delivered]], now: Ms) -> Any:
    """What is stored, and which orders clients hear of, once these are recorded, part after part; it is taken back again."""
    touched: set[int] = set()
    with conn.begin_nested() as savepoint:
        for part in parts:
            tx = Tx(conn, 1, now)
            record(tx, part, Thresholds())
            counters.apply(conn, 1, tx.counted)
            touched |= tx.touched
        found = _found(conn)
        savepoint.rollback()
    return found, touched


def _is_as_one_by_one(conn: Connection, seed: int) -> None:
    dice = Random(seed)
    with conn.begin() as transaction:
        tx = Tx(conn, 1, NOON)
        delivered = _desk(tx, dice)
        counters.apply(conn, 1, tx.counted)
        now = Ms(NOON + dice.choice([0, 1500, 2 * HOUR]))
        one_by_one = _recorded(conn, [[each] for each in delivered], now)
        assert _recorded(conn, [delivered], now) == one_by_one
        transaction.rollback()


_each = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@settings(_each, max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_at_once_is_as_one_by_one(in_sqlite: Connection, seed: int) -> None:
    _is_as_one_by_one(in_sqlite, seed)


@settings(_each, max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_on_postgresql_too(in_postgres: Connection, seed: int) -> None:
    _is_as_one_by_one(in_postgres, seed)


GONE: dict[str, Any] = {"cancelled_at": NOON, "at": NOON}
HELD = {"reason": "address", "until": SOON, "then": "release"}
CANCELLED = {"reason": "customer", "refund": "original", "restock": True}
THERE = {"address1": "1 New Road", "city": "Berlin", "country_code": "DE"}
OUTCOMES: Mapping[str, tuple[ActionName, dict[str, Any], Callable[[int], Outcome]]] = {
    "a metafield": (ActionName.ASSIGN, {"assignee": "maya"}, lambda _: Sent()),
    "a fulfilment": (ActionName.FULFILL, {}, lambda of: Sent("late", (70 + of,), (parcel(of, 70 + of, at=NOON),))),
    "a refusal": (ActionName.FULFILL, {}, lambda _: Refused("no")),
    "a hold that dies": (ActionName.HOLD, {**HELD, "until": None}, lambda _: Refused("no")),
    "a hold that ends": (ActionName.HOLD, HELD, lambda of: Sent(changes=(order(of, note="x", at=NOON),))),
    "a cancellation": (ActionName.CANCEL, CANCELLED, lambda of: Sent(changes=(order(of, **GONE),))),
    "one that waits": (ActionName.CANCEL, CANCELLED, lambda _: Later("busy")),
    "one that goes on": (ActionName.CANCEL, CANCELLED, lambda _: Begun("at it", 5_000, {"asked": {}})),
    "one that nobody knows of": (ActionName.CANCEL, CANCELLED, lambda _: Undecided("who knows")),
    "an address that ends a hold": (
        ActionName.ADDRESS,
        {"shippingAddress": THERE, "release": True},
        lambda of: Sent(changes=(order(of, at=NOON),)),
    ),
}


def _statements(conn: Connection, count: int, kind: str) -> int:
    """Those that outcomes of one kind take, of so many orders; all are recorded at once."""
    name, body, outcome = OUTCOMES[kind]
    with conn.begin() as transaction:
        tx = Tx(conn, 1, NOON)
        tell(tx, *(order(n) for n in range(1, count + 1)))
        for n in range(1, count + 1):
            of = {"orderIds": [str(n)], "orderId": str(n)}
            if name is ActionName.ADDRESS:
                act(tx, ActionName.HOLD, {**of, **HELD, "until": None, "delaySeconds": 60}, f"h{n}")
                tx.conn.execute(outbox.update().where(outbox.c.kind == "hold").values(state="done"))
            assert act(tx, name, {**of, **body}, f"a{n}").status == 200
        claimed = outbox_claims.claim(tx, "r", list(Target), LEASE_MS, Share(SHARE.kinds, SHARE.together, 99, 99))
        assert len(claimed) == count
        with statements(conn) as said:
            then = Tx(conn, 1, Ms(NOON + HOUR))
            record(then, [Delivered("r", row, outcome(row.order_id), 0.0) for row in claimed], Thresholds())
        transaction.rollback()
    return len(said)


def test_outcomes_of_many_orders_take_as_many_statements_as_of_two(database_url: str) -> None:
    with on_a_desk(database_url) as conn:
        few, many = ({kind: _statements(conn, count, kind) for kind in OUTCOMES} for count in (2, 20))
    assert many == few


async def test_what_waits_together_is_committed_together_and_told_once(desk: Desk) -> None:
    ids = [str(n) for n in range(1, 21)]
    await desk.tell(*(order(int(n)) for n in ids))
    await desk.act("assign", {"orderIds": ids, "assignee": "maya", "delaySeconds": 0})
    before = desk.db.version
    assert await relay_to(desk.db, Ledger()).send_due() == 20
    told = await desk.db.read(lambda conn: after(conn, desk.db.shop_id, before, 50).events)
    assert [len(orjson.loads(each.body)["order_ids"]) for each in told] == [20]
