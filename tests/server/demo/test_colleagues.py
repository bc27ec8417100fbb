"""The simulated colleagues on a real desk: part of what is open is theirs, and what belongs to anybody else stays so."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.server.shopify.demo_shop import Desk, desk, living

from orders_demo.colleagues import COLLEAGUES, PAUSE_S, SPARE_NAME, Colleagues, first_owner
from orders_demo.dashboard import OPEN_TABS, UNASSIGNED, Dashboard, Row

Json = dict[str, Any]

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def opened(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that has read the past of a small shop."""
    path = shutil.copy(sqlite_template, tmp_path / "desk.db")
    async with living(120) as shop, desk(shop, f"sqlite:///{path}") as running:
        assert (await running.poller.tick()).error is None
        yield running


@pytest.fixture
async def dashboard(opened: Desk) -> AsyncIterator[Dashboard]:
    async with aiohttp.ClientSession() as session:
        yield Dashboard(session, str(opened.http.make_url("")).rstrip("/"))


async def owners(opened: Desk) -> dict[str, str]:
    """Whose every order is."""
    return {order_id: row["assigned_to"] for order_id, row in (await opened.rows()).items()}


async def open_orders(opened: Desk) -> set[str]:
    pages = [await opened.get("/sync/orders", tab=tab, pageSize="250") for tab in OPEN_TABS]
    return {row["id"] for page in pages for row in page["orders"]["items"]}


def told(rows: dict[str, Json], event: str) -> list[str]:
    return [entry["details"] for row in rows.values() for entry in row["timeline"] if entry["event"] == event]


async def give(opened: Desk, ids: list[str], to: str) -> None:
    answer = await opened.http.post("/sync/orders/assign", json={"orderIds": ids, "assignee": to})
    assert answer.status == 200, await answer.text()


def share(age_hours: float) -> float:
    """Which part of many orders of an age is owned."""
    rows = [Row(f"gid://shopify/Order/{number}", age_hours, 1) for number in range(1000)]
    return sum(first_owner(7, row) is not None for row in rows) / len(rows)


def test_most_of_the_freshest_orders_are_nobodys_and_most_of_the_oldest_somebodys() -> None:
    assert share(1) < 0.1 < share(12) < share(48) < 0.6 < share(400) < 0.7


def test_the_work_falls_to_each_as_it_should() -> None:
    drawn = Counter(first_owner(7, Row(str(number), 400, 1)) for number in range(3000))
    assert next(name for name, _ in drawn.most_common() if name) == "maya"
    assert set(drawn) == {*COLLEAGUES, None}
    assert drawn["ines"] < min(drawn["anton"], drawn["bo"])


async def test_each_takes_a_part_of_the_open_orders_and_nothing_else(opened: Desk, dashboard: Dashboard) -> None:
    await Colleagues(dashboard, 7).share_out()
    owned = {order_id: name for order_id, name in (await owners(opened)).items() if name != UNASSIGNED}
    still_open = await open_orders(opened)
    assert set(owned.values()) <= set(COLLEAGUES)
    assert owned.keys() < still_open
    assert len(owned) > len(still_open) / 5
    assert set(told(await opened.rows(), "assigned")) == {f"{name}, by {name}" for name in set(owned.values())}


async def test_the_operator_has_a_few_and_a_name_that_nobody_else_has(opened: Desk, dashboard: Dashboard) -> None:
    await Colleagues(dashboard, 7, operator="Bo").share_out()
    by_owner = Counter((await owners(opened)).values())
    assert set(by_owner) <= {*COLLEAGUES, SPARE_NAME, "Bo", UNASSIGNED} - {"bo"}
    assert 0 < by_owner["Bo"] < by_owner[SPARE_NAME] + by_owner["maya"]


async def test_the_same_seed_gives_the_same_owners(opened: Desk, dashboard: Dashboard) -> None:
    drawn = []
    for seed in (7, 7, 8):
        await Colleagues(dashboard, seed).share_out()
        drawn.append(await owners(opened))
        await give(opened, sorted(await open_orders(opened)), UNASSIGNED)
    assert drawn[0] == drawn[1] != drawn[2]


async def test_they_take_hand_on_and_escalate_but_never_touch_what_somebody_else_owns(
    opened: Desk, dashboard: Dashboard
) -> None:
    mine = sorted(await open_orders(opened))[::3]
    await give(opened, mine, "dashboard")
    theirs = Colleagues(dashboard, 7)
    await theirs.share_out()
    for _ in range(60):
        await theirs.act()
    rows = await opened.rows()
    assert {rows[order_id]["assigned_to"] for order_id in mine} == {"dashboard"}
    assert {row["assigned_to"] for row in rows.values()} <= {*COLLEAGUES, UNASSIGNED, "dashboard", "assistant"}
    given = [details.split(", by ") for details in told(rows, "assigned") if not details.startswith("dashboard")]
    assert {by for _, by in given} <= set(COLLEAGUES)
    assert any(to != by for to, by in given)
    assert told(rows, "support_escalated")
    assert any(row["note_count"] for row in rows.values())


async def test_there_are_notes_when_the_desk_opens_and_the_operator_is_asked_something(
    opened: Desk, dashboard: Dashboard
) -> None:
    theirs = Colleagues(dashboard, 7, operator="Zoë Müller")
    await theirs.share_out()
    await theirs.leave_notes()
    noted = {order_id: row for order_id, row in (await opened.rows()).items() if row["note_count"]}
    assert {row["assigned_to"] for row in noted.values()} > {"Zoë Müller"}
    found = await opened.http.get("/sync/mentions?state=unread", headers={"X-Operator": "zoë müller"})
    mentions = (await found.json())["mentions"]
    assert 0 < len(mentions) <= 2
    assert {noted[mention["order_id"]]["assigned_to"] for mention in mentions} == {"Zoë Müller"}
    assert max(row["note_count"] for row in noted.values()) == 2, "one was answered"


async def test_an_order_that_was_taken_since_they_looked_stays_with_who_took_it(
    opened: Desk, dashboard: Dashboard
) -> None:
    row = (await dashboard.rows("unfulfilled", UNASSIGNED))[0]
    await give(opened, [row.id], "ana")
    await dashboard.assign("bo", [row], "bo")
    await dashboard.escalate("bo", row, "Asks for an invoice")
    assert (await owners(opened))[row.id] == "ana"


async def test_one_does_something_after_each_pause_until_they_leave(opened: Desk, dashboard: Dashboard) -> None:
    pauses, enough = list[float](), asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 6:
            enough.set()
            await asyncio.Event().wait()

    async with Colleagues(dashboard, 7, pause).working():
        await enough.wait()
    assert all(PAUSE_S[0] <= seconds <= PAUSE_S[1] for seconds in pauses)
    assert 0 < len(told(await opened.rows(), "assigned")) <= 6


async def test_a_server_that_is_away_is_let_be() -> None:
    async with aiohttp.ClientSession() as session:
        theirs = Colleagues(Dashboard(session, NOBODY), 7)
        await theirs.share_out()
        await theirs.act()
        await theirs.dashboard.assign("bo", [Row("gid://shopify/Order/1", 1.0, 1)], "bo")


async def test_whoever_has_an_order_open_is_seen_there(opened: Desk, dashboard: Dashboard) -> None:
    row = (await dashboard.rows("unfulfilled", None))[0]
    await dashboard.be_at("bo", row.id, "fulfill")
    present = (await opened.get(f"/sync/orders/{row.id.rpartition('/')[2]}"))["present"]
    assert [(each["name"], each["doing"]) for each in present] == [("bo", "fulfill")]
    await dashboard.be_at("bo", None)
    assert (await opened.get(f"/sync/orders/{row.id.rpartition('/')[2]}"))["present"] == []
