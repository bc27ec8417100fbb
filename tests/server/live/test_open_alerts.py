"""`GET /sync/alerts`: every alert that stands, in pages (contract §3a)."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, update
from tests.server.conftest import SettableClock
from tests.server.live.raising import held, overdue, raising
from tests.server.live.serving import Server
from tests.support.projections import projection

from orders_sync.alerts import data_gaps
from orders_sync.db import open_alerts
from orders_sync.db import orders as stored
from orders_sync.db.engine import Database
from orders_sync.db.open_alerts import AlertKey, Wanted
from orders_sync.db.orders import Saved
from orders_sync.db.tables import orders
from orders_sync.db.tx import Tx
from orders_sync.desk.parameter import BadParameter
from orders_sync.instants import Ms
from orders_sync.live import open_alerts as read
from orders_sync.rules.projection import Cause
from orders_wire.alerts import OpenAlerts
from orders_wire.vocabulary import AlertType, EventType, Gap, OpenClosed, Severity


async def answered(server: Server, query: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=False) as client:
        return await client.get(f"http://127.0.0.1:{server.port}/sync/alerts?{query}")


async def asked(server: Server, query: str = "") -> OpenAlerts:
    return OpenAlerts.model_validate_json((await answered(server, query)).content)


async def numbers(server: Server, query: str = "") -> list[str | None]:
    """What all pages show, in order."""
    found: list[str | None] = []
    following = ""
    while True:
        answer = await asked(server, f"{query}&pageSize=7&cursor={following}" if following else f"{query}&pageSize=7")
        found += [alert.order_number for alert in answer.alerts]
        if answer.next is None:
            return found
        following = answer.next


async def test_every_open_alert_comes_once_most_severe_and_newest_first(
    db: Database, server: Server, clock: SettableClock
) -> None:
    await db.write(raising(1, held(1)))
    for order_id in range(2, 62):
        clock.advance(1 if order_id % 3 else 0)
        severity = Severity.INFO if order_id < 10 else Severity.WARNING
        await db.write(raising(order_id, overdue(order_id, severity=severity)))
    await db.write(raising(5))
    await db.write(lambda tx: data_gaps.open_gap(tx, Gap.POLLER_LATE, "", "late", Severity.WARNING))
    shown = await numbers(server)
    assert len(shown) == len(set(shown)) == 60
    assert (shown[0], set(shown[-7:])) == ("#1", {f"#{n}" for n in range(2, 10) if n != 5})
    assert await numbers(server, "type=inventory_hold") == ["#1"]
    assert set(await numbers(server, "severity=info")) == set(shown[-7:])


async def test_of_one_moment_the_last_that_was_raised_is_first(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1), overdue(1, 2)))
    await db.write(raising(2, overdue(2)))
    found = [alert.message for alert in (await asked(server)).alerts]
    assert found == ["#2 is overdue since 1", "#1 is overdue since 2", "#1 is overdue since 1"]


OWNERS = (None, "ana", "bo", "Ana", "a\x00b")


@pytest.mark.parametrize("few", [0, 2, open_alerts.FEW])
async def test_the_alerts_of_an_owner_are_those_of_the_owner_s_orders(
    db: Database, server: Server, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are found from the orders or out of all alerts. Who has no alert has none, whatever the orders."""
    monkeypatch.setattr(open_alerts, "FEW", few)
    owned = [projection(n, assigned_to=OWNERS[n % len(OWNERS)]) for n in range(1, 31)]
    await db.write(lambda tx: stored.save(tx, [Saved(order, 1) for order in owned]))
    for n in range(1, 28):
        severity = Severity.INFO if n % 4 else Severity.WARNING
        await db.write(settled(n, overdue(n, severity=severity)))
    await db.write(settled(3))
    await db.write(settled(1, held(1)))
    standing = [n for n in range(27, 0, -1) if n != 3]
    ranks = {n: (0 if n == 1 else 2 if n % 4 else 1) for n in standing}
    for owner in OWNERS:
        expected = [f"#{n}" for n in standing if OWNERS[n % len(OWNERS)] == owner]
        expected.sort(key=lambda number: ranks[int(number[1:])])
        asking = f"assigned_to={quote(owner or 'unassigned')}"
        assert await numbers(server, asking) == expected
        critical = [number for number in expected if number == "#1"]
        assert await numbers(server, f"{asking}&severity=critical&type=inventory_hold") == critical
    assert await numbers(server, "assigned_to=cy") == []


def settled(order_id: int, *causes: Cause) -> Callable[[Tx], None]:
    """As `raising`, with the open types in the order's row."""

    def job(tx: Tx) -> None:
        types = ",".join(sorted(raising(order_id, *causes)(tx)))
        tx.conn.execute(update(orders).where(orders.c.id == order_id).values(alert_types=types))

    return job


@pytest.mark.parametrize("seed", range(2))
async def test_what_stands_meanwhile_comes_once_while_others_open_and_close(
    db: Database, server: Server, clock: SettableClock, seed: int
) -> None:
    dice = Random(seed)
    standing = set(range(1, 25))
    for n in dice.sample(sorted(standing), len(standing)):
        clock.advance(dice.choice([0, 1]))
        await db.write(raising(n, overdue(n, severity=dice.choice(list(Severity)))))
    gone: set[int] = set()
    seen: list[str | None] = []
    following: str | None = ""
    while following is not None:
        answer = await asked(server, f"pageSize=4{following and f'&cursor={following}'}")
        seen += [alert.order_number for alert in answer.alerts]
        following = answer.next
        closing = dice.choice(sorted(standing - gone))
        gone.add(closing)
        clock.advance(1)
        await db.write(raising(closing))
        await db.write(raising(100 + len(seen), overdue(100 + len(seen), severity=dice.choice(list(Severity)))))
    assert len(seen) == len(set(seen))
    assert {f"#{n}" for n in standing - gone} <= set(seen)


@given(st.one_of(st.text(max_size=60), st.from_regex(read.CURSOR), st.from_regex(r"[0-9.]{0,60}")))
@example("0.1.1\n")
@example("٠.1.1")
@example("0.999999999999999.999999999999999999")
@settings(max_examples=150, deadline=None)
def test_a_cursor_is_one_of_ours_or_refused_by_name(text: str) -> None:
    if not re.fullmatch(read.CURSOR, text):
        with pytest.raises(BadParameter, match=r"^cursor: .{,300}$"):
            read.read([("cursor", text)])
        return
    found = read.read([("cursor", text)]).after
    assert found is not None
    assert (found.severity in range(3), max(found) < 2**63) == (True, True)
    assert tuple(map(int, text.split("."))) == found


async def test_a_cursor_past_all_that_stands_shows_the_end(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    answer = await asked(server, "cursor=2.0.0")
    assert (answer.alerts, answer.next) == ([], None)
    assert len((await asked(server, "cursor=0.999999999999999.999999999999999999")).alerts) == 1


async def test_no_page_reads_a_table_whole(db: Database) -> None:
    await db.write(raising(1, overdue(1), held(1)))
    said: list[tuple[str, Any]] = []

    def plans(conn: Connection) -> list[str]:
        sqlite = conn.dialect.name == "sqlite"
        event.listen(conn, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
        for wanted in (Wanted(), Wanted(AlertType.HOLD_DUE), Wanted(assigned_to="bo"), Wanted(severity=Severity.INFO)):
            open_alerts.page(conn, 1, wanted, 3, AlertKey(1, Ms(5), 5))
        asked = [each for each in said if " alerts" in each[0] or " orders" in each[0]]
        if not sqlite:
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        return [str(row[-1]) for sql, values in asked for row in conn.exec_driver_sql(explain + sql, values)]

    found = await db.read(plans)
    assert any("alerts_open_by_type" in line for line in found)
    assert any("orders_alerted" in line for line in found)
    assert not [line for line in found if re.search(r"SCAN (alerts|orders|events)\b|Seq Scan", line)]


async def test_an_alert_is_the_event_that_raised_it(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    (alert,) = (await asked(server)).alerts
    assert (alert.id, alert.type, alert.status, alert.message) == (
        f"{db.desk_id}-1",
        EventType.ORDER_OVERDUE,
        OpenClosed.OPEN,
        "#1 is overdue since 1",
    )


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("type=refresh", "order_overdue"),
        ("severity=bad", "critical"),
        ("pageSize=0", "1 to 250"),
        ("cursor=1.2.x", "an earlier answer"),
        ("assigned_to=%20", "an owner's name"),
        ("type=order_overdue&type=hold_due", "given twice"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(server: Server, query: str, named: str) -> None:
    answer = await answered(server, query)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(query.partition("=")[0])
    assert named in answer.json()["message"]
